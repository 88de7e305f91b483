//! What scoreline tells an author: one [`Diagnostic`] type, the catalog of rules, many renderers.
//!
//! Comes in: findings pushed by every stage. Goes out: text, JSON and the formats of code hosts.
//! Nothing here decides; a stage says what is wrong, where, and what to type instead.

mod catalog;
pub mod render;

pub use catalog::{RULES, Rule, rule};

use std::collections::HashSet;

use indexmap::IndexSet;

use crate::source::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Probably wrong, or costly later.
    Warn,
    /// The documents cannot be used as they are.
    Error,
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A range of a document's text.
    Text(Span),
    /// A row of a data file, which is never held in memory whole.
    Data {
        /// Path relative to the workspace root.
        path: String,
        /// Line in the file, from 1; `None` where the format has no lines.
        line: Option<u64>,
        /// Name of the column.
        column: Option<String>,
    },
    /// The workspace as a whole, or a file that is not text.
    File {
        /// Path relative to the workspace root.
        path: String,
    },
}

/// A place and what is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is here, a lowercase phrase; may be empty.
    pub text: String,
}

/// One problem, at its exact place, with what to type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Name of the rule in the catalog.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// A lowercase phrase without a full stop, names in backticks.
    pub message: String,
    /// Where it is.
    pub primary: Label,
    /// Other places that take part, such as the first of two definitions.
    pub secondary: Vec<Label>,
    /// What to type.
    pub help: Option<String>,
}

/// Every finding of a run.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: IndexSet<Diagnostic>,
}

impl Diagnostic {
    /// Starts a finding of `rule` (which must be in the catalog) at its default level.
    pub fn new(rule_name: &'static str, place: impl Into<Place>, message: impl Into<String>) -> Self {
        Self {
            rule: rule_name,
            level: rule(rule_name).level,
            message: message.into(),
            primary: Label {
                place: place.into(),
                text: String::new(),
            },
            secondary: Vec::new(),
            help: None,
        }
    }

    /// Says what stands at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn also(mut self, place: impl Into<Place>, text: impl Into<String>) -> Self {
        self.secondary.push(Label {
            place: place.into(),
            text: text.into(),
        });
        self
    }

    /// Says what to type.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self::Text(span)
    }
}

impl Diagnostics {
    /// Adds a finding, unless the same one is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.insert(diagnostic);
    }

    /// Adds all findings of `other`.
    pub fn extend(&mut self, other: Self) {
        for diagnostic in other.found {
            self.push(diagnostic);
        }
    }

    /// Returns all findings in the order they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// Returns the places in texts of all errors.
    pub fn error_spans(&self) -> impl Iterator<Item = Span> {
        let errors = self.found.iter().filter(|finding| finding.level == Level::Error);
        errors.filter_map(|finding| match finding.primary.place {
            Place::Text(span) => Some(span),
            _ => None,
        })
    }

    /// Returns how many findings there are.
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Drops those findings after the first `count` whose rule and place an earlier one has.
    pub fn drop_repeated(&mut self, count: usize) {
        let new = self.found.split_off(count);
        let known: HashSet<(&str, Place)> = self
            .found
            .iter()
            .map(|finding| (finding.rule, finding.primary.place.clone()))
            .collect();
        let fresh: Vec<Diagnostic> = new
            .into_iter()
            .filter(|finding| !known.contains(&(finding.rule, finding.primary.place.clone())))
            .collect();
        self.found.extend(fresh);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|d| d.level == Level::Error)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// Returns the candidate that `name` is most likely a misspelling of.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count().max(lower.chars().count()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
