//! Outages, carve-outs, caps, probes and the length of months.

use jiff::tz::TimeZone;
use scoreline::assess::outcome::{KpiOutcome, Verdict};
use scoreline::measure::facts::Detail;
use scoreline::quantity::PeriodScheme;

use crate::contract::{Contract, kpi, percent};

/// A card with one availability KPI; `measure` adds to the measure, `rest` to the KPI, `tail` to the card.
fn card(zone: &str, target: &str, measure: &str, rest: &str, tail: &str, outages: &str) -> Contract {
    let yaml = format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
contract: {{ customer: Buyer, provider: Seller, starts: 2024-01-01, currency: EUR, charge: 1.00, late_changes: restate }}
time_zone: {zone}
period: month
people: {{ sdm: {{ name: Manager, party: provider }}, cio: {{ name: Officer, party: customer }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  outages: {{ path: outages.csv, time_zone: {zone}, span: [started_at, ended_at], covers: {{ through: 2026-12-31 }} }}
kpis:
  up:
    title: Availability
    category: all
    weight: 100
    owner: sdm
    measure: {{ availability: {{ source: outages{measure} }} }}
    target: {{ at_least: {target} }}
{rest}
{tail}
"
    );
    Contract::new(&yaml).file(
        "outages.csv",
        &format!("started_at,ended_at,affected_users,total_users\n{outages}"),
    )
}

/// Scheduled, removed and down minutes.
fn minutes(kpi: &KpiOutcome) -> (String, String, String) {
    let fact = kpi.fact.as_ref().expect("a fact");
    let Detail::Time {
        scheduled,
        removed,
        down,
        ..
    } = &fact.detail
    else {
        panic!("no time: {:?}", fact.detail)
    };
    let minute = scoreline::quantity::Rational::integer(60_000_000);
    let per_minute = |micros: scoreline::quantity::Rational| micros.checked_div(&minute).expect("not zero").to_exact();
    (
        per_minute((*scheduled).into()),
        per_minute((*removed).into()),
        per_minute(down.clone()),
    )
}

/// 10,000 excluded minutes (from the 10th, 00:00, to the 16th, 22:40) and 40 down outside them.
fn excluded(mode: &str) -> KpiOutcome {
    let tail = format!(
        "carve_outs:
  agreed: {{ title: Agreed, clause: C.1, cause: external, by: claims, mode: {mode} }}
---
apiVersion: scoreline/v1
kind: Claims
for: card
claims:
  one:
    by: sdm
    carve_out: agreed
    kpis: [up]
    window: 2025-06-10T00:00/2025-06-16T22:40
    notified: 2025-06-10
    evidence: Letter
    decision: {{ result: approved, by: cio, on: 2025-06-20 }}"
    );
    let contract = card(
        "UTC",
        "99.9%",
        "",
        "    carve_outs: [agreed]",
        &tail,
        "2025-06-02T10:00,2025-06-02T10:40,,\n",
    );
    kpi(&contract.outcome("2025-06"), "up").clone()
}

#[test]
fn carve_out_remove() {
    let up = excluded("remove");
    assert_eq!((percent(&up, 4), up.verdict), ("99.8795".to_owned(), Verdict::Default));
}

#[test]
fn carve_out_deem() {
    let up = excluded("deem_available");
    assert_eq!((percent(&up, 4), up.verdict), ("99.9074".to_owned(), Verdict::Met));
}

#[test]
fn overlapping_outages() {
    let rows = "2025-06-02T10:00,2025-06-02T10:40,,\n2025-06-02T10:30,2025-06-02T11:00,,\n";
    let outcome = card("UTC", "99.9%", "", "", "", rows).outcome("2025-06");
    assert_eq!(minutes(kpi(&outcome, "up")).2, "60");
}

/// A schedule as a carve-out called `maintenance`.
fn schedule(rrule: &str, lasts: &str, cap: &str) -> String {
    format!(
        "carve_outs:
  maintenance:
    title: Maintenance
    clause: C.1
    cause: provider
    by: {{ schedule: {{ rrule: \"{rrule}\", lasts: {lasts} }} }}
    mode: remove
{cap}"
    )
}

#[test]
fn outage_across_maintenance() {
    // One window, on the 11th from 02:00 to 04:00; the outage runs from 01:00 to 03:00.
    let tail = schedule("FREQ=MONTHLY;BYMONTHDAY=11;BYHOUR=2", "2h", "");
    let outcome = card(
        "UTC",
        "99.9%",
        "",
        "    carve_outs: [maintenance]",
        &tail,
        "2025-06-11T01:00,2025-06-11T03:00,,\n",
    )
    .outcome("2025-06");
    let up = kpi(&outcome, "up");
    let (scheduled, removed, down) = minutes(up);
    assert_eq!(
        (scheduled.as_str(), removed.as_str(), down.as_str()),
        ("43200", "120", "60")
    );
    assert_eq!(percent(up, 4), "99.8607");
}

/// October 2026 in Berlin (745 h) with four-hour windows on four Sundays and a cap of 12 hours.
fn sundays(counts: &str, outages: &str) -> KpiOutcome {
    let cap = format!("    cap: {{ hours: 12, per: month, counts: {counts} }}");
    let tail = schedule("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", "4h", &cap);
    let contract = card(
        "Europe/Berlin",
        "99.9%",
        "",
        "    carve_outs: [maintenance]",
        &tail,
        outages,
    );
    kpi(&contract.outcome("2026-10"), "up").clone()
}

#[test]
fn cap_counts_windows() {
    let up = sundays("windows", "2026-10-12T09:00,2026-10-12T15:00,,\n");
    let (scheduled, removed, down) = minutes(&up);
    assert_eq!(
        (scheduled, removed, down),
        ((745 * 60).to_string(), (12 * 60).to_string(), (6 * 60).to_string())
    );
    assert_eq!(percent(&up, 4), "99.1814");
}

/// The fourth window is on the 25th, from the first 02:00 (clocks go back at 03:00) for four elapsed hours.
const IN_THE_FOURTH: &str = "2026-10-25T02:00,2026-10-25T05:00,,\n";

#[test]
fn cap_counts_downtime() {
    let up = sundays("downtime", IN_THE_FOURTH);
    assert_eq!(minutes(&up).2, "0");
    assert_eq!(percent(&up, 0), "100");
}

#[test]
fn cap_windows_spent_early() {
    // 729 of 733 hours.
    let up = sundays("windows", IN_THE_FOURTH);
    assert_eq!(minutes(&up).2, "240");
    assert_eq!(percent(&up, 4), "99.4543");
}

#[test]
fn maintenance_over_cap() {
    let tail = schedule(
        "FREQ=MONTHLY;BYMONTHDAY=11;BYHOUR=2",
        "14h",
        "    cap: { hours: 12, per: month, counts: windows }",
    );
    let outcome = card(
        "UTC",
        "99.9%",
        "",
        "    carve_outs: [maintenance]",
        &tail,
        "2025-06-11T02:00,2025-06-11T16:00,,\n",
    )
    .outcome("2025-06");
    let up = kpi(&outcome, "up");
    let (scheduled, removed, down) = minutes(up);
    assert_eq!(
        (scheduled.as_str(), removed.as_str(), down.as_str()),
        ("43200", "720", "120")
    );
    assert_eq!(percent(up, 4), "99.7175");
}

#[test]
fn weighted_outage() {
    let rows = "2025-06-02T10:00,2025-06-02T11:00,50,200\n";
    let outcome = card("UTC", "99.9%", ", weight: affected_users / total_users", "", "", rows).outcome("2025-06");
    let up = kpi(&outcome, "up");
    assert_eq!(
        (percent(up, 5), percent(up, 2)),
        ("99.96528".to_owned(), "99.97".to_owned())
    );
}

#[test]
fn full_minutes_only() {
    // Of 10:00:30–10:05:40 the whole clock minutes are 10:01–10:05: four; shorter than five, so nothing counts.
    let row = "2025-06-02T10:00:30,2025-06-02T10:05:40,,\n";
    let whole = card("UTC", "99.9%", ", whole_minutes: true", "", "", row).outcome("2025-06");
    assert_eq!(minutes(kpi(&whole, "up")).2, "4");
    let ignored = card("UTC", "99.9%", ", whole_minutes: true, ignore_shorter: 5m", "", "", row).outcome("2025-06");
    assert_eq!(minutes(kpi(&ignored, "up")).2, "0");
}

#[test]
fn dst_months() {
    let zone = TimeZone::get("America/New_York").expect("bundled");
    for (label, expected) in [("2025-03", 44_580), ("2025-06", 43_200), ("2025-11", 43_260)] {
        let period = PeriodScheme::MONTH.parse(label).expect("a month");
        assert_eq!(
            (period.ends_at(&zone) - period.starts_at(&zone)) / 60_000_000,
            expected,
            "{label}"
        );
        let outcome = card("America/New_York", "99.9%", "", "", "", "").outcome(label);
        assert_eq!(minutes(kpi(&outcome, "up")).0, expected.to_string(), "{label}");
    }
}

fn probes(every: &str, target: &str, rows: &str) -> Contract {
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
  probes: {{ path: probes.csv, time_zone: UTC, at: seen_at, covers: {{ through: 2026-12-31 }} }}
kpis:
  up:
    title: Uptime
    category: all
    weight: 100
    owner: sdm
    measure: {{ probes: {{ source: probes, up: state = 'up', method: state{every} }} }}
    target: {{ at_least: {target} }}
"
    );
    Contract::new(&yaml).file("probes.csv", &format!("seen_at,state\n{rows}"))
}

#[test]
fn probe_too_coarse() {
    // One missed probe of five minutes in 30 days: 43,195 of 43,200 minutes.
    let contract = probes(
        ", every: 5m",
        "99.99%",
        "2025-05-31T23:00Z,up\n2025-06-10T10:00Z,down\n2025-06-10T10:05Z,up\n",
    );
    let found = contract.findings();
    assert!(
        found.iter().any(|finding| finding.rule == "probe-too-coarse"),
        "{found:?}"
    );
    assert_eq!(percent(kpi(&contract.outcome("2025-06"), "up"), 4), "99.9884");
}

#[test]
fn probes_state_holds() {
    // 506.0333 minutes are 506 min 2 s; October has 44,640 minutes. The last probe before the month counts.
    let rows = "2025-09-30T22:00:00Z,up\n2025-10-10T00:00:00Z,down\n2025-10-10T08:26:02Z,up\n";
    assert_eq!(
        percent(kpi(&probes("", "99%", rows).outcome("2025-10"), "up"), 4),
        "98.8664"
    );
}

#[test]
fn coverage_empty_outages() {
    let outcome = card("UTC", "99.9%", "", "", "", "").outcome("2025-06");
    let up = kpi(&outcome, "up");
    assert_eq!((percent(up, 0), up.verdict), ("100".to_owned(), Verdict::Met));
}

#[test]
fn not_covered_outages() {
    let outcome = card("UTC", "99.9%", "", "", "", "").outcome("2027-01");
    assert_eq!(kpi(&outcome, "up").verdict, Verdict::NoData);
}
