//! Few rows, surveys, expressions.

use scoreline::assess::outcome::{Flag, Verdict};

use crate::contract::{Contract, kpi, percent};

/// A card with one KPI over rows of June 2025.
fn card(rest: &str, header: &str, rows: &str) -> Contract {
    let yaml = format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
time_zone: UTC
period: month
people: {{ sdm: {{ name: Manager }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  rows: {{ path: rows.csv, time_zone: UTC, at: day, covers: {{ through: 2025-12-31 }} }}
kpis:
  a:
    title: A
    category: all
    weight: 100
    owner: sdm
{rest}
"
    );
    Contract::new(&yaml).file("rows.csv", &format!("day,{header}\n{rows}"))
}

/// `n` rows of which `missed` miss.
fn hits(rest: &str, n: usize, missed: usize) -> scoreline::assess::outcome::KpiOutcome {
    let rest =
        format!("    measure: {{ ratio: {{ source: rows, hit: good }} }}\n    target: {{ at_least: 95% }}\n{rest}");
    let rows = "2025-06-10,false\n".repeat(missed) + &"2025-06-10,true\n".repeat(n - missed);
    kpi(&card(&rest, "good", &rows).outcome("2025-06"), "a").clone()
}

#[test]
fn min_sample() {
    let a = hits("    min_sample: 20", 5, 1);
    assert_eq!(percent(&a, 0), "80");
    assert!(a.flags.contains(&Flag::LowVolume));
    assert!(!a.in_sum);
}

#[test]
fn low_volume_table() {
    assert_eq!(
        hits("    low_volume: [{ up_to: 10, allowed_misses: 1 }]", 5, 1).verdict,
        Verdict::Met
    );
}

#[test]
fn small_n_flips() {
    assert_eq!(hits("", 40, 2).verdict, Verdict::Met);
    let a = hits("", 35, 2);
    assert_eq!((percent(&a, 4), a.verdict), ("94.2857".to_owned(), Verdict::Default));
}

fn scores() -> String {
    [(5, 42), (4, 32), (3, 10), (2, 9), (1, 14)]
        .map(|(score, n)| format!("2025-06-10,{score}\n").repeat(n))
        .concat()
}

#[test]
fn top_two_box() {
    let ratio = "    measure: { ratio: { source: rows, hit: score >= 4 } }\n    target: { at_least: 70% }";
    let outcome = card(ratio, "score", &scores()).outcome("2025-06");
    let a = kpi(&outcome, "a");
    assert_eq!((percent(a, 4), a.verdict), ("69.1589".to_owned(), Verdict::Default));
    let mean = "    unit: number\n    measure: { mean: { source: rows, of: score } }\n    target: { at_least: 4 }";
    let outcome = card(mean, "score", &scores()).outcome("2025-06");
    assert_eq!(
        kpi(&outcome, "a").value.as_ref().expect("a value").to_fixed(4),
        "3.7383"
    );
}

#[test]
fn nps() {
    // 30 % promoters, 20 % detractors
    let rows =
        "2025-06-10,9\n".repeat(2) + "2025-06-10,10\n" + &"2025-06-10,7\n".repeat(5) + "2025-06-10,6\n2025-06-10,0\n";
    let outcome = card(
        "    measure: { nps: { source: rows, of: score } }\n    target: { at_least: 0 }",
        "score",
        &rows,
    )
    .outcome("2025-06");
    assert_eq!(kpi(&outcome, "a").value.as_ref().expect("a value").to_exact(), "10");
}

#[test]
fn nps_empty() {
    let outcome = card(
        "    measure: { nps: { source: rows, of: score } }\n    target: { at_least: 0 }",
        "score",
        "",
    )
    .outcome("2025-06");
    assert_eq!(kpi(&outcome, "a").verdict, Verdict::NotApplicable);
}

#[test]
fn division_is_not_integer() {
    let rest =
        "    measure: { ratio: { source: rows, hit: failed / requests <= 0.05 } }\n    target: { at_least: 50% }";
    let outcome = card(rest, "failed,requests", "2025-06-10,4,5\n").outcome("2025-06");
    assert_eq!(percent(kpi(&outcome, "a"), 0), "0");
}

#[test]
fn decimals_not_floats() {
    let rest =
        "    measure: { ratio: { source: rows, hit: x + y = 0.3 AND 0.1 + 0.2 = 0.3 } }\n    target: { at_least: 50% }";
    let outcome = card(rest, "x,y", "2025-06-10,0.1,0.2\n").outcome("2025-06");
    assert_eq!(percent(kpi(&outcome, "a"), 0), "100");
}
