//! A service desk that follows the sun: an event log with pauses and tickets that are opened again, instants with and
//! without offsets over the night in which clocks go back, shifts in one zone and office hours in another, a priority
//! matrix, percentiles and rolling windows; nested JSON.

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use scoreline::assess::Outcome;
use scoreline::quantity::Rational;

use super::{fraction, measured};
use crate::contract::Contract;

const CASES: i64 = 360;

/// The events of case `i`, in minutes from its first, which comes `251 · i` minutes after 28 September in UTC.
fn events(i: i64) -> Vec<(&'static str, i64)> {
    let assigned = 5 + i * 13 % 90;
    let mut events = vec![("New", 0), ("Assigned", assigned)];
    let mut at = assigned;
    if i % 3 == 0 {
        at += 20 + i * 29 % 1500;
        events.extend([("Waiting", assigned + 20), ("Working", at)]);
    }
    if i % 17 != 16 {
        let resolved = at + 30 + i * i * 7 % [200, 900, 4000][usize::try_from(i % 3).expect("small")];
        events.push(("Resolved", resolved));
        if i % 5 == 1 {
            let again = resolved + i * 71 % (12 * 1440);
            events.push(("Reopened", again));
            if i % 10 == 1 {
                events.push(("Resolved", again + 100 + i * 37 % 600));
            }
        } else if i % 2 == 0 {
            events.push(("Closed", resolved + 2880));
        }
    }
    events
}

/// One line per event in the order in which they happened; a third of the cases in UTC, a third with an offset, a
/// third in New York's local time.
fn log() -> String {
    let first: Timestamp = "2026-09-28T00:00:00Z".parse().expect("an instant");
    let new_york = TimeZone::get("America/New_York").expect("bundled");
    let mut lines = Vec::new();
    for i in 0..CASES {
        let mut reopens = 0;
        for (state, minutes) in events(i) {
            let at = first + (251 * i + minutes).minutes();
            let shown = match i % 3 {
                0 => at.to_string(),
                1 => {
                    let local = at.to_zoned(TimeZone::fixed(Offset::constant(-5)));
                    local.strftime("%Y-%m-%dT%H:%M:%S-05:00").to_string()
                }
                _ => at.to_zoned(new_york.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
            };
            reopens |= i64::from(state == "Reopened");
            let impact = if i % 4 < 2 { "high" } else { "low" };
            let urgency = if i % 3 == 1 { "low" } else { "high" };
            let owner = if i % 6 == 2 {
                r#", "owner": {"team": "L2", "tags": ["x"]}"#
            } else {
                ""
            };
            lines.push((
                at,
                i,
                format!(
                    r#"{{"case": "T-{i:03}", "ts": "{shown}", "state": "{state}", "impact": "{impact}", "urgency": "{urgency}", "reopens": {reopens}{owner}}}"#
                ),
            ));
        }
    }
    // As stable as the log itself: events of one instant stay in the order of their cases.
    lines.sort_by_key(|(at, case, _)| (*at, *case));
    lines.into_iter().map(|(_, _, line)| line + "\n").collect()
}

/// An answer every 34 hours; each ninth left the score out.
fn survey() -> String {
    let first: Timestamp = "2026-10-01T00:00:00Z".parse().expect("an instant");
    let answers = (0..CASES).step_by(2).map(|i| {
        let score = if i % 9 == 4 {
            "null".to_owned()
        } else {
            (1 + i * i % 5).to_string()
        };
        let when = (first + (17 * i).hours()).strftime("%Y-%m-%dT%H:%M");
        format!(r#"{{"case": "T-{i:03}", "when": "{when}", "score": {score}}}"#)
    });
    let answers: Vec<String> = answers.collect();
    format!(
        r#"{{"data": {{"generated": "2026-12-01", "answers": [{}]}}}}"#,
        answers.join(", ")
    )
}

fn desk(as_of: &str) -> Contract {
    let yaml = format!(
        r#"apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Follow the sun
time_zone: America/New_York
period: month
calendars:
  shifts:
    zone: Europe/Berlin
    open: {{ mon-fri: ["06:00-14:00", "14:00-22:00"], sat: ["22:00-24:00"], sun: ["00:00-06:00"] }}
    holidays: [2026-10-03]
  office: {{ open: {{ mon-fri: ["09:00-17:00"] }}, holidays: [2026-10-12, 2026-11-26, 2026-11-27] }}
sources:
  log:
    path: log.ndjson
    time_zone: America/New_York
    covers: {{ through: 2026-12-31 }}
    events: {{ case: case, order: ts, as_of: {as_of} }}
    at: solve.stop
    clocks:
      solve:
        start: {{ first: state = 'New' }}
        stop: {{ last: state = 'Resolved' }}
        paused: {{ while: state = 'Waiting' }}
        reopen_window: 7d
      react: {{ start: {{ first: state = 'New' }}, stop: {{ first: state = 'Assigned' }} }}
  survey: {{ path: survey.json, rows: /data/answers, time_zone: America/New_York, at: when, covers: {{ through: 2026-12-31 }} }}
kpis:
  urgent: {{ title: Urgent, measure: {{ on_time: {{ source: log, where: "impact = 'high' AND urgency = 'high'", clock: solve, within: 4h, overdue: count_until_resolved }} }} }}
  wide: {{ title: Wide, measure: {{ on_time: {{ source: log, where: "impact = 'high' AND urgency = 'low'", clock: solve, within: 1 business day, calendar: shifts, overdue: opened_in_period, not_due: leave_out }} }} }}
  minor: {{ title: Minor, measure: {{ on_time: {{ source: log, where: impact = 'low', clock: solve, within: 8h, calendar: office, overdue: resolved_only }} }} }}
  slowest: {{ title: 95 of 100, measure: {{ percentile: {{ source: log, of: {{ clock: solve }}, p: 95 }} }} }}
  slowest-two: {{ title: 95 of 100 in two months, measure: {{ percentile: {{ source: log, clock: solve, p: 95 }} }}, window: {{ rolling: 2 months }} }}
  mean: {{ title: Mean, measure: {{ mean: {{ source: log, clock: solve }} }} }}
  reopened: {{ title: Opened again, measure: {{ ratio: {{ source: log, hit: reopens > 0 }} }} }}
  reaction: {{ title: Reaction, at: react.stop, measure: {{ median: {{ source: log, clock: react }} }} }}
  happy: {{ title: Happy, measure: {{ ratio: {{ source: survey, where: score IS NOT NULL, hit: score >= 4 }} }} }}
"#
    );
    Contract::new(&yaml)
        .file("log.ndjson", &log())
        .file("survey.json", &survey())
}

/// Shares as they are, times in minutes, each with the rows behind it.
fn check(outcome: &Outcome, expected: &[(&str, &str, u64)]) {
    for (id, value, rows) in expected {
        let unit = match *id {
            "slowest" | "slowest-two" | "mean" | "reaction" => 60_000_000,
            _ => 1,
        };
        let value = &fraction(value) * &Rational::integer(unit);
        assert_eq!(measured(outcome, id), (value, *rows), "{id} in {}", outcome.period);
    }
}

// A ticket that is opened again in November and within a week counts in October with its first solution, and in
// November with both: what was logged later changes nothing.
#[test]
fn months_as_they_were_known_at_their_end() {
    let desk = desk("period_end");
    check(
        &desk.outcome("2026-10"),
        &[
            ("urgent", "15/59", 59),
            ("wide", "27/28", 28),
            ("minor", "74/83", 83),
            ("slowest", "3489", 163),
            ("slowest-two", "3489", 178),
            ("mean", "157354/163", 163),
            ("reopened", "27/163", 163),
            ("reaction", "50", 178),
            ("happy", "8/19", 19),
        ],
    );
    check(
        &desk.outcome("2026-11"),
        &[
            ("urgent", "20/62", 62),
            ("wide", "25/26", 26),
            ("minor", "74/81", 81),
            ("slowest", "3527", 162),
            ("slowest-two", "3521", 325),
            ("mean", "76946/81", 162),
            ("reopened", "29/162", 162),
            ("reaction", "101/2", 164),
            ("happy", "7/20", 20),
        ],
    );
}

// With all that was logged, such a ticket is November's alone; one that is opened again after the week stays October's.
#[test]
fn months_with_all_that_was_logged() {
    let desk = desk("file_end");
    check(
        &desk.outcome("2026-10"),
        &[
            ("urgent", "15/59", 59),
            ("wide", "27/28", 28),
            ("minor", "74/83", 83),
            ("slowest", "3489", 163),
            ("slowest-two", "3489", 177),
            ("mean", "157354/163", 163),
            ("reopened", "33/163", 163),
            ("reaction", "50", 178),
        ],
    );
    check(
        &desk.outcome("2026-11"),
        &[
            ("urgent", "20/62", 62),
            ("wide", "25/26", 26),
            ("minor", "73/80", 80),
            ("slowest", "35333/10", 160),
            ("slowest-two", "3525", 323),
            ("mean", "75871/80", 160),
            ("reopened", "30/160", 160),
            ("reaction", "101/2", 164),
        ],
    );
}
