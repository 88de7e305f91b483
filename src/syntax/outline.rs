//! A forgiving walk over text that is not valid YAML, to find the value that made it so.

use std::ops::Range;

/// A key with its value, or a list item, as the author most likely meant it.
pub(super) struct Entry {
    /// Where the key stands, without quotes; `None` for a list item.
    pub(super) key: Option<Range<usize>>,
    /// Where the value stands on its line, with everything that looks as if it belonged to it.
    pub(super) value: Range<usize>,
    /// What YAML does not like about the value.
    pub(super) trouble: Option<Trouble>,
}

/// Why YAML does not take an unquoted value as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It starts with a character that YAML takes for itself.
    Operator,
    /// It starts with a quoted part and goes on after it.
    GoesOn,
    /// Its opening quote is never closed.
    Unclosed,
    /// It holds a comma inside `{ … }`.
    Comma,
    /// It holds a bracket inside `{ … }`.
    Bracket,
    /// It holds a colon followed by a space.
    Colon,
    /// It holds a `#` after a space, inside a string.
    Hash,
    /// It is a key and a value without a space after the colon.
    MissingSpace,
}

/// What the walk found up to a place.
#[derive(Default)]
pub(super) struct Outline {
    /// Entries with a value on their line, in order.
    pub(super) entries: Vec<Entry>,
    /// Brackets still open, outermost first.
    pub(super) open: Vec<usize>,
}

/// Walks `text` up to the end of the line that holds offset `until`.
pub(super) fn outline(text: &str, until: usize) -> Outline {
    let mut walk = Walk {
        text,
        bytes: text.as_bytes(),
        until,
        found: Outline::default(),
        block: None,
        resume: 0,
    };
    let mut start = 0;
    while start <= until && start < text.len() {
        let after = memchr::memchr(b'\n', &walk.bytes[start..]).map_or(text.len(), |at| start + at + 1);
        walk.line(start, start + text[start..after].trim_end().len());
        start = after;
    }
    walk.found
}

/// Returns where the unquoted value that starts at `start` ends, at most at `limit`: strings and
/// parentheses are kept whole; inside `{ … }` a comma or closing bracket ends it.
pub(super) fn value_end(text: &str, start: usize, limit: usize, flow: bool) -> usize {
    let whole = extent(text, start, limit, flow, true);
    whole.unwrap_or_else(|| extent(text, start, limit, flow, false).unwrap_or(limit))
}

/// Whether `value` is a key and a value without a space after the colon.
pub(super) fn lacks_space(value: &str) -> bool {
    let name = value
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        .count();
    let after = &value.as_bytes()[name..];
    value.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && after.first() == Some(&b':')
        && after
            .get(1)
            .is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b':' | b'/'))
}

/// Whether parentheses and strings that open in `text` also close.
pub(super) fn balanced(text: &str) -> bool {
    let count = |wanted: char| text.chars().filter(|&c| c == wanted).count();
    count('(') == count(')') && count('\'') % 2 == 0 && count('"') % 2 == 0
}

struct Walk<'a> {
    text: &'a str,
    bytes: &'a [u8],
    until: usize,
    found: Outline,
    /// Indentation of the line whose block scalar is being skipped.
    block: Option<usize>,
    /// Where a quoted scalar of several lines ends.
    resume: usize,
}

impl Walk<'_> {
    fn line(&mut self, start: usize, end: usize) {
        let mut at = self.spaces(start, end);
        if at >= end || end <= self.resume {
            return;
        }
        let mut indent = at - start;
        if self.block.is_some_and(|parent| indent > parent) {
            return;
        }
        self.block = None;
        if self.bytes[at] == b'#' {
            return;
        }
        if indent == 0
            && ["---", "...", "%"]
                .iter()
                .any(|mark| self.text[start..end].starts_with(mark))
        {
            // Where the parser stopped at this very line, what is open is what is wrong.
            if end < self.until {
                self.found.open.clear();
            }
            return;
        }
        if !self.found.open.is_empty() {
            self.flow(at, end);
            return;
        }
        let mut item = false;
        while at < end && self.bytes[at] == b'-' && (at + 1 == end || self.bytes[at + 1] == b' ') {
            item = true;
            at = self.spaces(at + 1, end);
            indent = at - start;
        }
        if at < end {
            self.entry(at, end, indent, item);
        }
    }

    /// Reads `key: value` or a lone value outside of any bracket.
    fn entry(&mut self, start: usize, end: usize, indent: usize, item: bool) {
        let (key, mut at) = match self.key(start, end, false) {
            Some((key, after)) => (Some(key), after),
            None => (None, start),
        };
        at = self.spaces(at, end);
        if at >= end || self.bytes[at] == b'#' {
            return;
        }
        match self.bytes[at] {
            b'{' | b'[' => self.flow(at, end),
            b'|' | b'>' if block_header(&self.text[at..end]) => {
                self.block = Some(indent.min(start));
            }
            _ => {
                let missing_space = key.is_none() && !item && lacks_space(&self.text[at..end]);
                self.value(key, at, end, false);
                if let Some(last) = self.found.entries.last_mut().filter(|_| missing_space) {
                    last.trouble = Some(Trouble::MissingSpace);
                }
            }
        }
    }

    /// Reads inside brackets from `at` to the end of the line.
    fn flow(&mut self, mut at: usize, end: usize) {
        loop {
            at = self.spaces(at, end);
            if at >= end {
                return;
            }
            match self.bytes[at] {
                b'{' | b'[' => {
                    self.found.open.push(at);
                    at += 1;
                }
                b'}' | b']' => {
                    self.found.open.pop();
                    at += 1;
                    if self.found.open.is_empty() {
                        return;
                    }
                }
                b',' => at += 1,
                b'#' => return,
                _ => {
                    let map = self.found.open.last().is_some_and(|&open| self.bytes[open] == b'{');
                    let (key, after) = match self.key(at, end, true).filter(|_| map) {
                        Some((key, after)) => (Some(key), after),
                        None => (None, at),
                    };
                    at = self.spaces(after, end);
                    if at >= end {
                        return;
                    }
                    if key.is_some() && matches!(self.bytes[at], b'{' | b'[' | b',' | b'}' | b']' | b'#') {
                        continue;
                    }
                    at = self.value(key, at, end, true).max(at + 1);
                    while !self.text.is_char_boundary(at) {
                        at += 1;
                    }
                }
            }
        }
    }

    /// Records the value at `at` and returns where it ends.
    fn value(&mut self, key: Option<Range<usize>>, at: usize, line_end: usize, flow: bool) -> usize {
        let mut end = value_end(self.text, at, line_end, flow);
        let mut trouble = classify(&self.text[at..end], flow);
        if trouble == Some(Trouble::Unclosed) && at != self.until {
            // Quoted text may go on over several lines; it is at fault only where the parser says so.
            if let Some(close) = super::scalar::quoted_end(self.text, at) {
                self.resume = close;
                trouble = None;
            }
        }
        if trouble == Some(Trouble::Unclosed) {
            end = line_end;
        }
        self.found.entries.push(Entry {
            key,
            value: at..end,
            trouble,
        });
        end
    }

    /// Returns where a key at `start` stands and the offset after its colon.
    fn key(&self, start: usize, end: usize, flow: bool) -> Option<(Range<usize>, usize)> {
        if matches!(self.bytes[start], b'\'' | b'"') {
            let close = super::scalar::quoted_end(self.text, start).filter(|&close| close <= end)?;
            let colon = self.spaces(close, end);
            return (colon < end && self.bytes[colon] == b':').then(|| (start + 1..close - 1, colon + 1));
        }
        for at in start..end {
            match self.bytes[at] {
                b':' if at + 1 == end || matches!(self.bytes[at + 1], b' ' | b'\t') => {
                    let key = self.text[start..at].trim_end().len();
                    return Some((start..start + key, at + 1));
                }
                b'{' | b'}' | b'[' | b']' | b',' if flow => return None,
                b'#' if at > start && self.bytes[at - 1] == b' ' => return None,
                _ => {}
            }
        }
        None
    }

    fn spaces(&self, at: usize, end: usize) -> usize {
        let rest = &self.bytes[at.min(end)..end];
        at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }
}

/// Whether `text` is the head of a block scalar: `|` or `>`, signs, perhaps a comment.
fn block_header(text: &str) -> bool {
    let rest = text[1..].trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    rest.is_empty() || (rest.starts_with([' ', '\t']) && matches!(rest.trim_start().chars().next(), None | Some('#')))
}

/// Says what YAML does not like about an unquoted `value`.
fn classify(value: &str, flow: bool) -> Option<Trouble> {
    let bytes = value.as_bytes();
    match bytes.first()? {
        b'*' | b'&' | b'!' | b'%' | b'@' | b'`' => return Some(Trouble::Operator),
        b'|' | b'>' if !flow => return Some(Trouble::Operator),
        b'-' | b'?' if bytes.get(1) == Some(&b' ') => return Some(Trouble::Operator),
        b'\'' | b'"' => {
            return match super::scalar::quoted_end(value, 0) {
                None => Some(Trouble::Unclosed),
                Some(close) if close < value.len() => Some(Trouble::GoesOn),
                Some(_) => None,
            };
        }
        _ => {}
    }
    if value.contains(" #") {
        Some(Trouble::Hash)
    } else if flow && value.contains(',') {
        Some(Trouble::Comma)
    } else if flow && value.contains(['{', '}', '[', ']']) {
        Some(Trouble::Bracket)
    } else if value.contains(": ") || value.ends_with(':') {
        Some(Trouble::Colon)
    } else {
        None
    }
}

/// See [`value_end`]; `None` when `whole` is asked for and a string or parenthesis is not closed.
fn extent(text: &str, start: usize, limit: usize, flow: bool, whole: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut at = start;
    while at < limit {
        match bytes[at] {
            quote @ (b'\'' | b'"') if whole => {
                // An apostrophe within a word opens nothing.
                let opens = at == start || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] >= 0x80);
                let close = memchr::memchr(quote, &bytes[at + 1..limit]).filter(|_| opens);
                at += close.map_or(0, |length| length + 1);
            }
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'{' | b'[' if flow && whole => depth += 1,
            b'}' | b']' if flow && whole && depth > 0 => depth -= 1,
            b',' | b'}' | b']' if flow && (depth == 0 || !whole) => return Some(trimmed(text, start, at)),
            b'#' if at > start && matches!(bytes[at - 1], b' ' | b'\t') => {
                return (depth == 0 || !whole).then(|| trimmed(text, start, at));
            }
            _ => {}
        }
        at += 1;
    }
    (depth == 0 || !whole).then(|| trimmed(text, start, limit))
}

fn trimmed(text: &str, start: usize, end: usize) -> usize {
    start + text[start..end].trim_end().len()
}
