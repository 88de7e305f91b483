//! Coverage, lookups, windows, amounts, profiles.

use scoreline::measure::facts::{AmountKey, Coverage};
use scoreline::measure::{Options, Prepared, Question, Request, RowVerdict, plan};
use scoreline::quantity::Rational;

use super::{World, card, shown};

fn source(covers: &str, path: &str, files: &[(&str, &str)]) -> World {
    let sections = format!(
        "
sources:
  s: {{ path: \"{path}\", time_zone: UTC, at: at, covers: {covers} }}
kpis:
  k: {{ title: K, measure: {{ count: {{ source: s }} }} }}
"
    );
    World::of("UTC", &sections, files)
}

#[test]
fn a_period_is_covered_when_its_file_exists() {
    let world = source(
        "file",
        "s-{period}.csv",
        &[
            ("s-2026-05.csv", "at\n2026-05-01T00:00\n2026-06-01T00:00\n"),
            ("s-2026-06.csv", "at\n"),
        ],
    );
    assert_eq!(world.value("k", "2026-05"), "1");
    // A row is of the period its instant says, in whichever file it stands.
    assert_eq!(world.value("k", "2026-06"), "1");
    assert_eq!(world.value("k", "2026-07"), "no data: `s` has no file for 2026-07");
}

#[test]
fn the_last_row_covers_its_whole_period() {
    let world = source(
        "{ through: last_row }",
        "s.csv",
        &[("s.csv", "at\n2026-04-01T00:00\n2026-06-02T00:00\n")],
    );
    assert_eq!(world.value("k", "2026-05"), "0");
    let fact = world.fact("k", "2026-06");
    assert_eq!((shown(&fact.net), fact.coverage), ("1".into(), Coverage::Full));
    assert_eq!(
        world.value("k", "2026-07"),
        "no data: the last row of `s` is of 2026-06"
    );
    let empty = source("{ through: last_row }", "s.csv", &[("s.csv", "at\n")]);
    assert_eq!(empty.value("k", "2026-06"), "no data: `s` has no rows");
}

#[test]
fn data_through_an_earlier_day_wins() {
    let world = source(
        "{ through: 2026-12-31 }",
        "s.csv",
        &[("s.csv", "at\n2026-06-02T00:00\n2026-06-20T00:00\n")],
    );
    let options = Options {
        data_through: Some(jiff::civil::date(2026, 6, 10)),
        ..Options::default()
    };
    let facts = world.try_measure(&["2026-06", "2026-07"], options).expect("facts");
    let june = super::of(&facts, "card", "k", world.period("2026-06"));
    assert_eq!(shown(&june.net), "1");
    assert!(matches!(june.coverage, Coverage::Partial(_)));
    let july = super::of(&facts, "card", "k", world.period("2026-07"));
    assert_eq!(july.coverage, Coverage::None);
}

// 2 h and 3 h on ticket A, nothing on B: the sum is 5, B has none on record.
#[test]
fn a_lookup_adds_a_column() {
    let sections = "
sources:
  t:
    path: t.csv
    time_zone: UTC
    at: at
    covers: { through: 2026-12-31 }
    lookup: { hours: { from: h, on: id, sum: hours } }
  h: { path: h.csv, covers: { through: 2026-12-31 } }
kpis:
  sum: { title: K, unit: number, measure: { sum: { source: t, of: hours } } }
  none: { title: K, measure: { count: { source: t, where: hours IS NULL } } }
";
    let world = World::of(
        "UTC",
        sections,
        &[
            ("t.csv", "id,at\nA,2026-06-01T00:00\nB,2026-06-01T00:00\n"),
            ("h.csv", "id,hours\nA,2\nA,3\nC,7\n"),
        ],
    );
    assert_eq!(
        (world.value("sum", "2026-06"), world.value("none", "2026-06")),
        ("5".into(), "1".into())
    );
}

#[test]
fn a_charge_is_summed_and_missing_where_no_row_is() {
    let sections = "
contract: { customer: C, provider: P, late_changes: restate, starts: 2026-01-01, currency: EUR, charge: { source: i, sum: net } }
sources:
  i: { path: i.csv, at: day, covers: { through: 2026-12-31 } }
kpis:
  k: { title: K, measure: { count: { source: i } } }
";
    let world = World::of(
        "UTC",
        sections,
        &[("i.csv", "day,net\n2026-06-01,100.10\n2026-06-30,0.25\n")],
    );
    let facts = world.measure(&["2026-06", "2026-07"]);
    let amount = |label: &str| {
        let key = AmountKey {
            card: "card".into(),
            kpi: None,
            period: world.period(label),
        };
        facts.amounts[&key].clone()
    };
    assert_eq!(amount("2026-06"), Ok(Rational::new(10_035, 100).expect("not zero")));
    assert!(amount("2026-07").is_err());
}

#[test]
fn a_source_is_profiled() {
    let sections = "
sources:
  s: { path: s.csv, time_zone: UTC, at: at, key: id, covers: { through: 2026-12-31 } }
kpis:
  k: { title: K, measure: { count: { source: s, where: x > 1 } } }
";
    let rows = "id,at,x\nA,2026-06-01T00:00,1\nA,2026-06-02T00:00,5\n,2026-06-02T00:00,\nB,2026-05-31T00:00,\nC,,7\n";
    let world = World::of("UTC", sections, &[("s.csv", rows)]);
    let facts = world.measure(&["2026-06"]);
    let profile = &facts.profiles[&("card".to_owned(), "s".to_owned())];
    assert_eq!((profile.rows, profile.replaced, profile.null_keys), (5, 1, 1));
    assert_eq!((profile.outside, profile.null_conditions), (2, 1));
    assert_eq!(
        super::shown(&super::of(&facts, "card", "k", world.period("2026-06")).net),
        "1"
    );
}

#[test]
fn an_amendment_changes_what_is_measured_from_its_day_on() {
    let sections = "
contract: { customer: C, provider: P, late_changes: restate, starts: 2026-01-01 }
sources:
  s: { path: s.csv, at: day, covers: { through: 2026-12-31 } }
kpis:
  k: { title: K, unit: percent, measure: { ratio: { source: s, hit: n >= 5 } }, window: { rolling: 2 months } }
amendments:
  one: { effective: 2026-06-01, change: { kpis: { k: { measure: { ratio: { hit: n >= 7 } } } } } }
";
    let world = World::of(
        "UTC",
        sections,
        &[("s.csv", "day,n\n2026-04-10,5\n2026-05-10,6\n2026-06-10,7\n")],
    );
    let facts = world.measure(&["2026-05", "2026-06"]);
    let value = |label| shown(&super::of(&facts, "card", "k", world.period(label)).net);
    // A window reaches back under the terms of the period that is reported.
    assert_eq!((value("2026-05"), value("2026-06")), ("1".into(), "0.5".into()));
}

#[test]
fn the_rows_behind_a_number_can_be_listed() {
    let sections = "
sources:
  s: { path: s.csv, time_zone: UTC, at: at, key: id, covers: { through: 2026-12-31 } }
kpis:
  k: { title: K, measure: { ratio: { source: s, where: x IS NOT NULL, hit: x > 1 } }, carve_outs: [c] }
carve_outs:
  c: { title: C, by: { where: x = 9 }, mode: remove }
";
    let rows = "id,at,x\nA,2026-06-01T00:00,1\nB,2026-06-02T00:00,5\nC,2026-06-02T00:00,\nD,2026-05-31T00:00,1\n\
                E,2026-06-30T00:00,9\nF,2026-06-30T00:00,1\n";
    let world = World::of("UTC", sections, &[("s.csv", rows)]);
    let question = Question {
        card: &world.cards[0],
        kpi: "k",
        entity: None,
        period: world.period("2026-06"),
        limit: 1,
    };
    let requests = [Request {
        card: &world.cards[0],
        periods: vec![world.period("2026-06")],
    }];
    let prepared = Prepared::new(&requests, world.inputs(), Options::default()).expect("it fits its data");
    let traces = prepared
        .measure()
        .and_then(|measured| measured.trace(question))
        .expect("a trace");
    let [one] = &traces[..] else { panic!("one source") };
    let found: Vec<_> = one
        .verdicts
        .iter()
        .map(|verdict| {
            (
                verdict.verdict.clone(),
                verdict.count,
                verdict.rows[0].line,
                verdict.rows[0].key.clone(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (RowVerdict::Missed, 2, Some(2), Some("A".into())),
            (RowVerdict::Hit, 1, Some(3), Some("B".into())),
            (RowVerdict::Excluded("c".into()), 1, Some(6), Some("E".into())),
        ]
    );
    assert_eq!(one.verdicts[0].rows.len(), 1);
}

#[test]
fn the_plan_names_what_is_read() {
    let text = card(
        "card",
        "UTC",
        "
sources:
  s: { path: s.csv, time_zone: UTC, at: at, covers: { through: 2026-12-31 } }
kpis:
  a: { title: A, measure: { ratio: { source: s, hit: x > 1 } } }
  b: { title: B, measure: { ratio: { source: s, hit: x > 2 } } }
",
    );
    let world = World::new(&[&text], &[("s.csv", "at,x,unused\n")]);
    let requests = [scoreline::measure::Request {
        card: &world.cards[0],
        periods: vec![world.period("2026-06")],
    }];
    let scans = plan(&requests, world.inputs(), Options::default()).expect("a plan");
    assert_eq!(scans.len(), 1);
    assert_eq!(scans[0].columns, ["at", "x"]);
    assert_eq!(scans[0].kpis, ["card/a", "card/b"]);
    // Both count the same rows; only their hits are apart.
    assert_eq!(scans[0].accumulators, 3);
}
