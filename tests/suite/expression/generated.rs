//! Generated expressions over generated rows, against an interpreter that takes one row and one part
//! at a time, with fractions of any size.
//!
//! The rows are cut into batches of any size, each batch with its own scales and encodings: the
//! result must not depend on it, nor on the other expressions of the program.

mod naive;
mod part;

use arrow_array::{Decimal128Array, Int64Array, StringArray};
use proptest::prelude::*;
use scoreline::expression::{Batch, Column, Constants, Literal, Numbers, Program, Schema, SchemaColumn, Texts, Type};
use scoreline::quantity::Rational;

use super::{berlin, checked_in, shown, words};
use naive::{Computed, compute};
use part::{COLUMNS, Chooser, Row, Value, generate};

fn schema() -> Schema {
    let mut schema = Schema {
        zone: berlin(),
        ..Schema::default()
    };
    for (name, kind) in COLUMNS {
        schema.columns.insert((*name).to_owned(), SchemaColumn::declared(*kind));
    }
    schema
}

/// One column of a batch, encoded as `chooser` likes.
fn encode(rows: &[Row], column: usize, chooser: &mut Chooser) -> Column {
    let values = || rows.iter().map(|row| row[column].clone());
    match COLUMNS[column].1 {
        Type::Boolean => Column::Boolean(values().map(|value| value.map(|value| value.boolean())).collect()),
        Type::Number => {
            let parts: Vec<Option<Rational>> = values().map(|value| value.map(|value| value.number())).collect();
            let own = parts.iter().flatten().map(part::scale).max().unwrap_or(0);
            let scale = (own + chooser.pick(3) as u32).min(18);
            let mantissas: Vec<Option<i128>> = parts
                .iter()
                .map(|part| {
                    part.as_ref()
                        .map(|part| part::mantissa(part, scale).expect("pool values fit"))
                })
                .collect();
            let small: Option<Vec<Option<i64>>> = mantissas
                .iter()
                .map(|mantissa| mantissa.map(i64::try_from).transpose().ok())
                .collect();
            Column::Number(match small {
                Some(mantissas) if chooser.pick(4) > 0 => Numbers::Small {
                    mantissas: Int64Array::from(mantissas),
                    scale: scale as u8,
                },
                _ => Numbers::Wide(
                    Decimal128Array::from(mantissas)
                        .with_precision_and_scale(38, scale as i8)
                        .expect("a scale of at most 18"),
                ),
            })
        }
        Type::Text => {
            let texts: Vec<Option<String>> = values().map(|value| value.map(|value| value.text())).collect();
            let borrowed: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
            if chooser.pick(2) == 0 {
                words(&borrowed)
            } else {
                Column::Text(Texts::Plain(StringArray::from(borrowed)))
            }
        }
        Type::Timestamp => Column::Timestamp(values().map(|value| value.map(|value| value.instant())).collect()),
        Type::Date => Column::Date(values().map(|value| value.map(|value| value.day())).collect()),
    }
}

fn expected(computed: &Computed) -> String {
    let Ok(value) = &computed.value else {
        return "error".to_owned();
    };
    let text = match value {
        None => "null".to_owned(),
        Some(Value::Boolean(value)) => value.to_string(),
        Some(Value::Number(value)) => value.to_exact(),
        Some(Value::Text(value)) => format!("'{value}'"),
        Some(Value::Instant(micros)) => jiff::Timestamp::from_microsecond(*micros)
            .expect("in range")
            .to_string(),
        Some(Value::Day(days)) => jiff::civil::date(1970, 1, 1)
            .saturating_add(jiff::Span::new().days(*days))
            .to_string(),
    };
    format!("{text}{}", if computed.zero { "/0" } else { "" })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batches_agree_with_one_row_at_a_time(
        seed in prop::collection::vec(any::<u8>(), 0..160),
        data in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut chooser = Chooser::new(seed);
        let kinds = [Type::Boolean, Type::Number, Type::Text, Type::Timestamp, Type::Date];
        let parts: Vec<_> = (0..3)
            .map(|_| {
                let kind = kinds[chooser.pick(kinds.len())];
                chooser.budget = 30;
                generate(kind, 5, &mut chooser)
            })
            .collect();
        let mut schema = schema();
        let typed: Vec<_> = parts.iter().map(|part| checked_in(&part.sql(), &mut schema)).collect();
        for typed in &typed {
            let printed = scoreline::expression::sql(typed);
            prop_assert_eq!(&checked_in(&printed, &mut schema), typed, "{}", printed);
        }
        let mut chooser = Chooser::new(data);
        let rows: Vec<Row> = (0..chooser.pick(13) + 1).map(|_| part::row(&mut chooser)).collect();
        let scan: Vec<usize> = (0..COLUMNS.len()).rev().collect();
        let constant = Program::of(&typed, berlin(), &scan);
        let by_row = typed
            .iter()
            .map(|typed| {
                let (shape, constants) = typed.parameterise();
                let nothing = constants.iter().map(|constant| Literal::Null(constant.kind())).collect();
                (shape, Constants::BySelector(vec![nothing, constants]))
            })
            .collect();
        let by_row = Program::new(by_row, berlin(), &scan);
        let mut start = 0;
        while start < rows.len() {
            let end = (start + 1 + chooser.pick(5)).min(rows.len());
            let batch = Batch {
                rows: end - start,
                columns: scan.iter().map(|column| encode(&rows[start..end], *column, &mut chooser)).collect(),
            };
            let outputs = constant.evaluate(&batch, &[]);
            let others = by_row.evaluate(&batch, &vec![1; end - start]);
            for (number, part) in parts.iter().enumerate() {
                for (row, values) in rows.iter().enumerate().take(end).skip(start) {
                    let expected = expected(&compute(part, values));
                    for outputs in [&outputs, &others] {
                        let found = shown(&outputs[number], row - start);
                        // Numbers that share no scale with their neighbours in 38 digits are refused.
                        if found.contains("span more than 38 digits") {
                            continue;
                        }
                        let found = if found.starts_with("error") { "error".to_owned() } else { found };
                        prop_assert_eq!(&found, &expected, "{} over {:?}", part.sql(), values);
                    }
                }
            }
            start = end;
        }
    }
}
