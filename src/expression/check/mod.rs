mod call;
mod problem;

use std::sync::Arc;

use super::ast::{Arithmetic, Ast, AstKind, Comparison, Truth};
use super::infer::{Guess, common, results};
use super::typed::Operation;
use super::zone::{self, Unreadable};
use super::{Expected, Expression, Literal, NoColumn, Schema, Type, Typed};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

/// Most decimals that `round` keeps.
const MAX_DECIMALS: i64 = 18;

/// Binds the names of an expression to columns and checks every type.
///
/// Run [`infer`](super::infer) over all expressions of the source first.
pub fn check(
    expression: &Expression,
    schema: &Schema,
    expected: impl Into<Expected>,
    diagnostics: &mut Diagnostics,
) -> Option<Typed> {
    let mut checker = Checker { schema, diagnostics };
    match expected.into() {
        Expected::Is(kind) => checker.expect(&expression.root, kind, "the field"),
        Expected::Any => {
            let want = match common([&expression.root], schema) {
                Guess::Known(kind) => kind,
                Guess::TextLiteral | Guess::Open => Type::Text,
            };
            checker.part(&expression.root, want)
        }
    }
}

struct Checker<'a> {
    schema: &'a Schema,
    diagnostics: &'a mut Diagnostics,
}

fn boolean(operation: Operation<Typed>) -> Typed {
    Typed::new(Type::Boolean, operation)
}

fn number(operation: Operation<Typed>) -> Typed {
    Typed::new(Type::Number, operation)
}

fn negated(condition: Typed, negated: bool) -> Typed {
    if negated {
        boolean(Operation::Not(condition))
    } else {
        condition
    }
}

impl Checker<'_> {
    /// Checks a part that must be of type `kind`; `taker` is what takes it, for the message.
    fn expect(&mut self, part: &Ast, kind: Type, taker: &str) -> Option<Typed> {
        let typed = self.part(part, kind)?;
        if typed.kind == kind {
            return Some(typed);
        }
        let message = format!("{taker} takes {}, this is {}", kind.described(), typed.kind.described());
        self.mismatch(part, typed.kind, kind, message, None);
        None
    }

    /// Checks parts that must share one type.
    fn expect_common(&mut self, parts: &[&Ast], want: Option<Type>, joined: &str) -> Option<(Type, Vec<Typed>)> {
        let kind = match (common(parts.iter().copied(), self.schema), want) {
            (Guess::Known(kind), _) | (_, Some(kind)) => kind,
            _ => Type::Text,
        };
        let first = parts
            .iter()
            .find(|part| common([**part], self.schema) == Guess::Known(kind));
        let mut typed = Vec::with_capacity(parts.len());
        let mut fine = true;
        for part in parts {
            match self.part(part, kind) {
                Some(part) if part.kind == kind => typed.push(part),
                Some(other) => {
                    let message = format!("{joined} {} and {}", kind.described(), other.kind.described());
                    self.mismatch(part, other.kind, kind, message, first.map(|first| first.span));
                    fine = false;
                }
                None => fine = false,
            }
        }
        fine.then_some((kind, typed))
    }

    /// Checks a part. `want` gives `NULL` its type and makes a text a timestamp or date; the result
    /// may still be of another type.
    fn part(&mut self, part: &Ast, want: Type) -> Option<Typed> {
        match &part.kind {
            AstKind::Column { name, quoted } => self.column(name, *quoted, part.span),
            AstKind::Number(value) => Some(Typed::constant(Literal::Number(*value))),
            AstKind::Text(text) => match want {
                Type::Timestamp | Type::Date => self.instant(want, text, part.span),
                _ => Some(Typed::constant(Literal::Text(text.clone()))),
            },
            AstKind::Boolean(value) => Some(Typed::constant(Literal::Boolean(*value))),
            AstKind::Null => Some(Typed::constant(Literal::Null(want))),
            AstKind::Instant { kind, text } => self.instant(*kind, text, part.span),
            AstKind::Not(a) => {
                let a = self.expect(a, Type::Boolean, "`NOT`")?;
                Some(boolean(Operation::Not(a)))
            }
            AstKind::And(a, b) => {
                let (a, b) = self.both(a, b, Type::Boolean, "`AND`")?;
                Some(boolean(Operation::And(a, b)))
            }
            AstKind::Or(a, b) => {
                let (a, b) = self.both(a, b, Type::Boolean, "`OR`")?;
                Some(boolean(Operation::Or(a, b)))
            }
            AstKind::Negate(a) => {
                let a = self.expect(a, Type::Number, "`-`")?;
                Some(match &*a.operation {
                    Operation::Constant(Literal::Number(value)) => Typed::constant(Literal::Number(value.negated())),
                    _ => number(Operation::Negate(a)),
                })
            }
            AstKind::Arithmetic(arithmetic, a, b) => self.arithmetic(*arithmetic, a, b),
            AstKind::Compare(comparison, a, b) => self.compare(*comparison, a, b),
            AstKind::Between {
                operand,
                low,
                high,
                negated: not,
            } => {
                self.no_null(&[operand, low, high])?;
                let parts = [&**operand, &**low, &**high];
                let (kind, typed) = self.expect_common(&parts, None, "compares")?;
                self.no_bare_day(kind, Comparison::LessOrEqual, operand, high)?;
                self.no_order(kind, operand, high, "`BETWEEN`")?;
                let [operand, low, high] = <[Typed; 3]>::try_from(typed).ok()?;
                let above = boolean(Operation::Compare(Comparison::GreaterOrEqual, operand.clone(), low));
                let below = boolean(Operation::Compare(Comparison::LessOrEqual, operand, high));
                Some(negated(boolean(Operation::And(above, below)), *not))
            }
            AstKind::In {
                operand,
                list,
                negated: not,
            } => {
                let parts: Vec<&Ast> = std::iter::once(&**operand).chain(list).collect();
                self.no_null(&parts)?;
                let (kind, mut typed) = self.expect_common(&parts, None, "compares")?;
                for item in list {
                    self.no_bare_day(kind, Comparison::Equal, operand, item)?;
                }
                let operand = typed.remove(0);
                Some(negated(boolean(Operation::In(operand, typed)), *not))
            }
            AstKind::Like {
                operand,
                pattern,
                negated: not,
            } => {
                let operand = self.expect(operand, Type::Text, "`LIKE`")?;
                Some(negated(boolean(Operation::Like(operand, pattern.clone())), *not))
            }
            AstKind::Is {
                operand,
                truth,
                negated: not,
            } => {
                let operand = match truth {
                    Truth::Null => self.part(operand, Type::Text)?,
                    Truth::True | Truth::False => self.expect(operand, Type::Boolean, "`IS TRUE` and `IS FALSE`")?,
                };
                Some(negated(boolean(Operation::Is(*truth, operand)), *not))
            }
            AstKind::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.as_deref(), branches, otherwise.as_deref(), want),
            AstKind::Cast { operand, to } => self.cast(operand, *to, part.span),
            AstKind::Call { function, arguments } => self.call(*function, arguments, want),
        }
    }

    fn both(&mut self, a: &Ast, b: &Ast, kind: Type, taker: &str) -> Option<(Typed, Typed)> {
        let (a, b) = (self.expect(a, kind, taker), self.expect(b, kind, taker));
        Some((a?, b?))
    }

    fn all(&mut self, parts: &[Ast], kind: Type, taker: &str) -> Option<Vec<Typed>> {
        let typed: Vec<Option<Typed>> = parts.iter().map(|part| self.expect(part, kind, taker)).collect();
        typed.into_iter().collect()
    }

    fn column(&mut self, name: &Arc<str>, quoted: bool, span: Span) -> Option<Typed> {
        match self.schema.find(name) {
            Ok(index) => {
                let (known, column) = self.schema.columns.get_index(index).expect("found");
                let operation = Operation::Column(index, known.as_str().into());
                return Some(Typed::new(column.kind.unwrap_or(Type::Text), operation));
            }
            Err(NoColumn::Ambiguous(first, second)) => self.diagnostics.push(
                Diagnostic::new(
                    "ambiguous-column",
                    span,
                    format!("`{name}` fits both `{first}` and `{second}`"),
                )
                .help(format!(
                    "write the name as the data do: `\"{first}\"` or `\"{second}\"`"
                )),
            ),
            Err(NoColumn::Unknown(near)) => {
                let problem = Diagnostic::new("unknown-column", span, format!("the source has no column `{name}`"));
                let text = name.replace('\'', "''");
                let renamed = self.schema.renamed(name).filter(|_| !quoted);
                let help = match near {
                    _ if renamed.is_some() => {
                        let other = renamed.unwrap_or_default();
                        format!(
                            "give the column that name on its source: `columns: {{ {name}: {{ from: \"{other}\" }} }}`"
                        )
                    }
                    Some(near) if quoted => format!("did you mean `\"{near}\"`, or the text `'{text}'`?"),
                    Some(near) => format!("did you mean `{near}`?"),
                    None if quoted => format!("a text stands in single quotes: `'{text}'`"),
                    None if self.schema.columns.is_empty() => "the source has no columns".to_owned(),
                    None => {
                        let names = self.schema.columns.keys().take(12).map(|name| format!("`{name}`"));
                        let names: Vec<String> = names.collect();
                        format!(
                            "a text stands in single quotes: `'{text}'`; the columns are {}",
                            names.join(", ")
                        )
                    }
                };
                self.diagnostics.push(problem.help(help));
            }
        }
        None
    }

    fn instant(&mut self, kind: Type, text: &str, span: Span) -> Option<Typed> {
        let (problem, help) = match kind {
            Type::Date => match zone::parse_date(text) {
                Some(days) => return Some(Typed::constant(Literal::Date(days))),
                None if zone::has_iso_date(text) && !zone::is_date_only(text) => (
                    format!("`{text}` is more than a day"),
                    format!("write `'{}'`", &text[..10]),
                ),
                None => (format!("`{text}` is not a date"), "write `2026-10-31`".to_owned()),
            },
            _ => match zone::parse_timestamp(text, self.schema.zone.as_ref()) {
                Ok(micros) => return Some(Typed::constant(Literal::Timestamp(micros))),
                Err(Unreadable::NoZone) => {
                    self.needs_zone(span, "a timestamp without an offset");
                    return None;
                }
                Err(Unreadable::NotIso) => (
                    format!("`{text}` is not a timestamp"),
                    "write `2026-10-31T18:00`, or with an offset `2026-10-31T18:00+01:00`".to_owned(),
                ),
            },
        };
        self.diagnostics
            .push(Diagnostic::new("invalid-date", span, problem).help(help));
        None
    }

    fn arithmetic(&mut self, arithmetic: Arithmetic, a: &Ast, b: &Ast) -> Option<Typed> {
        let instants =
            [a, b].map(|part| matches!(common([part], self.schema), Guess::Known(Type::Timestamp | Type::Date)));
        if arithmetic == Arithmetic::Subtract && instants == [true, true] {
            let span = Span::new(a.span.file, a.span.start, b.span.end);
            self.diagnostics.push(
                Diagnostic::new("type-mismatch", span, "`-` takes numbers, these are instants").help(
                    "write `minutes_between(a, b)`, `hours_between(a, b)` or `days_between(a, b)`: each is b − a",
                ),
            );
            return None;
        }
        let taker = format!("`{}`", arithmetic.symbol());
        let (a, b) = self.both(a, b, Type::Number, &taker)?;
        Some(number(Operation::Arithmetic(arithmetic, a, b)))
    }

    fn compare(&mut self, comparison: Comparison, a: &Ast, b: &Ast) -> Option<Typed> {
        self.no_null(&[a, b])?;
        let (kind, typed) = self.expect_common(&[a, b], None, "compares")?;
        self.no_bare_day(kind, comparison, a, b)?;
        self.no_bare_day(kind, comparison.swapped(), b, a)?;
        if comparison.is_ordering() {
            self.no_order(kind, a, b, &format!("`{}`", comparison.symbol()))?;
        }
        let [a, b] = <[Typed; 2]>::try_from(typed).ok()?;
        Some(boolean(Operation::Compare(comparison, a, b)))
    }

    fn case(
        &mut self,
        operand: Option<&Ast>,
        branches: &[(Ast, Ast)],
        otherwise: Option<&Ast>,
        want: Type,
    ) -> Option<Typed> {
        let whens: Vec<&Ast> = branches.iter().map(|(when, _)| when).collect();
        let conditions = match operand {
            None => {
                let typed: Vec<Option<Typed>> = whens
                    .iter()
                    .map(|when| self.expect(when, Type::Boolean, "`WHEN`"))
                    .collect();
                typed.into_iter().collect::<Option<Vec<Typed>>>()
            }
            Some(operand) => {
                let parts: Vec<&Ast> = std::iter::once(operand).chain(whens).collect();
                self.no_null(&parts)?;
                self.expect_common(&parts, None, "compares").map(|(_, mut typed)| {
                    let operand = typed.remove(0);
                    let equal = |when| boolean(Operation::Compare(Comparison::Equal, operand.clone(), when));
                    typed.into_iter().map(equal).collect()
                })
            }
        };
        let outcomes: Vec<&Ast> = results(branches, otherwise).collect();
        let (kind, mut typed) = self.expect_common(&outcomes, Some(want), "`CASE` results in")?;
        let otherwise = match otherwise {
            Some(_) => typed.pop()?,
            None => Typed::constant(Literal::Null(kind)),
        };
        let branches = conditions?.into_iter().zip(typed).collect();
        Some(Typed::new(kind, Operation::Case(branches, otherwise)))
    }

    fn cast(&mut self, operand: &Ast, to: Type, span: Span) -> Option<Typed> {
        // A text that is cast stays text: `'2026-10-31'::timestamp` is read as one here and now.
        if let AstKind::Text(text) = &operand.kind
            && matches!(to, Type::Timestamp | Type::Date)
        {
            return self.instant(to, text, operand.span);
        }
        let typed = self.part(
            operand,
            if matches!(operand.kind, AstKind::Null) {
                to
            } else {
                Type::Text
            },
        )?;
        if typed.kind == to {
            return Some(typed);
        }
        if !can_cast(typed.kind, to) {
            let message = format!("{} cannot become {}", typed.kind.described(), to.described());
            let problem = Diagnostic::new("type-mismatch", span, message);
            self.diagnostics.push(match (typed.kind, to) {
                (Type::Number, Type::Boolean) => problem.help("compare it, such as `x <> 0`"),
                (Type::Timestamp | Type::Date, Type::Number) => {
                    problem.help("count time with `minutes_between(a, b)`, or take a part with `year(x)`")
                }
                _ => problem,
            });
            return None;
        }
        let crosses_zone = matches!(
            (typed.kind, to),
            (Type::Timestamp, Type::Date | Type::Text) | (Type::Date, Type::Timestamp)
        );
        if crosses_zone && self.schema.zone.is_none() {
            self.needs_zone(span, "a cast between an instant and local time");
            return None;
        }
        Some(Typed::new(to, Operation::Cast(to, typed)))
    }
}

/// Whether a cast exists.
fn can_cast(from: Type, to: Type) -> bool {
    use Type::{Boolean, Date, Number, Text, Timestamp};
    matches!(
        (from, to),
        (Text, _) | (_, Text) | (Boolean, Number) | (Timestamp, Date) | (Date, Timestamp)
    ) || from == to
}
