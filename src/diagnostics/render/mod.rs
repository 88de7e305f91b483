//! Findings → the formats people, machines and code hosts read, one file each.
//!
//! Every renderer takes the findings and the texts they point into and returns a string. The order is
//! always the same: by file, place and rule. Nothing here reads the environment or prints.

mod github;
mod gitlab;
mod json;
mod junit;
mod rdjson;
mod sarif;
mod text;
mod xml;

pub use github::github;
pub use gitlab::gitlab;
pub use json::{entries, json};
pub use junit::junit;
pub use rdjson::rdjson;
pub use sarif::sarif;
pub use text::{Look, summary, text};
pub(crate) use xml::{attribute, content};

use super::{Diagnostic, Diagnostics, Label, Place};
use crate::source::SourceMap;

/// Where a label is, as editors and code hosts count: from 1, the end exclusive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Location {
    file: String,
    /// `None` for a file as a whole.
    lines: Option<Lines>,
    /// Name of the column of a data file.
    data_column: Option<String>,
}

/// The lines of a location, with columns where the file is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Lines {
    line: u64,
    columns: Option<Columns>,
}

/// The rest of a location in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Columns {
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl Location {
    fn of(label: &Label, sources: &SourceMap) -> Self {
        match &label.place {
            Place::Text(span) => {
                let file = sources.file(span.file);
                let (start, end) = (file.locate(span.start), file.locate(span.end));
                Self {
                    file: file.path.clone(),
                    lines: Some(Lines {
                        line: start.line.into(),
                        columns: Some(Columns {
                            column: start.column,
                            end_line: end.line,
                            end_column: end.column,
                        }),
                    }),
                    data_column: None,
                }
            }
            Place::Data { path, line, column } => Self {
                file: path.clone(),
                lines: line.map(|line| Lines { line, columns: None }),
                data_column: column.clone(),
            },
            Place::File { path } => Self {
                file: path.clone(),
                lines: None,
                data_column: None,
            },
        }
    }

    /// The same with its path from the root of the repository.
    fn hosted(mut self, sources: &SourceMap) -> Self {
        self.file = sources.hosted(&self.file);
        self
    }

    fn columns(&self) -> Option<Columns> {
        self.lines.and_then(|lines| lines.columns)
    }

    fn line(&self) -> Option<u64> {
        self.lines.map(|lines| lines.line)
    }
}

/// Returns the findings by file, place and rule.
fn sorted<'a>(diagnostics: &'a Diagnostics, sources: &SourceMap) -> Vec<(Location, &'a Diagnostic)> {
    let mut found: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| (Location::of(&diagnostic.primary, sources), diagnostic))
        .collect();
    found.sort_by(|(left, one), (right, other)| {
        (left, one.rule, &one.message).cmp(&(right, other.rule, &other.message))
    });
    found
}

/// Returns the findings by file, place and rule, for code hosts: they count paths from the root of the repository.
fn hosted<'a>(diagnostics: &'a Diagnostics, sources: &SourceMap) -> Vec<(Location, &'a Diagnostic)> {
    sorted(diagnostics, sources)
        .into_iter()
        .map(|(location, diagnostic)| (location.hosted(sources), diagnostic))
        .collect()
}

/// Replaces what a terminal or log would act on – control characters other than line breaks and tabs,
/// and marks that reorder text – by visible stand-ins of the same length in bytes.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(match character {
            '\n' | '\t' => character,
            '\r' if characters.peek() == Some(&'\n') => character,
            '\0'..='\x1f' | '\x7f' => '?',
            '\u{80}'..='\u{9f}' => '¿',
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                char::REPLACEMENT_CHARACTER
            }
            _ => character,
        });
    }
    out
}

/// The message with the label, for formats that have one text only.
pub(crate) fn message(diagnostic: &Diagnostic) -> String {
    let mut message = inert(&diagnostic.message);
    if !diagnostic.primary.text.is_empty() {
        message.push_str(" – ");
        message.push_str(&inert(&diagnostic.primary.text));
    }
    message
}

/// The message with the label and what to type, over several lines.
fn full_message(diagnostic: &Diagnostic) -> String {
    let mut text = message(diagnostic);
    if let Some(help) = &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(&inert(help));
    }
    text
}

/// Pretty-printed JSON with a line break at the end.
fn pretty(value: &serde_json::Value) -> String {
    let mut text = format!("{value:#}");
    text.push('\n');
    text
}
