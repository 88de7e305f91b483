//! Failures, hours per endpoint, utilisation, budgets, roll-ups.

use scoreline::assess::outcome::Verdict;
use scoreline::quantity::format_duration;

use crate::contract::{Contract, kpi, percent};

fn card(period: &str, sources: &str, kpis: &str) -> Contract {
    Contract::new(&format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
time_zone: UTC
period: {period}
people: {{ sdm: {{ name: Manager }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
{sources}
kpis:
{kpis}
"
    ))
}

const OUTAGES: &str =
    "  outages: { path: outages.csv, time_zone: UTC, span: [started_at, ended_at], covers: { through: 2025-12-31 } }";

fn failures(rows: &str) -> Contract {
    let kpis: String = [("mtbf", "at_least: 1h"), ("mtrs", "at_most: 4h"), ("mtbsi", "at_least: 1h")]
        .iter()
        .map(|(is, target)| {
            format!("  {is}:\n    title: {is}\n    category: all\n    weight: 25\n    owner: sdm\n    measure: {{ failures: {{ source: outages, is: {is} }} }}\n    target: {{ {target} }}\n")
        })
        .collect();
    let uptime = "  uptime:\n    title: Uptime\n    category: all\n    weight: 25\n    owner: sdm\n    measure: { availability: { source: outages } }\n    target: { at_least: 99% }";
    card("month", OUTAGES, &(kpis + uptime)).file("outages.csv", &format!("started_at,ended_at\n{rows}"))
}

#[test]
fn mtbf() {
    // June has 720 hours; three outages of 1, 2 and 3 hours.
    let outcome = failures(
        "2025-06-02T10:00,2025-06-02T11:00\n2025-06-10T10:00,2025-06-10T12:00\n2025-06-20T10:00,2025-06-20T13:00\n",
    )
    .outcome("2025-06");
    let duration = |id| format_duration(kpi(&outcome, id).value.as_ref().expect("a value"), 0);
    // 238 h are 9 days and 22 hours, 240 h are 10 days.
    assert_eq!(
        (
            duration("mtrs").as_str(),
            duration("mtbf").as_str(),
            duration("mtbsi").as_str()
        ),
        ("2h", "9d 22h", "10d")
    );
    assert_eq!(percent(kpi(&outcome, "uptime"), 4), "99.1667");
}

#[test]
fn mtbf_no_failure() {
    assert_eq!(
        kpi(&failures("").outcome("2025-06"), "mtbf").verdict,
        Verdict::NotApplicable
    );
}

/// Reactive hours per endpoint and month: strictly below 0.25.
fn rhem_value(period: &str, label: &str, rows: &str) -> (String, Verdict) {
    let sources = "  workload: { path: workload.csv, time_zone: UTC, at: day, covers: { through: 2025-12-31 } }";
    let kpis = "  rhem:
    title: RHEM
    category: all
    weight: 100
    owner: sdm
    unit: number
    measure: { share: { source: workload, part: hours, whole: endpoints } }
    target: { below: 0.25 }";
    let outcome = card(period, sources, kpis)
        .file("workload.csv", &format!("day,hours,endpoints\n{rows}"))
        .outcome(label);
    let rhem = kpi(&outcome, "rhem");
    (rhem.value.as_ref().expect("a value").to_exact(), rhem.verdict)
}

#[test]
fn rhem_strict() {
    assert_eq!(
        rhem_value("month", "2025-06", "2025-06-30,180,800\n"),
        ("0.225".to_owned(), Verdict::Met)
    );
    // 600 hours over three months of 800 endpoints: exactly 0.25 is not below it.
    let rows = "2025-04-30,180,800\n2025-05-31,200,800\n2025-06-30,220,800\n";
    assert_eq!(
        rhem_value("quarter", "2025-Q2", rows),
        ("0.25".to_owned(), Verdict::Default)
    );
}

#[test]
fn above_is_strict() {
    let sources = "  sheets: { path: sheets.csv, time_zone: UTC, at: day, covers: { through: 2025-12-31 } }";
    let kpis = "  use:
    title: Utilisation
    category: all
    weight: 100
    owner: sdm
    measure: { share: { source: sheets, part: worked, whole: available } }
    target: { above: 80% }";
    let outcome = card("month", sources, kpis)
        .file("sheets.csv", "day,worked,available\n2025-06-30,128,160\n")
        .outcome("2025-06");
    let utilisation = kpi(&outcome, "use");
    assert_eq!(
        (percent(utilisation, 1), utilisation.verdict),
        ("80.0".to_owned(), Verdict::Default)
    );
}

#[test]
fn budget_band() {
    let sources = "  costs: { path: costs.csv, time_zone: UTC, at: day, covers: { through: 2025-12-31 } }";
    let kpis = "  variance:
    title: Budget variance
    category: all
    weight: 100
    owner: sdm
    unit: percent
    measure:
      formula:
        is: (actual - budget) / budget
        actual: { sum: { source: costs, of: spent } }
        budget: { sum: { source: costs, of: planned } }
    target: { within_band: { of: 0%, by: 5% } }";
    for (spent, verdict) in [("105000", Verdict::Met), ("94900", Verdict::Default)] {
        let outcome = card("month", sources, kpis)
            .file("costs.csv", &format!("day,spent,planned\n2025-06-30,{spent},100000\n"))
            .outcome("2025-06");
        assert_eq!(kpi(&outcome, "variance").verdict, verdict, "{spent}");
    }
}

#[test]
fn rollup_sums() {
    let sources = "  sites: { path: sites.csv, time_zone: UTC, at: day, covers: { through: 2025-12-31 } }
  tickets: { path: tickets.csv, time_zone: UTC, at: day, entity: site, covers: { through: 2025-12-31 } }";
    let kpis = "  good:
    title: Good
    category: all
    weight: 100
    owner: sdm
    measure: { share: { source: tickets, part: good, whole: handled } }
    target: { at_least: 90% }
for_each: { site: { list: sites, key: id } }";
    let outcome = card("month", sources, kpis)
        .file("sites.csv", "day,id\n2025-06-01,north\n2025-06-01,south\n")
        .file(
            "tickets.csv",
            "day,site,good,handled\n2025-06-30,north,950,1000\n2025-06-30,south,40,50\n",
        )
        .outcome("2025-06");
    // 990 / 1,050, not the mean of 95 % and 80 %
    assert_eq!(percent(kpi(&outcome, "good"), 4), "94.2857");
}
