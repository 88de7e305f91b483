//! Many cards over one file, entities, and independence of how rows are read.

use scoreline::measure::{Inputs, Options, Request, measure, plan};
use scoreline::tables::{self, Data};

use super::{World, card, entity, of, shown};

fn customer(id: &str, hours: u32, service: &str) -> String {
    let sections = format!(
        "
scope: {id}
sources:
  t:
    path: t.csv
    time_zone: UTC
    at: resolved
    scope: customer
    covers: {{ through: 2026-12-31 }}
    clocks: {{ c: {{ start: opened, stop: resolved }} }}
kpis:
  late: {{ title: K, measure: {{ on_time: {{ source: t, clock: c, within: {hours}h, overdue: resolved_only }} }} }}
  mine: {{ title: K, measure: {{ count: {{ source: t, where: service = '{service}' }} }} }}
  good: {{ title: K, measure: {{ ratio: {{ source: t, hit: good }} }} }}
"
    );
    card(id, "UTC", &sections)
}

const ROWS: &str = "customer,opened,resolved,service,good\n\
    a,2026-06-01T00:00,2026-06-01T02:00,x,true\n\
    b,2026-06-01T00:00,2026-06-01T02:00,x,false\n\
    a,2026-06-01T00:00,2026-06-01T05:00,y,true\n\
    b,2026-06-01T00:00,2026-06-01T05:00,y,true\n\
    c,2026-06-01T00:00,2026-06-01T05:00,y,\n";

// One scan, one accumulator per measure: limits and literals differ by customer.
#[test]
fn cards_share_a_scan_and_keep_their_constants() {
    let (a, b) = (customer("a", 3, "x"), customer("b", 6, "y"));
    let world = World::new(&[&a, &b], &[("t.csv", ROWS)]);
    let facts = world.measure(&["2026-06"]);
    let period = world.period("2026-06");
    let value = |card: &str, kpi: &str| shown(&of(&facts, card, kpi, period).net);
    assert_eq!((value("a", "late"), value("b", "late")), ("0.5".into(), "1".into()));
    assert_eq!((value("a", "mine"), value("b", "mine")), ("1".into(), "1".into()));
    // The null of customer c is nobody's.
    assert_eq!((value("a", "good"), value("b", "good")), ("1".into(), "0.5".into()));
    let requests: Vec<Request<'_>> = world
        .cards
        .iter()
        .map(|card| Request {
            card,
            periods: vec![period],
        })
        .collect();
    let scans = plan(&requests, world.inputs(), Options::default()).expect("a plan");
    assert_eq!((scans.len(), scans[0].accumulators), (1, 4));
    assert_eq!(facts.profiles[&("a".to_owned(), "t".to_owned())].other_scopes, 1);
    // Beside another card nothing changes.
    let alone = World::new(&[&a], &[("t.csv", ROWS)]).measure(&["2026-06"]);
    for kpi in ["late", "mine", "good"] {
        assert_eq!(of(&alone, "a", kpi, period), of(&facts, "a", kpi, period), "{kpi}");
    }
}

// The list says who the entities are: x has no rows, y is not listed but part of the total.
#[test]
fn entities_come_from_their_list_and_the_total_adds_up_rows() {
    let sections = "
for_each: { technician: { list: roster, key: id, title: name } }
sources:
  t: { path: t.csv, time_zone: UTC, at: at, entity: who, covers: { through: 2026-12-31 } }
  roster: { path: r.csv, covers: { through: 2026-12-31 } }
kpis:
  good: { title: K, measure: { ratio: { source: t, hit: good } } }
  team: { title: K, level: team, measure: { count: { source: t } } }
";
    let mut rows = String::from("at,who,good\n");
    rows += &"2026-06-01T00:00,a,true\n".repeat(950);
    rows += &"2026-06-01T00:00,a,false\n".repeat(50);
    rows += &"2026-06-01T00:00,b,true\n".repeat(38);
    rows += &"2026-06-01T00:00,b,false\n".repeat(10);
    rows += "2026-06-01T00:00,y,true\n2026-06-01T00:00,,true\n";
    let world = World::of(
        "UTC",
        sections,
        &[("t.csv", &rows), ("r.csv", "id,name\nb,Bo\na,Al\nx,Xi\n")],
    );
    let facts = world.measure(&["2026-06"]);
    let period = world.period("2026-06");
    let titles: Vec<_> = facts.entities["card"]
        .iter()
        .map(|entity| entity.title.as_str())
        .collect();
    assert_eq!(titles, ["Bo", "Al", "Xi"]);
    let value = |who| shown(&entity(&facts, "card", who, "good", period).net);
    assert_eq!(value(Some("a")), "0.95");
    assert_eq!(value(Some("x")), "not applicable: no rows");
    // conformance: rollup-sums, 990 of 1,050
    assert_eq!(
        value(None),
        scoreline::quantity::Rational::new(990, 1050)
            .expect("not zero")
            .to_exact()
    );
    assert_eq!(shown(&of(&facts, "card", "team", period).net), "1050");
    assert_eq!(facts.facts.len(), 4 + 1);
}

// The same rows in pieces of 64 bytes, and in another order, give the same facts.
#[test]
fn nothing_depends_on_how_rows_are_cut_or_ordered() {
    let a = customer("a", 3, "x");
    let mut rows: Vec<String> = (0..400)
        .map(|n| {
            let (day, hours, good) = (n % 27 + 1, n % 9, n % 7 != 0);
            format!(
                "a,2026-06-{day:02}T00:00,2026-06-{day:02}T{hours:02}:{:02},{},{good}",
                n % 60,
                ["x", "y"][n % 2]
            )
        })
        .collect();
    let text = |rows: &[String]| format!("customer,opened,resolved,service,good\n{}\n", rows.join("\n"));
    let expected = World::new(&[&a], &[("t.csv", &text(&rows))]).measure(&["2026-06"]);
    rows.reverse();
    rows.rotate_left(123);
    let world = World::new(&[&a], &[("t.csv", &text(&rows))]);
    let options = Options {
        read: tables::Options {
            chunk: 64,
            ..tables::Options::default()
        },
        ..Options::default()
    };
    let requests = [Request {
        card: &world.cards[0],
        periods: vec![world.period("2026-06")],
    }];
    let inputs = Inputs {
        data: &world.data,
        documents: None,
    };
    let facts = measure(&requests, inputs, options).expect("facts");
    assert_eq!(facts.facts, expected.facts);
}

/// Opens a source of changed tickets with `kpis` KPIs over the last row of each, beside the list of people.
fn opened(kpis: usize, key: &str, months: &[&str], rows: &str) -> usize {
    let kpis: String = (0..kpis)
        .map(|n| {
            format!("  k{n}: {{ title: K, measure: {{ ratio: {{ source: t, where: hours > {n}, hit: good }} }} }}\n")
        })
        .collect();
    let sections = format!(
        "
for_each: {{ person: {{ list: roster, key: id }} }}
sources:
  t: {{ path: t.csv, {key}time_zone: UTC, at: at, entity: who, covers: {{ through: 2026-12-31 }} }}
  roster: {{ path: r.csv, covers: {{ through: 2026-12-31 }} }}
kpis:
{kpis}"
    );
    let world = World::of("UTC", &sections, &[("t.csv", rows), ("r.csv", "id\na\nb\nc\n")]);
    let data = Data::files([("t.csv", rows), ("r.csv", "id\na\nb\nc\n")]);
    let requests = [Request {
        card: &world.cards[0],
        periods: months.iter().map(|month| world.period(month)).collect(),
    }];
    let inputs = Inputs {
        data: &data,
        documents: Some(&world.documents),
    };
    let facts = measure(&requests, inputs, Options::default()).expect("numbers");
    // Three people and the total, each with a fact per KPI and month.
    assert_eq!(facts.facts.len(), kpis.lines().count() * months.len() * 4);
    data.opened()
}

// Two files, each for its header and for its rows; a source with a key, too.
#[test]
fn files_are_opened_once_whatever_is_asked_of_them() {
    let rows: String = (0..500)
        .map(|n| {
            format!(
                "{},2026-0{}-01T00:00,{},{},true\n",
                n % 200,
                1 + n % 6,
                ["a", "b", "c"][n % 3],
                n % 40
            )
        })
        .collect();
    let rows = format!("id,at,who,hours,good\n{rows}");
    for key in ["", "key: id, "] {
        assert_eq!(opened(1, key, &["2026-03"], &rows), 4, "{key}");
        let months = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"];
        assert_eq!(opened(40, key, &months, &rows), 4, "{key}");
    }
}
