//! Probes: states that hold and samples.

use scoreline::measure::facts::Detail;
use scoreline::quantity::Rational;

use super::{HOUR, World, percent};

fn probes(measure: &str, rows: &str) -> World {
    let sections = format!(
        "
sources:
  probes: {{ path: p.csv, time_zone: UTC, at: at, covers: {{ through: 2026-12-31 }} }}
calendars:
  office: {{ zone: UTC, open: {{ mon-fri: [\"08:00-18:00\"] }} }}
kpis:
  k: {{ title: K, measure: {{ probes: {{ source: probes, up: ok, {measure} }} }} }}
"
    );
    World::of("UTC", &sections, &[("p.csv", &format!("at,ok,service\n{rows}"))])
}

// The last state before June holds into it; down for 2 h of 720; rows need not be in order.
#[test]
fn a_state_holds_until_the_next_probe() {
    let rows = "2026-06-10T12:00,true,a\n2026-05-31T23:00,true,a\n2026-06-10T10:00,false,a\n";
    let fact = probes("method: state", rows).fact("k", "2026-06");
    assert_eq!(fact.net.value(), Rational::new(718, 720));
}

// conformance: probes-state-holds. 506.0333 of 44,640 minutes.
#[test]
fn a_month_with_a_known_downtime() {
    let rows = "2026-05-01T00:00,true,a\n2026-05-10T00:00,false,a\n2026-05-10T08:26:02,true,a\n";
    assert_eq!(
        percent(&probes("method: state", rows).fact("k", "2026-05").net),
        "98.8664"
    );
}

// Nothing is known before the first probe and more than an hour after one.
#[test]
fn what_nobody_measured_is_left_out() {
    let rows = "2026-06-10T10:00,true,a\n2026-06-10T10:30,false,a\n2026-06-10T15:00,true,a\n";
    let fact = probes("method: state, max_gap: 1h", rows).fact("k", "2026-06");
    assert_eq!(fact.net.value(), Rational::new(3, 5));
    let Detail::Time {
        scheduled, unmeasured, ..
    } = fact.detail
    else {
        panic!("time")
    };
    assert_eq!((scheduled, unmeasured), (5 * HOUR / 2, 720 * HOUR - 5 * HOUR / 2));
}

// Two services: 720 h and 720 h, one of them down for 72 h.
#[test]
fn the_times_of_several_series_are_summed() {
    let rows = "2026-05-01T00:00,true,a\n2026-05-01T00:00,true,b\n2026-06-10T00:00,false,b\n2026-06-13T00:00,true,b\n";
    let fact = probes("method: state, series: service", rows).fact("k", "2026-06");
    assert_eq!(fact.net.value(), Rational::new(1440 - 72, 1440));
}

#[test]
fn samples_are_a_share_of_probes() {
    let rows =
        "2026-06-08T09:00,true,a\n2026-06-08T10:00,false,a\n2026-06-08T20:00,false,a\n2026-05-08T10:00,false,a\n";
    assert_eq!(
        probes("method: samples, every: 1h", rows)
            .fact("k", "2026-06")
            .net
            .value(),
        Rational::new(1, 3)
    );
    let office = probes("method: samples, every: 1h, calendar: office", rows).fact("k", "2026-06");
    assert_eq!(office.net.value(), Rational::new(1, 2));
}
