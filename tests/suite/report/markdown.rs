//! Markdown for review in git: a diff shows what changed in the facts and nothing else.

use scoreline::measure::facts::Facts;
use scoreline::report::Audience;

use super::fixture::{Case, goals, hits, key, kpi, months, ratio, terms, timeline};
use super::{rendered, text};

/// Three KPIs over three months that end with `last`: two are met with 96 of 100 rows each, one is missed with 80;
/// `changed` of 100 rows of the second one in the last month.
fn case(last: &str, changed: u64) -> Case {
    let named =
        |id: &str, title: &str, weight| goals(kpi(id, title, weight, ratio("tickets", "in_time")), "95", Some("90"));
    let list = vec![
        named("alpha", "Alpha tickets", 50),
        named("beta", "Beta tickets", 30),
        named("gamma", "Gamma tickets", 20),
    ];
    let timeline = timeline(terms("desk", "Service desk", list));
    let periods = months(last, 3);
    let mut facts = Facts::default();
    for (index, &period) in periods.iter().enumerate() {
        let beta = if index == 2 { changed } else { 96 };
        for (id, part) in [("alpha", 96), ("beta", beta), ("gamma", 80)] {
            facts.facts.insert(key("desk", None, id, period), hits(part, 100));
        }
    }
    Case::new(timeline, facts, &periods)
}

/// Writes `P` for every period's name, label and day, so that months compare.
fn without_dates(markdown: &str) -> String {
    let dates =
        regex::Regex::new(r"\d{4}-\d{2}(-\d{2})?|(July|August|September|October|November) 2026").expect("a pattern");
    dates.replace_all(markdown, "P").into_owned()
}

#[test]
fn months_with_the_same_facts_differ_in_their_dates_only() {
    let september = rendered(&case("2026-09", 96), Audience::DEFAULT);
    let october = rendered(&case("2026-10", 96), Audience::DEFAULT);
    let (september, october) = (text(&september, ".md"), text(&october, ".md"));
    assert_ne!(september, october, "the dates differ");
    assert_eq!(without_dates(&september), without_dates(&october));
}

// Beta falls from 96 % to 93 %: at risk. Alpha and Gamma keep their lines.
#[test]
fn a_changed_fact_changes_its_own_lines_and_the_sums() {
    let lines = |changed: u64| -> Vec<String> {
        let markdown = text(&rendered(&case("2026-10", changed), Audience::DEFAULT), ".md");
        markdown.lines().map(str::to_owned).collect()
    };
    let (before, after) = (lines(96), lines(93));
    let differing = |from: &[String], to: &[String]| -> Vec<String> {
        from.iter().filter(|line| !to.contains(line)).cloned().collect()
    };
    let (gone, new) = (differing(&before, &after), differing(&after, &before));
    assert!(
        new.iter()
            .any(|line| line.starts_with("| Beta tickets | ▲ At risk | 93.00% |")),
        "{new:?}"
    );
    // The score, the counts and the changes follow from Beta; the rest of what differs is Beta's own.
    let of_the_card = [
        "**The score",
        "- Score:",
        "- KPIs met:",
        "![Where",
        "![Score",
        "## Changes",
    ];
    for line in gone.iter().chain(&new) {
        let is_expected = of_the_card.iter().any(|start| line.starts_with(start));
        assert!(is_expected || line.contains("Beta tickets"), "{line}");
    }
    assert_eq!(
        new.iter()
            .filter(|line| line.contains("| ") && line.contains("Beta"))
            .count(),
        2,
        "a line in the table and one in the detail: {new:?}"
    );
    for other in ["| Alpha tickets |", "| Gamma tickets |"] {
        let row = |lines: &[String]| lines.iter().find(|line| line.starts_with(other)).cloned();
        assert_eq!(row(&before), row(&after));
    }
}
