//! The tags of a template and their tokens, as far as counting needs them; the engine's own lexer is not to be had.

use std::ops::Range;

/// A tag: `{{ … }}` or `{% … %}`.
#[derive(Debug)]
pub(super) struct Tag<'t> {
    /// From its first to its last brace.
    pub(super) range: Range<usize>,
    /// Whether it is a statement.
    is_statement: bool,
    pub(super) tokens: Vec<Token<'t>>,
}

/// A token and where it stands in the template.
#[derive(Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) start: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// Text in quotes.
    Text,
    Open,
    Close,
    Comma,
    Colon,
    /// `=`.
    Assign,
    /// Any other sign.
    Operator,
}

impl Tag<'_> {
    /// The keyword of a statement.
    pub(super) fn keyword(&self) -> Option<&str> {
        let first = self.tokens.first().filter(|_| self.is_statement);
        first.map(|token| token.text)
    }

    /// The indices of the tokens that stand in no brackets.
    pub(super) fn outer(&self) -> Vec<usize> {
        let mut depth = 0usize;
        let mut outer = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ if depth == 0 => outer.push(index),
                _ => {}
            }
        }
        outer
    }
}

/// Finds the tags of a template; what is commented out or raw has none. One that does not end, which the engine
/// refuses, ends the list.
pub(super) fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('{').map(|found| at + found) {
        let rest = &text[start..];
        if rest.starts_with("{#") {
            match rest.find("#}") {
                Some(end) => at = start + end + 2,
                None => break,
            }
        } else if rest.starts_with("{{") || rest.starts_with("{%") {
            let Some(tag) = tag(text, start) else { break };
            at = tag.range.end;
            if tag.keyword() == Some("raw") {
                match end_of_raw(text, at) {
                    Some(end) => at = end,
                    None => break,
                }
            }
            tags.push(tag);
        } else {
            at = start + 1;
        }
    }
    tags
}

/// Finds the end of the tag that ends raw text.
fn end_of_raw(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let start = at + text[at..].find("{%")?;
        let inside = text[start + 2..].trim_start_matches(['-', '+']).trim_start();
        if let Some(rest) = inside.strip_prefix("endraw") {
            return Some(text.len() - rest.len() + rest.find("%}")? + 2);
        }
        at = start + 2;
    }
}

/// Reads the tag that starts at `start`; `None` where it does not end.
fn tag(text: &str, start: usize) -> Option<Tag<'_>> {
    let is_statement = text[start..].starts_with("{%");
    let end = if is_statement { "%}" } else { "}}" };
    let mut tokens = Vec::new();
    let mut depth = 0usize;
    let mut at = start + 2;
    if text[at..].starts_with(['-', '+']) {
        at += 1;
    }
    loop {
        let rest = &text[at..];
        let first = rest.chars().next()?;
        let closes = rest.strip_prefix(['-', '+']).unwrap_or(rest).starts_with(end);
        // A brace of the tag's end may also close what was opened inside.
        if closes && depth == 0 {
            let length = if rest.starts_with(end) { 2 } else { 3 };
            return Some(Tag {
                range: start..at + length,
                is_statement,
                tokens,
            });
        }
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = token(rest, first)?;
        match kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        tokens.push(Token {
            kind,
            text: &rest[..length],
            start: at,
        });
        at += length;
    }
}

/// The kind and length of the token that `rest` starts with; `None` of a text whose quote is not closed.
fn token(rest: &str, first: char) -> Option<(Kind, usize)> {
    let one = |kind| Some((kind, first.len_utf8()));
    match first {
        '"' | '\'' => {
            let mut escaped = false;
            let end = rest.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == first && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            end.map(|(end, _)| (Kind::Text, end + 1))
        }
        '(' | '[' | '{' => one(Kind::Open),
        ')' | ']' | '}' => one(Kind::Close),
        ',' => one(Kind::Comma),
        ':' => one(Kind::Colon),
        _ if ["==", "!=", "<=", ">=", "//", "**"]
            .iter()
            .any(|sign| rest.starts_with(sign)) =>
        {
            Some((Kind::Operator, 2))
        }
        '=' => one(Kind::Assign),
        _ if first.is_alphanumeric() || first == '_' => {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            Some((Kind::Word, end.unwrap_or(rest.len())))
        }
        _ => one(Kind::Operator),
    }
}
