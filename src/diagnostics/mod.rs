//! What scoreline tells an author: one [`Diagnostic`] type, the catalog of rules, many renderers.
//!
//! Comes in: findings pushed by every stage. Goes out: text, JSON and the formats of code hosts.
//! Nothing here decides; a stage says what is wrong, where, and what to type instead.

mod catalog;
pub mod render;

pub use catalog::{RULES, Rule, rule};

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};

use crate::source::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
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

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = indexmap::set::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
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

    /// Returns the places in texts of all errors; of a key that stands twice both, since nobody knows which of its
    /// values is meant.
    pub fn error_spans(&self) -> impl Iterator<Item = Span> {
        let errors = self.found.iter().filter(|finding| finding.level == Level::Error);
        let labels = errors.flat_map(|finding| {
            let twice = finding.rule == "duplicate-key";
            std::iter::once(&finding.primary).chain(finding.secondary.iter().filter(move |_| twice))
        });
        labels.filter_map(|label| match label.place {
            Place::Text(span) => Some(span),
            _ => None,
        })
    }

    /// Returns how many findings there are.
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Removes and returns the findings after the first `count`.
    #[must_use]
    pub fn split_off(&mut self, count: usize) -> Self {
        Self {
            found: self.found.split_off(count),
        }
    }

    /// Drops those findings after the first `count` that say what an earlier one says of the same place.
    pub fn drop_repeated(&mut self, count: usize) {
        fn said(finding: &Diagnostic) -> (&'static str, &Place, &str) {
            (finding.rule, &finding.primary.place, &finding.message)
        }
        let new = self.found.split_off(count);
        let known: HashSet<_> = self.found.iter().map(said).collect();
        let fresh: Vec<Diagnostic> = new
            .into_iter()
            .filter(|finding| !known.contains(&said(finding)))
            .collect();
        self.found.extend(fresh);
    }

    /// Makes one finding of those after the first `count` that miss the same name at several places.
    ///
    /// It stands at the definition, if that is among the `misspelt` ones, else where the name is first used.
    pub fn gather(&mut self, count: usize, misspelt: &[Span]) {
        let new = self.found.split_off(count);
        let mut groups: IndexMap<(&'static str, String), Vec<Diagnostic>> = IndexMap::new();
        for (number, finding) in new.into_iter().enumerate() {
            let message = match OF_NAMES.contains(&finding.rule) {
                true => finding.message.clone(),
                // Whatever else is wrong at two places is wrong twice.
                false => number.to_string(),
            };
            groups.entry((finding.rule, message)).or_default().push(finding);
        }
        self.found
            .extend(groups.into_values().map(|uses| gathered(uses, misspelt)));
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

/// The rules that miss a name at the place where it is used; the message says which and of what.
const OF_NAMES: &[&str] = &["unknown-calendar", "unknown-column", "unknown-reference"];

/// How many places beside its own a gathered finding shows.
const PLACES_SHOWN: usize = 3;

/// Makes one finding of several that miss the same name.
fn gathered(mut uses: Vec<Diagnostic>, misspelt: &[Span]) -> Diagnostic {
    let mut first = uses.remove(0);
    if uses.is_empty() {
        return first;
    }
    let count = uses.len();
    let defined = first.secondary.first().map(|label| label.place.clone());
    let is_misspelt = |place: &Place| matches!(place, Place::Text(span) if misspelt.contains(span));
    if let Some(definition) = defined.filter(is_misspelt) {
        let used = std::mem::replace(&mut first.primary.place, definition);
        first.primary.text = format!("nothing names this, and {} places name the other", count + 1);
        first.help = Some("one of the two is misspelt: write them alike".to_owned());
        first.secondary = vec![Label {
            place: used,
            text: String::new(),
        }];
        uses.truncate(PLACES_SHOWN - 1);
    } else {
        let places = if count == 1 { "place" } else { "places" };
        first.primary.text = format!("and at {count} more {places}");
        uses.truncate(PLACES_SHOWN);
    }
    first.secondary.extend(uses.into_iter().map(|other| Label {
        text: String::new(),
        ..other.primary
    }));
    first
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
