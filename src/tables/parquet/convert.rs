use std::borrow::Cow;
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, Date32Array, Int64Array, TimestampMicrosecondArray};
use arrow_schema::{DataType, TimeUnit};

use crate::expression::{Column, Numbers, Texts};

use super::super::decode::{Bad, Build, Builder, Decode, NumberBuilder, Plan, TimeBuilder, number_text};

const DAY: i64 = 86_400_000_000;

/// A column of a file as a column of a batch.
pub(super) struct Converted {
    pub(super) column: Column,
    /// The first value that does not fit and those that no row can help.
    pub(super) failed: Vec<(usize, Bad)>,
    /// All rows whose value does not fit; they are null in the column.
    pub(super) failed_rows: Vec<usize>,
    pub(super) repairs: u64,
}

impl Converted {
    fn plain(column: Column) -> Self {
        Self {
            column,
            failed: Vec::new(),
            failed_rows: Vec::new(),
            repairs: 0,
        }
    }
}

/// Values that do not fit.
#[derive(Default)]
struct Failed {
    first: Vec<(usize, Bad)>,
    rows: Vec<usize>,
}

impl Failed {
    fn push(&mut self, row: usize, bad: Bad) {
        if self.first.is_empty() || (bad.is_declaration() && self.first.len() < 2) {
            self.first.push((row, bad));
        }
        self.rows.push(row);
    }
}

/// Converts a column; `plan` says to what.
pub(super) fn column(array: &ArrayRef, plan: &Plan) -> Converted {
    match (&plan.decode, array.data_type()) {
        (Decode::Boolean, DataType::Boolean) => Converted::plain(Column::Boolean(array.as_boolean().clone())),
        (Decode::Number { .. }, DataType::Int64) => Converted::plain(small(array.as_primitive::<Int64Type>().clone())),
        (Decode::Number { .. }, DataType::Int32) => integers::<Int32Type>(array),
        (Decode::Number { .. }, DataType::Int16) => integers::<Int16Type>(array),
        (Decode::Number { .. }, DataType::Int8) => integers::<Int8Type>(array),
        (Decode::Number { .. }, DataType::UInt32) => integers::<UInt32Type>(array),
        (Decode::Number { .. }, DataType::UInt16) => integers::<UInt16Type>(array),
        (Decode::Number { .. }, DataType::UInt8) => integers::<UInt8Type>(array),
        (Decode::Number { round, .. }, DataType::Decimal128(_, scale)) => decimals(array, *scale, *round),
        (Decode::Date(_), DataType::Date32) => {
            Converted::plain(Column::Date(array.as_primitive::<Date32Type>().clone()))
        }
        (Decode::Date(_), DataType::Date64) => {
            let days = array.as_primitive::<Date64Type>();
            let day = |millis: i64| i32::try_from(millis.div_euclid(86_400_000)).unwrap_or(i32::MAX);
            Converted::plain(Column::Date(Date32Array::from_iter(days.iter().map(|d| d.map(day)))))
        }
        (Decode::Timestamp(_), DataType::Timestamp(..) | DataType::Date32) => instants(array, plan),
        (Decode::Text, DataType::Dictionary(..)) if no_null_text(array, plan) => Converted::plain(Column::Text(
            Texts::Dictionary(array.as_dictionary::<Int32Type>().clone()),
        )),
        _ => by_text(array, plan),
    }
}

fn small(mantissas: Int64Array) -> Column {
    Column::Number(Numbers::Small { mantissas, scale: 0 })
}

fn integers<T: ArrowPrimitiveType>(array: &ArrayRef) -> Converted
where
    T::Native: Into<i64>,
{
    let values = array.as_primitive::<T>();
    let mantissas = values
        .values()
        .iter()
        .map(|value| (*value).into())
        .collect::<Vec<i64>>();
    Converted::plain(small(Int64Array::new(mantissas.into(), array.nulls().cloned())))
}

fn decimals(array: &ArrayRef, scale: i8, round: Option<u32>) -> Converted {
    let values = array.as_primitive::<Decimal128Type>();
    if round.is_none() && scale >= 0 {
        let fits = |m: &i128| i64::try_from(*m).is_ok();
        if scale <= 18 && values.values().iter().all(fits) {
            let mantissas = values.values().iter().map(|m| *m as i64).collect::<Vec<i64>>();
            return Converted::plain(Column::Number(Numbers::Small {
                mantissas: Int64Array::new(mantissas.into(), array.nulls().cloned()),
                scale: scale as u8,
            }));
        }
        return Converted::plain(Column::Number(Numbers::Wide(values.clone())));
    }
    let mut builder = NumberBuilder::new(array.len(), b'.', round);
    let mut failed = Failed::default();
    for (row, value) in values.iter().enumerate() {
        let pushed = value.map(|mantissa| {
            let up = 10i128.checked_pow(u32::from(scale.min(0).unsigned_abs()));
            let mantissa = up.and_then(|up| mantissa.checked_mul(up));
            match mantissa {
                Some(mantissa) => builder.push_decimal(mantissa, scale.max(0).unsigned_abs().into()),
                None => Err(Bad::new("has more than 38 digits")),
            }
        });
        match pushed {
            Some(Ok(())) => {}
            None => builder.push_null(),
            Some(Err(bad)) => {
                failed.push(row, bad);
                builder.push_null();
            }
        }
    }
    Converted {
        column: Column::Number(builder.finish()),
        failed: failed.first,
        failed_rows: failed.rows,
        repairs: 0,
    }
}

/// Microseconds of each value, on UTC or on the clock of the source's zone.
fn micros(array: &ArrayRef) -> Vec<Option<i64>> {
    fn each<T: ArrowPrimitiveType>(array: &ArrayRef, to: impl Fn(T::Native) -> Option<i64>) -> Vec<Option<i64>> {
        array
            .as_primitive::<T>()
            .iter()
            .map(|value| value.and_then(&to))
            .collect()
    }
    match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => each::<TimestampSecondType>(array, |v| v.checked_mul(1_000_000)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            each::<TimestampMillisecondType>(array, |v| v.checked_mul(1000))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => each::<TimestampMicrosecondType>(array, Some),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            each::<TimestampNanosecondType>(array, |v| Some(v.div_euclid(1000)))
        }
        _ => each::<Date32Type>(array, |v| Some(i64::from(v) * DAY)),
    }
}

fn instants(array: &ArrayRef, plan: &Plan) -> Converted {
    let is_utc = matches!(array.data_type(), DataType::Timestamp(_, Some(_)));
    if is_utc && let DataType::Timestamp(TimeUnit::Microsecond, _) = array.data_type() {
        let values = array.as_primitive::<TimestampMicrosecondType>();
        let column = TimestampMicrosecondArray::new(values.values().clone(), values.nulls().cloned());
        return Converted::plain(Column::Timestamp(column));
    }
    let Decode::Timestamp(time) = &plan.decode else {
        unreachable!("only instants come here")
    };
    let mut builder = TimeBuilder::new(array.len(), time.clone());
    let mut failed = Failed::default();
    for (row, value) in micros(array).into_iter().enumerate() {
        let pushed = match value {
            None if array.is_valid(row) => Err(Bad::new("is out of range")),
            None => {
                builder.push_null();
                Ok(())
            }
            Some(instant) if is_utc => {
                builder.push_instant(instant);
                Ok(())
            }
            Some(local) => builder.push_local(local),
        };
        if let Err(bad) = pushed {
            failed.push(row, bad);
            builder.push_null();
        }
    }
    let (column, repairs) = builder.finish();
    Converted {
        column: Column::Timestamp(column),
        failed: failed.first,
        failed_rows: failed.rows,
        repairs,
    }
}

/// Whether no text of a dictionary means null.
fn no_null_text(array: &ArrayRef, plan: &Plan) -> bool {
    array.as_any_dictionary_opt().is_some_and(|dictionary| {
        let is_text = dictionary.keys().data_type() == &DataType::Int32;
        let words = dictionary.values().as_string_opt::<i32>();
        is_text && words.is_some_and(|words| words.iter().flatten().all(|word| !plan.nulls.contains(word.as_bytes())))
    })
}

/// Converts by way of each value's text, as a CSV file would hold it.
fn by_text(array: &ArrayRef, plan: &Plan) -> Converted {
    let mut builder: Builder = plan.builder(array.len());
    let mut failed = Failed::default();
    let fields = (0..array.len()).map(|row| field(array, row, plan));
    let flow = builder.fill(&plan.nulls, fields, |row, bad| {
        failed.push(row, bad);
        ControlFlow::Continue(())
    });
    debug_assert!(flow.is_continue());
    let (column, repairs) = match builder.finish() {
        Ok(built) => (built.column, built.repairs),
        Err((row, bad)) => {
            failed.push(row, bad);
            (plan.absent(array.len()), 0)
        }
    };
    Converted {
        column,
        failed: failed.first,
        failed_rows: failed.rows,
        repairs,
    }
}

fn field<'a>(array: &'a ArrayRef, row: usize, plan: &Plan) -> Option<Cow<'a, [u8]>> {
    if array.is_null(row) {
        return None;
    }
    let borrowed = match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).as_bytes(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).as_bytes(),
        DataType::Utf8View => array.as_string_view().value(row).as_bytes(),
        DataType::Binary => array.as_binary::<i32>().value(row),
        DataType::LargeBinary => array.as_binary::<i64>().value(row),
        _ => {
            let text = text(array, row)?;
            // A number of the file has a point whatever the source's texts have.
            let decimal = match &plan.decode {
                Decode::Number { decimal, .. } if array.data_type().is_numeric() => *decimal,
                _ => b'.',
            };
            let bytes = text
                .into_bytes()
                .into_iter()
                .map(|b| if b == b'.' { decimal } else { b });
            return Some(Cow::Owned(bytes.collect()));
        }
    };
    Some(Cow::Borrowed(borrowed))
}

/// What a value is as text.
pub(super) fn text(array: &ArrayRef, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    macro_rules! shown {
        ($type:ty) => {
            array.as_primitive::<$type>().value(row).to_string()
        };
    }
    Some(match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => shown!(Int8Type),
        DataType::Int16 => shown!(Int16Type),
        DataType::Int32 => shown!(Int32Type),
        DataType::Int64 => shown!(Int64Type),
        DataType::UInt8 => shown!(UInt8Type),
        DataType::UInt16 => shown!(UInt16Type),
        DataType::UInt32 => shown!(UInt32Type),
        DataType::UInt64 => shown!(UInt64Type),
        // The shortest decimal that is this float: what every tool shows for it.
        DataType::Float16 => shown!(Float16Type),
        DataType::Float32 => shown!(Float32Type),
        DataType::Float64 => shown!(Float64Type),
        DataType::Decimal128(_, scale) => number_text(array.as_primitive::<Decimal128Type>().value(row), *scale),
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => array.as_string_view().value(row).to_owned(),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary_opt()?;
            let key = dictionary.normalized_keys()[row];
            return text(dictionary.values(), key);
        }
        DataType::Date32 => {
            let days = i64::from(array.as_primitive::<Date32Type>().value(row));
            let date = jiff::civil::date(1970, 1, 1)
                .checked_add(jiff::Span::new().days(days))
                .ok()?;
            date.to_string()
        }
        DataType::Timestamp(_, zone) => {
            let instant = jiff::Timestamp::from_microsecond(micros(array)[row]?).ok()?;
            match zone {
                Some(_) => instant.to_string(),
                None => jiff::tz::TimeZone::UTC.to_datetime(instant).to_string(),
            }
        }
        _ => return None,
    })
}
