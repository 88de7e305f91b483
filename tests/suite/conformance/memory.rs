//! Verdicts across periods: default_after, triggers, the terms of the month.

use scoreline::assess::outcome::Verdict;

use crate::contract::{Contract, kpi};

fn card(rest: &str, values: &[(&str, &str)]) -> Contract {
    let yaml = format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
contract: {{ customer: Buyer, provider: Seller, starts: 2024-01-01, currency: EUR, charge: 1.00, late_changes: restate }}
time_zone: UTC
period: month
people: {{ sdm: {{ name: Manager, party: provider }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  values: {{ path: values.csv, time_zone: UTC, at: day, covers: {{ through: 2026-12-31 }} }}
kpis:
  a:
    title: A
    category: all
    weight: 100
    owner: sdm
    unit: percent
    measure: {{ value: {{ source: values, of: v / 100 }} }}
    target: {{ at_least: 95% }}
    minimum: {{ at_least: 90% }}
{rest}
"
    );
    let rows: String = values
        .iter()
        .map(|(month, value)| format!("{month}-15,{value}\n"))
        .collect();
    Contract::new(&yaml).file("values.csv", &format!("day,v\n{rows}"))
}

fn verdicts(contract: &Contract, periods: &[&str]) -> Vec<Verdict> {
    periods
        .iter()
        .map(|period| kpi(&contract.outcome(period), "a").verdict)
        .collect()
}

const FOUR_IN_TWELVE: &str = "consequences: { default_after: { misses: 4, within: 12 periods } }";

#[test]
fn default_after_misses() {
    let contract = card(
        FOUR_IN_TWELVE,
        &[
            ("2024-01", "93"),
            ("2024-02", "93"),
            ("2024-03", "94"),
            ("2024-04", "92"),
        ],
    );
    let below = Verdict::BelowTarget;
    assert_eq!(
        verdicts(&contract, &["2024-01", "2024-02", "2024-03", "2024-04"]),
        [below, below, below, Verdict::Default]
    );
}

#[test]
fn default_after_window_slides() {
    let missed = ["2024-01", "2024-03", "2024-06", "2025-01"];
    let months: Vec<String> = (0..13)
        .map(|i| format!("{}-{:02}", 2024 + i / 12, i % 12 + 1))
        .collect();
    let values: Vec<(&str, &str)> = months
        .iter()
        .map(|month| {
            (
                month.as_str(),
                if missed.contains(&month.as_str()) { "93" } else { "99" },
            )
        })
        .collect();
    let contract = card(FOUR_IN_TWELVE, &values);
    assert_eq!(verdicts(&contract, &missed), [Verdict::BelowTarget; 4]);
}

fn fired(contract: &Contract, periods: &[&str], trigger: &str) -> Vec<bool> {
    periods
        .iter()
        .map(|period| {
            contract
                .outcome(period)
                .triggers
                .iter()
                .any(|fired| fired.id == trigger)
        })
        .collect()
}

#[test]
fn trigger_consecutive_vs_count() {
    let rest = "consequences:
  triggers:
    three: { when: { consecutive: 3, verdict: default }, notify: [sdm] }
    four: { when: { count: 4, within: 12 periods, verdict: default }, notify: [sdm] }";
    let months = ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"];
    let values = ["80", "80", "99", "80", "80"];
    let contract = card(rest, &months.into_iter().zip(values).collect::<Vec<_>>());
    assert_eq!(fired(&contract, &months, "three"), [false; 5]);
    assert_eq!(fired(&contract, &months, "four"), [false, false, false, false, true]);
}

#[test]
fn trigger_skips_not_applicable() {
    let yaml = "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
contract: { customer: Buyer, provider: Seller, starts: 2024-01-01, currency: EUR, charge: 1.00, late_changes: restate }
time_zone: UTC
period: month
people: { sdm: { name: Manager, party: provider } }
categories: { all: { title: All, weight: 100 } }
sources:
  answers: { path: answers.csv, time_zone: UTC, at: day, covers: { through: 2026-12-31 } }
kpis:
  a:
    title: A
    category: all
    weight: 100
    owner: sdm
    measure: { ratio: { source: answers, hit: good } }
    target: { at_least: 95% }
consequences:
  triggers:
    two: { when: { consecutive: 2, verdict: default }, notify: [sdm] }
";
    // February has no answers: not applicable.
    let contract = Contract::new(yaml).file("answers.csv", "day,good\n2024-01-10,false\n2024-03-10,false\n");
    assert_eq!(kpi(&contract.outcome("2024-02"), "a").verdict, Verdict::NotApplicable);
    assert_eq!(
        fired(&contract, &["2024-01", "2024-02", "2024-03"], "two"),
        [false, false, true]
    );
}

#[test]
fn terms_of_the_month() {
    let yaml = "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
time_zone: UTC
period: month
people: { sdm: { name: Manager } }
categories: { all: { title: All, weight: 100 } }
sources:
  values: { path: values.csv, time_zone: UTC, at: day, covers: { through: 2026-12-31 } }
kpis:
  a:
    title: A
    category: all
    weight: 100
    owner: sdm
    unit: percent
    measure: { value: { source: values, of: v / 100 } }
    target: { at_least: 99% }
amendments:
  first: { effective: 2025-05-01, reason: Tighter, change: { kpis: { a: { target: { at_least: 99.5% } } } } }
  second: { effective: 2025-06-01, reason: Looser, change: { kpis: { a: { target: { at_least: 95% } } } } }
";
    let contract = Contract::new(yaml).file(
        "values.csv",
        "day,v\n2025-04-30,99.2\n2025-05-31,99.2\n2025-06-30,99.2\n",
    );
    assert_eq!(
        verdicts(&contract, &["2025-04", "2025-05", "2025-06"]),
        [Verdict::Met, Verdict::Default, Verdict::Met]
    );
}
