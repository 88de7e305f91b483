//! What an author writes in one scalar: numbers with units, dates, names, expressions.
//!
//! A scalar's type comes from its field. Each type here reads the text, and for every way of
//! writing it wrongly says what is wrong and what to type.

mod amount;
mod date;
mod duration;
mod name;
mod nothing;
mod number;
mod text;

pub use amount::{Limit, Value, Written};
pub use date::{DateRange, DayHours, InstantRange, PeriodLabel, Weekdays, Zone};
pub use duration::{Deadline, Elapsed, Periods, Stretch, StretchUnit};
pub use name::{Currency, Id, PackReference, Version};
pub use nothing::Nothing;
pub use number::{Money, Number, Percent, Rank};

pub(in crate::model) use text::MapKey;

use crate::diagnostics::Diagnostic;
use crate::model::lower::Lowering;
use crate::quantity::Rational;
use crate::source::Span;

/// A value, or what is wrong with its text; boxed, since findings are large and rare.
type Read<T> = Result<T, Box<Diagnostic>>;

/// Refuses a text.
fn refuse<T>(finding: Diagnostic) -> Read<T> {
    Err(Box::new(finding))
}

/// Says that a text is not what its field takes, such as `a duration such as`.
fn misread(rule: &'static str, span: Span, text: &str, takes: &str) -> Diagnostic {
    Diagnostic::new(rule, span, format!("`{text}` does not fit here")).help(format!("it takes {takes}"))
}

/// Says that a value carries another unit than its field, or none that is known.
fn wrong_unit(text: &str, span: Span, takes: &str) -> Diagnostic {
    if starts_with_operator(text) {
        return misplaced_operator(text, span);
    }
    let Some(kind) = describe(text) else {
        return misread("invalid-value", span, text, takes);
    };
    Diagnostic::new("wrong-unit", span, format!("`{text}` is {kind}")).help(format!("it takes {takes}"))
}

/// Says what unit a text carries.
fn describe(text: &str) -> Option<&'static str> {
    let number = |text: &str| Rational::parse_decimal(text.trim_end()).is_some();
    let word = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let counted = word.len() < text.len();
    match word.trim_start() {
        _ if text.strip_suffix('%').is_some_and(number) => Some("a percentage"),
        _ if number(text) => Some("a number without a unit"),
        _ if duration::micros(text).is_some() => Some("a duration"),
        "business day" | "business days" if counted => Some("a number of business days"),
        "period" | "periods" if counted => Some("a number of periods"),
        "month" | "months" | "quarter" | "quarters" | "year" | "years" if counted => Some("a stretch of the calendar"),
        _ => None,
    }
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
    pub(super) fn accept<T>(&mut self, read: Read<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(finding) => {
                // A comma that also splits an unquoted value has been reported where YAML was read.
                let place = &finding.primary.place;
                if !self.has("unquoted-comma", place) && !self.has("decimal-comma", place) {
                    self.push(*finding);
                }
                None
            }
        }
    }

    /// Reports what is wrong with a value.
    pub(super) fn refuse<T>(&mut self, finding: Diagnostic) -> Option<T> {
        self.accept(refuse(finding))
    }
}
