//! Rows of a scenario are read as the source declares them: intervals, event logs, lookups, scopes.

use super::{DESK, Desk, scenario};

#[test]
fn a_source_that_is_not_given_is_covered_and_empty() {
    Desk::new(
        "expect: { kpis: { good: not_applicable, fast: { verdict: not_applicable, flags: [] } }, credit: 0.00 }\n",
    )
    .passes();
}

#[test]
fn the_last_row_of_a_key_counts_and_rows_of_other_months_do_not() {
    Desk::new(
        "given:
  tickets:
    - { number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T09:00, good: false }
    - { number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: true }
    - { number: 2, opened: 2026-09-05T08:00, resolved: 2026-09-30T23:59, good: false }
expect: { kpis: { good: { value: 100% }, fast: { value: 2h } } }
",
    )
    .passes();
}

#[test]
fn nulls_are_what_is_absent_or_written_null() {
    Desk::new(
        "given:
  tickets:
    - { number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: null }
    - { number: 2, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00 }
    - { number: 3, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: true }
expect: { kpis: { good: { value: 33% } } }
",
    )
    .passes();
}

#[test]
fn a_scenarios_rows_are_of_its_contract_unless_they_say_otherwise() {
    let card = DESK
        .replace("period: month\n", "period: month\nscope: acme\n")
        .replace("    key: number\n", "    key: number\n    scope: customer\n");
    let text = scenario(
        "given:
  tickets:
    - { number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: true }
    - { number: 2, customer: acme, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: false }
    - { number: 3, customer: other, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: false }
expect: { kpis: { good: { value: 50% } } }
",
    );
    // The third row has a customer of its own; the first has none and is null in that column.
    let explicit = text.replace("{ number: 1, opened", "{ number: 1, customer: acme, opened");
    Desk::of(&card, &explicit).passes();
    Desk::of(&card, &text).passes();
}

// An outage over midnight of the month's first day counts from midnight on: 2 of 744 hours in August.
#[test]
fn intervals_are_clipped_to_the_period() {
    let card = DESK
        .replace("kpis:\n", "  outages: { path: outages.csv, time_zone: UTC, span: [from, to], covers: { through: 2026-12-31 } }\nkpis:\n")
        .replace(
            "measure: { ratio: { source: tickets, hit: good IS TRUE } }",
            "measure: { availability: { source: outages, calendar: always } }",
        );
    let text = scenario(
        "given: { outages: [{ from: 2026-07-31T20:00, to: 2026-08-01T02:00 }] }
expect: { kpis: { good: { value: 99.731% } } }
",
    );
    Desk::of(&card, &text.replace("2026-10\n", "2026-08\n")).passes();
}

#[test]
fn event_logs_and_lookups_work_as_in_files() {
    let card = DESK
        .replace(
            "    at: resolved\n    key: number\n",
            "    at: resolution.stop\n    events: { case: number, order: at, as_of: file_end }\n    lookup: { hours: { from: timesheets, on: number, sum: hours } }\n",
        )
        .replace(
            "clocks: { resolution: { start: opened, stop: resolved } }",
            "clocks: { resolution: { start: { first: state = 'New' }, stop: { last: state = 'Closed' }, paused: { while: state = 'Waiting' } } }",
        )
        .replace(
            "kpis:\n",
            "  timesheets: { path: hours.csv, time_zone: UTC, at: worked, covers: { through: 2026-12-31 } }\nkpis:\n",
        )
        .replace("hit: good IS TRUE", "hit: hours >= 2");
    // Open from 08:00 to 13:00, two hours of it waiting; 1.5 + 1 hours worked on the first, none on the second.
    let text = scenario(
        "given:
  tickets:
    - { number: 1, at: 2026-10-05T08:00, state: New }
    - { number: 1, at: 2026-10-05T09:00, state: Waiting }
    - { number: 1, at: 2026-10-05T11:00, state: Working }
    - { number: 1, at: 2026-10-05T13:00, state: Closed }
    - { number: 2, at: 2026-10-06T08:00, state: New }
    - { number: 2, at: 2026-10-06T11:00, state: Closed }
  timesheets:
    - { number: 1, worked: 2026-10-05T12:00, hours: 1.5 }
    - { number: 1, worked: 2026-10-05T13:00, hours: 1 }
    - { number: 2, worked: 2026-10-06T09:00, hours: 0.5 }
expect: { kpis: { good: { value: 50% }, fast: { value: 3h } } }
",
    );
    Desk::of(&card, &text).passes();
}
