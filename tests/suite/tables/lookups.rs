//! One value per key of another source.

use scoreline::expression::Column;
use scoreline::expression::Type::{self, Date, Number, Text};
use scoreline::resolve::terms::Reduce;
use scoreline::tables::{Data, Joiner, Overflow, scan};

use super::{Reading, rows, source, values};

const SHEETS: &str =
    "ticket,hours,day\n7,1.5,2026-10-02\n8,2,2026-10-01\n7,0.25,2026-10-01\n,9,2026-10-01\n7,,2026-10-03\n";

fn joiner(reduce: Reduce, of: Option<(&str, Type)>, chunk: usize) -> Joiner {
    let mut columns = vec![("ticket", Text)];
    columns.extend(of);
    let mut reading = Reading::new(source("t.csv"), &columns);
    reading.chunk = chunk;
    let data = Data::files([("t.csv", SHEETS)]);
    scan(
        &reading.request(),
        &data,
        || Joiner::new(reduce),
        |joiner, chunk| {
            joiner
                .add(&chunk.batch.columns[0], chunk.batch.columns.get(1))
                .expect("no overflow");
            Ok(())
        },
        |joiner, later| {
            joiner.merge(later).expect("no overflow");
            Ok(())
        },
    )
    .expect("rows")
    .state
}

fn keys() -> Column {
    // Ticket numbers that are numbers find those that are texts.
    let reading = Reading::new(source("k.csv"), &[("ticket", Number)]);
    let data = Data::files([("k.csv", "ticket,x\n8,1\n7.0,1\n,1\n9,1\n")]);
    let collect = |columns: &mut Vec<Column>, chunk: &scoreline::tables::Chunk<'_>| {
        columns.push(chunk.batch.columns[0].clone());
        Ok(())
    };
    let merge = |columns: &mut Vec<Column>, later| {
        columns.extend::<Vec<Column>>(later);
        Ok(())
    };
    let mut request = reading.request();
    request.options.chunk = 1000;
    scan(&request, &data, Vec::new, collect, merge)
        .expect("rows")
        .state
        .remove(0)
}

#[test]
fn rows_of_a_key_reduce_to_one_value() {
    let hours = Some(("hours", Number));
    let day = Some(("day", Date));
    for (reduce, of, expected) in [
        (Reduce::Sum, hours, ["2", "1.75", "-", "-"]),
        (Reduce::Min, hours, ["2", "0.25", "-", "-"]),
        (Reduce::Max, hours, ["2", "1.5", "-", "-"]),
        (Reduce::First, hours, ["2", "1.5", "-", "-"]),
        (Reduce::Last, hours, ["2", "0.25", "-", "-"]),
        (Reduce::Count, None, ["1", "3", "0", "0"]),
        (Reduce::Count, hours, ["1", "2", "0", "0"]),
        (Reduce::Last, day, ["2026-10-01", "2026-10-03", "-", "-"]),
        (Reduce::Max, day, ["2026-10-01", "2026-10-03", "-", "-"]),
    ] {
        for chunk in [1, 30, 1000] {
            let kind = of.map_or(Number, |(_, kind)| kind);
            let joined = joiner(reduce, of, chunk).finish(kind);
            assert_eq!(joined.kind(), kind);
            let expected = rows(&[&expected]).remove(0);
            let found = values(&joined.column(&keys()));
            let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
                (Some(a), Some(b)) => {
                    a.trim_end_matches('0').trim_end_matches('.') == b.trim_end_matches('0').trim_end_matches('.')
                        || a == b
                }
                (a, b) => a == b,
            };
            assert!(
                found.iter().zip(&expected).all(|(a, b)| same(a, b)),
                "{reduce:?} {found:?}"
            );
        }
    }
}

#[test]
fn a_sum_of_more_than_38_digits_is_an_overflow() {
    let big = "9".repeat(38);
    let reading = Reading::new(source("t.csv"), &[("k", Text), ("v", Number)]);
    let data = Data::files([("t.csv", format!("k,v\na,{big}\na,1\n"))]);
    let mut request = reading.request();
    request.options.chunk = 1000;
    let result = scan(
        &request,
        &data,
        || Ok(()),
        |state, chunk| {
            let mut joiner = Joiner::new(Reduce::Sum);
            *state = joiner.add(&chunk.batch.columns[0], Some(&chunk.batch.columns[1]));
            Ok(())
        },
        |state: &mut Result<(), usize>, later| {
            *state = state.and(later);
            Ok(())
        },
    );
    assert_eq!(result.expect("rows").state, Err(1));
    let _ = Overflow;
}

#[test]
fn nothing_found_is_null_of_the_right_type() {
    let joined = Joiner::new(Reduce::Max).finish(Date);
    assert_eq!(joined.kind(), Date);
    assert_eq!(
        values(&joined.column(&keys())),
        rows(&[&["-", "-", "-", "-"]]).remove(0)
    );
}
