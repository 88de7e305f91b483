//! Scores, weights, missing data.

use scoreline::quantity::Rational;

use crate::contract::{Contract, kpi};

/// A card over hand-written values.
fn card(categories: &str, kpis: &str, rest: &str, values: &str) -> Contract {
    let yaml = format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
time_zone: UTC
period: month
people: {{ sdm: {{ name: Manager }} }}
categories: {categories}
sources:
  values: {{ path: values.csv, time_zone: UTC, at: day, covers: {{ through: 2025-06-30 }} }}
  late: {{ path: values.csv, time_zone: UTC, at: day, covers: {{ through: 2025-05-31 }} }}
kpis:
{kpis}
{rest}
"
    );
    Contract::new(&yaml).file("values.csv", &format!("day,kpi,v\n{values}"))
}

fn value_kpi(id: &str, category: &str, weight: &str, unit: &str, source: &str, rest: &str) -> String {
    format!(
        "  {id}:
    title: {id}
    category: {category}
    weight: {weight}
    owner: sdm
    unit: {unit}
    measure: {{ value: {{ source: {source}, where: kpi = '{id}', of: v }} }}
{rest}
"
    )
}

const ALL: &str = "{ all: { title: All, weight: 100 } }";

fn shown(score: Option<&Rational>, decimals: u32) -> String {
    score.expect("a score").to_fixed(decimals)
}

#[test]
fn piecewise() {
    let rest =
        "    target: { at_least: 700 }\n    scoring: { piecewise: [[300, 0], [500, 3.33], [700, 6.67], [900, 10]] }";
    let kpis =
        value_kpi("a", "all", "50", "number", "values", rest) + &value_kpi("b", "all", "50", "number", "values", rest);
    let outcome = card(ALL, &kpis, "", "2025-06-30,a,900\n2025-06-30,b,300\n").outcome("2025-06");
    assert_eq!(shown(kpi(&outcome, "a").score.as_ref(), 2), "10.00");
    assert_eq!(shown(kpi(&outcome, "b").score.as_ref(), 2), "0.00");
}

#[test]
fn linear_lower_is_better() {
    let yaml = |over: &str| {
        format!(
            "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
time_zone: UTC
period: month
people: {{ sdm: {{ name: Manager }} }}
categories: {ALL}
sources:
  tickets:
    path: tickets.csv
    time_zone: UTC
    at: resolved_at
    covers: {{ through: 2025-12-31 }}
    clocks: {{ resolution: {{ start: opened_at, stop: resolved_at }} }}
kpis:
  a:
    title: Time
    category: all
    weight: 100
    owner: sdm
    measure: {{ mean: {{ source: tickets, of: {{ clock: resolution }} }} }}
    target: {{ at_most: 3h }}
    scoring: {{ linear: {{ zero_at: 6h, full_at: 3h }}{over} }}
"
        )
    };
    let score = |over: &str, stop: &str| {
        let rows = format!("opened_at,resolved_at\n2025-06-02T08:00,2025-06-02T{stop}\n");
        let outcome = Contract::new(&yaml(over)).file("tickets.csv", &rows).outcome("2025-06");
        shown(kpi(&outcome, "a").score.as_ref(), 2)
    };
    assert_eq!(score("", "12:00"), "66.67");
    assert_eq!(score("", "10:30"), "100.00");
    assert_eq!(score("", "15:00"), "0.00");
    assert_eq!(score(", over: 120", "10:30"), "116.67");
}

/// Weights 40, 30, 30; scores 90, none, 60.
fn one_missing(missing: &str) -> scoreline::assess::Outcome {
    let straight = "    target: { at_least: 100 }\n    scoring: { linear: { zero_at: 0, full_at: 100 } }";
    let kpis = value_kpi("a", "all", "40", "number", "values", straight)
        + &value_kpi("b", "all", "30", "number", "late", straight)
        + &value_kpi("c", "all", "30", "number", "values", straight);
    card(ALL, &kpis, missing, "2025-06-30,a,90\n2025-06-30,c,60\n").outcome("2025-06")
}

#[test]
fn missing_renormalised() {
    let outcome = one_missing("missing: renormalise");
    // (40 × 90 + 30 × 60) / 70
    assert_eq!(shown(outcome.score.as_ref(), 6), "77.142857");
    assert_eq!(outcome.coverage.to_fixed(2), "0.70");
    assert!(!outcome.incomplete, "70 % is not below 70 %");
}

#[test]
fn missing_zero() {
    // (40 × 90 + 30 × 0 + 30 × 60) / 100
    assert_eq!(shown(one_missing("missing: zero").score.as_ref(), 0), "54");
}

#[test]
fn effective_weights_flatten() {
    let kpis = value_kpi("a1", "a", "100", "number", "values", "    target: { at_least: 50 }")
        + "  b1:\n    title: b1\n    category: b\n    weight: 60\n    owner: sdm\n    measure: { ratio: { source: values, where: kpi = 'none', hit: v > 0 } }\n    target: { at_least: 50% }\n"
        + &value_kpi("b2", "b", "40", "number", "values", "    target: { at_least: 50 }");
    let categories = "{ a: { title: A, weight: 40 }, b: { title: B, weight: 60 } }";
    let outcome = card(categories, &kpis, "", "2025-06-30,a1,60\n2025-06-30,b2,10\n").outcome("2025-06");
    // a1 weighs 40, b2 24: 40 × 100 / 64
    assert_eq!(shown(outcome.score.as_ref(), 1), "62.5");
    assert_eq!(outcome.coverage.to_fixed(2), "0.64");
}

#[test]
fn bands_written_with_one_decimal() {
    let rest = "    target: { at_least: 98 }
    scoring: { bands: [{ at_least: 99.0, score: 100 }, { at_least: 98.0, at_most: 98.9, score: 80 }, { at_least: 97.0, at_most: 97.9, score: 60 }] }";
    let found = card(ALL, &value_kpi("a", "all", "100", "number", "values", rest), "", "").findings();
    assert!(found.iter().any(|finding| finding.rule == "band-gap"), "{found:?}");
}
