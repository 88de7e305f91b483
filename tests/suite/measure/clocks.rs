//! Clocks: `on_time` in its three modes, pauses, calendars, limits.

use scoreline::measure::facts::Detail;
use scoreline::quantity::Rational;

use super::{HOUR, World, of, percent, shown};

const SOURCE: &str = "
sources:
  tickets:
    path: tickets.csv
    time_zone: UTC
    covers: { through: 2026-12-31 }
    key: id
    clocks:
      resolution: { start: opened, stop: resolved, paused: { minutes: waited } }
calendars:
  office: { zone: UTC, open: { mon-fri: [\"08:00-18:00\"] } }
business_days: office
";

fn tickets(measure: &str, rows: &str) -> World {
    let sections = format!(
        "{SOURCE}kpis:\n  k:\n    title: K\n    measure: {{ on_time: {{ source: tickets, clock: resolution, {measure} }} }}\n"
    );
    World::of(
        "UTC",
        &sections,
        &[("tickets.csv", &format!("id,opened,resolved,waited,priority\n{rows}"))],
    )
}

/// 90 in time, 4 late, 2 open and overdue, 6 open and not yet due, at the end of June.
fn hundred() -> String {
    let mut rows = String::new();
    for n in 0..90 {
        rows += &format!(
            "T{n},2026-06-{:02}T08:00,2026-06-{:02}T12:00,,P1\n",
            n % 28 + 1,
            n % 28 + 1
        );
    }
    for n in 90..94 {
        rows += &format!("T{n},2026-06-10T08:00,2026-06-10T12:00:01,,P1\n");
    }
    for n in 94..96 {
        rows += &format!("T{n},2026-06-30T19:59,,,P1\n");
    }
    for n in 96..102 {
        rows += &format!("T{n},2026-06-30T20:00,,,P1\n");
    }
    rows
}

// conformance: overdue-modes
#[test]
fn the_three_modes_judge_open_cases_differently() {
    for (mode, expected) in [
        ("count_until_resolved", "93.7500"),
        ("resolved_only", "95.7447"),
        ("opened_in_period", "88.2353"),
    ] {
        let world = tickets(&format!("within: 4h, overdue: {mode}"), &hundred());
        let fact = world.fact("k", "2026-06");
        assert_eq!(percent(&fact.net), expected, "{mode}");
        if mode == "count_until_resolved" {
            let Detail::OnTime {
                in_time,
                late,
                overdue_open,
                open_not_due,
            } = fact.detail
            else {
                panic!("a clock")
            };
            assert_eq!((in_time, late, overdue_open, open_not_due), (90, 4, 2, 6));
        }
    }
    let left_out = tickets("within: 4h, overdue: opened_in_period, not_due: leave_out", &hundred());
    assert_eq!(percent(&left_out.fact("k", "2026-06").net), "93.7500");
}

// conformance: overdue-carries. Due on 2025-06-25, resolved on 2025-08-10.
#[test]
fn an_overdue_case_fails_every_period_until_it_is_resolved() {
    let world = tickets(
        "within: 5d, overdue: count_until_resolved",
        "A,2026-06-20T00:00,2026-08-10T00:00,,P1\n",
    );
    let values = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"].map(|label| world.value("k", label));
    let nothing = "not applicable: no case to judge";
    assert_eq!(values, [nothing, "0", "0", "0", nothing]);
    // What is asked for beside a period does not change it.
    let all = world.measure(&["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]);
    for (label, value) in ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]
        .iter()
        .zip(values)
    {
        let fact = super::of(&all, "card", "k", world.period(label));
        assert_eq!(super::shown(&fact.net), value, "{label}");
    }
}

// A stop on the first instant of July belongs to July; at the end of June it is open and not overdue.
#[test]
fn a_stop_on_the_boundary_belongs_to_the_later_period() {
    let world = tickets(
        "within: 1h, overdue: count_until_resolved",
        "A,2026-06-30T23:00,2026-07-01T00:00,,P1\n",
    );
    assert_eq!(world.value("k", "2026-06"), "not applicable: no case to judge");
    assert_eq!(world.value("k", "2026-07"), "1");
}

// 10 working hours from Friday 16:00 end on Monday 16:00; 60 minutes of waiting are deducted whole.
#[test]
fn open_hours_and_waiting_minutes() {
    let rows = "A,2026-06-05T16:00,2026-06-08T16:00,,P1\nB,2026-06-05T16:00,2026-06-08T16:01,,P1\n\
                C,2026-06-05T16:00,2026-06-08T17:00,60,P1\n";
    let world = tickets("within: 10h, calendar: office, overdue: resolved_only", rows);
    assert_eq!(
        world.value("k", "2026-06"),
        Rational::new(2, 3).expect("not zero").to_exact()
    );
}

// Two business days from Friday end on Tuesday at 18:00.
#[test]
fn business_days_are_those_of_the_card() {
    let rows = "A,2026-06-05T16:00,2026-06-09T18:00,,P1\nB,2026-06-05T16:00,2026-06-09T18:01,,P1\n";
    let world = tickets("within: 2 business days, overdue: resolved_only", rows);
    assert_eq!(world.value("k", "2026-06"), "0.5");
}

#[test]
fn limits_by_a_column_and_a_value_without_one() {
    let measure = "within: { by: priority, P1: 4h, P2: 8h }, overdue: resolved_only";
    let rows = "A,2026-06-05T08:00,2026-06-05T14:00,,P1\nB,2026-06-05T08:00,2026-06-05T14:00,,P2\n";
    assert_eq!(tickets(measure, rows).value("k", "2026-06"), "0.5");
    let findings = tickets(measure, &format!("{rows}C,2026-06-05T08:00,2026-06-05T14:00,,P3\n")).refusal("2026-06");
    assert!(
        findings[0].starts_with("unlisted-value: `P3` has no limit under `within`"),
        "{findings:?}"
    );
    assert!(findings[0].contains("line: Some(4)"), "{findings:?}");
    // In a month in which the row does not count it is no error.
    let other = tickets(measure, &format!("{rows}C,2026-06-05T08:00,2026-06-05T14:00,,P3\n"));
    assert_eq!(other.value("k", "2026-07"), "not applicable: no case to judge");
}

#[test]
fn a_stop_before_its_start_is_kept_and_counted() {
    let world = tickets(
        "within: 4h, overdue: count_until_resolved",
        "A,2026-06-05T08:00,2026-06-05T07:00,,P1\n",
    );
    let fact = world.fact("k", "2026-06");
    assert_eq!(super::shown(&fact.net), "1");
    assert_eq!(fact.left_out.negative_elapsed, 1);
}

// Each row has its own limit and calendar: 6 working hours overnight are 16 elapsed ones.
#[test]
fn each_value_has_its_limit_and_calendar() {
    let sections = format!(
        "{SOURCE}
kpis:
  k:
    title: K
    measure: {{ on_time: {{ source: tickets, clock: resolution, overdue: resolved_only }} }}
    each:
      column: priority
      rows:
        P1: {{ within: 8h, calendar: always }}
        P2: {{ within: 8h, calendar: office }}
"
    );
    let rows = "id,opened,resolved,waited,priority\nA,2026-06-01T16:00,2026-06-02T12:00,,P1\n\
                B,2026-06-01T16:00,2026-06-02T12:00,,P2\nC,2026-06-01T16:00,2026-06-02T12:00,,P9\n";
    let world = World::of("UTC", &sections, &[("tickets.csv", rows)]);
    assert_eq!(world.value("k-p1", "2026-06"), "0");
    assert_eq!(world.value("k-p2", "2026-06"), "1");
}

// Mean 4 h and 2 h; the open case has no value; the 90th percentile is 2 + 0.9 × 2 h.
#[test]
fn elapsed_time_is_aggregated() {
    let rows = "id,opened,resolved,waited,priority\nA,2026-06-05T08:00,2026-06-05T12:00,,P1\n\
                B,2026-06-05T08:00,2026-06-05T11:00,60,P1\nC,2026-06-05T08:00,,,P1\n";
    for (form, expected) in [
        (
            "mean: { source: tickets, of: { clock: resolution } }",
            Rational::integer(3 * HOUR),
        ),
        (
            "max: { source: tickets, of: { clock: resolution } }",
            Rational::integer(4 * HOUR),
        ),
        (
            "percentile: { source: tickets, of: { clock: resolution }, p: 90 }",
            Rational::new(38 * HOUR, 10).expect("not zero"),
        ),
    ] {
        let sections = format!(
            "{}\nkpis:\n  k: {{ title: K, measure: {{ {form} }} }}\n",
            SOURCE.replace("    key: id\n", "    key: id\n    at: opened\n")
        );
        let world = World::of("UTC", &sections, &[("tickets.csv", rows)]);
        let fact = world.fact("k", "2026-06");
        assert_eq!(fact.net.value(), Some(expected), "{form}");
        assert_eq!(fact.left_out.null_value, 1);
    }
}

// Pauses of another file: 2 h and 1 h that overlap by 30 minutes leave 5 h − 2.5 h.
#[test]
fn pauses_may_stand_in_another_source() {
    let sections = "
sources:
  tickets:
    path: tickets.csv
    time_zone: UTC
    covers: { through: 2026-12-31 }
    clocks:
      resolution: { start: opened, stop: resolved, paused: { source: pauses, on: id, span: [from, to] } }
  pauses: { path: pauses.csv, time_zone: UTC, covers: { through: 2026-12-31 } }
kpis:
  k: { title: K, measure: { on_time: { source: tickets, clock: resolution, within: 150m, overdue: resolved_only } } }
";
    let tickets = "id,opened,resolved\nA,2026-06-05T08:00,2026-06-05T13:00\nB,2026-06-05T08:00,2026-06-05T13:00\n";
    let pauses = "id,from,to\nA,2026-06-05T09:00,2026-06-05T11:00\nA,2026-06-05T10:30,2026-06-05T11:30\n\
                  B,2026-06-05T09:00,2026-06-05T11:00\n";
    let world = World::of("UTC", sections, &[("tickets.csv", tickets), ("pauses.csv", pauses)]);
    assert_eq!(world.value("k", "2026-06"), "0.5");
}

// From 20 October to 3 November are 14 days, though clocks in Berlin went back in between.
#[test]
fn between_days_a_clock_counts_days() {
    let sections = "
sources:
  p:
    path: p.csv
    covers: { through: 2026-12-31 }
    clocks: { c: { start: published, stop: patched } }
kpis:
  k: { title: K, measure: { on_time: { source: p, clock: c, within: 14d, overdue: resolved_only } } }
";
    let rows = "published,patched\n2026-10-20,2026-11-03\n2026-10-20,2026-11-04\n";
    let world = World::of("Europe/Berlin", sections, &[("p.csv", rows)]);
    assert_eq!(world.value("k", "2026-11"), "0.5");
}

// Opened on 31 January at 23:00 and stopped two hours later; opened on 10 February and stopped a day later.
// The value of February looks at both as of its end, although the first was open when January ended.
#[test]
fn cases_opened_in_a_rolling_window_are_judged_as_of_its_end() {
    let sections = "
sources:
  t:
    path: t.csv
    time_zone: UTC
    covers: { through: 2026-12-31 }
    clocks: { c: { start: opened, stop: solved } }
kpis:
  k:
    title: K
    measure: { on_time: { source: t, clock: c, within: 4h, overdue: opened_in_period } }
    window: { rolling: 2 months }
";
    let rows = "opened,solved\n2026-01-31T23:00,2026-02-01T01:00\n2026-02-10T08:00,2026-02-11T08:00\n";
    let world = World::of("UTC", sections, &[("t.csv", rows)]);
    let months = ["2026-01", "2026-02", "2026-03", "2026-04"];
    let expected = ["0", "0.5", "0", "not applicable: no case to judge"];
    for (month, expected) in months.into_iter().zip(expected) {
        assert_eq!(world.value("k", month), expected, "{month} alone");
        let facts = world.measure(&months);
        assert_eq!(
            shown(&of(&facts, "card", "k", world.period(month)).net),
            expected,
            "{month}"
        );
    }
}
