//! Availability and failures.

use scoreline::measure::facts::{Coverage, Detail};
use scoreline::quantity::Rational;

use super::{HOUR, World, percent, shown};

fn outages(measure: &str, more: &str, rows: &str) -> World {
    let sections = format!(
        "
sources:
  outages: {{ path: outages.csv, time_zone: UTC, span: [started, ended], covers: {{ through: 2026-12-31 }} }}
calendars:
  office: {{ zone: UTC, open: {{ mon-fri: [\"08:00-18:00\"] }} }}
kpis:
  up:
    title: Up
    measure: {measure}
{more}
"
    );
    World::of(
        "UTC",
        &sections,
        &[("outages.csv", &format!("started,ended,service,users\n{rows}"))],
    )
}

// conformance: overlapping-outages. June 2026 has 43,200 minutes.
#[test]
fn overlapping_outages_count_once() {
    let world = outages(
        "{ availability: { source: outages } }",
        "",
        "2026-06-03T10:00,2026-06-03T10:40,a,1\n2026-06-03T10:30,2026-06-03T11:00,a,1\n",
    );
    let fact = world.fact("up", "2026-06");
    assert_eq!(fact.net.value(), Rational::new(43_140, 43_200));
    let Detail::Time { down, events, .. } = fact.detail else {
        panic!("a measure of time")
    };
    assert_eq!((down, events), (Rational::integer(HOUR), 1));
    assert_eq!(fact.days.iter().map(|day| day.down).sum::<i64>(), HOUR);
    assert_eq!(fact.days.len(), 30);
}

// conformance: coverage-empty-outages, not-covered-outages
#[test]
fn no_outages_are_up_where_covered_and_unknown_elsewhere() {
    let world = outages("{ availability: { source: outages } }", "", "");
    assert_eq!(world.value("up", "2026-06"), "1");
    assert_eq!(
        world.value("up", "2027-01"),
        "no data: `outages` covers up to 2026-12-31"
    );
    assert_eq!(world.fact("up", "2027-01").coverage, Coverage::None);
}

// conformance: mtbf. 30 days, three outages of 2 h: 6/3, 714/3, 720/3.
#[test]
fn failures_have_a_mean_time_between_and_to_restore() {
    let rows = "2026-06-03T10:00,2026-06-03T12:00,a,1\n2026-06-10T10:00,2026-06-10T12:00,a,1\n\
                2026-06-20T10:00,2026-06-20T12:00,a,1\n";
    for (is, hours) in [("mtbf", 238), ("mtrs", 2), ("mtbsi", 240)] {
        let world = outages(&format!("{{ failures: {{ source: outages, is: {is} }} }}"), "", rows);
        assert_eq!(
            world.fact("up", "2026-06").net.value(),
            Some(Rational::integer(hours * HOUR)),
            "{is}"
        );
    }
    let world = outages("{ availability: { source: outages } }", "", rows);
    assert_eq!(percent(&world.fact("up", "2026-06").net), "99.1667");
    // conformance: mtbf-no-failure
    let world = outages("{ failures: { source: outages, is: mtbf } }", "", rows);
    assert_eq!(world.value("up", "2026-07"), "not applicable: no failure");
}

// An outage over a closed night is one failure, though its scheduled time falls into two pieces.
#[test]
fn an_outage_across_a_closed_night_is_one_failure() {
    let world = outages(
        "{ failures: { source: outages, is: mtrs, calendar: office } }",
        "",
        "2026-06-02T16:00,2026-06-03T09:00,a,1\n2026-06-06T10:00,2026-06-06T12:00,a,1\n",
    );
    // 2 h on Tuesday and 1 h on Wednesday; the one on Saturday keeps no scheduled time.
    assert_eq!(
        world.fact("up", "2026-06").net.value(),
        Some(Rational::integer(3 * HOUR))
    );
}

// An outage that goes on is down to the end of every period, and to the end of what is covered.
#[test]
fn an_outage_without_an_end_goes_on() {
    let world = outages("{ availability: { source: outages } }", "", "2026-06-30T12:00,,a,1\n");
    assert_eq!(world.fact("up", "2026-06").net.value(), Rational::new(720 - 12, 720));
    assert_eq!(world.value("up", "2026-07"), "0");
}

// conformance: weighted-outage. 60 minutes × 50/200 of 43,200.
#[test]
fn an_outage_weighs_what_it_affects() {
    let world = outages(
        "{ availability: { source: outages, weight: users / 200 } }",
        "",
        "2026-06-03T10:00,2026-06-03T11:00,a,50\n",
    );
    assert_eq!(percent(&world.fact("up", "2026-06").net), "99.9653");
}

// conformance: full-minutes-only
#[test]
fn whole_minutes_and_short_outages() {
    let rows = "2026-06-03T10:00:30,2026-06-03T10:05:40,a,1\n";
    let world = outages("{ availability: { source: outages, whole_minutes: true } }", "", rows);
    assert_eq!(world.fact("up", "2026-06").net.value(), Rational::new(43_196, 43_200));
    let short = "{ availability: { source: outages, whole_minutes: true, ignore_shorter: 5m } }";
    assert_eq!(outages(short, "", rows).value("up", "2026-06"), "1");
}

// conformance: dst-months. One hour down of 743, 720 and 721.
#[test]
fn a_month_has_the_hours_its_zone_gives_it() {
    let sections = "
sources:
  outages: { path: o.csv, time_zone: America/New_York, span: [started, ended], covers: { through: 2025-12-31 } }
kpis:
  up: { title: Up, measure: { availability: { source: outages } } }
";
    let rows = "started,ended\n2025-03-20T10:00,2025-03-20T11:00\n2025-06-20T10:00,2025-06-20T11:00\n\
                2025-11-20T10:00,2025-11-20T11:00\n";
    let world = World::of("America/New_York", sections, &[("o.csv", rows)]);
    for (label, hours) in [("2025-03", 743), ("2025-06", 720), ("2025-11", 721)] {
        assert_eq!(
            world.fact("up", label).net.value(),
            Rational::new(hours - 1, hours),
            "{label}"
        );
    }
}

// Through the 10th of June: 240 h scheduled, 6 h down; what is recorded later does not count.
#[test]
fn a_partly_covered_period_is_measured_on_that_part() {
    let sections = "
sources:
  outages: { path: o.csv, time_zone: UTC, span: [started, ended], covers: { through: 2026-06-10 } }
kpis:
  up: { title: Up, measure: { availability: { source: outages } } }
";
    let rows = "started,ended\n2026-06-10T18:00,2026-06-11T04:00\n2026-06-20T10:00,2026-06-20T11:00\n";
    let world = World::of("UTC", sections, &[("o.csv", rows)]);
    let fact = world.fact("up", "2026-06");
    assert_eq!(fact.net.value(), Rational::new(234, 240));
    assert!(matches!(fact.coverage, Coverage::Partial(_)));
    assert_eq!(
        shown(&world.fact("up", "2026-07").net),
        "no data: `outages` covers up to 2026-06-10"
    );
}

// May and June under a window of two months: 1 h of 744 + 2 h of 720.
#[test]
fn a_rolling_window_adds_up_periods() {
    let world = outages(
        "{ availability: { source: outages } }",
        "    window: { rolling: 2 months }\n",
        "2026-05-03T10:00,2026-05-03T11:00,a,1\n2026-06-03T10:00,2026-06-03T12:00,a,1\n",
    );
    assert_eq!(world.fact("up", "2026-06").net.value(), Rational::new(1464 - 3, 1464));
    assert_eq!(world.fact("up", "2026-05").net.value(), Rational::new(1464 - 1, 1464));
}
