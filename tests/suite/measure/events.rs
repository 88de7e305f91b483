//! Event logs: one row per change of a case.

use scoreline::quantity::Rational;

use super::{World, of};

fn log(as_of: &str, clock: &str, measure: &str, rows: &str) -> World {
    let sections = format!(
        "
sources:
  log:
    path: log.csv
    time_zone: UTC
    covers: {{ through: 2026-12-31 }}
    at: at
    events: {{ case: number, order: at, as_of: {as_of} }}
    clocks: {{ c: {{ {clock} }} }}
kpis:
  k: {{ title: K, measure: {{ {measure} }} }}
"
    );
    World::of(
        "UTC",
        &sections,
        &[("log.csv", &format!("number,at,state,kind\n{rows}"))],
    )
}

const ON_TIME: &str = "on_time: { source: log, clock: c, within: 3h, overdue: resolved_only }";

// Opened at 08:00, taken in charge at 09:00 and again at 12:00; the first counts. B takes 4 h.
#[test]
fn a_clock_runs_between_events() {
    let rows = "A,2026-06-01T08:00,new,x\nA,2026-06-01T09:00,taken,x\nA,2026-06-01T12:00,taken,x\n\
                B,2026-06-01T08:00,new,x\nB,2026-06-01T12:00,taken,x\n";
    let clock = "start: { first: state = 'new' }, stop: { first: state = 'taken' }";
    assert_eq!(log("file_end", clock, ON_TIME, rows).value("k", "2026-06"), "0.5");
    let last = "start: { first: state = 'new' }, stop: { last: state = 'taken' }, reopen: resume";
    // A is stopped at 12:00 without an interruption in between: 4 h.
    assert_eq!(log("file_end", last, ON_TIME, rows).value("k", "2026-06"), "0");
}

// conformance: reopen-modes. Resolved at 2 h, reopened at 10 h, resolved at 11 h: 3 h, 1 h, 2 h.
#[test]
fn reopening_resumes_resets_or_is_ignored() {
    let rows = "A,2026-06-01T00:00,new,x\nA,2026-06-01T02:00,resolved,x\nA,2026-06-01T10:00,reopened,x\n\
                A,2026-06-01T11:00,resolved,x\n";
    for (reopen, hours) in [("resume", 3), ("reset", 1), ("ignore", 2)] {
        let clock =
            format!("start: {{ first: state = 'new' }}, stop: {{ last: state = 'resolved' }}, reopen: {reopen}");
        let mean = "mean: { source: log, of: { clock: c } }";
        let world = log("file_end", &clock, mean, rows);
        let expected = Rational::integer(hours * super::HOUR);
        assert_eq!(world.fact("k", "2026-06").net.value(), Some(expected), "{reopen}");
    }
}

// Two hours of waiting in between: 4 h become 2 h.
#[test]
fn a_clock_pauses_while_a_state_holds() {
    let rows = "A,2026-06-01T08:00,new,x\nA,2026-06-01T09:00,waiting,x\nA,2026-06-01T11:00,working,x\n\
                A,2026-06-01T12:00,resolved,x\n";
    let clock =
        "start: { first: state = 'new' }, stop: { first: state = 'resolved' }, paused: { while: state = 'waiting' }";
    assert_eq!(log("file_end", clock, ON_TIME, rows).value("k", "2026-06"), "1");
}

// In June the case was of kind x; in July it became y. As of the file's end it is y, and of July.
#[test]
fn a_period_may_be_judged_as_it_ended() {
    let rows = "A,2026-06-01T08:00,new,x\nA,2026-07-01T09:00,resolved,y\n";
    let clock = "start: { first: state = 'new' }, stop: { first: state = 'resolved' }";
    let count = "count: { source: log, where: kind = 'x' }";
    assert_eq!(log("period_end", clock, count, rows).value("k", "2026-06"), "1");
    assert_eq!(log("file_end", clock, count, rows).value("k", "2026-06"), "0");
    let open = "on_time: { source: log, clock: c, within: 5d, overdue: count_until_resolved }";
    for as_of in ["period_end", "file_end"] {
        let world = log(as_of, clock, open, rows);
        assert_eq!(
            (world.value("k", "2026-06"), world.value("k", "2026-07")),
            ("0".into(), "0".into()),
            "{as_of}"
        );
    }
}

// An outage of 10 January, reported as over on the 12th when February has begun. What was logged until the end
// of January says that it goes on: 22 of its 31 days; the whole file says two of them.
#[test]
fn an_outage_is_as_long_as_was_known_at_the_periods_end() {
    let world = |as_of: &str| {
        let sections = format!(
            "
sources:
  log:
    path: log.csv
    time_zone: UTC
    covers: {{ through: 2026-12-31 }}
    span: [down, up]
    events: {{ case: id, order: at, as_of: {as_of} }}
kpis:
  k: {{ title: K, measure: {{ availability: {{ source: log }} }} }}
"
        );
        let rows = "at,id,down,up\n2026-01-10T00:00,A,2026-01-10T00:00,\n\
                    2026-02-05T00:00,A,2026-01-10T00:00,2026-01-12T00:00\n";
        World::of("UTC", &sections, &[("log.csv", rows)])
    };
    let share = |days: i64| Some(Rational::integer(days).checked_div(&Rational::integer(31)).expect("31"));
    let log = world("period_end");
    assert_eq!(log.fact("k", "2026-01").net.value(), share(31 - 22));
    // Beside other periods too; and in February all of it is known.
    let facts = log.measure(&["2026-01", "2026-02"]);
    let net = |month: &str| of(&facts, "card", "k", log.period(month)).net.value();
    assert_eq!((net("2026-01"), net("2026-02")), (share(31 - 22), share(31)));
    assert_eq!(world("file_end").fact("k", "2026-01").net.value(), share(31 - 2));
}
