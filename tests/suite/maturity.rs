//! Maturity models: levels, evidence, KPI conditions, the bottleneck and the way up.

use std::fs;

use scoreline::assess::maturity::Standing;
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::scoreline;
use crate::contract::{ANSWERS_CARD, Contract};

/// The head of a model over the card of answers.
const MODEL: &str = "apiVersion: scoreline/v1
kind: Maturity
id: model
of: desk
levels: { 1: Beginning, 2: Emerging, 3: Scaling, 4: Optimizing, 5: Innovating }
";

/// Good answers of four in each month: 3 in August, 4 in September, 2 in October; none in July.
const ANSWERS: &str = "day,score
2026-06-01,5\n2026-06-02,5\n2026-06-03,5\n2026-06-04,5
2026-08-01,5\n2026-08-02,5\n2026-08-03,5\n2026-08-04,1
2026-09-01,5\n2026-09-02,5\n2026-09-03,5\n2026-09-04,5
2026-10-01,5\n2026-10-02,5\n2026-10-03,1\n2026-10-04,1
";

fn contract(text: &str) -> Contract {
    Contract::new(&format!("{ANSWERS_CARD}---\n{MODEL}{text}")).file("answers.csv", ANSWERS)
}

/// Where a model with these dimensions stands at the end of October 2026.
pub(crate) fn model(dimensions: &str) -> Standing {
    contract(&format!("dimensions:\n{dimensions}")).standing("2026-10")
}

/// A practice that is shown (1) or not (0).
pub(crate) fn practice(id: &str, shown: i32) -> String {
    let evidence = if shown == 1 { ", evidence: DOC-1" } else { "" };
    format!("{id}: {{ practice: Something is done{evidence} }}")
}

/// The level of one dimension with these criteria.
fn level(rest: &str) -> Option<u8> {
    model(&format!("  d: {{ title: D, {rest} }}\n")).dimensions[0].level
}

#[test]
fn every_criterion_of_a_level_and_of_all_below_must_be_met() {
    let two = practice("a", 1);
    assert_eq!(level(&format!("to_reach: {{ 2: {{ {two} }} }}")), Some(2));
    assert_eq!(
        level(&format!("to_reach: {{ 2: {{ {two}, {} }} }}", practice("b", 0))),
        Some(1)
    );
    assert_eq!(
        level(&format!(
            "to_reach: {{ 2: {{ {} }}, 3: {{ {two} }} }}",
            practice("b", 0)
        )),
        Some(1)
    );
    // A gap stops the climb, and a dimension without criteria for 2 is not assessed.
    assert_eq!(
        level(&format!("to_reach: {{ 2: {{ {two} }}, 4: {{ {two} }} }}")),
        Some(2)
    );
    assert_eq!(level(&format!("to_reach: {{ 2: {{}}, 3: {{ {two} }} }}")), None);
    assert_eq!(level("to_reach: {}"), None);
}

#[test]
fn the_last_level_is_held_only_while_what_holds_it_is_met() {
    let climbed: Vec<String> = (2..=5).map(|n| format!("{n}: {{ {} }}", practice("a", 1))).collect();
    let climbed = climbed.join(", ");
    assert_eq!(level(&format!("to_reach: {{ {climbed} }}")), Some(5));
    assert_eq!(
        level(&format!(
            "to_reach: {{ {climbed} }}, to_hold: {{ {} }}",
            practice("h", 1)
        )),
        Some(5)
    );
    assert_eq!(
        level(&format!(
            "to_reach: {{ {climbed} }}, to_hold: {{ {} }}",
            practice("h", 0)
        )),
        Some(4)
    );
}

#[test]
fn evidence_counts_to_the_end_of_its_last_day() {
    let until = |day: &str| {
        level(&format!(
            "to_reach: {{ 2: {{ a: {{ practice: Done, evidence: DOC-1, expires: {day} }} }} }}"
        ))
    };
    assert_eq!(until("2026-10-31"), Some(2));
    assert_eq!(until("2026-10-30"), Some(1));
}

#[test]
fn kpi_conditions_look_at_the_last_periods_with_a_value() {
    let of = |condition: &str| level(&format!("to_reach: {{ 2: {{ a: {{ kpi: good, {condition} }} }} }}"));
    // 50 % in October, 100 % in September, 75 % in August; July had no answers and is passed over; 100 % in June.
    assert_eq!(of("at_least: 50%"), Some(2));
    assert_eq!(of("above: 50%"), Some(1));
    assert_eq!(of("at_least: 50%, for: 4 periods"), Some(2));
    assert_eq!(of("at_least: 51%, for: 2 periods"), Some(1));
    assert_eq!(of("verdict: default"), Some(2));
    assert_eq!(of("verdict: met"), Some(1));
    // Nothing was answered before June: four periods have a value.
    assert_eq!(of("at_least: 50%, for: 5 periods"), Some(1));
    let september = contract(
        "dimensions:\n  d: { title: D, to_reach: { 2: { a: { kpi: good, verdict: met, for: 3 periods } } } }\n",
    );
    assert_eq!(september.standing("2026-09").dimensions[0].level, Some(2));
    // Not covered is no evidence.
    assert_eq!(september.standing("2026-11").dimensions[0].level, Some(1));
}

#[test]
fn the_way_up_names_what_is_missing_at_the_bottom() {
    let two = practice("a", 1);
    let standing = model(&format!(
        "  strong: {{ title: Strong, to_reach: {{ 2: {{ {two} }}, 3: {{ {two} }} }} }}
  weak: {{ title: Weak, to_reach: {{ 2: {{ {two} }}, 3: {{ {two}, {}, {} }} }} }}
",
        practice("b", 0),
        practice("c", 0)
    ));
    assert_eq!(standing.overall, Some(2));
    assert_eq!(standing.bottleneck, ["weak"]);
    let path: Vec<(&str, u8, &str)> = standing
        .path
        .iter()
        .map(|step| (step.dimension.as_str(), step.level, step.criterion.as_str()))
        .collect();
    assert_eq!(path, [("weak", 3, "b"), ("weak", 3, "c")]);
}

#[test]
fn where_levels_add_up_the_cheapest_step_is_the_way() {
    let (met, unmet) = (practice("a", 1), practice("b", 0));
    let standing = contract(&format!(
        "overall: sum
dimensions:
  first: {{ title: First, to_reach: {{ 2: {{ {unmet}, {} }} }} }}
  second: {{ title: Second, to_reach: {{ 2: {{ {met} }}, 3: {{ {unmet} }} }} }}
",
        practice("c", 0)
    ))
    .standing("2026-10");
    assert_eq!(standing.overall, Some(3));
    assert_eq!(standing.path.len(), 1);
    assert_eq!(standing.path[0].dimension, "second");
}

#[test]
fn what_is_wrong_with_a_model_is_told() {
    let rules = |text: &str| -> Vec<&str> {
        let found = contract(text).findings();
        let broken = found
            .iter()
            .filter(|finding| !matches!(finding.rule, "no-owner" | "no-baseline"));
        broken
            .map(|finding| finding.rule)
            .filter(|rule| !rule.starts_with("no-"))
            .collect()
    };
    let of = |criterion: &str| {
        rules(&format!(
            "dimensions: {{ d: {{ title: D, to_reach: {{ 2: {{ a: {criterion} }} }} }} }}\n"
        ))
    };
    assert_eq!(of("{ kpi: god, at_least: 70% }"), ["unknown-reference"]);
    assert_eq!(of("{ kpi: good }"), ["missing-field"]);
    assert_eq!(of("{ kpi: good, at_least: 0.7 }"), ["bare-fraction"]);
    assert_eq!(of("{ kpi: good, verdict: met, evidence: DOC-1 }"), ["misplaced-key"]);
    assert_eq!(of("{ practice: Done, for: 3 periods }"), ["misplaced-key"]);
    assert_eq!(of("{ practice: Done, owner: nobody }"), ["unknown-reference"]);
    let level = format!(
        "dimensions: {{ d: {{ title: D, to_reach: {{ 1: {{ {} }} }} }} }}\n",
        practice("a", 1)
    );
    assert_eq!(rules(&level), ["invalid-value"]);
}

#[test]
fn a_build_writes_a_page_per_model() {
    let folder = TempDir::new().expect("a temporary folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a writable folder");
    write("scoreline.yaml", "apiVersion: scoreline/v1\nkind: Workspace\n");
    write("answers.csv", ANSWERS);
    let dimensions = format!(
        "dimensions:
  strong: {{ title: Strong <b>, owner: lead, to_reach: {{ 2: {{ {} }} }} }}
  weak: {{ title: Weak, to_reach: {{ 2: {{ g: {{ kpi: good, at_least: 70%, for: 2 periods, owner: lead }} }} }} }}
",
        practice("a", 1)
    );
    write("card.yaml", &format!("{ANSWERS_CARD}---\n{MODEL}{dimensions}"));
    let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--quiet"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let read = |name: &str| {
        let path = folder.path().join("reports/desk/model").join(name);
        fs::read_to_string(path).expect("a page of the model")
    };
    let json: Value = serde_json::from_str(&read("2026-10.json")).expect("JSON");
    assert_eq!(json["overall"]["value"], 1);
    assert_eq!(json["bottleneck"][0]["id"], "weak");
    assert_eq!(json["path"][0]["because"], "good: 50.0% in 2026-10");
    assert_eq!(json["path"][0]["text"], "Good answers ≥ 70.0% for 2 periods");
    let html = read("2026-10.html");
    assert!(
        html.contains("Level 1 of 5: Beginning. The bottleneck is Weak."),
        "{html}"
    );
    assert!(
        html.contains("Strong &lt;b&gt;") && !html.contains("Strong <b>"),
        "{html}"
    );
    let markdown = read("2026-10.md");
    assert!(
        markdown.contains("| Weak (bottleneck) | ●○○○○ 1 Beginning | 2 Emerging | 1 | – |"),
        "{markdown}"
    );
}
