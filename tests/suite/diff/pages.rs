//! The page of every rule about changes runs: its two versions raise that rule and no other.

use scoreline::diagnostics::{RULES, Rule};
use scoreline::diff::{Change, Known};

use super::{before_the_start, card, changes_known, changes_of, day, laid, told};

/// Rules that take more than two versions of one card; each has a test of its own.
const ELSEWHERE: [&str; 8] = [
    "claims-changed",
    "pack-edited-in-place",
    "scorecard-added",
    "scorecard-not-compared",
    "scorecard-removed",
    "terms-changed",
    "waiver-expired",
    "waiver-unused",
];

/// The three examples of a page that shows a change: before, after, and what to do.
fn examples(rule: &Rule) -> Option<[&str; 3]> {
    rule.page.contains("\nBefore:\n").then(|| {
        let blocks: Vec<&str> = rule
            .page
            .split("\n```yaml\n")
            .skip(1)
            .map(|rest| rest.split_once("```").expect("a closed fence").0)
            .collect();
        blocks.try_into().expect("three examples")
    })
}

/// The changes that the fix makes to what was before.
fn fixed(before: &str, fix: &str, known: &Known) -> Vec<Change> {
    let before = card(before);
    changes_of(&before, &laid(&before, fix), known)
}

#[test]
fn the_examples_of_a_page_are_that_change_and_nothing_else() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for rule in RULES.iter().filter(|rule| !ELSEWHERE.contains(&rule.name)) {
        let Some([before, after, fix]) = examples(rule) else {
            continue;
        };
        seen += 1;
        let known = match rule.name {
            "target-edited-in-place" | "amendment-backdated" => Known {
                as_of: Some(day("2026-11-02")),
                ..Known::default()
            },
            "published-period-restated" => Known {
                as_of: Some(day("2026-11-02")),
                published: [("desk".to_owned(), ["2026-10".to_owned()].into())].into(),
            },
            _ => before_the_start(),
        };
        let changes = changes_known(before, after, &known);
        let others = |name: &str| match rule.name {
            // What the change is, beside how it was made.
            "target-edited-in-place" => name == "kpi-target-loosened",
            "amendment-backdated" => name == "kpi-target-tightened" || name == "amendment-changed",
            "published-period-restated" => name == "credit-loosened",
            _ => false,
        };
        let all = told(&changes);
        let fires = all.iter().any(|(name, ..)| *name == rule.name);
        if !fires || all.iter().any(|(name, ..)| *name != rule.name && !others(name)) {
            wrong.push(format!("{}: {all:?}", rule.name));
        }
        // What to do is a contract that stands.
        fixed(before, fix, &known);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "{seen} pages");
}

#[test]
fn an_error_about_the_past_is_gone_with_its_fix() {
    for name in [
        "target-edited-in-place",
        "amendment-backdated",
        "published-period-restated",
    ] {
        let rule = RULES.iter().find(|rule| rule.name == name).expect("a rule");
        let [before, _, fix] = examples(rule).expect("a page that shows a change");
        let known = Known {
            as_of: Some(day("2026-11-02")),
            published: [("desk".to_owned(), ["2026-02".to_owned()].into())].into(),
        };
        let changes = fixed(before, fix, &known);
        let rules: Vec<&str> = changes.iter().map(|change| change.rule).collect();
        assert!(
            !rules.contains(&"target-edited-in-place") && !rules.contains(&"published-period-restated"),
            "{name}: {rules:?}"
        );
    }
}
