//! What to say about text that the YAML parser rejects, and how to read on behind it.

use super::build::{MAX_DEPTH, Stop};
use super::draft::{Draft, Edit, Reading};
use super::field::{holds_expression, is_expression};
use super::finding;
use super::outline::{Entry, Outline, Trouble, outline};
use crate::diagnostics::Diagnostic;

/// A finding and how to go on behind it.
pub(super) struct Repair {
    pub(super) finding: Option<Diagnostic>,
    pub(super) remedy: Remedy,
}

/// How to go on behind a mistake.
pub(super) enum Remedy {
    /// Read again with this edit.
    Edit(Edit),
    /// Leave out the document around this offset of the draft: its structure is in doubt.
    LeaveOut(usize),
}

/// Explains why the parser stopped and proposes how to go on.
pub(super) fn repair(draft: &Draft, stop: &Stop) -> Repair {
    match stop {
        Stop::TooDeep(at) => give_up(finding::too_deep(draft, *at, MAX_DEPTH), *at),
        Stop::MissingSpace(range) => insert_space(draft, range.clone()),
        Stop::Rejected { at, info } => rejected(draft, *at, info),
    }
}

/// Returns the range of the file's text that is one document with its `---` line.
pub(super) fn document_around(text: &str, at: usize) -> (usize, usize) {
    let mut start = 0;
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let marks = line.starts_with("---") && line[3..].chars().next().is_none_or(char::is_whitespace);
        if marks && line_start > at {
            return (start, line_start);
        }
        if marks {
            start = line_start;
        }
        line_start += line.len();
    }
    (start, text.len())
}

fn rejected(draft: &Draft, at: usize, info: &str) -> Repair {
    let text = &*draft.text;
    let at = floor(text, at.min(text.len()));
    if info.contains("recursion limit") {
        return give_up(finding::too_deep(draft, at, MAX_DEPTH), at);
    }
    let outline = outline(text, at);
    if info.contains("comment intercepting") {
        return comment(draft, &outline, at);
    }
    if let Some(closed) = dedented(draft, &outline, at) {
        return closed;
    }
    if let Some(entry) = troubled(&outline, text, at, info) {
        return unquoted(draft, entry);
    }
    if info.contains("simple key expect") {
        let alone = |entry: &&Entry| entry.key.is_none() && entry.value.end <= at;
        if let Some(entry) = outline.entries.iter().rev().find(alone) {
            return without_colon(draft, entry.value.clone());
        }
    }
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let ended = text[at..].trim().is_empty() || ["---", "..."].iter().any(|mark| text[line..].starts_with(mark));
    match outline.open.last() {
        Some(&open) if ended || info.contains("flow") => give_up(unclosed(draft, open), open),
        _ => give_up(finding::invalid_yaml(draft, at, info), at),
    }
}

/// A line with a key of its own, no deeper than the line of a bracket that is still open: the
/// bracket was to be closed before it.
fn dedented(draft: &Draft, outline: &Outline, at: usize) -> Option<Repair> {
    let text = &*draft.text;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let first = *outline.open.first()?;
    let (opening, line) = (line_start(first), line_start(at));
    let new_key = text[line..].split(':').next().is_some_and(|key| {
        let key = key.trim_start_matches([' ', '-']);
        !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    });
    if line <= first || !new_key || indent(&text[line..]) > indent(&text[opening..]) {
        return None;
    }
    let last = *outline.open.last()?;
    let finding = unclosed(draft, last);
    let end = text[..line].trim_end().len();
    if text[line_start(end)..end].contains(" #") {
        return Some(give_up(finding, last));
    }
    let closing = outline
        .open
        .iter()
        .rev()
        .map(|&open| if text.as_bytes()[open] == b'{' { '}' } else { ']' });
    let end = draft.original(end as u32);
    Some(Repair {
        finding: Some(finding),
        remedy: Remedy::Edit(Edit::replace(end, end, closing.collect::<String>())),
    })
}

/// Finds the entry at fault: the last troubled one that starts before `at` on its line or the line
/// of text before.
fn troubled<'a>(outline: &'a Outline, text: &str, at: usize, info: &str) -> Option<&'a Entry> {
    let near = |entry: &Entry| {
        let between = text.get(entry.value.end..at).unwrap_or("");
        let lines: Vec<&str> = between.split('\n').skip(1).collect();
        lines
            .split_last()
            .is_none_or(|(_, lines)| lines.iter().all(|line| line.trim().is_empty()))
    };
    let at_fault = |entry: &&Entry| {
        let key = entry.key.clone().map(|key| &text[key]);
        let expression = key.is_some_and(holds_expression);
        match entry.trouble {
            None => false,
            // An anchor or tag alone stops no parser and is reported where it is read.
            Some(Trouble::Operator) if text[entry.value.clone()].starts_with('!') => {
                expression || info.contains("tag") || info.contains("handle")
            }
            Some(Trouble::Operator) if text[entry.value.clone()].starts_with('&') => {
                expression || info.contains("anchor")
            }
            Some(_) => true,
        }
    };
    let before = |entry: &&Entry| entry.value.start <= at;
    outline
        .entries
        .iter()
        .rev()
        .filter(before)
        .take_while(|entry| near(entry))
        .find(at_fault)
}

fn unquoted(draft: &Draft, entry: &Entry) -> Repair {
    let text = &*draft.text;
    let range = entry.value.clone();
    let key = entry.key.clone().map(|key| &text[key]);
    let value = &text[range.clone()];
    let trouble = entry.trouble.unwrap_or(Trouble::Operator);
    if trouble == Trouble::MissingSpace {
        return insert_space(draft, range);
    }
    let (start, end) = (draft.original(range.start as u32), draft.original(range.end as u32));
    let alias = value.starts_with('*')
        && value.len() > 1
        && !value.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '=' | '<' | '>'))
        && !key.is_some_and(is_expression);
    if alias {
        return Repair {
            // The alias of a merge key is part of that finding.
            finding: (key != Some("<<")).then(|| finding::alias(draft, range)),
            remedy: Remedy::Edit(Edit::stand_in(start, end, Reading::Dropped)),
        };
    }
    let wraps = matches!(trouble, Trouble::GoesOn) && value.ends_with(&value[..1]) && value.len() > 1;
    let reading = if wraps && !key.is_some_and(holds_expression) {
        Reading::Verbatim(start + 1, draft.original(range.end as u32 - 1))
    } else {
        Reading::Verbatim(start, end)
    };
    Repair {
        finding: Some(finding::unquoted_value(draft, key, range, trouble)),
        remedy: Remedy::Edit(Edit::stand_in(start, end, reading)),
    }
}

/// A comment between the lines of one value: the value goes on without it.
fn comment(draft: &Draft, outline: &Outline, at: usize) -> Repair {
    let text = &*draft.text;
    let line = text[at..].lines().next().unwrap_or("");
    let comment = at..at + line.trim_end().len();
    let entry = outline.entries.iter().rev().find(|entry| entry.value.end <= at);
    let key = entry.and_then(|entry| entry.key.clone()).map(|key| &text[key]);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let value = entry.map_or(start, |entry| entry.value.start)..at;
    let value = value.start..value.start + text[value.clone()].trim_end().len();
    let (from, to) = (draft.original(comment.start as u32), draft.original(comment.end as u32));
    Repair {
        finding: Some(finding::comment_cuts_value(draft, key, value, comment, false)),
        remedy: Remedy::Edit(Edit::replace(from, to, "")),
    }
}

fn insert_space(draft: &Draft, range: std::ops::Range<usize>) -> Repair {
    let colon = draft.text[range.clone()].find(':').unwrap_or(0);
    let after = draft.original((range.start + colon) as u32) + 1;
    Repair {
        finding: Some(finding::missing_space(draft, range)),
        remedy: Remedy::Edit(Edit::replace(after, after, " ")),
    }
}

/// A line without a colon where a key is needed: the others are read without it.
fn without_colon(draft: &Draft, range: std::ops::Range<usize>) -> Repair {
    let (start, end) = (draft.original(range.start as u32), draft.original(range.end as u32));
    Repair {
        finding: Some(finding::missing_colon(draft, range)),
        remedy: Remedy::Edit(Edit::replace(start, end, "")),
    }
}

/// Says why the bracket at `open` is never closed: a comment on its line may hold what was to close it.
fn unclosed(draft: &Draft, open: usize) -> Diagnostic {
    let line = draft.text[open..].lines().next().unwrap_or("").trim_end();
    match comment_in(line) {
        Some(hash) if line[hash..].contains(finding::closing(line.as_bytes()[0])) => {
            finding::closing_in_comment(draft, open, open + hash..open + line.len())
        }
        _ => finding::unclosed_bracket(draft, open),
    }
}

/// Returns where a comment starts in what follows an opening bracket on its line: behind a space, outside of
/// quoted values.
fn comment_in(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let (mut at, mut before) = (0, b'{');
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b'#' if at > 0 && bytes[at - 1] == b' ' => return Some(at),
            b'\'' | b'"' if matches!(before, b':' | b',' | b'{' | b'[') => {
                at += 1 + bytes[at + 1..].iter().position(|&end| end == byte)?;
            }
            _ => {}
        }
        if byte != b' ' {
            before = byte;
        }
        at += 1;
    }
    None
}

fn give_up(finding: Diagnostic, at: usize) -> Repair {
    Repair {
        finding: Some(finding),
        remedy: Remedy::LeaveOut(at),
    }
}

/// Returns the character boundary at or before `at`.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
