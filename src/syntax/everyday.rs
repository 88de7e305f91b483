//! The everyday part of YAML in one pass: block maps and lists, `{ … }`, `[ … ]`, and scalars of one
//! line without escapes.
//!
//! Nearly every file consists of nothing else, and reading it here takes a fraction of the time. At
//! anything else – and at anything that might deserve a finding – it gives up, and the YAML parser
//! reads the file from the start. Both give the same nodes; a test compares them on generated files.

use std::ops::Range;
use std::sync::Arc;

use super::frame::MapFrame;
use super::node::{Key, Map, Node, NodeKind, Scalar, ScalarStyle};
use crate::source::{FileId, Span};

/// Levels that are read here; deeper files are left to the parser.
const MAX_LEVELS: usize = 32;

/// Bytes of a key; YAML bounds keys too, further out.
const MAX_KEY: usize = 128;

/// Reads the documents of a file, if it holds nothing but everyday YAML.
pub(super) fn read(file: FileId, text: &str) -> Option<Vec<Node>> {
    let unusual = memchr::memchr3(b'\t', b'\r', 0, text.as_bytes()).is_some()
        || memchr::memmem::find(text.as_bytes(), "\u{feff}".as_bytes()).is_some();
    if unusual {
        return None;
    }
    let mut reader = Reader {
        file,
        text,
        bytes: text.as_bytes(),
        line: Line::End,
        levels: 0,
    };
    let mut documents = Vec::new();
    reader.line = reader.line_at(0)?;
    loop {
        match reader.line {
            Line::End => return Some(documents),
            Line::Separator { end } => reader.line = reader.line_at(end)?,
            Line::Content { at, indent: 0 } => {
                documents.push(reader.map(at, 0)?);
                if let Line::Content { .. } = reader.line {
                    return None;
                }
            }
            Line::Content { .. } => return None,
        }
    }
}

/// The next line that is neither blank nor a comment.
#[derive(Clone, Copy)]
enum Line {
    /// Something stands at `at`, indented by `indent`.
    Content { at: usize, indent: usize },
    /// `---`; the next line starts at `end`.
    Separator { end: usize },
    /// There is none.
    End,
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    line: Line,
    levels: usize,
}

impl Reader<'_> {
    /// Finds the first line with content from the line start `start` on.
    fn line_at(&self, mut start: usize) -> Option<Line> {
        loop {
            let at = self.spaces(start);
            match self.bytes.get(at) {
                None => return Some(Line::End),
                Some(b'\n') => start = at + 1,
                Some(b'#') => start = (self.line_end(at) + 1).min(self.bytes.len()),
                Some(_) if at > start => {
                    return Some(Line::Content { at, indent: at - start });
                }
                Some(b'%') => return None,
                Some(_) => {
                    let end = self.line_end(at);
                    return match &self.bytes[at..end] {
                        b"---" => Some(Line::Separator {
                            end: (end + 1).min(self.bytes.len()),
                        }),
                        [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..] => None,
                        _ => Some(Line::Content { at, indent: 0 }),
                    };
                }
            }
        }
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |length| at + length)
    }

    fn spaces(&self, at: usize) -> usize {
        at + self.bytes[at..].iter().take_while(|&&byte| byte == b' ').count()
    }

    /// Returns the offset of the next line if nothing but a comment follows at `at`.
    fn line_after(&self, at: usize) -> Option<usize> {
        let rest = self.spaces(at);
        match self.bytes.get(rest) {
            None => Some(rest),
            Some(b'\n') => Some(rest + 1),
            Some(b'#') if rest > at => Some((self.line_end(rest) + 1).min(self.bytes.len())),
            Some(_) => None,
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start as u32, range.end as u32)
    }

    fn enter(&mut self) -> Option<()> {
        self.levels += 1;
        (self.levels <= MAX_LEVELS).then_some(())
    }

    /// Reads the block map whose first key stands at `at`, in column `indent`.
    fn map(&mut self, mut at: usize, indent: usize) -> Option<Node> {
        self.enter()?;
        let start = at;
        let mut map = MapFrame::new(at, false);
        loop {
            let (key, colon) = self.key(at)?;
            let value = self.entry(colon + 1, indent)?;
            map.insert(key, value).ok()?;
            match self.line {
                Line::Content {
                    at: next,
                    indent: found,
                } if found == indent => at = next,
                Line::Content { indent: found, .. } if found > indent => return None,
                _ => break,
            }
        }
        self.levels -= 1;
        let end = map.entries.last().map_or(start as u32, |(_, value)| value.span.end);
        Some(Node {
            kind: NodeKind::Map(Map::new(map.entries)),
            span: Span::new(self.file, start as u32, end),
        })
    }

    /// Reads what follows a key's colon, which ends at `at`, in a map indented by `indent`.
    fn entry(&mut self, at: usize, indent: usize) -> Option<Node> {
        let start = self.spaces(at);
        if !matches!(self.bytes.get(start), None | Some(b'\n' | b'#')) {
            let (value, end) = self.value(start, indent)?;
            self.line = self.line_at(self.line_after(end)?)?;
            return Some(value);
        }
        self.line = self.line_at(self.line_after(at)?)?;
        match self.line {
            Line::Content { at, indent: found } if found >= indent && self.is_item(at) => self.list(at, found),
            Line::Content { at, indent: found } if found > indent => self.map(at, found),
            _ => Some(Node {
                kind: NodeKind::Null,
                span: self.span(at..at),
            }),
        }
    }

    /// Reads the block list whose first dash stands at `at`, in column `indent`.
    fn list(&mut self, mut at: usize, indent: usize) -> Option<Node> {
        self.enter()?;
        let start = at;
        let mut items: Vec<Node> = Vec::new();
        loop {
            let content = self.spaces(at + 1);
            let item = if self.key(content).is_some() {
                self.map(content, indent + content - at)?
            } else {
                let (value, end) = self.value(content, indent)?;
                self.line = self.line_at(self.line_after(end)?)?;
                value
            };
            items.push(item);
            match self.line {
                Line::Content {
                    at: next,
                    indent: found,
                } if found == indent && self.is_item(next) => at = next,
                Line::Content { indent: found, .. } if found > indent => return None,
                _ => break,
            }
        }
        self.levels -= 1;
        let end = items.last().map_or(start as u32, |item| item.span.end);
        Some(Node {
            kind: NodeKind::List(items),
            span: Span::new(self.file, start as u32, end),
        })
    }

    fn is_item(&self, at: usize) -> bool {
        self.bytes[at] == b'-' && self.bytes.get(at + 1) == Some(&b' ')
    }

    /// Reads the unquoted key at `at`; returns it with the offset of its colon.
    fn key(&self, at: usize) -> Option<(Key, usize)> {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let colon = at + self.bytes[at..].iter().take_while(|byte| plain(byte)).count();
        let ends =
            self.bytes.get(colon) == Some(&b':') && matches!(self.bytes.get(colon + 1), None | Some(b' ' | b'\n'));
        if !ends || colon == at || colon - at > MAX_KEY || matches!(self.bytes[at], b'-' | b'.') {
            return None;
        }
        let key = Key {
            text: Arc::from(&self.text[at..colon]),
            span: self.span(at..colon),
        };
        Some((key, colon))
    }

    /// Reads the value at `at` of a map or list indented by `indent`; returns where it ends.
    fn value(&mut self, at: usize, indent: usize) -> Option<(Node, usize)> {
        match self.bytes.get(at)? {
            b'{' | b'[' => self.flow(at, indent),
            b'\'' | b'"' => self.quoted(at),
            _ => {
                let line_end = self.line_end(at);
                let line = &self.bytes[at..line_end];
                self.starts_plain(line).then_some(())?;
                let mut end = line_end;
                for (index, &byte) in line.iter().enumerate() {
                    match byte {
                        b':' if matches!(line.get(index + 1), None | Some(b' ')) => return None,
                        // After one space a `#` may be a finding.
                        b'#' if line[index - 1] == b' ' => {
                            (line[index - 2] == b' ').then_some(())?;
                            end = at + index;
                            break;
                        }
                        _ => {}
                    }
                }
                Some(self.plain(at, end))
            }
        }
    }

    /// Whether an unquoted value may start like this everywhere.
    fn starts_plain(&self, rest: &[u8]) -> bool {
        match rest {
            [b'-', next, ..] => !matches!(next, b' ' | b'\n' | b',' | b'[' | b']' | b'{' | b'}'),
            [first, ..] => !b"-?:,[]{}#&*!|>'\"%@` \n".contains(first),
            [] => false,
        }
    }

    fn plain(&self, start: usize, limit: usize) -> (Node, usize) {
        let end = start + self.text[start..limit].trim_end_matches(' ').len();
        let text = &self.text[start..end];
        let kind = if matches!(text, "~" | "null") {
            NodeKind::Null
        } else {
            scalar(text, ScalarStyle::Plain)
        };
        let span = self.span(start..end);
        (Node { kind, span }, end)
    }

    fn quoted(&self, start: usize) -> Option<(Node, usize)> {
        let quote = self.bytes[start];
        let close = start + 1 + memchr::memchr3(quote, b'\\', b'\n', &self.bytes[start + 1..])?;
        let single = quote == b'\'';
        if self.bytes[close] == b'\\' && single {
            return self.quoted_with_backslash(start);
        }
        if self.bytes[close] != quote || single && self.bytes.get(close + 1) == Some(&b'\'') {
            return None;
        }
        Some(self.between(start, close))
    }

    /// A backslash means nothing between single quotes.
    fn quoted_with_backslash(&self, start: usize) -> Option<(Node, usize)> {
        let close = start + 1 + memchr::memchr2(b'\'', b'\n', &self.bytes[start + 1..])?;
        let ends = self.bytes[close] == b'\'' && self.bytes.get(close + 1) != Some(&b'\'');
        ends.then(|| self.between(start, close))
    }

    fn between(&self, open: usize, close: usize) -> (Node, usize) {
        let kind = scalar(&self.text[open + 1..close], ScalarStyle::Quoted);
        let span = self.span(open..close + 1);
        (Node { kind, span }, close + 1)
    }

    /// Reads the brackets that open at `open` within a map or list indented by `indent`.
    fn flow(&mut self, open: usize, indent: usize) -> Option<(Node, usize)> {
        self.enter()?;
        let is_map = self.bytes[open] == b'{';
        let close = if is_map { b'}' } else { b']' };
        let mut map = MapFrame::new(open, true);
        let mut items = Vec::new();
        let mut at = self.gap(open + 1, indent)?;
        let mut first = true;
        loop {
            if first && self.bytes.get(at) == Some(&close) {
                break;
            }
            first = false;
            if is_map {
                let (key, colon) = self.key(at)?;
                let (value, end) = self.flow_value(self.gap(colon + 1, indent)?, indent)?;
                map.insert(key, value).ok()?;
                at = end;
            } else {
                let (value, end) = self.flow_value(at, indent)?;
                items.push(value);
                at = end;
            }
            at = self.gap(at, indent)?;
            match self.bytes.get(at) {
                Some(b',') => at = self.gap(at + 1, indent)?,
                Some(byte) if *byte == close => break,
                _ => return None,
            }
        }
        self.levels -= 1;
        let kind = if is_map {
            NodeKind::Map(Map::new(map.entries))
        } else {
            NodeKind::List(items)
        };
        let span = self.span(open..at + 1);
        Some((Node { kind, span }, at + 1))
    }

    fn flow_value(&mut self, at: usize, indent: usize) -> Option<(Node, usize)> {
        match self.bytes.get(at)? {
            b'{' | b'[' => self.flow(at, indent),
            b'\'' | b'"' => self.quoted(at),
            _ => {
                let rest = &self.bytes[at..];
                self.starts_plain(rest).then_some(())?;
                for (index, &byte) in rest.iter().enumerate() {
                    match byte {
                        b',' | b'}' | b']' => return Some(self.plain(at, at + index)),
                        b'{' | b'[' | b'\n' => return None,
                        b'#' if rest[index - 1] == b' ' => return None,
                        b':' if matches!(
                            rest.get(index + 1),
                            None | Some(b' ' | b'\n' | b',' | b'}' | b']' | b'{' | b'[')
                        ) =>
                        {
                            return None;
                        }
                        _ => {}
                    }
                }
                None
            }
        }
    }

    /// Skips spaces, comments and line breaks within brackets.
    fn gap(&self, at: usize, indent: usize) -> Option<usize> {
        let mut next = self.spaces(at);
        loop {
            match self.bytes.get(next)? {
                b'\n' => {
                    let start = next + 1;
                    next = self.spaces(start);
                    let blank = matches!(self.bytes.get(next), Some(b'\n' | b'#'));
                    (blank || next - start > indent).then_some(())?;
                }
                b'#' if matches!(self.bytes[next - 1], b' ' | b'\n') => next = self.line_end(next),
                _ => return Some(next),
            }
        }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> NodeKind {
    NodeKind::Scalar(Scalar {
        text: Arc::from(text),
        style,
        offsets: None,
    })
}
