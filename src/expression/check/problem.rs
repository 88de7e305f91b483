//! What is said about operands that do not fit.

use super::{Checker, can_cast};
use crate::diagnostics::Diagnostic;
use crate::expression::ast::{Ast, AstKind, Comparison};
use crate::expression::{Decimal, Type, zone};
use crate::source::Span;

impl Checker<'_> {
    pub(super) fn mismatch(&mut self, part: &Ast, is: Type, wanted: Type, message: String, beside: Option<Span>) {
        let mut problem =
            Diagnostic::new("type-mismatch", part.span, message).label(format!("this is {}", is.described()));
        if let Some(span) = beside.filter(|span| *span != part.span) {
            problem = problem.also(span, format!("this is {}", wanted.described()));
        }
        let mut help = None;
        if let AstKind::Column { name, .. } = &part.kind
            && let Ok(index) = self.schema.find(name)
        {
            let column = &self.schema.columns[index];
            if let Some(span) = column.decided_at.filter(|span| *span != part.span) {
                problem = problem.also(span, format!("here `{name}` is used as {}", is.described()));
            }
            if !column.declared {
                help = Some(match (is, wanted) {
                    (Type::Text, Type::Boolean) => format!("compare it, such as `{name} = 'yes'`"),
                    (_, wanted) if can_cast(is, wanted) => format!(
                        "declare the type of `{name}` under the source's `columns`, or cast it: `{name}::{}`",
                        wanted.name()
                    ),
                    _ => format!("declare the type of `{name}` under the source's `columns`"),
                });
            }
        }
        let help = help
            .or_else(|| self.literal_help(part, wanted))
            .or_else(|| match (is, wanted) {
                (Type::Number, Type::Boolean) => Some("compare it, such as `… > 0`".to_owned()),
                (Type::Text, Type::Boolean) => Some("compare it, such as `… = 'yes'`".to_owned()),
                (Type::Timestamp, Type::Date) => Some("write `date(…)` for the day of a timestamp".to_owned()),
                (Type::Date, Type::Timestamp) => Some(
                    "compare days: `date(timestamp)`; or write `…::timestamp` for a day's first instant".to_owned(),
                ),
                (is, wanted) if can_cast(is, wanted) => Some(format!("cast it: `…::{}`", wanted.name())),
                _ => None,
            });
        if let Some(help) = help {
            problem = problem.help(help);
        }
        self.diagnostics.push(problem);
    }

    pub(super) fn literal_help(&self, part: &Ast, wanted: Type) -> Option<String> {
        match (&part.kind, wanted) {
            (AstKind::Text(text), Type::Number) if Decimal::parse(text).is_some() => {
                Some(format!("write `{text}` without quotes"))
            }
            (AstKind::Text(text), Type::Boolean)
                if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") =>
            {
                Some(format!("write `{}` without quotes", text.to_uppercase()))
            }
            (AstKind::Number(value), Type::Text) => Some(format!("write `'{value}'` to compare texts")),
            (AstKind::Number(value), Type::Boolean) if *value == Decimal::from(1) => Some("write `TRUE`".to_owned()),
            (AstKind::Number(value), Type::Boolean) if *value == Decimal::ZERO => Some("write `FALSE`".to_owned()),
            _ => None,
        }
    }

    pub(super) fn needs_zone(&mut self, span: Span, what: &str) {
        self.diagnostics.push(
            Diagnostic::new(
                "missing-time-zone",
                span,
                format!("{what}, and the source names no time zone"),
            )
            .help("add `time_zone: Europe/Berlin` (or the zone that applies) to the source"),
        );
    }

    /// Reports `NULL` beside a comparison, which makes it null for every row.
    pub(super) fn no_null(&mut self, parts: &[&Ast]) -> Option<()> {
        let Some(null) = parts.iter().find(|part| matches!(part.kind, AstKind::Null)) else {
            return Some(());
        };
        self.diagnostics.push(
            Diagnostic::new(
                "invalid-expression",
                null.span,
                "a comparison with `NULL` is never true",
            )
            .help("write `x IS NULL` or `x IS NOT NULL`"),
        );
        None
    }

    /// Reports a day in quotes beside a timestamp where it could mean its first instant or all of it.
    ///
    /// `<` and `>=` mean the same in both readings.
    pub(super) fn no_bare_day(&mut self, kind: Type, comparison: Comparison, operand: &Ast, day: &Ast) -> Option<()> {
        let AstKind::Text(text) = &day.kind else {
            return Some(());
        };
        let clear = matches!(comparison, Comparison::Less | Comparison::GreaterOrEqual);
        if kind != Type::Timestamp || clear || !zone::is_date_only(text) {
            return Some(());
        }
        self.diagnostics.push(
            Diagnostic::new(
                "type-mismatch",
                day.span,
                "a whole day beside a timestamp: its first instant, or all of it?",
            )
            .also(operand.span, "this is a timestamp")
            .help(format!(
                "write `date(…)` around the timestamp to compare days, or `timestamp '{text}'` for the day's first instant"
            )),
        );
        None
    }

    /// Reports booleans that are put in an order: SQL has one, a contract that uses it is a slip.
    pub(super) fn no_order(&mut self, kind: Type, first: &Ast, last: &Ast, operator: &str) -> Option<()> {
        if kind != Type::Boolean {
            return Some(());
        }
        let span = Span::new(first.span.file, first.span.start, last.span.end);
        let message = format!("{operator} puts booleans in an order");
        self.diagnostics
            .push(Diagnostic::new("type-mismatch", span, message).help("booleans are equal or not: write `=` or `<>`"));
        None
    }
}
