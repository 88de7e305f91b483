//! Elapsed time, pauses, reopening and overdue tickets.

use scoreline::assess::outcome::Verdict;
use scoreline::quantity::format_duration;

use crate::contract::{Contract, kpi, percent};

/// A card with one KPI over tickets; `clock` adds to the clock.
fn card(zone: &str, open: &str, clock: &str, kpi: &str, rows: &str) -> Contract {
    let yaml = format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: card
title: Card
time_zone: {zone}
period: month
people: {{ sdm: {{ name: Manager }} }}
calendars: {{ hours: {{ zone: {zone}, open: {{ mon-sun: [\"{open}\"] }} }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources:
  tickets:
    path: tickets.csv
    time_zone: {zone}
    at: resolved_at
    covers: {{ through: 2026-12-31 }}
    clocks: {{ resolution: {{ start: opened_at, stop: resolved_at{clock} }} }}
kpis:
  a:
    title: A
    category: all
    weight: 100
    owner: sdm
{kpi}
"
    );
    Contract::new(&yaml).file("tickets.csv", rows)
}

fn mean(calendar: &str) -> String {
    format!(
        "    measure: {{ mean: {{ source: tickets, of: {{ clock: resolution }}, calendar: {calendar} }} }}\n    target: {{ at_most: 4h }}"
    )
}

fn elapsed(contract: &Contract, period: &str) -> String {
    format_duration(kpi(&contract.outcome(period), "a").value.as_ref().expect("a value"), 0)
}

#[test]
fn dst_elapsed() {
    let rows = "opened_at,resolved_at\n2025-03-09T00:30,2025-03-09T04:30\n";
    assert_eq!(
        elapsed(
            &card("America/New_York", "09:00-17:00", "", &mean("always"), rows),
            "2025-03"
        ),
        "3h"
    );
}

#[test]
fn pause_inside_hours() {
    let rows =
        "opened_at,resolved_at,p_from,p_to\n2025-06-03T10:00,2025-06-03T16:00,2025-06-03T11:00,2025-06-03T14:00\n";
    assert_eq!(
        elapsed(&card("UTC", "09:00-17:00", "", &mean("hours"), rows), "2025-06"),
        "6h"
    );
    assert_eq!(
        elapsed(
            &card(
                "UTC",
                "09:00-17:00",
                ", paused: { span: [p_from, p_to] }",
                &mean("hours"),
                rows
            ),
            "2025-06"
        ),
        "3h"
    );
}

#[test]
fn pause_outside_hours() {
    // Opened at 10:00, resolved at 12:00 the next day: 7 h + 3 h, with and without the night's pause.
    let rows =
        "opened_at,resolved_at,p_from,p_to\n2025-06-03T10:00,2025-06-04T12:00,2025-06-03T20:00,2025-06-04T08:00\n";
    assert_eq!(
        elapsed(&card("UTC", "09:00-17:00", "", &mean("hours"), rows), "2025-06"),
        "10h"
    );
    assert_eq!(
        elapsed(
            &card(
                "UTC",
                "09:00-17:00",
                ", paused: { span: [p_from, p_to] }",
                &mean("hours"),
                rows
            ),
            "2025-06"
        ),
        "10h"
    );
}

fn on_time(within: &str, overdue: &str) -> String {
    format!(
        "    measure: {{ on_time: {{ source: tickets, clock: resolution, within: {within}, calendar: always, overdue: {overdue} }} }}
    target: {{ at_least: 95% }}
    minimum: {{ at_least: 90% }}"
    )
}

#[test]
fn overdue_modes() {
    // All opened in June with a limit of four hours: 90 in time, 4 late, 2 open and overdue, 6 open and not yet due.
    let mut rows = String::from("opened_at,resolved_at\n");
    rows += &"2025-06-10T08:00,2025-06-10T10:00\n".repeat(90);
    rows += &"2025-06-10T08:00,2025-06-10T18:00\n".repeat(4);
    rows += &"2025-06-20T08:00,\n".repeat(2);
    rows += &"2025-06-30T22:00,\n".repeat(6);
    for (mode, value, verdict) in [
        ("count_until_resolved", "93.7500", Verdict::BelowTarget),
        ("resolved_only", "95.7447", Verdict::Met),
        ("opened_in_period", "88.2353", Verdict::Default),
    ] {
        let outcome = card("UTC", "09:00-17:00", "", &on_time("4h", mode), &rows).outcome("2025-06");
        let a = kpi(&outcome, "a");
        assert_eq!((percent(a, 4), a.verdict), (value.to_owned(), verdict), "{mode}");
    }
}

#[test]
fn overdue_carries() {
    // Due on 25 June, resolved on 10 August: it fails in June, July and August, and is gone in September.
    let rows = "opened_at,resolved_at\n2025-06-24T00:00,2025-08-10T12:00\n";
    let contract = card("UTC", "09:00-17:00", "", &on_time("24h", "count_until_resolved"), rows);
    let verdicts = ["2025-05", "2025-06", "2025-07", "2025-08", "2025-09"]
        .map(|period| kpi(&contract.outcome(period), "a").verdict);
    let (none, missed) = (Verdict::NotApplicable, Verdict::Default);
    assert_eq!(verdicts, [none, missed, missed, missed, none]);
}

#[test]
fn reopen_modes() {
    // Opened at 00:00, resolved at 2 h, reopened at 10 h, resolved again at 11 h.
    let rows = "number,at,activity
T-1,2025-06-03T00:00,Open
T-1,2025-06-03T02:00,Resolved
T-1,2025-06-03T10:00,Open
T-1,2025-06-03T11:00,Resolved
";
    for (mode, expected) in [("resume", "3h"), ("reset", "1h"), ("ignore", "2h")] {
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
  log:
    path: log.csv
    time_zone: UTC
    columns: {{ at: {{ timestamp: \"%Y-%m-%dT%H:%M\" }} }}
    events: {{ case: number, order: at, as_of: file_end }}
    at: resolution.stop
    covers: {{ through: 2026-12-31 }}
    clocks:
      resolution:
        start: {{ first: activity = 'Open' }}
        stop: {{ last: activity = 'Resolved' }}
        reopen: {mode}
        reopen_window: 14d
kpis:
  a:
    title: A
    category: all
    weight: 100
    owner: sdm
    measure: {{ mean: {{ source: log, of: {{ clock: resolution }} }} }}
    target: {{ at_most: 4h }}
"
        );
        let contract = Contract::new(&yaml).file("log.csv", rows);
        assert_eq!(elapsed(&contract, "2025-06"), expected, "{mode}");
    }
}
