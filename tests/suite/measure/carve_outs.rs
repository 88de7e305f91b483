//! Carve-outs: windows, caps, conditions, claims.

use scoreline::measure::facts::{Fact, Measured};
use scoreline::quantity::Rational;
use scoreline::tables::Failure;

use super::{HOUR, World, card, percent, shown};

const HEAD: &str = "
contract: { customer: C, provider: P, late_changes: restate, starts: 2026-01-01, ends: 2027-12-31 }
people:
  sdm: { name: S, party: provider }
  cio: { name: C, party: customer }
calendars:
  office: { zone: Europe/Berlin, open: { mon-fri: [\"08:00-18:00\"] } }
business_days: office
sources:
  outages: { path: outages.csv, time_zone: Europe/Berlin, span: [started, ended], key: id, covers: { through: 2026-12-31 } }
  tickets:
    path: tickets.csv
    time_zone: Europe/Berlin
    key: id
    at: resolved
    covers: { through: 2026-12-31 }
    clocks: { resolution: { start: opened, stop: resolved } }
";

fn world(kpi: &str, carve_outs: &str, claims: &str, outages: &str, tickets: &str) -> World {
    let text = card(
        "card",
        "Europe/Berlin",
        &format!("{HEAD}kpis:\n  k:\n    title: K\n{kpi}\ncarve_outs:\n{carve_outs}\n"),
    );
    let register = format!("apiVersion: scoreline/v1\nkind: Claims\nfor: card\nclaims:\n{claims}\n");
    let documents: Vec<&str> = if claims.is_empty() {
        vec![&text]
    } else {
        vec![&text, &register]
    };
    World::new(
        &documents,
        &[
            ("outages.csv", &format!("id,started,ended,cause\n{outages}")),
            ("tickets.csv", &format!("id,opened,resolved,cause,good\n{tickets}")),
        ],
    )
}

const MAINTENANCE: &str = "  m:
    title: M
    by: { schedule: { rrule: \"FREQ=WEEKLY;BYDAY=SU;BYHOUR=2\", lasts: 4h } }
    mode: remove
";

fn capped(counts: &str, outages: &str) -> Fact {
    let cap = format!("{MAINTENANCE}    cap: {{ hours: 12, per: month, counts: {counts} }}\n");
    let kpi = "    measure: { availability: { source: outages } }\n    carve_outs: [m]\n";
    world(kpi, &cap, "", outages, "").fact("k", "2026-10")
}

// conformance: cap-counts-windows. 745 h in October in Berlin; three windows of 4 h fit the cap. The
// fourth, on the 25th, would begin at the first of two 02:00.
#[test]
fn a_cap_counts_windows() {
    let fact = capped("windows", "A,2026-10-06T10:00,2026-10-06T16:00,x\n");
    assert_eq!(percent(&fact.net), "99.1814");
    assert_eq!(fact.net.value(), Rational::new(727, 733));
    assert_eq!(fact.gross.value(), Rational::new(739, 745));
    let [maintenance] = &fact.exclusions[..] else {
        panic!("one carve-out")
    };
    assert_eq!((maintenance.time, maintenance.refused), (12 * HOUR, 4 * HOUR));
    assert_eq!(maintenance.windows.len(), 3);
}

// conformance: cap-counts-downtime, cap-windows-spent-early. 4 h from the fourth window's start.
#[test]
fn a_cap_counts_downtime_or_is_spent_early() {
    let fourth = "A,2026-10-25T02:00,2026-10-25T05:00,x\n";
    assert_eq!(shown(&capped("downtime", fourth).net), "1");
    let spent = capped("windows", fourth);
    assert_eq!(spent.net.value(), Rational::new(729, 733));
    assert_eq!(percent(&spent.net), "99.4543");
}

// The first clause in the KPI's list wins: B 2 h, and 1 h of the outage counts as up.
#[test]
fn a_minute_belongs_to_the_first_clause() {
    let carve_outs =
        format!("{MAINTENANCE}  c: {{ title: C, by: {{ where: cause = 'customer' }}, mode: deem_available }}\n");
    let kpi = "    measure: { availability: { source: outages } }\n    carve_outs: [m, c]\n";
    let rows = "A,2026-10-04T04:00,2026-10-04T07:00,customer\nB,2026-10-06T10:00,2026-10-06T11:00,\n";
    let fact = world(kpi, &carve_outs, "", rows, "").fact("k", "2026-10");
    // 745 h − four windows; the last hour of A is deemed up, B is down.
    assert_eq!(fact.net.value(), Rational::new(745 - 16 - 1, 745 - 16));
    assert_eq!(fact.exclusions[0].down, Rational::integer(2 * HOUR));
    assert_eq!((fact.exclusions[1].time, fact.exclusions[1].rows), (HOUR, 1));
    assert_eq!(fact.gross.value(), Rational::new(741, 745));
}

// A condition removes rows of both sides; a window does nothing to a ratio.
#[test]
fn conditions_remove_rows_and_windows_do_not() {
    let carve_outs = format!("{MAINTENANCE}  c: {{ title: C, by: {{ where: cause = 'customer' }}, mode: remove }}\n");
    let kpi = "    measure: { ratio: { source: tickets, hit: good } }\n    carve_outs: [m, c]\n";
    let rows = "A,2026-10-04T02:30,2026-10-04T03:00,,false\nB,2026-10-05T02:30,2026-10-05T03:00,,true\n\
                C,2026-10-05T02:30,2026-10-05T03:00,customer,false\nD,2026-10-05T02:30,2026-10-05T03:00,customer,true\n";
    let fact = world(kpi, &carve_outs, "", "", rows).fact("k", "2026-10");
    assert_eq!((shown(&fact.gross), shown(&fact.net)), ("0.5".into(), "0.5".into()));
    assert_eq!((fact.gross.rows(), fact.net.rows()), (4, 2));
    assert_eq!((fact.exclusions[0].rows, fact.exclusions[1].rows), (0, 2));
}

// 02:00–06:00 on Sunday stops the clock: 5 h elapsed are 1 h net.
#[test]
fn a_window_stops_a_clock() {
    let kpi = "    measure: { on_time: { source: tickets, clock: resolution, within: 1h, overdue: resolved_only } }\n    carve_outs: [m]\n";
    let rows = "A,2026-10-04T01:30,2026-10-04T06:30,,\nB,2026-10-04T01:30,2026-10-04T06:31,,\n";
    let fact = world(kpi, MAINTENANCE, "", "", rows).fact("k", "2026-10");
    assert_eq!((shown(&fact.gross), shown(&fact.net)), ("0".into(), "0.5".into()));
}

const CLAIMED: &str = "  f:
    title: F
    by: claims
    mode: deem_available
    needs: [evidence, approval]
    notice: 5 business days
";

// One day down, of which six hours are claimed four times over; 745 h scheduled.
#[test]
fn a_claim_applies_or_says_why_not() {
    let kpi = "    measure: { availability: { source: outages } }\n    carve_outs: [f]\n";
    let window = "window: 2026-10-12T06:00/2026-10-12T12:00";
    let decided = "decision: { result: approved, by: cio, on: 2026-10-20 }";
    let outage = "A,2026-10-12T00:00,2026-10-13T00:00,x\n";
    for (claim, hours_down, reason, pending) in [
        // Monday: the fifth open day after it is Monday the 19th.
        (format!("notified: 2026-10-19, evidence: E, {decided}"), 18, None, false),
        (
            format!("notified: 2026-10-20, evidence: E, {decided}"),
            24,
            Some("notified on 2026-10-20, due by 2026-10-19"),
            false,
        ),
        (
            "notified: 2026-10-20, evidence: E, decision: { result: approved, by: cio, on: 2026-10-20, waive_notice: true }".into(),
            18,
            None,
            false,
        ),
        (format!("notified: 2026-10-13, {decided}"), 24, Some("it has no evidence"), false),
        (
            "notified: 2026-10-13, evidence: E".into(),
            24,
            Some("nobody has decided it"),
            true,
        ),
        (
            "notified: 2026-10-13, evidence: E, decision: { result: rejected, by: cio, on: 2026-10-20 }".into(),
            24,
            Some("rejected by cio on 2026-10-20"),
            false,
        ),
        (
            "notified: 2026-10-13, evidence: E, decision: { result: approved, by: cio, on: 2026-10-20, window: 2026-10-12T06:00/2026-10-12T08:00 }".into(),
            22,
            None,
            false,
        ),
    ] {
        let claim = format!("  one: {{ by: sdm, carve_out: f, kpis: [k], {window}, {claim} }}\n");
        let world = world(kpi, CLAIMED, &claim, outage, "");
        let fact = world.fact("k", "2026-10");
        assert_eq!(fact.net.value(), Rational::new(745 - hours_down, 745), "{claim}");
        let [effect] = &fact.claims[..] else { panic!("one claim") };
        assert_eq!((effect.reason.as_deref(), effect.pending), (reason, pending), "{claim}");
        assert_eq!(effect.applied, reason.is_none());
        let otherwise = if effect.applied { 24 } else { 18 };
        assert_eq!(effect.otherwise.value(), Rational::new(745 - otherwise, 745), "{claim}");
        assert!(world.fact("k", "2026-11").claims.is_empty());
    }
}

#[test]
fn a_claim_over_tickets_takes_rows_out() {
    let carve_outs = "  f: { title: F, by: claims, mode: remove }\n";
    let kpi = "    measure: { ratio: { source: tickets, hit: good } }\n    carve_outs: [f]\n";
    let rows = "A,2026-10-04T02:30,2026-10-04T03:00,,false\nB,2026-10-05T02:30,2026-10-05T03:00,,true\n\
                C,2026-10-05T02:30,2026-10-05T03:00,,false\n";
    let claims = "  one: { by: sdm, carve_out: f, kpis: [k], tickets: [A, X], decision: { result: approved, by: cio, on: 2026-10-20 } }\n  \
                  two: { by: sdm, carve_out: f, kpis: [k], tickets: [C] }\n";
    let fact = world(kpi, carve_outs, claims, "", rows).fact("k", "2026-10");
    assert_eq!((shown(&fact.net), fact.net.rows()), ("0.5".into(), 2));
    assert_eq!(fact.gross.value(), Rational::new(1, 3));
    let [one, two] = &fact.claims[..] else {
        panic!("two claims")
    };
    assert_eq!(
        (one.applied, one.rows, one.otherwise.value()),
        (true, 1, Rational::new(1, 3))
    );
    assert_eq!((two.applied, two.pending, two.rows), (false, true, 1));
    assert!(matches!(&two.otherwise, Measured::Value { rows: 1, .. }));
}

#[test]
fn a_schedule_that_never_comes_about_is_refused() {
    let refusal = |rule: &str| {
        let schedule = format!(
            "  m: {{ title: M, cause: provider, mode: remove, by: {{ schedule: {{ rrule: \"{rule}\", lasts: 4h }} }} }}\n"
        );
        let kpi = "    measure: { availability: { source: outages } }\n    carve_outs: [m]\n";
        world(kpi, &schedule, "", "", "").try_measure(&["2026-06"], Default::default())
    };
    for never in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6,9,11",
        // The contract starts a day later.
        "FREQ=DAILY;UNTIL=20251231",
    ] {
        let Err(Failure::Found(found)) = refusal(never) else {
            panic!("{never} is taken");
        };
        assert_eq!(
            found.iter().map(|finding| finding.rule).collect::<Vec<_>>(),
            ["invalid-value"],
            "{never}"
        );
    }
    // The next 29 February that is a Monday is in 2044; the one after a leap year without one in 2072.
    for rare in [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;UNTIL=20260101",
    ] {
        if let Err(failure) = refusal(rare) {
            panic!("{rare}: {failure:?}");
        }
    }
}
