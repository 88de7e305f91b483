//! Casts from one type to another; a text that does not read as the type fails its row.

use arrow_array::{Array, BooleanArray, Date32Array, TimestampMicrosecondArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use jiff::tz::TimeZone;

use super::bits::{Logic, without};
use super::decimal::Parts;
use super::text::few;
use super::value::{Data, Value, small};
use crate::expression::fault::Cause;
use crate::expression::literal::write_decimal;
use crate::expression::zone::{self, LocalClock};
use crate::expression::{Column, Decimal, Texts, Type};

/// Casts a value of type `from` to another type.
pub(super) fn cast(from: Type, to: Type, a: &Value, zone: &TimeZone, has_zone: bool, rows: usize) -> Value {
    let column = match (from, to) {
        (Type::Text, _) => return of_text(to, a, zone, has_zone, rows),
        (Type::Boolean, Type::Number) => {
            let logic = a.logic(rows);
            let ones = (0..rows).map(|row| i64::from(logic.truth.value(row))).collect();
            small(ones, 0, logic.known.map(NullBuffer::new))
        }
        (Type::Boolean, _) => {
            let logic = a.logic(rows);
            let keys = (0..rows).map(|row| i32::from(logic.truth.value(row))).collect();
            Column::Text(few(keys, logic.known.map(NullBuffer::new), &["false", "true"]))
        }
        (Type::Number, _) => {
            let figures = a.numbers();
            let nulls = figures.nulls(rows);
            write_rows(rows, nulls.as_ref(), |row, text| {
                let (mantissa, scale) = figures.at(row);
                write_decimal(text, mantissa, scale).expect("writing to a string succeeds");
            })
        }
        (Type::Timestamp, Type::Date) => {
            let instants = a.timestamps(rows);
            let mut clock = LocalClock::new(zone);
            let days = instants
                .values()
                .iter()
                .map(|micros| clock.day(*micros) as i32)
                .collect();
            Column::Date(Date32Array::new(days, instants.nulls().cloned()))
        }
        (Type::Timestamp, _) => {
            let instants = a.timestamps(rows);
            write_rows(rows, instants.nulls(), |row, text| {
                text.push_str(&zone::write_timestamp(instants.value(row), Some(zone)));
            })
        }
        (Type::Date, Type::Timestamp) => {
            let days = a.dates(rows);
            let mut last = None;
            let start = |day: &i32| match last {
                Some((known, micros)) if known == *day => micros,
                _ => {
                    let micros = zone::start_of_day(*day, zone).unwrap_or(i64::from(*day) * zone::MICROS_PER_DAY);
                    last = Some((*day, micros));
                    micros
                }
            };
            let micros = days.values().iter().map(start).collect();
            Column::Timestamp(TimestampMicrosecondArray::new(micros, days.nulls().cloned()))
        }
        (Type::Date, _) => {
            let days = a.dates(rows);
            write_rows(rows, days.nulls(), |row, text| {
                text.push_str(&zone::write_date(days.value(row)))
            })
        }
    };
    Value::strict(column, &[a])
}

fn write_rows(rows: usize, nulls: Option<&NullBuffer>, write: impl Fn(usize, &mut String)) -> Column {
    let mut builder = arrow_array::builder::StringBuilder::with_capacity(rows, rows * 8);
    let mut text = String::new();
    for row in 0..rows {
        if nulls.is_some_and(|nulls| nulls.is_null(row)) {
            builder.append_null();
        } else {
            text.clear();
            write(row, &mut text);
            builder.append_value(&text);
        }
    }
    Column::Text(Texts::Plain(builder.finish()))
}

/// Reads every text; a dictionary's strings once each.
fn read<T: Clone>(texts: &Texts, f: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    match texts {
        Texts::Plain(array) => array.iter().map(|text| text.and_then(&f)).collect(),
        Texts::Dictionary(array) => {
            let strings: Vec<Option<T>> = Texts::strings(array).iter().map(|text| text.and_then(&f)).collect();
            let keys = array.keys();
            (0..array.len())
                .map(|row| {
                    let key = usize::try_from(keys.value(row)).ok().filter(|_| keys.is_valid(row))?;
                    strings.get(key).cloned().flatten()
                })
                .collect()
        }
    }
}

fn of_text(to: Type, a: &Value, zone: &TimeZone, has_zone: bool, rows: usize) -> Value {
    let texts = a.texts(rows);
    let nulls = match &texts {
        Texts::Plain(array) => array.nulls().cloned(),
        Texts::Dictionary(array) => array.nulls().cloned(),
    };
    let zone = has_zone.then_some(zone);
    let finish = |unread: BooleanBuffer, column: &dyn Fn(Option<NullBuffer>) -> Data| {
        let mut value = Value::strict(Data::Mixed([].into(), None), &[a]);
        let unread = match &nulls {
            Some(nulls) => &unread & nulls.inner(),
            None => unread,
        };
        let valid = if unread.has_true() {
            without(nulls.clone(), &unread)
        } else {
            nulls.clone()
        };
        value.faults.add(unread, Cause::Cast(to, texts.clone()));
        value.data = column(valid);
        value
    };
    fn unread<T>(values: &[Option<T>]) -> BooleanBuffer {
        BooleanBuffer::collect_bool(values.len(), |row| values[row].is_none())
    }
    match to {
        Type::Number => {
            let values = read(&texts, |text| Decimal::parse(text.trim()));
            let column = |nulls| numbers(&values, nulls);
            finish(unread(&values), &column)
        }
        Type::Boolean => {
            let values = read(&texts, |text| boolean(text.trim()));
            let truth = BooleanBuffer::collect_bool(rows, |row| values[row] == Some(true));
            let column = |nulls: Option<NullBuffer>| {
                let array: BooleanArray = Logic::new(truth.clone(), nulls.as_ref()).array();
                Column::Boolean(array).into()
            };
            finish(unread(&values), &column)
        }
        Type::Timestamp => {
            let values = read(&texts, |text| zone::parse_timestamp(text.trim(), zone).ok());
            let micros: Vec<i64> = values.iter().map(|value| value.unwrap_or_default()).collect();
            let column = |nulls| Column::Timestamp(TimestampMicrosecondArray::new(micros.clone().into(), nulls)).into();
            finish(unread(&values), &column)
        }
        Type::Date => {
            let values = read(&texts, |text| zone::parse_date(text.trim()));
            let days: Vec<i32> = values.iter().map(|value| value.unwrap_or_default()).collect();
            let column = |nulls| Column::Date(Date32Array::new(days.clone().into(), nulls)).into();
            finish(unread(&values), &column)
        }
        Type::Text => a.clone(),
    }
}

/// Reads a boolean in any case.
fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else {
        text.eq_ignore_ascii_case("false").then_some(false)
    }
}

/// Makes numbers of one scale where they have one.
fn numbers(values: &[Option<Decimal>], nulls: Option<NullBuffer>) -> Data {
    let scale = values.iter().flatten().map(|value| value.scale()).max().unwrap_or(0);
    let small_mantissa = |value: &Option<Decimal>| {
        let value = value.unwrap_or(Decimal::ZERO);
        let factor = 10i64.checked_pow(u32::from(scale - value.scale()))?;
        i64::try_from(value.mantissa()).ok()?.checked_mul(factor)
    };
    if scale <= 18
        && let Some(mantissas) = values.iter().map(small_mantissa).collect::<Option<Vec<i64>>>()
    {
        return small(mantissas, scale, nulls).into();
    }
    let parts = |value: &Option<Decimal>| -> Parts { value.map_or((0, 0), |value| (value.mantissa(), value.scale())) };
    Data::Mixed(values.iter().map(parts).collect(), nulls)
}
