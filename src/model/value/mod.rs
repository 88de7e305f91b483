//! What an author writes in one scalar: numbers with units, dates, names, expressions.
//!
//! A scalar's type comes from its field. Each type here reads the text, and for every way of
//! writing it wrongly says what is wrong and what to type.

mod amount;
mod date;
mod duration;
mod name;
mod number;
mod text;

pub use amount::{Limit, Value, Written};
pub use date::{DateRange, DayHours, InstantRange, PeriodLabel, Weekdays, Zone};
pub use duration::{Deadline, Elapsed, Periods, Stretch, StretchUnit};
pub use name::{Currency, Id, PackReference, Version};
pub use number::{Money, Number, Percent, Rank};

use crate::diagnostics::Diagnostic;
use crate::model::lower::Lowering;
use crate::source::Span;

/// Says that a text is not what its field takes, such as `a duration such as`.
fn misread(rule: &'static str, span: Span, text: &str, takes: &str) -> Diagnostic {
    Diagnostic::new(rule, span, format!("`{text}` does not fit here")).help(format!("it takes {takes}"))
}

/// Says that a value carries another unit than its field.
fn wrong_unit(text: &str, span: Span, takes: &str) -> Diagnostic {
    if starts_with_operator(text) {
        return misplaced_operator(text, span);
    }
    Diagnostic::new("wrong-unit", span, format!("`{text}` has not the unit of its field"))
        .help(format!("it takes {takes}"))
}

/// Comparison signs and the words that say the same, longest sign first.
const OPERATORS: &[(&str, &str)] = &[
    (">=", "at_least"),
    ("≥", "at_least"),
    ("=>", "at_least"),
    ("<=", "at_most"),
    ("≤", "at_most"),
    ("=<", "at_most"),
    (">", "above"),
    ("<", "below"),
];

/// Whether a text starts with a comparison sign.
pub(super) fn starts_with_operator(text: &str) -> bool {
    OPERATORS.iter().any(|(sign, _)| text.starts_with(sign))
}

/// Says that a comparison sign stands where the language has a word.
pub(super) fn misplaced_operator(text: &str, span: Span) -> Diagnostic {
    let (sign, word) = OPERATORS
        .iter()
        .find(|(sign, _)| text.starts_with(sign))
        .copied()
        .unwrap_or(("", "at_least"));
    let value = text[sign.len()..].trim();
    Diagnostic::new(
        "misplaced-operator",
        span,
        format!("the operator `{sign}` stands in a value"),
    )
    .help(format!("the comparison is a word: write `{{ {word}: {value} }}`"))
}

impl Lowering<'_> {
    /// Takes a value, or reports what is wrong with it.
    pub(super) fn accept<T>(&mut self, read: Result<T, Diagnostic>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(finding) => {
                self.push(finding);
                None
            }
        }
    }
}
