use num_traits::ToPrimitive;
use schemars::{Schema, SchemaGenerator};

use super::number::punctuated;
use super::{Read, misread, refuse, wrong_unit};
use crate::diagnostics::Diagnostic;
use crate::model::lower::{Lower, Lowering};
use crate::model::publish;
use crate::quantity::{MICROS_PER_SECOND, Rational};
use crate::source::Span;
use crate::syntax::Node;

/// Elapsed time in microseconds, 0 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Elapsed(pub i64);

/// A length of time a rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Elapsed microseconds.
    Elapsed(i64),
    /// The close of the n-th open day after the start.
    BusinessDays(u32),
}

/// A number of reporting periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods(pub u32);

/// A number of reporting periods or calendar units, such as `3 months`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How many, 1 or more.
    pub count: u32,
    /// Of what.
    pub of: StretchUnit,
}

/// What a [`Stretch`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StretchUnit {
    /// Reporting periods.
    Periods,
    /// ISO weeks.
    Weeks,
    /// Calendar months.
    Months,
    /// Calendar quarters.
    Quarters,
    /// Calendar years.
    Years,
}

const DURATION: &str = r"^([0-9]+(\.[0-9]+)? ?(w|weeks?|d|days?|h|hours?|m|min|minutes?|s|seconds?)( |$))+$|^([0-9]+(\.[0-9]+)?[wdhms] ?)+$";
const TAKES: &str = "a duration such as `4h` or `1h 30m`";

/// Unit names and their seconds, longest unit first.
const UNITS: &[(&[&str], i64)] = &[
    (&["w", "week", "weeks"], 7 * 86_400),
    (&["d", "day", "days"], 86_400),
    (&["h", "hour", "hours"], 3_600),
    (&["m", "min", "minute", "minutes"], 60),
    (&["s", "second", "seconds"], 1),
];

/// Returns the digits and the unit, in microseconds, of the last part of a duration: of `1h 30m` the `30` and a
/// minute.
pub(super) fn last_part(text: &str) -> (&str, i64) {
    let letter = |c: char| c.is_ascii_alphabetic();
    let before = text.trim_end().trim_end_matches(letter);
    let word = &text.trim_end()[before.len()..];
    let digits = before.trim_end();
    let start = digits
        .rfind(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map_or(0, |i| i + 1);
    let unit = UNITS.iter().find(|(names, _)| names.contains(&word));
    (
        &digits[start..],
        unit.map_or(1, |(_, seconds)| seconds * MICROS_PER_SECOND),
    )
}

/// Reads `1h 30m` as microseconds; `None` when it is not written as a duration.
pub(super) fn micros(text: &str) -> Option<Rational> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut total = Rational::zero();
    let mut last = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let number = Rational::parse_decimal(&rest[..digits])?;
        rest = rest[digits..].strip_prefix(' ').unwrap_or(&rest[digits..]);
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = UNITS.iter().position(|(names, _)| names.contains(&&rest[..letters]))? + 1;
        // Units fall, each at most once: `30m 1h` and `1h 1h` are slips.
        if unit <= last {
            return None;
        }
        last = unit;
        rest = rest[letters..].trim_start_matches(' ');
        let seconds = UNITS[unit - 1].1;
        total = &total + &(&number * &Rational::integer(seconds * MICROS_PER_SECOND));
    }
    (last > 0).then(|| &total * &Rational::integer(sign))
}

/// Reads elapsed time of at least 0.
fn elapsed(text: &str, span: Span, takes: &str) -> Read<i64> {
    if let Some(micros) = micros(text) {
        let whole = micros.is_integer().then(|| micros.numerator().to_i64()).flatten();
        return whole
            .filter(|micros| *micros >= 0)
            .ok_or_else(|| misread("invalid-duration", span, text, takes).into());
    }
    if Rational::parse_decimal(text).is_some() {
        return refuse(
            Diagnostic::new(
                "wrong-unit",
                span,
                format!("`{text}` has no unit; a duration is needed"),
            )
            .help(format!("write `{text}h`, `{text}m` or another unit")),
        );
    }
    if text.ends_with('%') || super::starts_with_operator(text) {
        return refuse(wrong_unit(text, span, takes));
    }
    if let Some((count, name)) = counted(text)
        && matches!(name, "month" | "months" | "quarter" | "quarters" | "year" | "years")
    {
        return refuse(
            wrong_unit(text, span, takes).help(format!("{name} differ in length: write days, such as `{count}d`")),
        );
    }
    if business_days(text).is_some() {
        return refuse(wrong_unit(text, span, takes));
    }
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if digits.len() < text.len()
        && let Some(finding) = punctuated(digits.trim_end(), &text[digits.trim_end().len()..], span)
    {
        return refuse(finding);
    }
    refuse(misread("invalid-duration", span, text, takes))
}

/// Splits `12 periods` into the number and the word.
fn counted(text: &str) -> Option<(u32, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count = text[..digits].parse().ok()?;
    Some((count, text[digits..].trim_start_matches(' ')))
}

/// Reads `3 business days`.
fn business_days(text: &str) -> Option<u32> {
    match counted(text)? {
        (1, "business day") => Some(1),
        (count, "business days") => Some(count),
        _ => None,
    }
}

impl Lower for Elapsed {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some(DURATION), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        cx.accept(elapsed(text, node.span, TAKES)).map(Self)
    }
}

impl Lower for Deadline {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        let pattern = format!("{DURATION}|^[0-9]+ business days?$");
        publish::scalar(&["string"], Some(&pattern), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        if let Some(days) = business_days(text) {
            if days == 0 {
                let finding = misread("invalid-duration", node.span, text, "at least `1 business day`");
                return cx.refuse(finding);
            }
            return Some(Self::BusinessDays(days));
        }
        cx.accept(elapsed(
            text,
            node.span,
            "a length of time such as `4h` or `3 business days`",
        ))
        .map(Self::Elapsed)
    }
}

/// Reads a count of at least 1 with its word.
fn stretch(text: &str, span: Span, takes: &str, bare: &str) -> Read<Stretch> {
    if Rational::parse_decimal(text).is_some() {
        return refuse(
            Diagnostic::new("wrong-unit", span, format!("`{text}` has no unit; {takes} is needed"))
                .help(format!("write `{text} {bare}`")),
        );
    }
    let read = counted(text).and_then(|(count, name)| {
        let of = match name {
            "period" | "periods" => StretchUnit::Periods,
            "week" | "weeks" => StretchUnit::Weeks,
            "month" | "months" => StretchUnit::Months,
            "quarter" | "quarters" => StretchUnit::Quarters,
            "year" | "years" => StretchUnit::Years,
            _ => return None,
        };
        Some(Stretch { count, of })
    });
    match read {
        Some(stretch) if stretch.count > 0 => Ok(stretch),
        Some(_) => refuse(misread("invalid-value", span, text, takes)),
        None => refuse(wrong_unit(text, span, takes)),
    }
}

impl Lower for Periods {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some("^[0-9]+ periods?$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        const TAKES: &str = "a number of periods such as `12 periods`";
        let text = cx.text(node)?;
        let read = stretch(text, node.span, TAKES, "periods").and_then(|read| match read.of {
            StretchUnit::Periods => Ok(Self(read.count)),
            _ => refuse(wrong_unit(text, node.span, TAKES)),
        });
        cx.accept(read)
    }
}

impl Lower for Stretch {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        let pattern = "^[0-9]+ (periods?|weeks?|months?|quarters?|years?)$";
        publish::scalar(&["string"], Some(pattern), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        cx.accept(stretch(text, node.span, "a stretch such as `3 months`", "months"))
    }
}
