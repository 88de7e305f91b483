//! Calls of functions.

use super::{Checker, MAX_DECIMALS, boolean, number};
use crate::diagnostics::Diagnostic;
use crate::expression::ast::{Ast, AstKind, Elapsed, Function};
use crate::expression::infer::{Guess, common};
use crate::expression::typed::Operation;
use crate::expression::{DatePart, Type, Typed};

impl Checker<'_> {
    pub(super) fn call(&mut self, function: Function, arguments: &[Ast], want: Type) -> Option<Typed> {
        let name = format!("`{}`", function.name());
        let parts: Vec<&Ast> = arguments.iter().collect();
        match function {
            Function::Coalesce | Function::NullIf | Function::Least | Function::Greatest => {
                let joined = format!("{name} takes values of one type, not");
                let (kind, mut typed) = self.expect_common(&parts, Some(want), &joined)?;
                if matches!(function, Function::Least | Function::Greatest) {
                    self.no_order(kind, parts[0], parts[parts.len() - 1], &name)?;
                }
                let operation = match function {
                    Function::Coalesce => Operation::Coalesce(typed),
                    Function::Least => Operation::Least(typed),
                    Function::Greatest => Operation::Greatest(typed),
                    _ => {
                        let second = typed.pop()?;
                        Operation::NullIf(typed.pop()?, second)
                    }
                };
                Some(Typed::new(kind, operation))
            }
            Function::Abs => Some(number(Operation::Abs(self.one(arguments, Type::Number, &name)?))),
            Function::Floor => Some(number(Operation::Floor(self.one(arguments, Type::Number, &name)?))),
            Function::Ceil => Some(number(Operation::Ceil(self.one(arguments, Type::Number, &name)?))),
            Function::Round => {
                let digits = arguments.get(1).map_or(Some(0), |digits| self.decimals(digits));
                let operand = self.expect(&arguments[0], Type::Number, &name)?;
                Some(number(Operation::Round(operand, digits?)))
            }
            Function::Lower => Some(Typed::new(
                Type::Text,
                Operation::Lower(self.one(arguments, Type::Text, &name)?),
            )),
            Function::Upper => Some(Typed::new(
                Type::Text,
                Operation::Upper(self.one(arguments, Type::Text, &name)?),
            )),
            Function::Trim => Some(Typed::new(
                Type::Text,
                Operation::Trim(self.one(arguments, Type::Text, &name)?),
            )),
            Function::Length => Some(number(Operation::Length(self.one(arguments, Type::Text, &name)?))),
            Function::Substr => {
                let text = self.expect(&arguments[0], Type::Text, &name);
                let mut numbers = self.all(&arguments[1..], Type::Number, &name)?.into_iter();
                let operation = Operation::Substr(text?, numbers.next()?, numbers.next());
                Some(Typed::new(Type::Text, operation))
            }
            Function::StartsWith | Function::Contains => {
                let (a, b) = self.both(&arguments[0], &arguments[1], Type::Text, &name)?;
                Some(boolean(match function {
                    Function::StartsWith => Operation::StartsWith(a, b),
                    _ => Operation::Contains(a, b),
                }))
            }
            Function::Matches => {
                let AstKind::Text(pattern) = &arguments[1].kind else {
                    unreachable!("the parser takes a text only")
                };
                let text = self.expect(&arguments[0], Type::Text, &name)?;
                Some(boolean(Operation::Matches(text, pattern.clone())))
            }
            Function::Date => {
                let typed = self.instant_argument(&arguments[0], &name)?;
                if typed.kind == Type::Date {
                    return Some(typed);
                }
                Some(Typed::new(Type::Date, Operation::Cast(Type::Date, typed)))
            }
            Function::Part(part) => {
                let typed = self.instant_argument(&arguments[0], &name)?;
                if part == DatePart::Hour && typed.kind == Type::Date {
                    let message = "`hour` takes a timestamp, this is a date".to_owned();
                    self.mismatch(&arguments[0], Type::Date, Type::Timestamp, message, None);
                    return None;
                }
                Some(number(Operation::Part(part, typed)))
            }
            Function::Elapsed(unit) => {
                let kind = match common(arguments, self.schema) {
                    Guess::Known(Type::Date) => Type::Date,
                    _ => Type::Timestamp,
                };
                if kind == Type::Date && unit != Elapsed::Days {
                    // A day may have 23 or 25 hours; which ones depends on the zone.
                    let message = format!("{name} takes timestamps, this is a date");
                    self.mismatch(&arguments[0], Type::Date, Type::Timestamp, message, None);
                    return None;
                }
                let (a, b) = self.both(&arguments[0], &arguments[1], kind, &name)?;
                Some(number(Operation::Elapsed(unit, a, b)))
            }
        }
    }

    fn one(&mut self, arguments: &[Ast], kind: Type, name: &str) -> Option<Typed> {
        self.expect(&arguments[0], kind, name)
    }

    fn decimals(&mut self, digits: &Ast) -> Option<i8> {
        let value = match &digits.kind {
            AstKind::Number(value) => Some(*value),
            AstKind::Negate(inner) => match &inner.kind {
                AstKind::Number(value) => Some(value.negated()),
                _ => None,
            },
            _ => None,
        };
        let range = i128::from(-MAX_DECIMALS)..=i128::from(MAX_DECIMALS);
        let value = value.filter(|value| value.scale() == 0 && range.contains(&value.mantissa()));
        if value.is_none() {
            let message = "the decimals of `round` are a whole number written out";
            self.diagnostics.push(
                Diagnostic::new("invalid-expression", digits.span, message).help(format!(
                    "write a number from -{MAX_DECIMALS} to {MAX_DECIMALS}: `round(x, 2)`"
                )),
            );
        }
        i8::try_from(value?.mantissa()).ok()
    }

    /// Checks an argument that is a timestamp or a date, read in the source's zone.
    fn instant_argument(&mut self, part: &Ast, name: &str) -> Option<Typed> {
        let want = match common([part], self.schema) {
            Guess::Known(Type::Date) => Type::Date,
            _ => Type::Timestamp,
        };
        let typed = self.expect(part, want, name)?;
        if want == Type::Timestamp && self.schema.zone.is_none() {
            self.needs_zone(part.span, "the local time of a timestamp");
            return None;
        }
        Some(typed)
    }
}
