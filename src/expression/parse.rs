use std::sync::Arc;

use sqlparser::tokenizer::{Token as SqlToken, Word};

use super::ast::{Arithmetic, Ast, AstKind, Expression, Function, Truth};
use super::token::{Token, tokens};
use super::words;
use super::{Decimal, Type};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;
use crate::syntax::Snippet;

/// The longest expression, in bytes.
const MAX_BYTES: usize = 4096;
/// The most parts of an expression.
const MAX_NODES: usize = 200;
/// How deep parts can be nested.
const MAX_DEPTH: usize = 64;

/// Reads the text of an expression; reports the first thing in it that is not in the language.
pub fn parse(snippet: &Snippet, diagnostics: &mut Diagnostics) -> Option<Expression> {
    match read(snippet) {
        Ok(root) => Some(Expression { root }),
        Err(problem) => {
            diagnostics.push(*problem);
            None
        }
    }
}

fn read(snippet: &Snippet) -> Result<Ast, Box<Diagnostic>> {
    let whole = snippet.locate(0, snippet.text.len());
    if snippet.text.len() > MAX_BYTES {
        let message = format!("an expression of {} bytes: at most {MAX_BYTES}", snippet.text.len());
        return Err(Box::new(
            Diagnostic::new("expression-too-large", whole, message).help("compute the column before it is exported"),
        ));
    }
    let mut parser = Parser {
        snippet,
        tokens: tokens(snippet)?,
        next: 0,
        nodes: 0,
        depth: 0,
    };
    if parser.tokens.is_empty() {
        return Err(Box::new(
            Diagnostic::new("invalid-expression", whole, "the expression is empty")
                .help("write a condition or a value, such as `priority = 'P1'`"),
        ));
    }
    let root = parser.expression()?;
    match parser.peek() {
        None => Ok(root),
        Some(_) => Err(parser.unexpected("an operator or the end")),
    }
}

type Parsed = Result<Ast, Box<Diagnostic>>;

/// Recursive descent over the tokens; `OR < AND < NOT < IS < comparison < + - < * / % < - < ::`.
struct Parser<'a> {
    snippet: &'a Snippet,
    tokens: Vec<Token>,
    next: usize,
    nodes: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn peek_kind(&self, ahead: usize) -> Option<&SqlToken> {
        self.tokens.get(self.next + ahead).map(|token| &token.kind)
    }

    /// Byte offset of the next token's start, or of the end.
    fn here(&self) -> usize {
        self.peek().map_or(self.snippet.text.len(), |token| token.start)
    }

    /// Byte offset of the last token's end.
    fn last_end(&self) -> usize {
        self.next.checked_sub(1).map_or(0, |last| self.tokens[last].end)
    }

    fn since(&self, start: usize) -> Span {
        self.snippet.locate(start, self.last_end())
    }

    fn problem(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new("invalid-expression", span, message)
    }

    fn token_span(&self, index: usize) -> Span {
        match self.tokens.get(index) {
            Some(token) => self.snippet.locate(token.start, token.end),
            None => self.snippet.locate(self.snippet.text.len(), self.snippet.text.len()),
        }
    }

    fn token_text(&self, index: usize) -> &'a str {
        let text: &'a str = &self.snippet.text;
        self.tokens.get(index).map_or("", |token| &text[token.start..token.end])
    }

    fn accept(&mut self, kind: &SqlToken) -> bool {
        let found = self.peek_kind(0) == Some(kind);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, kind: &SqlToken, what: &str) -> Result<(), Box<Diagnostic>> {
        if self.accept(kind) {
            Ok(())
        } else {
            Err(self.unexpected(what))
        }
    }

    /// Whether the token `ahead` is the unquoted word `keyword`.
    fn is_keyword(&self, ahead: usize, keyword: &str) -> bool {
        matches!(self.peek_kind(ahead), Some(SqlToken::Word(word))
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(keyword))
    }

    fn accept_keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(0, keyword);
        self.next += usize::from(found);
        found
    }

    fn node(&mut self, kind: AstKind, start: usize) -> Parsed {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let whole = self.snippet.locate(0, self.snippet.text.len());
            let message = format!("an expression of more than {MAX_NODES} parts");
            return Err(Box::new(
                Diagnostic::new("expression-too-large", whole, message)
                    .help("compute the column before it is exported, or split the measure"),
            ));
        }
        Ok(Ast {
            kind,
            span: self.since(start),
        })
    }

    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let place = self.token_span(self.next);
            let message = format!("parts nested more than {MAX_DEPTH} deep");
            return Err(Box::new(
                Diagnostic::new("expression-too-large", place, message).help("leave out parentheses that do nothing"),
            ));
        }
        let parsed = inner(self);
        self.depth -= 1;
        parsed
    }

    /// The problem that the next token is not what belongs here.
    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let index = self.next;
        let span = self.token_span(index);
        let Some(token) = self.tokens.get(index) else {
            let problem = self.problem(span, format!("the expression ends where {expected} belongs"));
            let after_percent = index > 0 && self.tokens[index - 1].kind == SqlToken::Mod;
            return Box::new(if after_percent {
                problem.help(words::PERCENT)
            } else {
                problem.label("it ends here")
            });
        };
        let text = self.token_text(index);
        let problem = self.problem(span, format!("found `{text}` where {expected} belongs"));
        let previous = index.checked_sub(1).map(|previous| &self.tokens[previous]);
        let help = words::help_for(&token.kind, previous.map(|token| &token.kind), self.peek_kind(1)).or_else(|| {
            // Two words side by side: a column name with a blank.
            let previous = previous?;
            let both_words = matches!(
                (&previous.kind, &token.kind),
                (
                    SqlToken::Word(Word { quote_style: None, .. }),
                    SqlToken::Word(Word { quote_style: None, .. })
                )
            );
            let keyword = |index| words::is_reserved(self.token_text(index));
            (both_words && !keyword(index) && !keyword(index - 1)).then(|| {
                let name = &self.snippet.text[previous.start..token.end];
                format!("write `\"{name}\"` for a column whose name has blanks")
            })
        });
        Box::new(match help {
            Some(help) => problem.help(help),
            None => problem,
        })
    }

    fn expression(&mut self) -> Parsed {
        self.nested(|parser| {
            let start = parser.here();
            let mut left = parser.conjunction()?;
            while parser.accept_keyword("or") {
                let right = parser.conjunction()?;
                left = parser.node(AstKind::Or(Box::new(left), Box::new(right)), start)?;
            }
            Ok(left)
        })
    }

    fn conjunction(&mut self) -> Parsed {
        let start = self.here();
        let mut left = self.negation()?;
        while self.accept_keyword("and") {
            let right = self.negation()?;
            left = self.node(AstKind::And(Box::new(left), Box::new(right)), start)?;
        }
        Ok(left)
    }

    fn negation(&mut self) -> Parsed {
        let start = self.here();
        if self.accept_keyword("not") {
            let operand = self.nested(Self::negation)?;
            return self.node(AstKind::Not(Box::new(operand)), start);
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Parsed {
        let start = self.here();
        let mut left = self.sum()?;
        let mut compared: Option<Span> = None;
        loop {
            let operator = self.next;
            if let Some(comparison) = self.peek_kind(0).and_then(words::comparison) {
                self.next += 1;
                self.only_one_comparison(compared, operator)?;
                let right = self.sum()?;
                left = self.node(AstKind::Compare(comparison, Box::new(left), Box::new(right)), start)?;
                compared = Some(self.token_span(operator));
                continue;
            }
            if self.accept_keyword("is") {
                left = self.truth(left, start)?;
                continue;
            }
            let negated = self.is_keyword(0, "not");
            let word = usize::from(negated);
            if self.is_keyword(word, "in") {
                self.next += word + 1;
                self.only_one_comparison(compared, operator)?;
                left = self.membership(left, negated, start)?;
            } else if self.is_keyword(word, "between") {
                self.next += word + 1;
                self.only_one_comparison(compared, operator)?;
                let low = Box::new(self.sum()?);
                if !self.accept_keyword("and") {
                    return Err(self.unexpected("`AND` of `BETWEEN … AND …`"));
                }
                let high = Box::new(self.sum()?);
                let operand = Box::new(left);
                left = self.node(
                    AstKind::Between {
                        operand,
                        low,
                        high,
                        negated,
                    },
                    start,
                )?;
            } else if self.is_keyword(word, "like") {
                self.next += word + 1;
                self.only_one_comparison(compared, operator)?;
                left = self.like(left, negated, start)?;
            } else {
                return Ok(left);
            }
            compared = Some(self.token_span(operator));
        }
    }

    fn only_one_comparison(&self, before: Option<Span>, operator: usize) -> Result<(), Box<Diagnostic>> {
        let Some(before) = before else { return Ok(()) };
        Err(Box::new(
            self.problem(self.token_span(operator), "comparisons cannot be chained")
                .also(before, "the first comparison")
                .help("join two comparisons with `AND`: `a < b AND b < c`; or put parentheses around one"),
        ))
    }

    fn truth(&mut self, operand: Ast, start: usize) -> Parsed {
        let negated = self.accept_keyword("not");
        let truth = if self.accept_keyword("null") {
            Truth::Null
        } else if self.accept_keyword("true") {
            Truth::True
        } else if self.accept_keyword("false") {
            Truth::False
        } else {
            return Err(self.unexpected("`NULL`, `TRUE` or `FALSE`"));
        };
        let operand = Box::new(operand);
        self.node(
            AstKind::Is {
                operand,
                truth,
                negated,
            },
            start,
        )
    }

    fn membership(&mut self, operand: Ast, negated: bool, start: usize) -> Parsed {
        self.expect(&SqlToken::LParen, "`(` of a list of values")?;
        let list = self.list("a value")?;
        let operand = Box::new(operand);
        self.node(AstKind::In { operand, list, negated }, start)
    }

    fn like(&mut self, operand: Ast, negated: bool, start: usize) -> Parsed {
        let index = self.next;
        let Some(SqlToken::SingleQuotedString(pattern)) = self.peek_kind(0) else {
            return Err(self.unexpected("a pattern in single quotes"));
        };
        let pattern: Arc<str> = pattern.as_str().into();
        self.next += 1;
        if self.is_keyword(0, "escape") {
            return Err(Box::new(
                self.problem(self.token_span(self.next), "`ESCAPE` is not in the language")
                    .also(self.token_span(index), "the pattern")
                    .help("use `contains(x, '50%')` or `starts_with(x, '50%')`, which know no wildcards"),
            ));
        }
        let operand = Box::new(operand);
        self.node(
            AstKind::Like {
                operand,
                pattern,
                negated,
            },
            start,
        )
    }

    fn sum(&mut self) -> Parsed {
        let start = self.here();
        let mut left = self.product()?;
        loop {
            let arithmetic = match self.peek_kind(0) {
                Some(SqlToken::Plus) => Arithmetic::Add,
                Some(SqlToken::Minus) => Arithmetic::Subtract,
                _ => return Ok(left),
            };
            self.next += 1;
            let right = self.product()?;
            left = self.node(AstKind::Arithmetic(arithmetic, Box::new(left), Box::new(right)), start)?;
        }
    }

    fn product(&mut self) -> Parsed {
        let start = self.here();
        let mut left = self.sign()?;
        loop {
            let arithmetic = match self.peek_kind(0) {
                Some(SqlToken::Mul) => Arithmetic::Multiply,
                Some(SqlToken::Div) => Arithmetic::Divide,
                Some(SqlToken::Mod) => Arithmetic::Remainder,
                _ => return Ok(left),
            };
            self.next += 1;
            if arithmetic == Arithmetic::Remainder && self.ends_operand() {
                return Err(Box::new(
                    self.problem(
                        self.token_span(self.next - 1),
                        "`%` is the remainder of a division here",
                    )
                    .help(words::PERCENT),
                ));
            }
            let right = self.sign()?;
            left = self.node(AstKind::Arithmetic(arithmetic, Box::new(left), Box::new(right)), start)?;
        }
    }

    /// Whether no operand can start at the next token.
    fn ends_operand(&self) -> bool {
        match self.peek_kind(0) {
            None | Some(SqlToken::RParen | SqlToken::Comma) => true,
            Some(SqlToken::Word(word)) => {
                word.quote_style.is_none()
                    && ["and", "or", "then", "when", "else", "end"]
                        .iter()
                        .any(|keyword| word.value.eq_ignore_ascii_case(keyword))
            }
            _ => false,
        }
    }

    fn sign(&mut self) -> Parsed {
        let start = self.here();
        if self.accept(&SqlToken::Minus) {
            let operand = self.nested(Self::sign)?;
            return self.node(AstKind::Negate(Box::new(operand)), start);
        }
        let mut operand = self.primary()?;
        while self.accept(&SqlToken::DoubleColon) {
            let to = self.type_name()?;
            operand = self.node(
                AstKind::Cast {
                    operand: Box::new(operand),
                    to,
                },
                start,
            )?;
        }
        Ok(operand)
    }

    fn type_name(&mut self) -> Result<Type, Box<Diagnostic>> {
        let name = self.token_text(self.next).to_ascii_lowercase();
        if let Some(kind) = words::type_named(&name) {
            self.next += 1;
            return Ok(kind);
        }
        let mut problem = *self.unexpected("a type");
        problem.help = Some(match words::foreign_type(&name) {
            Some(kind) => format!("write `::{}`", kind.name()),
            None => "the types are `number`, `text`, `boolean`, `timestamp` and `date`".to_owned(),
        });
        Err(Box::new(problem))
    }

    fn primary(&mut self) -> Parsed {
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
            return Err(self.unexpected("a value"));
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

    fn sub_query(&self, index: usize) -> Box<Diagnostic> {
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
    fn list(&mut self, what: &str) -> Result<Vec<Ast>, Box<Diagnostic>> {
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
