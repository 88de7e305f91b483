use std::sync::Arc;

use sqlparser::tokenizer::Token as SqlToken;

use super::token::Token;
use super::{Parsed, Parser};
use crate::diagnostics::Diagnostic;
use crate::expression::ast::{Ast, AstKind, Function};
use crate::expression::{Decimal, words};

impl Parser<'_> {
    /// Reads what operators stand between.
    pub(super) fn primary(&mut self) -> Parsed {
        let start = self.here();
        let index = self.next;
        let Some(token) = self.tokens.get(index).cloned() else {
            return Err(self.unexpected("a value"));
        };
        match &token.kind {
            SqlToken::Number(digits, long) => {
                self.next += 1;
                let value = self.number(digits, *long, index)?;
                self.node(AstKind::Number(value), start)
            }
            SqlToken::SingleQuotedString(text) => {
                self.next += 1;
                self.node(AstKind::Text(text.as_str().into()), start)
            }
            SqlToken::LParen => {
                self.next += 1;
                if self.is_keyword(0, "select") {
                    return Err(self.sub_query(self.next));
                }
                let inner = self.expression()?;
                if self.peek_kind(0) == Some(&SqlToken::Comma) {
                    let problem = self.problem(self.token_span(self.next), "a list of values stands only after `IN`");
                    return Err(Box::new(problem.help(words::DECIMAL_POINT)));
                }
                self.expect(&SqlToken::RParen, "`)`")?;
                Ok(Ast {
                    span: self.since(start),
                    ..inner
                })
            }
            SqlToken::Word(word) if word.quote_style.is_some() => {
                self.next += 1;
                let kind = AstKind::Column {
                    name: word.value.as_str().into(),
                    quoted: true,
                };
                self.node(kind, start)
            }
            SqlToken::Word(word) => self.word(&word.value, start),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn number(&self, digits: &str, long: bool, index: usize) -> Result<Decimal, Box<Diagnostic>> {
        let span = self.token_span(index);
        let text = self.token_text(index);
        let glued = self
            .tokens
            .get(index + 1)
            .filter(|next| next.start == self.tokens[index].end);
        if let Some(Token {
            kind: SqlToken::Word(unit),
            end,
            ..
        }) = glued
        {
            let span = self.snippet.locate(self.tokens[index].start, *end);
            let problem = self.problem(span, format!("`{digits}{}` carries a unit", unit.value));
            return Err(Box::new(problem.help(
                "numbers in expressions are plain; for a duration compare `minutes_between(a, b)` or `hours_between(a, b)`",
            )));
        }
        let problem = |message: String, help: &str| Err(Box::new(self.problem(span, message).help(help)));
        if long || text.contains(['e', 'E']) {
            return problem(
                format!("`{text}` is not a plain decimal"),
                "write the digits out: `1500`, `0.25`",
            );
        }
        if digits.starts_with('.') {
            return problem(
                format!("`{text}` has no digit before the point"),
                &format!("write `0{text}`"),
            );
        }
        if let Some(whole) = digits.strip_suffix('.') {
            return problem(
                format!("`{text}` has no digit after the point"),
                &format!("write `{whole}`"),
            );
        }
        Decimal::parse(digits).map_or_else(
            || {
                problem(
                    "a number of more than 38 digits".to_owned(),
                    "numbers have at most 38 digits",
                )
            },
            Ok,
        )
    }

    fn word(&mut self, word: &str, start: usize) -> Parsed {
        let index = self.next;
        let lower = word.to_lowercase();
        let called = self.peek_kind(1) == Some(&SqlToken::LParen);
        match &*lower {
            "true" | "false" => {
                self.next += 1;
                return self.node(AstKind::Boolean(lower == "true"), start);
            }
            "null" => {
                self.next += 1;
                return self.node(AstKind::Null, start);
            }
            "case" => return self.nested(Self::case),
            "select" | "exists" => return Err(self.sub_query(index)),
            "timestamp" | "date" => {
                if let Some(SqlToken::SingleQuotedString(text)) = self.peek_kind(1) {
                    let text: Arc<str> = text.as_str().into();
                    let kind = words::type_named(&lower).expect("both are types");
                    self.next += 2;
                    return self.node(AstKind::Instant { kind, text }, start);
                }
            }
            _ => {}
        }
        if called {
            return self.nested(|parser| parser.call(&lower, start));
        }
        if let Some((message, help)) = words::not_a_column(&lower, self.peek_kind(1)) {
            return Err(Box::new(self.problem(self.token_span(index), message).help(help)));
        }
        if words::is_reserved(word) {
            let problem = *self.unexpected("a value");
            let compared = self.peek_kind(1).is_some_and(|next| words::comparison(next).is_some());
            return Err(Box::new(if compared {
                problem.help(format!("write `\"{word}\"` if that is a column's name"))
            } else {
                problem
            }));
        }
        self.next += 1;
        if self.accept(&SqlToken::Period) {
            self.next = (self.next + 1).min(self.tokens.len());
            let span = self.since(start);
            let name = self.snippet.text[start..self.last_end()].to_owned();
            let problem = self.problem(span, "a column has no table in front of it");
            return Err(Box::new(problem.help(format!(
                "an expression sees one row of its source; write `\"{name}\"` if that is the column's name"
            ))));
        }
        let kind = AstKind::Column {
            name: word.into(),
            quoted: false,
        };
        self.node(kind, start)
    }

    pub(super) fn sub_query(&self, index: usize) -> Box<Diagnostic> {
        Box::new(
            self.problem(self.token_span(index), "an expression has no sub-queries")
                .label("a query starts here")
                .help("an expression sees one row; bring a column of another source in with `lookup` on the source"),
        )
    }

    fn case(&mut self) -> Parsed {
        let start = self.here();
        self.next += 1;
        let operand = if self.is_keyword(0, "when") {
            None
        } else {
            Some(Box::new(self.expression()?))
        };
        let mut branches = Vec::new();
        while self.accept_keyword("when") {
            let when = self.expression()?;
            if !self.accept_keyword("then") {
                return Err(self.unexpected("`THEN`"));
            }
            branches.push((when, self.expression()?));
        }
        if branches.is_empty() {
            return Err(self.unexpected("`WHEN`"));
        }
        let otherwise = if self.accept_keyword("else") {
            Some(Box::new(self.expression()?))
        } else {
            None
        };
        if !self.accept_keyword("end") {
            return Err(self.unexpected("`END` of `CASE`"));
        }
        let kind = AstKind::Case {
            operand,
            branches,
            otherwise,
        };
        self.node(kind, start)
    }

    /// Reads `a, b)` up to and with the parenthesis.
    pub(super) fn list(&mut self, what: &str) -> Result<Vec<Ast>, Box<Diagnostic>> {
        let mut items = Vec::new();
        loop {
            if self.is_keyword(0, "select") {
                return Err(self.sub_query(self.next));
            }
            if matches!(self.peek_kind(0), Some(SqlToken::RParen)) {
                return Err(self.unexpected(what));
            }
            items.push(self.expression()?);
            if !self.accept(&SqlToken::Comma) {
                self.expect(&SqlToken::RParen, "`,` or `)`")?;
                return Ok(items);
            }
        }
    }

    fn call(&mut self, name: &str, start: usize) -> Parsed {
        let index = self.next;
        let span = self.token_span(index);
        if self.is_keyword(2, "select") {
            return Err(self.sub_query(index + 2));
        }
        let Some((_, function, fewest, most)) = Function::ALL.iter().find(|(known, ..)| *known == name) else {
            return Err(Box::new(words::unknown_function(name, span)));
        };
        self.next += 2;
        let arguments = if self.accept(&SqlToken::RParen) {
            Vec::new()
        } else {
            self.list("an argument")?
        };
        if !(*fewest..=*most).contains(&arguments.len()) {
            let takes = match (fewest, most) {
                (1, 1) => "one argument".to_owned(),
                (2, 2) => "two arguments".to_owned(),
                (few, 200) => format!("at least {few} arguments"),
                (few, many) => format!("{few} or {many} arguments"),
            };
            let message = format!("`{name}` takes {takes}, not {}", arguments.len());
            return Err(Box::new(self.problem(self.since(start), message)));
        }
        if *function == Function::Matches {
            self.regex(&arguments[1])?;
        }
        let kind = AstKind::Call {
            function: *function,
            arguments,
        };
        self.node(kind, start)
    }

    fn regex(&self, pattern: &Ast) -> Result<(), Box<Diagnostic>> {
        let AstKind::Text(text) = &pattern.kind else {
            let problem = self.problem(pattern.span, "the pattern of `matches` is not a text in single quotes");
            return Err(Box::new(
                problem.help("write the pattern itself: `matches(code, '^INC[0-9]+$')`"),
            ));
        };
        words::compile(text)
            .map(|_| ())
            .map_err(|(message, help)| Box::new(self.problem(pattern.span, message).help(help)))
    }
}
