use num_traits::ToPrimitive;
use schemars::{Schema, SchemaGenerator};

use super::{Read, misread, refuse};
use crate::diagnostics::Diagnostic;
use crate::model::lower::{Lower, Lowering};
use crate::model::publish;
use crate::quantity::{self, Punctuated, Rational};
use crate::source::Span;
use crate::syntax::Node;

/// A plain number, such as a weight or a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(pub Rational);

/// A share; the number is the ratio, so `99.95%` is 0.9995.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Percent(pub Rational);

/// An amount in the contract's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money(pub Rational);

/// A share of rows below a percentile, 0..=1; written `95` or `95%`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rank(pub Rational);

/// A plain decimal as ordinary YAML and as text.
pub(super) const NUMBER: &str = r"^[+-]?[0-9]+(\.[0-9]+)?$";
const PERCENT: &str = r"^[+-]?[0-9]+(\.[0-9]+)? ?%$";

/// Reads a plain decimal, or says what is wrong with it; `unit` is appended to what it proposes.
pub(super) fn number(text: &str, unit: &str, span: Span, takes: &str) -> Read<Rational> {
    if let Some(number) = Rational::parse_decimal(text) {
        return Ok(number);
    }
    refuse(punctuated(text, unit, span).unwrap_or_else(|| misread("invalid-value", span, text, takes)))
}

/// Recognises decimal commas and thousands separators and proposes the number without them.
pub(super) fn punctuated(text: &str, unit: &str, span: Span) -> Option<Diagnostic> {
    let punctuated = quantity::punctuated(text)?;
    let rule = if text.contains(',') {
        "decimal-comma"
    } else {
        "invalid-value"
    };
    let finding = Diagnostic::new(rule, span, punctuated.description(&format!("{text}{unit}")));
    Some(finding.help(punctuated.proposal(|number| format!("{number}{unit}"))))
}

/// Reads a percentage such as `99.95%`; `takes` says what the field takes, for messages.
pub(super) fn percent(text: &str, span: Span) -> Read<Rational> {
    const TAKES: &str = "a percentage such as `99.95%`";
    if super::starts_with_operator(text) {
        return refuse(super::misplaced_operator(text, span));
    }
    let hundred = Rational::integer(100);
    if let Some(digits) = text.strip_suffix('%') {
        let ratio = number(digits.trim_end(), "%", span, TAKES)?;
        return Ok(ratio.checked_div(&hundred).unwrap_or_default());
    }
    let pointed = match quantity::punctuated(text) {
        Some(Punctuated::BarePoint(number)) => number,
        _ => text.to_owned(),
    };
    if let Some(bare) = Rational::parse_decimal(&pointed) {
        let as_ratio = (&bare * &hundred).to_exact();
        if !bare.is_integer() && bare.abs() < Rational::one() {
            return refuse(
                Diagnostic::new("bare-fraction", span, format!("`{text}` is a bare fraction"))
                    .help(format!("write `{as_ratio}%`")),
            );
        }
        let finding = Diagnostic::new("wrong-unit", span, format!("`{text}` is a number without a unit"));
        return refuse(if bare.abs() == Rational::one() {
            finding.help(format!(
                "it takes a percentage: write `{text}%`, or `{as_ratio}%` if all of it is meant"
            ))
        } else {
            finding.help(format!("it takes a percentage: write `{text}%`"))
        });
    }
    if let Some(finding) = punctuated(text, "%", span) {
        return refuse(finding);
    }
    refuse(super::wrong_unit(text, span, TAKES))
}

impl Lower for Percent {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some(PERCENT), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        cx.accept(percent(text, node.span)).map(Self)
    }
}

impl Lower for Rank {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["number", "string"], Some(r"^[0-9]+(\.[0-9]+)? ?%?$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        const TAKES: &str = "a percentile between 0 and 100 such as `95`";
        let text = cx.text(node)?;
        let digits = text.strip_suffix('%').unwrap_or(text).trim_end();
        let number = cx.accept(number(digits, "", node.span, TAKES))?;
        if text == digits && !number.is_integer() && number < Rational::one() {
            let share = (&number * &Rational::integer(100)).to_exact();
            let finding = Diagnostic::new("bare-fraction", node.span, format!("`{text}` is a bare fraction"));
            return cx.refuse(finding.help(format!("write `{share}`")));
        }
        if number.is_negative() || number > Rational::integer(100) {
            return cx.refuse(misread("invalid-value", node.span, text, TAKES));
        }
        Some(Self(number.checked_div(&Rational::integer(100)).unwrap_or_default()))
    }
}

/// Reads a number that carries no unit.
fn plain_number(text: &str, span: Span, takes: &str) -> Read<Rational> {
    if let Some(number) = Rational::parse_decimal(text) {
        return Ok(number);
    }
    refuse(punctuated(text, "", span).unwrap_or_else(|| super::wrong_unit(text, span, takes)))
}

macro_rules! plain {
    ($name:ident, $takes:literal) => {
        impl Lower for $name {
            fn schema(_: &mut SchemaGenerator) -> Schema {
                publish::scalar(&["number", "string"], Some(NUMBER), "")
            }

            fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
                let text = cx.text(node)?;
                cx.accept(plain_number(text, node.span, $takes)).map(Self)
            }
        }
    };
}
plain!(Number, "a plain number such as `40`");
plain!(Money, "an amount without a currency sign such as `12500.00`");

macro_rules! whole {
    ($($type:ident $convert:ident),*) => {$(
        impl Lower for $type {
            fn schema(_: &mut SchemaGenerator) -> Schema {
                publish::scalar(&["integer", "string"], Some("^[0-9]+$"), "")
            }

            fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
                const TAKES: &str = "a whole number such as `12`";
                let text = cx.text(node)?;
                let read = plain_number(text, node.span, TAKES).and_then(|number| {
                    let whole = number.is_integer().then(|| number.numerator().$convert()).flatten();
                    whole.ok_or_else(|| misread("invalid-value", node.span, text, TAKES).into())
                });
                cx.accept(read)
            }
        }
    )*};
}
whole!(u32 to_u32, u64 to_u64);
