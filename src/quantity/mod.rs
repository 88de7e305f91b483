//! Exact numbers and the units contracts use: rationals, percentages, durations, money, periods.
//!
//! Everything here is pure arithmetic: no I/O, no clock, no floating point, no machine zone. It is
//! the leftmost room: every stage may use it and it uses none of them.

mod period;
mod punctuation;
mod rational;
mod unit;

pub use period::{Every, MONTHS, Period, PeriodScheme};
pub use punctuation::{Punctuated, punctuated};
pub use rational::{Rational, Rounding};
pub use unit::{MICROS_PER_SECOND, Quantity, Unit, format_duration};
