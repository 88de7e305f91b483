//! One row per case of an event log.

use arrow_array::{BooleanArray, StringArray};
use scoreline::expression::Type::{Number, Text};
use scoreline::expression::{Batch, Column, Texts};
use scoreline::resolve::terms::{AsOf, Events, OnBadRow, Source};
use scoreline::tables::{Cases, Data, Scanned, Stretch, Track, cases};

use super::{Reading, found, place, rows, source, texts};

const HOUR: i64 = 3_600_000_000;
/// 2026-10-01T00:00Z, `date -u -d 2026-10-01 +%s`.
const START: i64 = 1_790_812_800_000_000;

fn log(as_of: AsOf) -> Source {
    let mut log = source("log.csv");
    log.events = Some(Events {
        case: "number".to_owned(),
        order: "updated_at".to_owned(),
        as_of,
        first: vec!["opened_by".to_owned()],
    });
    log
}

/// Two conditions: the state is `resolved`, the state is `waiting`.
fn states(batch: &Batch) -> Vec<BooleanArray> {
    let Column::Text(state) = &batch.columns[0] else {
        panic!("text")
    };
    let is = |wanted: &str| -> BooleanArray {
        match state {
            Texts::Plain(values) => values.iter().map(|v| v.map(|v| v == wanted)).collect(),
            Texts::Dictionary(values) => {
                let words = values.downcast_dict::<StringArray>().expect("strings");
                words.into_iter().map(|v| v.map(|v| v == wanted)).collect()
            }
        }
    };
    vec![is("resolved"), is("waiting")]
}

fn fold(source: Source, text: &str, ends: &[i64], chunk: usize) -> Scanned<Cases> {
    let mut reading = Reading::new(source, &[("state", Text), ("opened_by", Text), ("count", Number)]);
    reading.chunk = chunk;
    let data = Data::files([("log.csv", text)]);
    cases(&reading.request(), &data, ends, |chunk| Ok(states(chunk.batch))).expect("cases")
}

// INC1 is resolved at 2 h, reopened at 10 h and resolved again at 11 h; INC2 waits from 3 h to 5 h.
// Lines stand out of order, and two events of INC2 share an instant: the later line is the last.
const LOG: &str = "\
number,updated_at,state,opened_by,count
INC1,2026-10-01T00:00Z,new,ann,0
INC2,2026-10-01T01:00Z,new,bob,0
INC1,2026-10-01T10:00Z,new,-,2
INC1,2026-10-01T02:00Z,resolved,-,1
INC2,2026-10-01T03:00Z,waiting,-,1
INC2,2026-10-01T05:00Z,waiting,-,2
INC2,2026-10-01T05:00Z,work,-,3
,2026-10-01T05:00Z,work,-,3
INC1,2026-10-01T11:00Z,resolved,-,3
";

fn stretch(from: i64, to: Option<i64>) -> Stretch {
    Stretch {
        from: START + from * HOUR,
        to: to.map(|to| START + to * HOUR),
    }
}

#[test]
fn a_case_is_its_last_event_with_the_first_ones_columns() {
    for chunk in [1, 40, 90, 10_000] {
        let scanned = fold(log(AsOf::FileEnd), LOG, &[], chunk);
        let cases = scanned.state;
        assert_eq!(cases.ids, ["INC1", "INC2"]);
        let [snapshot] = cases.snapshots.as_slice() else {
            panic!("one snapshot")
        };
        assert_eq!((snapshot.end, &snapshot.cases), (None, &vec![0, 1]));
        assert_eq!(
            texts(&snapshot.batch),
            rows(&[&["resolved", "ann", "3"], &["work", "bob", "3"]])
        );
        assert_eq!((scanned.counts.rows, scanned.counts.null_keys), (9, 1));
    }
}

#[test]
fn tracks_tell_ticks_pauses_and_reopenings() {
    for chunk in [1, 90, 10_000] {
        let cases = fold(log(AsOf::FileEnd), LOG, &[], chunk).state;
        let [resolved, waiting] = cases.tracks.as_slice() else {
            panic!("two conditions")
        };
        assert_eq!(resolved[0].marks, [START + 2 * HOUR, START + 11 * HOUR]);
        assert_eq!(resolved[0].stretches, [stretch(2, Some(10)), stretch(11, None)]);
        assert_eq!(resolved[1], Track::default());
        assert_eq!(waiting[1].marks, [START + 3 * HOUR, START + 5 * HOUR]);
        assert_eq!(waiting[1].stretches, [stretch(3, Some(5))]);
        let known = resolved[0].as_of(START + 10 * HOUR);
        assert_eq!(known.stretches, [stretch(2, None)]);
        assert_eq!(known.marks, [START + 2 * HOUR]);
        assert_eq!(resolved[0].as_of(START + 2 * HOUR), Track::default());
    }
}

#[test]
fn as_of_a_period_end_later_events_are_unknown() {
    let ends = [START, START + HOUR, START + 10 * HOUR, START + 100 * HOUR];
    let cases = fold(log(AsOf::PeriodEnd), LOG, &ends, 64).state;
    let seen: Vec<_> = cases
        .snapshots
        .iter()
        .map(|s| (s.end, s.cases.clone(), texts(&s.batch)))
        .collect();
    assert_eq!(
        seen,
        [
            (Some(ends[0]), vec![], rows(&[])),
            (Some(ends[1]), vec![0], rows(&[&["new", "ann", "0"]])),
            (
                Some(ends[2]),
                vec![0, 1],
                rows(&[&["resolved", "ann", "1"], &["work", "bob", "3"]])
            ),
            (
                Some(ends[3]),
                vec![0, 1],
                rows(&[&["resolved", "ann", "3"], &["work", "bob", "3"]])
            ),
        ]
    );
}

#[test]
fn an_event_without_its_order_is_an_error_unless_skipped() {
    let text = "number,updated_at,state,opened_by,count\nA,2026-10-01T00:00Z,new,x,1\nA,,resolved,x,2\n";
    let reading = Reading::new(log(AsOf::FileEnd), &[("state", Text)]);
    let data = Data::files([("log.csv", text)]);
    let failure = cases(&reading.request(), &data, &[], |chunk| Ok(states(chunk.batch))).expect_err("no order");
    let problem = found(failure);
    assert_eq!(
        place(&problem.secondary[0].place),
        ("log.csv", Some(3), Some("updated_at"))
    );
    let mut skipping = log(AsOf::FileEnd);
    skipping.on_bad_row = OnBadRow::Skip;
    let scanned = fold(skipping, text, &[], 64);
    assert_eq!(texts(&scanned.state.snapshots[0].batch), rows(&[&["new", "x", "1"]]));
    assert_eq!((scanned.counts.rows, scanned.counts.skipped), (1, 1));
}

#[test]
fn an_empty_log_has_no_cases_but_its_columns() {
    let cases = fold(log(AsOf::FileEnd), "number,updated_at,state,opened_by,count\n", &[], 64).state;
    assert!(cases.ids.is_empty());
    assert_eq!(
        (cases.snapshots[0].batch.rows, cases.snapshots[0].batch.columns.len()),
        (0, 3)
    );
}
