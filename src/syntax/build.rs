//! Parser events → nodes, with everything the strict subset forbids.

use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle as Style};

use super::bytes::Bytes;
use super::draft::{Draft, Reading};
use super::frame::{Frame, MapFrame, Pending};
use super::node::{Key, Map, Node, NodeKind, Scalar, ScalarStyle};
use super::outline::{Trouble, balanced, lacks_space, value_end};
use super::property::{Properties, properties};
use super::scalar::{self, Content};
use super::{field, finding};
use crate::diagnostics::Diagnostic;

/// Levels of maps and lists a document may have at most.
pub(super) const MAX_DEPTH: usize = 64;

/// Why reading stopped before the end of the text.
#[derive(Debug)]
pub(super) enum Stop {
    /// The YAML parser rejects what stands at `at`.
    Rejected { at: usize, info: String },
    /// `key:value` without a space stands here; YAML would read it as one value.
    MissingSpace(Range<usize>),
    /// Nested too deep here.
    TooDeep(usize),
}

/// What was read of a draft.
pub(super) struct Built {
    /// Its documents, up to where reading stopped; empty ones are left out.
    pub(super) documents: Vec<Node>,
    /// What is wrong with them.
    pub(super) findings: Vec<Diagnostic>,
    /// Scalars of several lines, in which a tab is content.
    pub(super) multiline: Vec<Range<usize>>,
    /// Why reading stopped early.
    pub(super) stop: Option<Stop>,
}

/// Reads a draft.
pub(super) fn build(draft: &Draft) -> Built {
    let mut builder = Builder {
        draft,
        text: &draft.text,
        stack: Vec::new(),
        built: Built {
            documents: Vec::new(),
            findings: Vec::new(),
            multiline: Vec::new(),
            stop: None,
        },
    };
    let mut parser = Parser::new(Bytes::new(&draft.text));
    while let Some(event) = parser.next_event() {
        let step = match event {
            Ok((event, span)) => builder.event(&event, span.start.index()..span.end.index()),
            Err(error) => Err(Stop::Rejected {
                at: error.marker().index(),
                info: error.info().to_owned(),
            }),
        };
        if let Err(stop) = step {
            builder.built.stop = Some(stop);
            break;
        }
    }
    builder.built
}

struct Builder<'d> {
    draft: &'d Draft<'d>,
    text: &'d str,
    stack: Vec<Frame>,
    built: Built,
}

impl Builder<'_> {
    fn event(&mut self, event: &Event, range: Range<usize>) -> Result<(), Stop> {
        match event {
            Event::Alias(_) => self.alias(range),
            Event::Scalar(value, style, anchor, tag) => {
                let range = if *anchor > 0 || tag.is_some() {
                    match self.properties(range) {
                        Ok(range) => range,
                        Err(raw) => {
                            self.verbatim(raw);
                            return Ok(());
                        }
                    }
                } else {
                    range
                };
                if self.expects_key() {
                    self.key(value, *style, range);
                    Ok(())
                } else {
                    self.scalar(value, *style, range)
                }
            }
            Event::SequenceStart(anchor, tag) => {
                let (start, flow) = self.open(range, *anchor > 0 || tag.is_some(), b'[')?;
                self.stack.push(Frame::List {
                    start,
                    flow,
                    items: Vec::new(),
                });
                Ok(())
            }
            Event::MappingStart(anchor, tag) => {
                let (start, flow) = self.open(range, *anchor > 0 || tag.is_some(), b'{')?;
                self.stack.push(Frame::Map(MapFrame::new(start, flow)));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                // The parser's mark of a closing bracket goes on to the next token.
                let bracket = matches!(self.text.as_bytes().get(range.start), Some(b']' | b'}'));
                self.close(if bracket && self.in_flow() {
                    range.start + 1
                } else {
                    range.end
                });
                Ok(())
            }
            Event::DocumentStart(_) | Event::DocumentEnd => {
                self.stack.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame::Map(map)) if map.pending.is_none())
    }

    fn pending(&self) -> Option<&Pending> {
        match self.stack.last() {
            Some(Frame::Map(map)) => map.pending.as_ref(),
            _ => None,
        }
    }

    /// The key whose value comes next, if it is one that counts.
    fn pending_key(&self) -> Option<&str> {
        self.pending()?.key.as_ref().map(|key| &*key.text)
    }

    fn in_flow(&self) -> bool {
        match self.stack.last() {
            Some(Frame::Map(map)) => map.flow,
            Some(Frame::List { flow, .. }) => *flow,
            None => false,
        }
    }

    /// Starts a map or list; returns where it starts and whether it is written in brackets.
    fn open(&mut self, range: Range<usize>, has_properties: bool, bracket: u8) -> Result<(usize, bool), Stop> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(Stop::TooDeep(range.start));
        }
        let mut start = range.start;
        if has_properties {
            let found = properties(self.text, &range);
            start = found.rest;
            self.report(found);
        }
        let flow = !range.is_empty() && self.text.as_bytes().get(start) == Some(&bracket);
        Ok((start, flow))
    }

    fn close(&mut self, end: usize) {
        let Some(frame) = self.stack.pop() else { return };
        match frame {
            Frame::Map(mut map) => {
                self.flush_split(&mut map);
                let last = map.entries.last().map(|(_, value)| value.span.end);
                let mut span = self.draft.span(map.start..end);
                if !map.flow {
                    span.end = last.unwrap_or(span.start);
                    span.start = map.entries.first().map_or(span.start, |(key, _)| key.span.start);
                }
                let node = Node {
                    kind: NodeKind::Map(Map::new(map.entries)),
                    span,
                };
                self.attach(Some(node), map.start..end);
            }
            Frame::List { start, flow, items } => {
                let mut span = self.draft.span(start..end);
                if !flow {
                    // The parser's mark of a list no deeper than its key is behind the first dash.
                    let before = self.text[..start].trim_end();
                    let behind = !is_dash(&self.text[start..]) && before.ends_with('-');
                    let dash = if behind { before.len() - 1 } else { start };
                    span.start = self.draft.original(dash as u32);
                    span.end = items.last().map_or(span.start, |item| item.span.end);
                }
                let node = Node {
                    kind: NodeKind::List(items),
                    span,
                };
                self.attach(Some(node), start..end);
            }
        }
    }

    /// Reports anchor and tag and returns where the value itself stands; `Err` with the whole
    /// value where an expression only looks like one with a tag (`hit: !reopened`).
    fn properties(&mut self, range: Range<usize>) -> Result<Range<usize>, Range<usize>> {
        let found = properties(self.text, &range);
        let negation = found.tag.as_ref().filter(|tag| {
            let explicit = ["!!", "!<"]
                .iter()
                .any(|start| self.text[tag.start..].starts_with(start));
            found.anchor.is_none() && !explicit
        });
        let expression = self.pending_key().filter(|key| field::holds_expression(key));
        if let (Some(key), Some(tag)) = (expression, negation) {
            let raw = self.raw_value(tag.start);
            let found = finding::unquoted_value(self.draft, Some(key), raw.clone(), Trouble::Operator);
            self.built.findings.push(found);
            return Err(raw);
        }
        let rest = found.rest.min(range.end);
        self.report(found);
        Ok(rest..range.end)
    }

    fn report(&mut self, found: Properties) {
        if let Some(anchor) = found.anchor {
            self.built.findings.push(finding::anchor(self.draft, anchor));
        }
        if let Some(tag) = found.tag {
            self.built.findings.push(finding::tag(self.draft, tag));
        }
    }

    /// Returns the range of the value that starts at `start` as its author meant it.
    fn raw_value(&self, start: usize) -> Range<usize> {
        let line = memchr::memchr2(b'\n', b'\r', &self.text.as_bytes()[start..]);
        let limit = line.map_or(self.text.len(), |length| start + length);
        start..value_end(self.text, start, limit, self.in_flow())
    }

    fn alias(&mut self, range: Range<usize>) -> Result<(), Stop> {
        let key = self.pending().map(|pending| &self.text[pending.range.clone()]);
        if key.is_some_and(field::is_expression) {
            let raw = self.raw_value(range.start);
            let found = finding::unquoted_value(self.draft, key, raw.clone(), Trouble::Operator);
            self.built.findings.push(found);
            self.verbatim(raw);
            return Ok(());
        }
        // The alias of a merge key is part of that finding.
        if key != Some("<<") {
            let range = range.start..range.start + self.text[range.clone()].trim_end().len();
            self.built.findings.push(finding::alias(self.draft, range));
        }
        self.attach(None, range);
        Ok(())
    }

    fn key(&mut self, value: &str, style: Style, range: Range<usize>) {
        let (content, range) = self.content(value, style, range);
        let plain = matches!(style, Style::Plain);
        let rejected = if plain && value.is_empty() {
            Some(finding::missing_key(self.draft, range.start))
        } else if plain && &*content.text == "<<" {
            Some(finding::merge_key(self.draft, range.clone()))
        } else {
            None
        };
        let key = match rejected {
            Some(found) => {
                self.built.findings.push(found);
                None
            }
            None => Some(Key {
                text: content.text,
                span: self.draft.span(range.clone()),
            }),
        };
        if let Some(Frame::Map(map)) = self.stack.last_mut() {
            map.pending = Some(Pending { key, range, plain });
        }
    }

    fn scalar(&mut self, value: &str, style: Style, range: Range<usize>) -> Result<(), Stop> {
        if let Some(reading) = self.draft.reading(range.start as u32).filter(|_| style == Style::Plain) {
            match reading {
                Reading::Dropped => self.attach(None, range),
                Reading::Verbatim(start, end) => {
                    let node = self.verbatim_node(start, end);
                    self.attach(Some(node), range);
                }
            }
            return Ok(());
        }
        if style == Style::Plain && (value.is_empty() || range.is_empty()) {
            return self.nothing(range);
        }
        if let Some(raw) = self.indicator_of_block(style) {
            let key = self.pending_key();
            let found = finding::unquoted_value(self.draft, key, raw.clone(), Trouble::Operator);
            self.built.findings.push(found);
            self.verbatim(raw);
            return Ok(());
        }
        let (content, range) = self.content(value, style, range);
        if style == Style::Plain {
            self.check_missing_space(&range)?;
            self.check_comment(&content.text, &range);
        } else if memchr::memchr(b'\n', &self.text.as_bytes()[range.clone()]).is_some() {
            self.built.multiline.push(range.clone());
        }
        let span = self.draft.span(range.clone());
        let kind = if style == Style::Plain && matches!(&*content.text, "~" | "null") {
            NodeKind::Null
        } else {
            let quote = usize::from(matches!(style, Style::SingleQuoted | Style::DoubleQuoted));
            let offsets = self.file_offsets(&content, range.start + quote);
            NodeKind::Scalar(Scalar {
                text: content.text,
                style: match style {
                    Style::Plain => ScalarStyle::Plain,
                    Style::SingleQuoted | Style::DoubleQuoted => ScalarStyle::Quoted,
                    Style::Literal | Style::Folded => ScalarStyle::Block,
                },
                offsets,
            })
        };
        self.attach(Some(Node { kind, span }), range.clone());
        if let Some(Frame::Map(map)) = self.stack.last_mut().filter(|_| style == Style::Plain) {
            map.last_plain = Some(range);
        }
        Ok(())
    }

    /// Returns where each byte of a scalar stands in the file, unless it stands there verbatim.
    fn file_offsets(&self, content: &Content, start: usize) -> Option<Arc<[u32]>> {
        let length = content.text.len();
        match &content.offsets {
            Some(offsets) => Some(offsets.iter().map(|&offset| self.draft.original(offset)).collect()),
            None if self.draft.is_verbatim(start..start + length) => None,
            None => Some(
                (start..start + length)
                    .map(|at| self.draft.original(at as u32))
                    .collect(),
            ),
        }
    }

    /// Reads a scalar's content and where it stands exactly.
    fn content(&self, value: &str, style: Style, range: Range<usize>) -> (Content, Range<usize>) {
        match style {
            Style::Plain => (scalar::plain(self.text, range.start, range.end), range),
            Style::SingleQuoted | Style::DoubleQuoted => {
                // The parser's mark is behind the spaces and comment that follow the quote.
                let end = scalar::quoted_end(self.text, range.start).unwrap_or(range.end);
                (scalar::quoted(self.text, range.start, end), range.start..end)
            }
            Style::Literal | Style::Folded => {
                let content = scalar::block(self.text, range.start, range.end, value);
                let end = range.start + self.text[range.clone()].trim_end().len();
                (content, range.start..end)
            }
        }
    }

    /// A key without a value, an empty list item, or a piece that a comma split from a value.
    fn nothing(&mut self, range: Range<usize>) -> Result<(), Stop> {
        let Some(Frame::Map(map)) = self.stack.last_mut() else {
            let span = self.draft.span(range.start..range.start);
            let node = Node {
                kind: NodeKind::Null,
                span,
            };
            self.attach(Some(node), range);
            return Ok(());
        };
        let Some(pending) = &map.pending else { return Ok(()) };
        let after = pending.range.end;
        let gap = self.text[after..].len() - self.text[after..].trim_start().len();
        let colon = self.text[after + gap..].starts_with(':');
        // Only the long form `? key` lacks a colon outside of brackets.
        if colon || !map.flow {
            let at = if colon { after + gap + 1 } else { after };
            let node = Node {
                kind: NodeKind::Null,
                span: self.draft.span(at..at),
            };
            self.attach(Some(node), at..at);
            return Ok(());
        }
        let pending_range = pending.range.clone();
        let text = &self.text[pending_range.clone()];
        let previous = map.split.clone().or_else(|| map.last_plain.clone());
        let whole = previous.map(|previous| previous.start..pending_range.end);
        if pending.plain && lacks_space(text) && whole.as_ref().is_none_or(|whole| balanced(&self.text[whole.clone()]))
        {
            return Err(Stop::MissingSpace(pending_range));
        }
        match whole.filter(|_| !map.entries.is_empty()) {
            Some(whole) => {
                map.split = Some(whole);
                map.pending = None;
            }
            None => {
                if pending.key.is_some() {
                    let found = finding::missing_colon(self.draft, pending_range);
                    self.built.findings.push(found);
                }
                self.attach(None, range);
            }
        }
        Ok(())
    }

    /// Reports a value that commas split, and gives the last entry the whole of it.
    fn flush_split(&mut self, map: &mut MapFrame) {
        let Some(range) = map.split.take() else { return };
        let whole = self.verbatim_node(
            self.draft.original(range.start as u32),
            self.draft.original(range.end as u32),
        );
        if let Some((key, value)) = map.entries.last_mut() {
            let found = finding::unquoted_comma(self.draft, Some(&key.text), range);
            self.built.findings.push(found);
            *value = whole;
        }
        map.last_plain = None;
    }

    /// Takes a range of the draft as a value verbatim.
    fn verbatim(&mut self, raw: Range<usize>) {
        let node = self.verbatim_node(
            self.draft.original(raw.start as u32),
            self.draft.original(raw.end as u32),
        );
        self.attach(Some(node), raw);
    }

    fn verbatim_node(&self, start: u32, end: u32) -> Node {
        let kind = NodeKind::Scalar(Scalar {
            text: Arc::from(&self.draft.original[start as usize..end as usize]),
            style: ScalarStyle::Plain,
            offsets: None,
        });
        let span = self.draft.file_span(start, end);
        Node { kind, span }
    }

    /// Hands a finished value to the map, list or document it belongs to; `None` leaves it out.
    fn attach(&mut self, value: Option<Node>, range: Range<usize>) {
        match self.stack.last_mut() {
            None => {
                let documents = &mut self.built.documents;
                documents.extend(value.filter(|node| !matches!(node.kind, NodeKind::Null)));
            }
            Some(Frame::List { items, .. }) => items.extend(value),
            Some(Frame::Map(map)) => match map.pending.take() {
                None => {
                    let found = finding::key_not_text(self.draft, range.clone());
                    self.built.findings.push(found);
                    map.pending = Some(Pending {
                        key: None,
                        range,
                        plain: false,
                    });
                }
                Some(pending) => {
                    if map.split.is_some() {
                        self.flush_last_split();
                    }
                    if let (Some(key), Some(value)) = (pending.key, value) {
                        self.insert(key, value);
                    }
                }
            },
        }
    }

    fn flush_last_split(&mut self) {
        if let Some(Frame::Map(mut map)) = self.stack.pop() {
            self.flush_split(&mut map);
            self.stack.push(Frame::Map(map));
        }
    }

    fn insert(&mut self, key: Key, value: Node) {
        let Some(Frame::Map(map)) = self.stack.last_mut() else {
            return;
        };
        map.last_plain = None;
        let (text, span) = (key.text.clone(), key.span);
        if let Err(first) = map.insert(key, value) {
            let found = finding::duplicate_key(&text, first, span);
            self.built.findings.push(found);
        }
    }

    /// `key:value` on a line of its own below a key, which YAML reads as that key's value.
    fn check_missing_space(&self, range: &Range<usize>) -> Result<(), Stop> {
        let alone = match self.stack.last() {
            None => true,
            Some(Frame::Map(map)) if !map.flow => map.pending.as_ref().is_some_and(|pending| {
                let gap = &self.text.as_bytes()[pending.range.end.min(range.start)..range.start];
                memchr::memchr(b'\n', gap).is_some() && !field::holds_text(&self.text[pending.range.clone()])
            }),
            Some(_) => false,
        };
        if alone && lacks_space(&self.text[range.clone()]) {
            let line = self.text[range.clone()].lines().next().unwrap_or("").trim_end();
            return Err(Stop::MissingSpace(range.start..range.start + line.len()));
        }
        Ok(())
    }

    fn check_comment(&mut self, text: &str, range: &Range<usize>) {
        let [b' ' | b'\t', b'#', ..] = self.text.as_bytes()[range.end..] else {
            return;
        };
        let Some(key) = self.pending_key().filter(|key| field::cut_off_unnoticed(key, text)) else {
            return;
        };
        let line = self.text[range.end + 1..].lines().next().unwrap_or("").trim_end();
        let comment = range.end + 1..range.end + 1 + line.len();
        let bracketed = matches!(self.stack.last(), Some(Frame::Map(map)) if map.flow);
        let found = finding::comment_cuts_value(self.draft, Some(key), range.clone(), comment, bracketed);
        self.built.findings.push(found);
    }

    /// The value `>5` of an expression field, whose head of a text block it is to YAML.
    fn indicator_of_block(&self, style: Style) -> Option<Range<usize>> {
        if !matches!(style, Style::Literal | Style::Folded) {
            return None;
        }
        let pending = self.pending()?;
        pending.key.as_ref().filter(|key| field::holds_expression(&key.text))?;
        let after = pending.range.end;
        let head = self.text[after..].find(['>', '|']).map(|at| after + at)?;
        let raw = self.raw_value(head);
        let signs = self.text[raw.clone()].split_whitespace().next()?;
        signs.bytes().any(|byte| byte.is_ascii_digit()).then_some(raw)
    }
}

/// Whether a list item starts here.
fn is_dash(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}
