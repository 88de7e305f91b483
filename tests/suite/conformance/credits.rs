//! Money: credits, tiers, caps, incidents, cent-exact lines.

use scoreline::assess::outcome::{LineKind, Verdict};

use crate::contract::{Contract, amount, kpi};

/// A contract over hand-written values: `contract` adds to the money, `kpis` and `rest` are as in a scorecard.
fn contract(money: &str, kpis: &str, rest: &str, values: &str) -> Contract {
    let yaml = format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
contract: {{ customer: Buyer, provider: Seller, starts: 2024-01-01, currency: EUR, late_changes: restate, {money} }}
time_zone: UTC
period: month
people: {{ sdm: {{ name: Manager, party: provider }}, cio: {{ name: Officer, party: customer }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  values: {{ path: values.csv, time_zone: UTC, at: day, covers: {{ through: 2026-12-31 }}, incident: incident }}
kpis:
{kpis}
{rest}
"
    );
    Contract::new(&yaml).file("values.csv", &format!("day,kpi,v,incident\n{values}"))
}

/// A KPI whose percentage stands in `values.csv`.
fn percent_kpi(id: &str, weight: &str, rest: &str) -> String {
    format!(
        "  {id}:
    title: {id}
    category: all
    weight: {weight}
    owner: sdm
    unit: percent
    measure: {{ value: {{ source: values, where: kpi = '{id}', of: v / 100 }} }}
{rest}
"
    )
}

const HELD_95: &str = "    target: { at_least: 95% }";

fn credit_of(outcome: &scoreline::assess::Outcome, kpi: &str) -> String {
    let statement = outcome.statement.as_ref().expect("a contract has a statement");
    let line = statement
        .lines
        .iter()
        .find(|line| line.kind == LineKind::Credit && line.kpi.as_deref() == Some(kpi));
    line.map_or("0.00".to_owned(), |line| line.amount.to_fixed(2))
}

#[test]
fn credit_product() {
    let kpis = percent_kpi(
        "a",
        "100",
        &format!("{HELD_95}\n    credit: {{ of: at_risk, share: 20% }}"),
    );
    let outcome = contract("charge: 100000.00, at_risk: 10%", &kpis, "", "2025-06-30,a,90,\n").outcome("2025-06");
    // 100,000 × 10 % × 20 %
    assert_eq!(credit_of(&outcome, "a"), "2000.00");
}

#[test]
fn credit_period_cap() {
    let kpis: String = [("a", "20%", "30"), ("b", "60%", "30"), ("c", "40%", "40")]
        .iter()
        .map(|(id, share, weight)| {
            percent_kpi(
                id,
                weight,
                &format!("{HELD_95}\n    credit: {{ of: at_risk, share: {share} }}"),
            )
        })
        .collect();
    let outcome = contract(
        "charge: 100000.00, at_risk: 10%, over_allocated: 120%",
        &kpis,
        "consequences: { single_incident: sum }",
        "2025-06-30,a,90,\n2025-06-30,b,90,\n2025-06-30,c,90,\n",
    )
    .outcome("2025-06");
    // 2,000 + 6,000 + 4,000 = 12,000, cut to 10,000
    assert_eq!(amount(&outcome), "10000.00");
}

/// Two KPIs whose failing rows all carry one incident; they would pay 2,000 and 3,200.
fn one_incident(selections: &str) -> scoreline::assess::Outcome {
    let kpis: String = [("a", "20%"), ("b", "32%")]
        .iter()
        .map(|(id, share)| {
            format!(
                "  {id}:
    title: {id}
    category: all
    weight: 50
    owner: sdm
    measure: {{ ratio: {{ source: values, where: kpi = '{id}', hit: v = 1 }} }}
{HELD_95}
    credit: {{ of: at_risk, share: {share} }}
"
            )
        })
        .collect();
    let rest = format!(
        "consequences: {{ single_incident: customer_selects }}
---
apiVersion: scoreline/v1
kind: Claims
for: card
{selections}"
    );
    let rows = "2025-06-10,a,0,INC-1\n2025-06-10,b,0,INC-1\n2025-06-10,b,1,\n";
    contract("charge: 100000.00, at_risk: 10%", &kpis, &rest, rows).outcome("2025-06")
}

#[test]
fn single_incident_highest_provisional() {
    let outcome = one_incident("");
    assert_eq!(amount(&outcome), "3200.00");
    assert!(outcome.statement.expect("a statement").provisional);
}

#[test]
fn single_incident_selected() {
    let outcome = one_incident("selections: { INC-1: { period: 2025-06, kpi: a, by: cio } }");
    assert_eq!(amount(&outcome), "2000.00");
    assert!(!outcome.statement.expect("a statement").provisional);
}

#[test]
fn points_repeat_doubles() {
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 99% }
    credit:
      of: charge
      points:
        bands:
          - { below: 99%, at_least: 98%, points: 1 }
          - { below: 98%, at_least: 97%, points: 2 }
          - { below: 97%, points: 3 }
        each_pays: 1%
        repeat: double",
    );
    let values = "2025-01-31,a,96.5,\n2025-02-28,a,98.5,\n2025-03-31,a,96.5,\n";
    let contract = contract("charge: 100000.00", &kpis, "", values);
    // 3, then 1 × 2 and 3 × 2 points of 1 % each
    for (period, credit) in [("2025-01", "3000.00"), ("2025-02", "2000.00"), ("2025-03", "6000.00")] {
        assert_eq!(credit_of(&contract.outcome(period), "a"), credit, "{period}");
    }
}

#[test]
fn shortfall() {
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 98% }\n    credit: { of: charge, shortfall: {} }",
    );
    let outcome = contract("charge: 100000.00", &kpis, "", "2025-06-30,a,75,\n").outcome("2025-06");
    assert_eq!(credit_of(&outcome, "a"), "23000.00");
}

#[test]
fn shortfall_capped() {
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 98% }\n    credit: { of: charge, shortfall: {}, cap: 10% }",
    );
    let outcome = contract("charge: 100000.00", &kpis, "", "2025-06-30,a,75,\n").outcome("2025-06");
    assert_eq!(credit_of(&outcome, "a"), "10000.00");
}

#[test]
fn per_count() {
    let yaml = "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
contract: { customer: Buyer, provider: Seller, starts: 2024-01-01, currency: EUR, late_changes: restate, charge: 10500.00 }
time_zone: UTC
period: month
people: { sdm: { name: Manager, party: provider } }
categories: { all: { title: All, weight: 100 } }
sources:
  failures: { path: failures.csv, time_zone: UTC, at: day, covers: { through: 2026-12-31 } }
kpis:
  a:
    title: Failures
    category: all
    weight: 100
    owner: sdm
    measure: { count: { source: failures } }
    target: { at_most: 0 }
    credit: { of: charge, per_count: { each: 10, pays: 5%, over: 12 periods } }
";
    // Eleven failures, one a month from January to November: the tenth completes a ten, in October.
    let rows: String = (1..=11).map(|month| format!("2025-{month:02}-15\n")).collect();
    let contract = Contract::new(yaml).file("failures.csv", &format!("day\n{rows}"));
    assert_eq!(credit_of(&contract.outcome("2025-09"), "a"), "0.00");
    // 12 months of 10,500 are 126,000; 5 % of it once.
    let paid: Vec<String> = ["2025-10", "2025-11", "2025-12"]
        .map(|period| credit_of(&contract.outcome(period), "a"))
        .into();
    assert_eq!(
        paid.iter().filter(|amount| *amount != "0.00").collect::<Vec<_>>(),
        ["6300.00"],
        "{paid:?}"
    );
}

#[test]
fn tiers_boundaries() {
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 99.99% }
    credit: { of: charge, tiers: [{ below: 99.99%, pays: 10% }, { below: 99.0%, pays: 30% }, { below: 95.0%, pays: 100% }] }",
    );
    for (value, credit) in [
        ("99.99", "0.00"),
        ("99.985", "10000.00"),
        ("99.0", "10000.00"),
        ("98.999", "30000.00"),
        ("95.0", "30000.00"),
        ("94.99", "100000.00"),
    ] {
        let outcome = contract("charge: 100000.00", &kpis, "", &format!("2025-06-30,a,{value},\n")).outcome("2025-06");
        assert_eq!(credit_of(&outcome, "a"), credit, "{value}");
    }
}

#[test]
fn tiers_gap_and_overlap() {
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 99.9% }
    credit: { of: charge, tiers: [{ above: 99.0%, at_most: 99.9%, pays: 10% }, { below: 99.0%, pays: 25% }] }",
    );
    let found = contract("charge: 100000.00", &kpis, "", "").findings();
    let about = |rule: &str, value: &str| {
        found
            .iter()
            .any(|finding| finding.rule == rule && finding.message.contains(value))
    };
    assert!(about("band-gap", "99.0%") || about("band-gap", "99%"), "{found:?}");
    assert!(about("band-overlap", "99.9%"), "{found:?}");
}

/// Outages of `minutes` on one service whose credit is `model` of a charge of 5,000.
fn downtime(minutes: u32, model: &str, weight: &str) -> scoreline::assess::Outcome {
    let yaml = format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
contract: {{ customer: Buyer, provider: Seller, starts: 2024-01-01, currency: EUR, late_changes: restate, charge: 5000.00 }}
time_zone: UTC
period: month
people: {{ sdm: {{ name: Manager, party: provider }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  outages: {{ path: outages.csv, time_zone: UTC, span: [started_at, ended_at], covers: {{ through: 2026-12-31 }} }}
kpis:
  a:
    title: Availability
    category: all
    weight: 100
    owner: sdm
    measure: {{ availability: {{ source: outages{weight} }} }}
    target: {{ at_least: 99.999% }}
    credit: {{ of: charge, {model} }}
"
    );
    let (hours, rest) = (10 + minutes / 60, minutes % 60);
    let row = format!("2025-06-03T10:00,2025-06-03T{hours:02}:{rest:02},21,1000\n");
    Contract::new(&yaml)
        .file("outages.csv", &format!("started_at,ended_at,affected,users\n{row}"))
        .outcome("2025-06")
}

#[test]
fn per_unit_ceil() {
    // 61 minutes are three started half hours: 15 % of 5,000.
    let outcome = downtime(61, "per_unit: { each: 30m, pays: 5%, rounding: ceil }", "");
    assert_eq!(credit_of(&outcome, "a"), "750.00");
}

#[test]
fn per_unit_floor() {
    // 75 minutes hold two whole half hours: 10 % of 5,000.
    let outcome = downtime(75, "per_unit: { each: 30m, pays: 5%, rounding: floor }", "");
    assert_eq!(credit_of(&outcome, "a"), "500.00");
}

#[test]
fn proportional() {
    // 100 min × 0.021 / 43,200 min × 5,000 = 0.2430…
    let outcome = downtime(100, "proportional: {}", ", weight: affected / users");
    assert_eq!(credit_of(&outcome, "a"), "0.24");
}

#[test]
fn uncapped_lines_sum() {
    // Each KPI is at two thirds of a target of 100 %: a shortfall of a third of 4,000, 1,333.333…
    let kpis: String = ["a", "b", "c"]
        .iter()
        .zip(["33", "33", "34"])
        .map(|(id, weight)| {
            format!(
                "  {id}:
    title: {id}
    category: all
    weight: {weight}
    owner: sdm
    measure: {{ share: {{ source: values, part: v, whole: 3 }} }}
    target: {{ at_least: 100% }}
    credit: {{ of: charge, shortfall: {{}} }}
"
            )
        })
        .collect();
    let outcome = contract(
        "charge: 4000.00",
        &kpis,
        "consequences: { single_incident: sum }",
        "2025-06-30,a,2,\n",
    )
    .outcome("2025-06");
    let amounts: Vec<String> = ["a", "b", "c"].map(|id| credit_of(&outcome, id)).into();
    assert_eq!(amounts, ["1333.33", "1333.33", "1333.33"]);
    assert_eq!(amount(&outcome), "3999.99");
}

#[test]
fn lines_add_up() {
    // Three lines of 1,350.00 cut by a cap of 4,000.00: 1,333.333… each, the odd cent to the first in file order.
    let kpis: String = ["a", "b", "c"]
        .iter()
        .zip(["33", "33", "34"])
        .map(|(id, weight)| {
            percent_kpi(
                id,
                weight,
                &format!("{HELD_95}\n    credit: {{ of: at_risk, share: 33.75% }}"),
            )
        })
        .collect();
    let values = "2025-06-30,a,90,\n2025-06-30,b,90,\n2025-06-30,c,90,\n";
    let money = "charge: 100000.00, at_risk: 4%, over_allocated: 200%";
    let outcome = contract(money, &kpis, "consequences: { single_incident: sum }", values).outcome("2025-06");
    let amounts: Vec<String> = ["a", "b", "c"].map(|id| credit_of(&outcome, id)).into();
    assert_eq!(amounts, ["1333.34", "1333.33", "1333.33"]);
    assert_eq!(amount(&outcome), "4000.00");
}

#[test]
fn compare_unrounded() {
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 95% }\n    minimum: { at_least: 90% }",
    );
    let outcome = contract("charge: 1.00", &kpis, "", "2025-06-30,a,89.996,\n").outcome("2025-06");
    assert_eq!(kpi(&outcome, "a").verdict, Verdict::Default);
}

#[test]
fn compare_rounded_when_written() {
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 95% }\n    minimum: { at_least: 90% }\n    compare_rounding: 2",
    );
    let outcome = contract("charge: 1.00", &kpis, "", "2025-06-30,a,89.996,\n").outcome("2025-06");
    assert_eq!(kpi(&outcome, "a").verdict, Verdict::BelowTarget);
}

#[test]
fn rolling_cap() {
    // Eleven months pay 11.90 in all: ten of 1.08 and one of 1.10; the twelfth would pay 0.30.
    // The cap of 10 % of 120 leaves 12.00 − 11.90 = 0.10.
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 98% }\n    credit: { of: charge, shortfall: {} }",
    );
    let mut values = String::new();
    for month in 1..=10 {
        values += &format!("2024-{month:02}-15,a,87.2,\n");
    }
    values += "2024-11-15,a,87,\n2024-12-15,a,95,\n";
    let rest = "consequences: { caps: { rolling: { over: 12 periods, at_most: 10%, before_full: projected } } }";
    let outcome = contract("charge: 10.00", &kpis, rest, &values).outcome("2024-12");
    assert_eq!(amount(&outcome), "0.10");
}

fn ratchet_proposal(last: &str) -> Option<String> {
    // Eleven months at 97.4 % and a last one; with 97.4 % the mean is 97.4 %.
    let kpis = percent_kpi(
        "a",
        "100",
        "    target: { at_least: 95% }\n    ratchet: { over: 12 periods }",
    );
    let mut values: String = (1..=11).map(|month| format!("2024-{month:02}-15,a,97.4,\n")).collect();
    values += &format!("2024-12-15,a,{last},\n");
    let outcome = contract("charge: 1.00", &kpis, "", &values).outcome("2024-12");
    let lines = outcome.statement.expect("a statement").lines;
    lines
        .into_iter()
        .find(|line| line.kind == LineKind::Ratchet)
        .map(|line| line.level.expect("a proposal").number.to_fixed(3))
}

#[test]
fn ratchet() {
    // (95 + 97.4) / 2 = 96.2 %
    assert_eq!(ratchet_proposal("97.4").as_deref(), Some("0.962"));
}

#[test]
fn ratchet_one_equal() {
    assert_eq!(ratchet_proposal("95.0"), None);
}
