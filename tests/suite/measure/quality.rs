//! What reading shows: rows that are impossible, unlisted or not read, and findings that say what to type.

use scoreline::diagnostics::Place;
use scoreline::measure::facts::Profile;
use scoreline::measure::{Options, Request, plan};
use scoreline::tables::Failure;

use super::{HOUR, World, shown};

fn profile(world: &World, labels: &[&str], source: &str) -> Profile {
    let facts = world.measure(labels);
    facts.profiles[&("card".to_owned(), source.to_owned())].clone()
}

// Two KPIs and two periods read a source of one row that ends before it starts, and one that does not.
#[test]
fn a_row_that_ends_before_it_starts_is_refused_or_counted_once() {
    let world = |skip: &str| {
        let sections = format!(
            "
sources:
  o: {{ path: o.csv, time_zone: UTC, span: [from, to], covers: {{ through: 2026-12-31 }}{skip} }}
kpis:
  up: {{ title: Up, measure: {{ availability: {{ source: o }} }} }}
  mttr: {{ title: Restore, unit: duration, measure: {{ failures: {{ source: o, is: mtrs }} }} }}
"
        );
        let rows = "from,to\n2026-06-03T10:00,2026-06-03T12:00\n2026-06-05T10:00,2026-06-05T09:00\n";
        World::of("UTC", &sections, &[("o.csv", rows)])
    };
    let found = world("").refusal("2026-06");
    assert!(
        found[0].starts_with("unreadable-row: a row ends before it starts"),
        "{found:?}"
    );
    assert!(found[0].contains("line: Some(3)"), "{found:?}");
    let read = profile(&world(", on_bad_row: skip"), &["2026-06", "2026-07"], "o");
    assert_eq!((read.rows, read.negative_durations), (2, 1));
}

// Three of four clocks stop in June; A stops before it starts and both KPIs read it.
#[test]
fn a_clock_that_stops_before_it_starts_is_counted_once() {
    let sections = "
sources:
  t:
    path: t.csv
    time_zone: UTC
    covers: { through: 2026-12-31 }
    clocks: { c: { start: opened, stop: solved } }
kpis:
  a: { title: A, measure: { on_time: { source: t, clock: c, within: 4h, overdue: resolved_only } } }
  b: { title: B, measure: { on_time: { source: t, clock: c, within: 8h, overdue: resolved_only } } }
";
    let rows = "id,opened,solved\nA,2026-06-02T10:00,2026-06-02T09:00\nB,2026-06-02T10:00,2026-06-02T11:00\n";
    let world = World::of("UTC", sections, &[("t.csv", rows)]);
    assert_eq!(
        profile(&world, &["2026-05", "2026-06", "2026-07"], "t").negative_durations,
        1
    );
}

#[test]
fn a_negative_pause_is_an_error_at_its_value() {
    let sections = "
sources:
  t:
    path: t.csv
    time_zone: UTC
    covers: { through: 2026-12-31 }
    at: opened
    clocks: { c: { start: opened, stop: solved, paused: { minutes: waited } } }
kpis:
  a: { title: A, measure: { on_time: { source: t, clock: c, within: 4h, overdue: resolved_only } } }
  m: { title: M, unit: duration, measure: { mean: { source: t, of: { clock: c } } } }
";
    let rows = "id,opened,solved,waited\nA,2026-06-02T10:00,2026-06-02T11:00,0\n\
                B,2026-06-02T10:00,2026-06-02T11:00,-500\n";
    let world = World::of("UTC", sections, &[("t.csv", rows)]);
    let Err(Failure::Found(found)) = world.try_measure(&["2026-06"], Options::default()) else {
        panic!("a finding")
    };
    let finding = found.iter().next().expect("a finding");
    assert_eq!(finding.rule, "unreadable-value");
    assert!(finding.message.contains("-500"), "{}", finding.message);
    let label = &finding.secondary[0];
    let Place::Data { path, line, column } = &label.place else {
        panic!("{label:?}")
    };
    assert_eq!(
        (path.as_str(), *line, column.as_deref()),
        ("t.csv", Some(3), Some("waited"))
    );
    assert!(label.text.contains("-500"), "{}", label.text);
    // Nobody asks for the period that the row is of.
    assert_eq!(world.measure(&["2026-07"]).facts.len(), 2);
}

// Five rows are read: one replaces another, so four count.
#[test]
fn replaced_rows_are_rows_read() {
    let sections = "
sources:
  t: { path: t.csv, time_zone: UTC, key: id, at: at, covers: { through: 2026-12-31 } }
kpis:
  n: { title: N, unit: number, measure: { count: { source: t } } }
";
    let rows = "id,at\n1,2026-06-01\n2,2026-06-01\n3,2026-06-01\n2,2026-06-02\n4,2026-06-03\n";
    let world = World::of("UTC", sections, &[("t.csv", rows)]);
    let read = profile(&world, &["2026-06"], "t");
    assert_eq!((read.rows, read.replaced), (5, 1));
    assert_eq!(world.value("n", "2026-06"), "4");
}

// Of June's four rows one is of nobody and one of Zoe, who is not on the list; Zoe's of May is not asked for.
#[test]
fn rows_of_nobody_on_the_list_are_counted() {
    let sections = "
for_each: { technician: { list: roster, key: id, title: name } }
sources:
  t: { path: t.csv, time_zone: UTC, at: at, entity: who, covers: { through: 2026-12-31 } }
  roster: { path: r.csv, covers: { through: 2026-12-31 } }
kpis:
  n: { title: N, unit: number, measure: { count: { source: t } } }
";
    let rows = "at,who\n2026-06-01,A\n2026-06-02,Zoe\n2026-06-03,B\n2026-06-04,\n2026-05-04,Zoe\n";
    let files = [("t.csv", rows), ("r.csv", "id,name\nA,Ada\nB,Bob\n")];
    let world = World::of("UTC", sections, &files);
    let read = profile(&world, &["2026-06"], "t");
    assert_eq!((read.rows, read.unlisted_entities, read.outside), (5, 2, 1));
    assert_eq!(profile(&world, &["2026-06"], "roster").unlisted_entities, 0);
}

#[test]
fn the_last_day_read_is_why_there_are_no_data() {
    let sections = "
sources:
  t: { path: PATH, time_zone: UTC, at: at, covers: COVERS }
kpis:
  n: { title: N, unit: number, measure: { count: { source: t } } }
";
    let through = Options {
        data_through: Some(jiff::civil::date(2020, 1, 1)),
        ..Options::default()
    };
    let files = [("t.csv", "at\n2026-06-01\n"), ("t-2026-06.csv", "at\n2026-06-01\n")];
    let of = |path: &str, covers: &str| {
        let sections = sections.replace("PATH", path).replace("COVERS", covers);
        World::of("UTC", &sections, &files)
    };
    for (path, covers) in [
        ("t.csv", "{ through: 2026-12-31 }"),
        ("t.csv", "{ through: last_row }"),
        ("\"t-{period}.csv\"", "file"),
    ] {
        let world = of(path, covers);
        let reason = |label: &str| {
            let facts = world.try_measure(&[label], through).expect("facts");
            shown(&facts.facts[0].net)
        };
        assert_eq!(
            reason("2026-06"),
            "no data: data are read up to 2020-01-01 only",
            "{covers}"
        );
    }
    // What the source itself does not cover, it says itself.
    let world = of("t.csv", "{ through: 2019-12-31 }");
    let facts = world.try_measure(&["2026-06"], through).expect("facts");
    assert_eq!(shown(&facts.facts[0].net), "no data: `t` covers up to 2019-12-31");
}

// Two thousand years of weeks and nights in which something recurs: only a few of them matter.
#[test]
fn a_contract_that_started_with_the_calendar_is_measured_at_once() {
    let head = "apiVersion: scoreline/v1\nkind: Scorecard\nid: card\ntitle: Card\ntime_zone: UTC\nperiod: week\n";
    let sections = "
contract: { customer: C, provider: P, late_changes: restate, starts: 0001-01-01 }
sources:
  t:
    path: t-{period}.csv
    time_zone: UTC
    at: opened
    covers: file
    clocks: { c: { start: opened, stop: solved } }
carve_outs:
  nightly:
    title: Nights
    mode: remove
    by: { schedule: { rrule: 'FREQ=DAILY;BYHOUR=2', lasts: 1h } }
kpis:
  a:
    title: A
    measure: { on_time: { source: t, clock: c, within: 1h, overdue: resolved_only } }
    carve_outs: [nightly]
";
    // From half past one to half past three are two hours, one of them in the night's window.
    let files = [("t-2026-W23.csv", "opened,solved\n2026-06-02T01:30,2026-06-02T03:30\n")];
    let world = World::new(&[&format!("{head}{sections}")], &files);
    let begun = std::time::Instant::now();
    assert_eq!(world.value("a", "2026-W23"), "1");
    let requests: Vec<Request<'_>> = vec![Request {
        card: &world.cards[0],
        periods: vec![world.period("2026-W23")],
    }];
    assert_eq!(
        plan(&requests, world.inputs(), Options::default())
            .expect("a plan")
            .len(),
        1
    );
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

fn findings(header: &str, kpi: &str, scope: &str) -> Vec<(String, String, String)> {
    let sections = format!(
        "
sources:
  s: {{ path: s.csv, time_zone: UTC, at: at{scope}, covers: {{ through: 2026-12-31 }} }}
kpis:
  k: {kpi}
"
    );
    let text = format!("{header}\n");
    let world = World::of("UTC", &sections, &[("s.csv", &text)]);
    match world.try_measure(&["2026-06"], Options::default()) {
        Err(Failure::Found(found)) => found
            .iter()
            .map(|finding| {
                let help = finding.help.clone().unwrap_or_default();
                (finding.rule.to_string(), finding.message.clone(), help)
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_header_that_is_cut_in_the_wrong_way_makes_one_finding() {
    let kpi = "{ title: K, measure: { ratio: { source: s, hit: score > 1, where: team = 'a' } } }";
    for (header, help) in [
        ("at;score;team", "delimiter: \";\""),
        ("at|score|team", "delimiter: \"|\""),
        ("at\tscore\tteam", "delimiter: \"\\t\""),
        ("a\0t\0,\0s\0c\0o\0r\0e\0", "encoding: utf-16le"),
        ("\0a\0t\0,\0s\0c\0o\0r\0e", "encoding: utf-16be"),
    ] {
        let found = findings(header, kpi, "");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "unreadable-file");
        assert!(found[0].2.contains(help), "{found:?}");
    }
}

#[test]
fn help_for_a_name_is_a_name() {
    let count = "{ title: K, unit: number, measure: { count: { source: s } } }";
    let found = findings("at,user,Zeitzone", count, ", entity: usr");
    assert_eq!(found[0].2, "did you mean `user`?");
    let found = findings("at,Zeitzone", count, ", incident: ticket");
    assert_eq!(found[0].2, "the columns are `at`, `Zeitzone`");
    let found = findings("at,Survey Score", count, ", incident: survey_score");
    assert_eq!(
        found[0].2,
        "give the column that name: `columns: { survey_score: { from: \"Survey Score\" } }`"
    );
    let ratio = "{ title: K, measure: { ratio: { source: s, hit: score > 1 } } }";
    let found = findings("at,Survey Score", ratio, "");
    assert!(
        found[0].2.contains("`columns: { score: { from: \"Survey Score\" } }`"),
        "{found:?}"
    );
}

// The second case's pause ends before it starts; of the two pauses of the other source one does.
#[test]
fn a_pause_that_ends_before_it_starts_is_none_and_counted() {
    let sections = "
sources:
  t:
    path: t.csv
    time_zone: UTC
    at: solved
    covers: { through: 2026-12-31 }
    clocks:
      own: { start: opened, stop: solved, paused: { span: [from, to] } }
      other: { start: opened, stop: solved, paused: { source: p, on: id, span: [from, to] } }
  p: { path: p.csv, time_zone: UTC }
kpis:
  own: { title: A, unit: duration, measure: { sum: { source: t, of: own } } }
  late: { title: B, measure: { on_time: { source: t, clock: own, within: 1h, overdue: resolved_only } } }
  other: { title: C, unit: duration, measure: { sum: { source: t, of: other } } }
";
    let rows = "id,opened,solved,from,to\n\
                A,2026-06-02T10:00,2026-06-02T12:00,2026-06-02T10:00,2026-06-02T11:00\n\
                B,2026-06-02T10:00,2026-06-02T12:00,2026-06-02T11:00,2026-06-02T10:00\n";
    let pauses = "id,from,to\nA,2026-06-02T10:00,2026-06-02T11:30\nB,2026-06-02T11:00,2026-06-02T10:00\n";
    let world = World::of("UTC", sections, &[("t.csv", rows), ("p.csv", pauses)]);
    // 1 h of A and all 2 h of B; 0.5 h of A and all 2 h of B.
    assert_eq!(world.value("own", "2026-06"), (3 * HOUR).to_string());
    assert_eq!(world.value("other", "2026-06"), (5 * HOUR / 2).to_string());
    assert_eq!(profile(&world, &["2026-06"], "t").negative_durations, 1);
    let other = profile(&world, &["2026-06"], "p");
    assert_eq!((other.rows, other.negative_durations), (2, 1));
    // What a number rests on is all that was read for it.
    assert_eq!(other.files.len(), 1);
}
