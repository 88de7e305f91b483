use sqlparser::dialect::Dialect;
use sqlparser::tokenizer::{Location, Token as SqlToken, Tokenizer, Whitespace};

use crate::diagnostics::Diagnostic;
use crate::syntax::Snippet;

/// One token and its byte range in the snippet.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: SqlToken,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How words are spelled: letters of any script, digits and `_`; `"…"` for everything else.
#[derive(Debug)]
struct Words;

impl Dialect for Words {
    fn is_delimited_identifier_start(&self, c: char) -> bool {
        c == '"'
    }

    fn is_identifier_start(&self, c: char) -> bool {
        c.is_alphabetic() || c == '_'
    }

    fn is_identifier_part(&self, c: char) -> bool {
        c.is_alphanumeric() || c == '_'
    }
}

/// Turns the lines and columns of the tokenizer into byte offsets, in ascending order.
struct Offsets<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
    column: u64,
}

impl Offsets<'_> {
    fn advance(&mut self, to: Location) -> usize {
        for c in self.text[self.byte..].chars() {
            if (self.line, self.column) >= (to.line, to.column) {
                break;
            }
            self.byte += c.len_utf8();
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.byte
    }
}

/// Cuts a snippet into tokens without blanks.
pub(super) fn tokens(snippet: &Snippet) -> Result<Vec<Token>, Box<Diagnostic>> {
    let text = &*snippet.text;
    let mut offsets = Offsets {
        text,
        byte: 0,
        line: 1,
        column: 1,
    };
    let mut found = Vec::new();
    let outcome = Tokenizer::new(&Words, text).tokenize_with_location_into_buf(&mut found);
    let mut tokens = Vec::with_capacity(found.len());
    for token in found {
        let start = offsets.advance(token.span.start);
        let end = offsets.advance(token.span.end);
        match token.token {
            SqlToken::Whitespace(Whitespace::Space | Whitespace::Newline | Whitespace::Tab) => {}
            SqlToken::Whitespace(_) => {
                let place = snippet.locate(start, end);
                return Err(Box::new(
                    Diagnostic::new("invalid-expression", place, "an expression holds no comments")
                        .label("this starts a comment")
                        .help("put a space between two minus signs; write comments on a line of their own, after `#`"),
                ));
            }
            kind => tokens.push(Token { kind, start, end }),
        }
    }
    outcome.map(|()| tokens).map_err(|error| {
        let start = offsets.advance(error.location);
        let place = snippet.locate(start, text.len());
        Box::new(if error.message.starts_with("Unterminated string") {
            Diagnostic::new("invalid-expression", place, "a text has no closing quote")
                .label("the text starts here")
                .help("close it with `'`; write a quote inside a text twice: `'it''s'`")
        } else if error.message.contains("close delimiter") {
            Diagnostic::new("invalid-expression", place, "a quoted column name has no closing quote")
                .label("the name starts here")
                .help("close it with `\"`")
        } else {
            Diagnostic::new(
                "invalid-expression",
                place,
                "this is not in the language of expressions",
            )
        })
    })
}
