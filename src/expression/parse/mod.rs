mod operand;
mod token;

use std::sync::Arc;

use sqlparser::tokenizer::{Token as SqlToken, Word};

use self::token::{Token, tokens};
use super::Type;
use super::ast::{Arithmetic, Ast, AstKind, Expression, Truth};
use super::words;
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
            if previous.is_none() && words::comparison(&token.kind).is_some() {
                return Some(format!("write what is compared before it, such as `score {text} …`"));
            }
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
}
