//! Both versions on the same facts; every number by hand.

use std::collections::BTreeMap;

use scoreline::assess::{Figures, outcome::Verdict};
use scoreline::compile::Compiled;
use scoreline::diagnostics::{Diagnostics, Level};
use scoreline::diff::{
    Basis, Difference, FailOn, Known, Replay, ReplayOptions, Side, View, ViewInput, diff, findings, html, markdown,
    raise, replay, text, waive,
};
use scoreline::measure::Inputs;
use scoreline::quantity::Rational;
use scoreline::tables::Data;

use super::{compiled, day, told, tree};

/// 8, 7 and 6 good answers of 10 in August, September and October: 80 %, 70 %, 60 %.
pub(super) fn answers() -> String {
    let mut rows = "day,good\n".to_owned();
    for (month, good) in [("08", 8), ("09", 7), ("10", 6)] {
        for answer in 0..10 {
            rows.push_str(&format!("2026-{month}-{:02},{}\n", answer + 1, answer < good));
        }
    }
    rows
}

/// A contract over 1,000.00 a month of which 10 % are at risk, all of them on this KPI.
pub(super) fn contract(target: &str, minimum: &str, more: &str) -> String {
    format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Desk
contract: {{ customer: A, provider: B, starts: 2026-08-01, charge: 1000.00, currency: EUR, at_risk: 10%, late_changes: restate }}
time_zone: UTC
period: month
people: {{ lead: {{ name: Lead, party: provider }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources: {{ answers: {{ path: answers.csv, time_zone: UTC, at: day, columns: {{ good: boolean }}, covers: {{ through: 2026-10-31 }} }} }}
kpis:
  good:
    title: Good answers
    category: all
    weight: 100
    owner: lead
    measure: {{ ratio: {{ source: answers, hit: good }} }}
    target: {{ at_least: {target} }}
    minimum: {{ at_least: {minimum} }}
    credit: {{ of: at_risk, share: 100%, tiers: [{{ below: target, pays: 50% }}, {{ below: minimum, pays: 100% }}] }}
{more}"
    )
}

pub(super) const NEXT_YEAR: &str = "amendments:
  a-1: { effective: 2027-01-01, signed: 2026-11-01, change: { kpis: { good: { target: { at_least: 65% }, minimum: { at_least: 55% } } } } }
";

/// Compares, replays and raises.
pub(super) fn replayed(
    before: &str,
    after: &str,
    as_of: &str,
    published: &[(&str, Figures)],
) -> (Compiled, Difference, Replay) {
    let (before, after) = compiled(&tree(&[("desk.yaml", before)]), &tree(&[("desk.yaml", after)]));
    let labels = published.iter().map(|(label, _)| (*label).to_owned()).collect();
    let known = Known {
        as_of: Some(day(as_of)),
        published: [("desk".to_owned(), labels)].into(),
    };
    let figures: BTreeMap<String, Figures> = published
        .iter()
        .map(|(label, figures)| ((*label).to_owned(), figures.clone()))
        .collect();
    let data = Data::files([("answers.csv", answers())]);
    let mut difference = diff(&before, &after, &known);
    let options = ReplayOptions {
        periods: 12,
        as_of: day(as_of),
        published: &[("desk".to_owned(), figures)].into(),
    };
    let inputs = Inputs {
        data: &data,
        documents: Some(&after.sources),
    };
    let replay = replay(&before, &after, &difference, options, (inputs, None)).expect("data that can be read");
    raise(&mut difference, &replay);
    (after, difference, replay)
}

pub(super) fn view(after: &Compiled, difference: &Difference, replay: Option<&Replay>) -> View {
    View::build(&ViewInput {
        base: &Side::default(),
        head: &Side::default(),
        as_of: None,
        viewpoint: None,
        difference,
        replay,
        files: &[],
        facts: None,
        findings: &Diagnostics::default(),
        gates: &[],
        sources: &after.sources,
        status: 0,
    })
}

#[test]
fn a_change_to_come_is_replayed_as_if_it_had_always_held() {
    let base = contract("75%", "65%", "");
    let (after, difference, replay) = replayed(&base, &contract("75%", "65%", NEXT_YEAR), "2026-11-02", &[]);
    assert_eq!(replay.cards.len(), 1, "{:?}", replay.skipped);
    let card = &replay.cards[0];
    assert_eq!(card.basis, Basis::TermsOf(day("2027-01-01")));
    let verdicts = |period: usize| {
        let changes = card.periods[period].verdicts.iter();
        changes.map(|one| (one.before, one.after)).collect::<Vec<_>>()
    };
    // 80 % is met under both; 70 % misses 75 %, not 65 %; 60 % misses the minimum 65 %, not 55 %.
    assert_eq!(verdicts(0), []);
    assert_eq!(verdicts(1), [(Verdict::BelowTarget, Verdict::Met)]);
    assert_eq!(verdicts(2), [(Verdict::Default, Verdict::BelowTarget)]);
    let credits: Vec<_> = card
        .periods
        .iter()
        .map(|one| {
            let text = |credit: &Option<Rational>| credit.as_ref().expect("a statement").to_exact();
            (text(&one.credit.before), text(&one.credit.after))
        })
        .collect();
    let pair = |before: &str, after: &str| (before.to_owned(), after.to_owned());
    // 1,000 × 10 % × 100 % × 50 % or 100 %.
    assert_eq!(credits, [pair("0", "0"), pair("50", "0"), pair("100", "50")]);
    let total = card.total();
    assert_eq!((total.periods, total.measured, total.verdicts), (3, 3, 2));
    // Met scores 100, everything else 0: (0 + 100 + 0) / 3.
    assert_eq!(total.score, Rational::new(100, 3));
    assert_eq!(total.credit, Some(Rational::integer(-100)));
    assert_eq!(card.periods[1].driver.as_deref(), Some("good"));
    let view = view(&after, &difference, Some(&replay));
    assert_eq!(
        view.cards[0].replays[0].headline,
        "2 of 3 periods change verdict; score +33.3; credits −EUR 100.00"
    );
    let page = text(&view);
    for line in [
        "behaviour assumed unchanged",
        "2026-09  0.0 → 100.0",
        "At risk → Met",
        "the terms of 2027-01-01",
    ] {
        assert!(page.contains(line), "`{line}` is not in\n{page}");
    }
}

#[test]
fn periods_without_data_are_said_and_never_zero() {
    // By February November to January have ended; the data end in October.
    let (base, head) = (contract("75%", "65%", ""), contract("75%", "65%", NEXT_YEAR));
    let (_, _, replay) = replayed(&base, &head, "2027-02-01", &[]);
    let periods: Vec<&str> = replay.cards[0].periods.iter().map(|one| one.period.as_str()).collect();
    assert_eq!(periods.last(), Some(&"2026-10"), "{periods:?}");
    // Rows of September are gone: it is not covered, and stands between two periods that are.
    let gap = |text: String| text.replace("covers: { through: 2026-10-31 }", "covers: { through: 2026-08-31 }");
    let (after, difference, replay) = replayed(&gap(base), &gap(head), "2026-11-02", &[]);
    assert_eq!(replay.cards[0].total().measured, 1);
    assert_eq!(replay.cards[0].periods.len(), 1);
    let page = text(&view(&after, &difference, Some(&replay)));
    assert!(!page.contains("2026-09"), "{page}");
}

#[test]
fn what_is_rewritten_is_replayed_as_written_beside_what_was_published() {
    let published = Figures {
        score: Some(Rational::zero()),
        grade: None,
        kpis: Default::default(),
        maturity: Default::default(),
        money: None,
        triggers: Vec::new(),
        entities: None,
    };
    let (after, difference, replay) = replayed(
        &contract("75%", "65%", ""),
        &contract("65%", "55%", ""),
        "2026-11-02",
        &[("2026-09", published)],
    );
    assert_eq!(replay.cards.len(), 1);
    assert_eq!(replay.cards[0].basis, Basis::AsWritten);
    assert_eq!(replay.cards[0].total().credit, Some(Rational::integer(-100)));
    assert!(replay.cards[0].periods[1].published.is_some());
    let rules: Vec<&str> = difference.cards[0].changes.iter().map(|change| change.rule).collect();
    assert!(rules.contains(&"published-period-restated"), "{rules:?}");
    let gate = |text: &str| FailOn::parse(text).expect("a gate").fails(&difference, Some(&replay));
    assert!(gate("error") && gate("loosened") && gate("restated"));
    assert!(gate("rule:kpi-target-loosened") && !gate("rule:kpi-added"));
    // Credits fall by 100.00; the score rises.
    assert!(gate("credit-delta=100") && !gate("credit-delta=100.01") && !gate("score-drop=1"));
    let page = html(&view(&after, &difference, Some(&replay)), &BTreeMap::new()).expect("a page");
    assert!(page.contains("<th scope=\"col\" class=\"n\">Published"), "{page}");
}

#[test]
fn a_replay_raises_a_level_and_never_lowers_one() {
    // Backwards: the amendment asks for more, which is but worth knowing – until it costs something.
    let tighter = NEXT_YEAR.replace("65%", "75%").replace("55%", "65%");
    let base = contract("65%", "55%", "");
    let (_, difference, replay) = replayed(&base, &contract("65%", "55%", &tighter), "2026-11-02", &[]);
    let tightened = difference.cards[0]
        .changes
        .iter()
        .find(|change| change.rule == "kpi-target-tightened")
        .expect("a change");
    assert_eq!(tightened.level, Level::Warn);
    assert!(
        FailOn::parse("score-drop=33")
            .expect("a gate")
            .fails(&difference, Some(&replay))
    );
    assert!(
        !FailOn::parse("score-drop=34")
            .expect("a gate")
            .fails(&difference, Some(&replay))
    );
}

#[test]
fn gates_are_read_or_explained() {
    for (text, says) in [
        ("loosend", "one of error, loosened"),
        ("rule:kpi-target-losened", "did you mean `kpi-target-loosened`?"),
        ("score-drop=-2", "no number of points above 0"),
        ("credit-delta=1,000", "no amount above 0"),
        ("score-drop=", "no number of points above 0"),
    ] {
        let message = FailOn::parse(text).expect_err(text);
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn a_waiver_accepts_one_rule_of_one_entity_until_its_last_day() {
    let waiver = |rule: &str, entity: &str, until: &str| {
        format!(
            "apiVersion: scoreline/v1\nkind: Waivers\nwaivers: {{ w: {{ rule: {rule}, entity: {entity}, reason: CR-118, approver: cio, until: {until} }} }}\n"
        )
    };
    let run = |waivers: &str, as_of: &str| {
        let (base, head) = (contract("75%", "65%", ""), contract("70%", "65%", ""));
        let (before, after) = compiled(
            &tree(&[("desk.yaml", &base)]),
            &tree(&[("desk.yaml", &head), ("waivers.yaml", waivers)]),
        );
        let known = Known {
            as_of: Some(day("2026-07-01")),
            ..Known::default()
        };
        let mut difference = diff(&before, &after, &known);
        assert_eq!(
            told(&difference.cards[0].changes),
            [("kpi-target-loosened", Some("good"), "loosened")]
        );
        let found = waive(&mut difference, &after.documents, Some(day(as_of)));
        let fails = FailOn::parse("loosened").expect("a gate").fails(&difference, None);
        let annotated = findings(&difference, None, &after.sources, &|_| String::new()).count();
        let rules: Vec<&str> = found.iter().map(|finding| finding.rule).collect();
        (fails, annotated, rules.join(" "))
    };
    let good = waiver("kpi-target-loosened", "desk/good", "2026-12-31");
    assert_eq!(run(&good, "2026-12-31"), (false, 0, String::new()));
    assert_eq!(run(&good, "2027-01-01"), (true, 1, "waiver-expired".to_owned()));
    assert_eq!(
        run(&waiver("kpi-target-loosened", "desk/csat", "2026-12-31"), "2026-12-01"),
        (true, 1, "waiver-unused".to_owned())
    );
    assert_eq!(
        run(&waiver("kpi-target-losened", "desk/good", "2026-12-31"), "2026-12-01"),
        (true, 1, "unknown-reference".to_owned())
    );
}

#[test]
fn a_comment_is_marked_and_short_and_says_what_it_leaves_out() {
    let files = |target: &str| -> Vec<(String, String)> {
        (0..400)
            .map(|n| {
                let text = contract(target, "65%", "").replace("id: desk", &format!("id: desk-{n}"));
                (
                    format!("desk-{n}.yaml"),
                    text.replace("title: Desk", "title: \"Desk | <b> @all\""),
                )
            })
            .collect()
    };
    let of = |files: &[(String, String)]| {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        tree(&files)
    };
    let (before, after) = compiled(&of(&files("75%")), &of(&files("70%")));
    let difference = diff(&before, &after, &Known::default());
    let comment = markdown(&view(&after, &difference, None), &BTreeMap::new()).expect("a comment");
    assert!(comment.starts_with("<!-- scoreline-diff -->\n"), "{}", &comment[..200]);
    assert!(
        comment.chars().count() <= 60_000,
        "{} characters",
        comment.chars().count()
    );
    assert!(comment.contains("Left out to keep this comment short"));
    assert!(comment.contains("Desk \\| &lt;b&gt; &#64;all"));
    // Sections are dropped whole: every table row is complete.
    assert!(
        comment
            .lines()
            .filter(|line| line.starts_with('|'))
            .all(|line| line.ends_with('|'))
    );
}

#[test]
fn the_json_is_what_its_schema_says() {
    let (after, difference, replay) = replayed(
        &contract("75%", "65%", ""),
        &contract("75%", "65%", NEXT_YEAR),
        "2026-11-02",
        &[],
    );
    let json = view(&after, &difference, Some(&replay)).to_json();
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let validator = jsonschema::validator_for(&View::schema()).expect("a schema");
    let wrong: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(value["version"], 1);
    // Decimals are text, exact where they do not end.
    let score = &value["cards"][0]["replays"][0]["score"];
    assert_eq!(score["exact"], "100/3");
    assert_eq!(score["display"], "+33.3");
}

#[test]
fn the_generated_schema_of_a_comparison_is_current() {
    let path = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas/diff.schema.json");
    let mut text = serde_json::to_string_pretty(&View::schema()).expect("JSON");
    text.push('\n');
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &text).expect("the folder of the schemas");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "schemas/diff.schema.json is stale: run `UPDATE_GENERATED=1 cargo test --test suite generated`"
    );
}
