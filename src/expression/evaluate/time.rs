//! Parts of instants in the source's zone, and time between two of them.

use arrow_array::Array;
use jiff::tz::TimeZone;

use super::bits::valid_in_both;
use super::decimal;
use super::value::{Value, small, wide};
use crate::expression::zone::{self, LocalClock, MICROS_PER_DAY};
use crate::expression::{DatePart, Elapsed, Type};

/// A part of a timestamp or a date.
pub(super) fn part(part: DatePart, kind: Type, a: &Value, zone: &TimeZone, rows: usize) -> Value {
    let (mantissas, nulls) = if kind == Type::Date {
        let days = a.dates(rows);
        let parts = days.values().iter().map(|day| of_day(part, i64::from(*day))).collect();
        (parts, days.nulls().cloned())
    } else {
        let instants = a.timestamps(rows);
        let mut clock = LocalClock::new(zone);
        let values = instants.values().iter();
        let parts = match part {
            DatePart::Hour => values
                .map(|micros| clock.local(*micros).rem_euclid(MICROS_PER_DAY) / 3_600_000_000)
                .collect(),
            _ => values.map(|micros| of_day(part, clock.day(*micros))).collect(),
        };
        (parts, instants.nulls().cloned())
    };
    Value::strict(small(mantissas, 0, nulls), &[a])
}

fn of_day(part: DatePart, days: i64) -> i64 {
    match part {
        DatePart::Weekday => zone::weekday(days),
        DatePart::Year => zone::civil(days).0,
        DatePart::Month => zone::civil(days).1,
        DatePart::Day => zone::civil(days).2,
        DatePart::Hour => 0,
    }
}

/// The time from `a` to `b`, to 18 decimals; negative where `b` comes first.
pub(super) fn elapsed(unit: Elapsed, kind: Type, a: &Value, b: &Value, rows: usize) -> Value {
    if kind == Type::Date {
        let (from, to) = (a.dates(rows), b.dates(rows));
        let nulls = valid_in_both(from.nulls(), to.nulls());
        let pairs = from.values().iter().zip(to.values());
        let days = pairs.map(|(from, to)| i64::from(*to) - i64::from(*from)).collect();
        return Value::strict(small(days, 0, nulls), &[a, b]);
    }
    let micros: i128 = match unit {
        Elapsed::Minutes => 60_000_000,
        Elapsed::Hours => 3_600_000_000,
        Elapsed::Days => i128::from(MICROS_PER_DAY),
    };
    let (from, to) = (a.timestamps(rows), b.timestamps(rows));
    let nulls = valid_in_both(from.nulls(), to.nulls());
    let pairs = || from.values().iter().zip(to.values());
    // Whole units, such as minutes of a ticket system, stay in 64 bits.
    let unit_64 = i64::try_from(micros).expect("a unit of at most a day");
    let mut whole = true;
    let quotients: Vec<i64> = pairs()
        .map(|(from, to)| {
            let (difference, overflow) = to.overflowing_sub(*from);
            whole &= !overflow && difference % unit_64 == 0;
            difference / unit_64
        })
        .collect();
    if whole {
        return Value::strict(small(quotients, 0, nulls), &[a, b]);
    }
    let unit = decimal::power(decimal::QUOTIENT_SCALE);
    let exact = |(from, to): (&i64, &i64)| decimal::half_even((i128::from(*to) - i128::from(*from)) * unit, micros);
    Value::strict(
        wide(pairs().map(exact).collect(), decimal::QUOTIENT_SCALE, nulls),
        &[a, b],
    )
}
