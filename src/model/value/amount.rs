use num_traits::ToPrimitive;
use schemars::{Schema, SchemaGenerator};

use super::number::{percent, punctuated};
use super::{Read, duration, misread, refuse, starts_with_operator, wrong_unit};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::lower::{Lower, Lowering};
use crate::model::publish;
use crate::quantity::{Quantity, Rational, Unit};
use crate::source::Span;
use crate::syntax::Node;

/// A value whose unit the KPI's measure decides, as it is written.
///
/// [`Value::quantity`] reads it in a unit once that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The text.
    pub text: String,
    /// The number: of a percentage the ratio, of a duration microseconds, else as written.
    pub number: Rational,
    /// The unit it carries.
    pub written: Written,
}

/// The unit a [`Value`] carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// None.
    Bare,
    /// `%`.
    Percent,
    /// Hours, minutes and so on; whole `days` too, which the unit `days` counts.
    Duration,
}

/// A value, or one that the KPI already has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The KPI's target.
    Target,
    /// The KPI's minimum.
    Minimum,
    /// A value of its own.
    Value(Value),
}

const VALUE: &str = r"^[+-]?[0-9]+(\.[0-9]+)?( ?%|( ?[a-z]+( [0-9]+(\.[0-9]+)? ?[a-z]+)*))?$|^([0-9]+[wdhms] ?)+$";
/// Microseconds of a day of 24 hours.
const DAY: i64 = 86_400 * crate::quantity::MICROS_PER_SECOND;
const TAKES: &str = "a value with its unit such as `99.95%`, `4h` or `12.50`";

fn value(text: &str, span: Span) -> Read<Value> {
    let made = |number, written| Value {
        text: text.to_owned(),
        number,
        written,
    };
    if starts_with_operator(text) {
        return refuse(super::misplaced_operator(text, span));
    }
    if text.ends_with('%') {
        return percent(text, span).map(|ratio| made(ratio, Written::Percent));
    }
    if let Some(number) = Rational::parse_decimal(text) {
        return Ok(made(number, Written::Bare));
    }
    if let Some(micros) = duration::micros(text) {
        if micros.is_integer() && micros.numerator().to_i64().is_some() {
            return Ok(made(micros, Written::Duration));
        }
        return refuse(misread(
            "invalid-duration",
            span,
            text,
            "a duration in whole microseconds",
        ));
    }
    refuse(punctuated(text, "", span).unwrap_or_else(|| misread("invalid-value", span, text, TAKES)))
}

impl Value {
    /// Returns one of the last digit that is written, in the base of `unit`: of `99.18%` 0.0001, of `2h 30m`
    /// a minute, of `12.50` 0.01.
    pub fn step(&self, unit: Unit) -> Rational {
        let decimals = |digits: &str| digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let last_of = |digits: &str| Rational::from_decimal(1, u32::try_from(decimals(digits)).unwrap_or(u32::MAX));
        match self.written {
            Written::Bare => last_of(&self.text),
            Written::Percent => &last_of(self.text.trim_end_matches('%').trim_end()) * &Rational::from_decimal(1, 2),
            Written::Duration => {
                let (digits, micros) = duration::last_part(&self.text);
                let micros = match unit {
                    Unit::Days => Rational::new(micros, DAY).unwrap_or_default(),
                    _ => Rational::integer(micros),
                };
                &last_of(digits) * &micros
            }
        }
    }

    /// Reads the value in `unit`, or reports at `span` that it carries another one.
    pub fn quantity(&self, unit: Unit, span: Span, diagnostics: &mut Diagnostics) -> Option<Quantity> {
        let per_day = Rational::integer(DAY);
        let finding = match (unit, self.written) {
            (Unit::Percent, Written::Percent) | (Unit::Duration, Written::Duration) => {
                return Some(Quantity::new(self.number.clone(), unit));
            }
            (Unit::Days | Unit::Money | Unit::Number | Unit::Count, Written::Bare) => {
                return Some(Quantity::new(self.number.clone(), unit));
            }
            (Unit::Days, Written::Duration) => {
                return Some(Quantity::new(self.number.checked_div(&per_day)?, unit));
            }
            (Unit::Percent, _) => match percent(&self.text, span) {
                Ok(_) => return None,
                Err(finding) => *finding,
            },
            (Unit::Duration, Written::Bare) => {
                let finding = Diagnostic::new(
                    "wrong-unit",
                    span,
                    format!("`{}` is a number without a unit", self.text),
                );
                finding.help(format!(
                    "it takes a duration: write `{0}h`, `{0}m` or another unit",
                    self.text
                ))
            }
            (Unit::Duration, _) => wrong_unit(&self.text, span, "a duration such as `4h` or `1h 30m`"),
            (Unit::Days, _) => wrong_unit(&self.text, span, "a number of days such as `14` or `14d`"),
            (Unit::Money, _) => wrong_unit(&self.text, span, "an amount of money such as `12.50`"),
            (Unit::Number | Unit::Count, _) => wrong_unit(&self.text, span, "a plain number such as `12.5`"),
        };
        diagnostics.push(finding);
        None
    }
}

impl Lower for Value {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string", "number"], Some(VALUE), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let text = cx.text(node)?;
        cx.accept(value(text, node.span))
    }
}

impl Lower for Limit {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string", "number"], Some(&format!("^(target|minimum)$|{VALUE}")), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        match cx.text(node)? {
            "target" => Some(Self::Target),
            "minimum" => Some(Self::Minimum),
            text => cx.accept(value(text, node.span)).map(Self::Value),
        }
    }
}
