//! Values of a batch's columns as cells and keys take them.

use std::borrow::Cow;

use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::calendar::instant;
use super::cell::Decimal;
use crate::expression::{Column, Numbers, Texts};

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Returns the number in a row; `None` for null.
pub(super) fn number(column: &Column, row: usize) -> Option<Decimal> {
    match column {
        Column::Number(Numbers::Small { mantissas, scale }) => mantissas.is_valid(row).then(|| Decimal {
            mantissa: i128::from(mantissas.value(row)),
            scale: *scale,
        }),
        Column::Number(Numbers::Wide(array)) => array.is_valid(row).then(|| Decimal {
            mantissa: array.value(row),
            scale: u8::try_from(array.scale()).unwrap_or(0),
        }),
        _ => unreachable!("binding asked for a number"),
    }
}

/// Returns the instant in a row; of a day its first, and with `end` the first after it: days are inclusive.
pub(super) fn moment(column: &Column, row: usize, zone: &TimeZone, end: bool) -> Option<i64> {
    match column {
        Column::Timestamp(array) => array.is_valid(row).then(|| array.value(row)),
        Column::Date(array) => array.is_valid(row).then(|| day_start(array.value(row), zone, end)),
        _ => unreachable!("binding asked for a timestamp or a date"),
    }
}

fn day_start(days: i32, zone: &TimeZone, end: bool) -> i64 {
    let days = i64::from(days) + i64::from(end);
    // A day beyond the calendar is beyond every period.
    let beyond = if days < 0 { i64::MIN } else { i64::MAX };
    let Ok(offset) = jiff::Span::new().try_days(days) else {
        return beyond;
    };
    let day = EPOCH.checked_add(offset).ok();
    day.and_then(|day| instant(zone, day.at(0, 0, 0, 0))).unwrap_or(beyond)
}

/// Returns the rows where a condition holds.
pub(super) fn holds(column: &Column) -> BooleanBuffer {
    let Column::Boolean(array) = column else {
        unreachable!("binding asked for a condition")
    };
    match array.nulls() {
        None => array.values().clone(),
        Some(nulls) => array.values() & nulls.inner(),
    }
}

/// Returns the rows where a value is null, if any is.
pub(super) fn nulls(column: &Column) -> Option<BooleanBuffer> {
    let nulls = match column {
        Column::Boolean(array) => array.nulls(),
        Column::Number(Numbers::Small { mantissas, .. }) => mantissas.nulls(),
        Column::Number(Numbers::Wide(array)) => array.nulls(),
        Column::Text(Texts::Plain(array)) => array.nulls(),
        Column::Text(Texts::Dictionary(array)) => {
            let missing: BooleanBuffer = (0..array.len()).map(|row| text(column, row).is_none()).collect();
            return (missing.count_set_bits() > 0).then_some(missing);
        }
        Column::Timestamp(array) => array.nulls(),
        Column::Date(array) => array.nulls(),
    };
    nulls.filter(|nulls| nulls.null_count() > 0).map(|nulls| !nulls.inner())
}

/// Returns a row's value as the text that keys are compared by; `None` for null.
pub(super) fn text(column: &Column, row: usize) -> Option<Cow<'_, str>> {
    match column {
        Column::Text(Texts::Plain(array)) => array.is_valid(row).then(|| Cow::Borrowed(array.value(row))),
        Column::Text(Texts::Dictionary(array)) => {
            let key = usize::try_from(*array.keys().values().get(row)?).ok()?;
            if !array.keys().is_valid(row) {
                return None;
            }
            let values = array.values().as_any().downcast_ref::<arrow_array::StringArray>()?;
            values.is_valid(key).then(|| Cow::Borrowed(values.value(key)))
        }
        Column::Boolean(array) => {
            let name = |held| if held { "true" } else { "false" };
            array.is_valid(row).then(|| Cow::Borrowed(name(array.value(row))))
        }
        Column::Number(_) => number(column, row).map(|value| Cow::Owned(value.to_rational().to_exact())),
        Column::Timestamp(array) => array.is_valid(row).then(|| {
            let at = Timestamp::from_microsecond(array.value(row));
            Cow::Owned(at.map_or_else(|_| array.value(row).to_string(), |at| at.to_string()))
        }),
        Column::Date(array) => array.is_valid(row).then(|| {
            let day = EPOCH.checked_add(i64::from(array.value(row)).days());
            Cow::Owned(day.map_or_else(|_| array.value(row).to_string(), |day| day.to_string()))
        }),
    }
}

/// Returns a number for each row's text, `null` where there is none; `intern` sees each text of a
/// dictionary once.
pub(super) fn codes(column: &Column, null: u32, mut intern: impl FnMut(&str) -> u32) -> Vec<u32> {
    if let Column::Text(Texts::Dictionary(array)) = column
        && let Some(values) = array.values().as_any().downcast_ref::<arrow_array::StringArray>()
    {
        let known: Vec<u32> = (0..values.len())
            .map(|key| {
                if values.is_valid(key) {
                    intern(values.value(key))
                } else {
                    null
                }
            })
            .collect();
        let keys = array.keys();
        return (0..array.len())
            .map(|row| {
                let key = keys.is_valid(row).then(|| keys.value(row) as usize);
                key.and_then(|key| known.get(key)).copied().unwrap_or(null)
            })
            .collect();
    }
    let rows = match column {
        Column::Boolean(array) => array.len(),
        Column::Number(Numbers::Small { mantissas, .. }) => mantissas.len(),
        Column::Number(Numbers::Wide(array)) => array.len(),
        Column::Text(Texts::Plain(array)) => array.len(),
        Column::Text(Texts::Dictionary(array)) => array.len(),
        Column::Timestamp(array) => array.len(),
        Column::Date(array) => array.len(),
    };
    (0..rows)
        .map(|row| text(column, row).map_or(null, |text| intern(&text)))
        .collect()
}
