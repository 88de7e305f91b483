use schemars::{Schema, SchemaGenerator};

use crate::diagnostics::{Diagnostic, Diagnostics, Level, Place, did_you_mean};
use crate::source::Span;
use crate::syntax::{Key, Map, Node, NodeKind};

/// Whether fields may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A document alone: packs, amendments and overlays may hold what it leaves out.
    Partial,
    /// A merged tree: what is missing now is missing for good.
    Complete,
}

/// A type that a part of a document is lowered to, and the JSON Schema of that part.
pub trait Lower: Sized {
    /// Returns the schema of what an author writes.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// Reads `node`; whatever is wrong is reported at its place, and then there is no value.
    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self>;

    /// Returns the value of a field that is not written, if it may be left out.
    fn absent() -> Option<Self> {
        None
    }
}

/// Reads a whole document or a merged tree as `T`, reporting every problem of its values.
///
/// The shape is [`validate`](super::validate)'s to judge; a wrong one is met here only in trees that
/// were merged, and reported in the same words.
pub fn lower<T: Lower>(node: &Node, mode: Mode, diagnostics: &mut Diagnostics) -> Option<T> {
    T::lower(
        node,
        &mut Lowering {
            mode,
            diagnostics,
            subject: None,
        },
    )
}

/// What is passed along while a tree is lowered.
#[derive(Debug)]
pub struct Lowering<'d> {
    pub(super) mode: Mode,
    pub(super) diagnostics: &'d mut Diagnostics,
    subject: Option<Subject>,
}

/// The key under which the node about to be lowered stands.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    text: std::sync::Arc<str>,
    span: Span,
    /// Whether the key is an author's id rather than a field of the language.
    is_id: bool,
}

/// When a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Never.
    Never,
    /// Always, in a document alone too: nothing else can supply it.
    Always,
    /// Once everything is merged.
    Complete,
    /// Once everything is merged, and without a default because real contracts differ (‡).
    Choose,
}

impl Need {
    /// Whether a tree lowered in `mode` must have the field.
    fn holds(self, mode: Mode) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Complete | Self::Choose => mode == Mode::Complete,
        }
    }
}

/// A map being read as a record.
pub(super) struct Record<'n> {
    map: &'n Map,
    noun: &'static str,
    subject: Option<Subject>,
    span: Span,
}

impl<'d> Lowering<'d> {
    /// Adds a finding, unless what stands there, or more around it, is already known to be wrong for another
    /// reason: then nobody knows what it says. What is wrong within it is another matter.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let Place::Text(place) = diagnostic.primary.place else {
            return self.diagnostics.push(diagnostic);
        };
        let known = self.diagnostics.iter().any(|other| {
            let is_other = other.rule != diagnostic.rule && other.level == Level::Error;
            is_other && matches!(&other.primary.place, Place::Text(span) if span.contains(place))
        });
        if !known {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether a finding of `rule` is at `place` already.
    pub(super) fn has(&self, rule: &str, place: &Place) -> bool {
        self.diagnostics
            .iter()
            .any(|finding| finding.rule == rule && finding.primary.place == *place)
    }

    /// Reports that `node` has not the shape expected, such as `a map`, unless its document was told so.
    pub(super) fn misfit<T>(&mut self, node: &Node, expected: &str) -> Option<T> {
        let finding = misfit(node, expected);
        if !self.has(finding.rule, &finding.primary.place) {
            self.push(finding);
        }
        None
    }

    /// Starts reading `node` as a record.
    pub(super) fn record<'n>(&mut self, node: &'n Node, noun: &'static str) -> Option<Record<'n>> {
        let subject = self.subject.take();
        match &node.kind {
            NodeKind::Map(map) => Some(Record {
                map,
                noun,
                subject,
                span: node.span,
            }),
            _ => self.misfit(node, "a map"),
        }
    }

    /// Reads the value of an author's id or a field with `key` as the name for messages.
    pub(super) fn under<T: Lower>(&mut self, key: &Key, is_id: bool, node: &Node) -> Option<T> {
        self.subject = Some(Subject {
            text: key.text.clone(),
            span: key.span,
            is_id,
        });
        let value = T::lower(node, self);
        self.subject = None;
        value
    }

    /// Returns a scalar's text.
    pub(super) fn text<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        match node.as_text() {
            Some(text) => Some(text),
            None => self.misfit(node, "a value"),
        }
    }

    /// Reports a word that is none of those allowed.
    pub(super) fn unknown_word<T>(&mut self, node: &Node, word: &str, allowed: &[&str]) -> Option<T> {
        self.push(unknown_word(node, word, allowed));
        None
    }

    /// Reads a choice.
    pub(super) fn choice<T: Choose>(&mut self, node: &Node) -> Option<T> {
        match &node.kind {
            NodeKind::Scalar(scalar) => match T::word(&scalar.text) {
                Some(value) => Some(value),
                None => {
                    let (words, keys): (Vec<&str>, Vec<&str>) = T::KEYS.iter().partition(|key| T::word(key).is_some());
                    if words.is_empty() || super::value::starts_with_operator(&scalar.text) {
                        return self.misfit(node, "a map");
                    }
                    let finding = unknown_word(node, &scalar.text, &words);
                    let help = finding.help.clone().unwrap_or_default();
                    self.push(finding.help(format!("{help}, or a map with {}", list(&keys))));
                    None
                }
            },
            NodeKind::Map(map) => {
                let found = found::<T>(map);
                match found[..] {
                    [(key, node)] => T::choose(key, node, self),
                    [] => {
                        // A map of tombstones removes variants and sets none.
                        if map.is_empty() {
                            let finding = Diagnostic::new("missing-field", node.span, "nothing is chosen here");
                            self.push(finding.help(format!("write one of {}", list(T::KEYS))));
                        }
                        None
                    }
                    [(key, node), ..] => {
                        self.push(several(&found));
                        T::choose(key, node, self);
                        None
                    }
                }
            }
            _ => self.misfit(node, "a map"),
        }
    }

    /// Reads an item of a list.
    pub(super) fn item<T: Lower>(&mut self, node: &Node) -> Option<T> {
        self.subject = None;
        T::lower(node, self)
    }

    /// Whether what is missing now is missing for good.
    pub(super) fn is_complete(&self) -> bool {
        self.mode == Mode::Complete
    }
}

impl Record<'_> {
    /// Reads one field.
    pub(super) fn field<T: Lower>(&mut self, cx: &mut Lowering<'_>, name: &'static str, need: Need) -> Option<T> {
        let name = bare(name);
        match self.map.entry(name) {
            Some((key, node)) if !matches!(node.kind, NodeKind::Null) => cx.under(key, false, node),
            _ => {
                let absent = T::absent();
                if (absent.is_none() || need.holds(cx.mode)) && !self.is_misspelt(cx) && !self.lacks_entry(cx) {
                    cx.diagnostics.push(self.missing(name, need));
                }
                absent
            }
        }
    }

    /// Reads a record whose fields stand among this one's.
    pub(super) fn flattened<T: Lower>(&mut self, cx: &mut Lowering<'_>, node: &Node) -> Option<T> {
        cx.subject.clone_from(&self.subject);
        T::lower(node, cx)
    }

    /// Reads the choice whose keys stand among this record's fields, if one does.
    pub(super) fn chosen<T: Choose>(&mut self, cx: &mut Lowering<'_>, need: Need) -> Option<Option<T>> {
        let found = found::<T>(self.map);
        if found.is_empty() && need.holds(cx.mode) && !self.is_misspelt(cx) {
            let (owner, span) = self.owner();
            let finding = Diagnostic::new("missing-field", span, format!("{owner} has none of {}", list(T::KEYS)));
            cx.diagnostics.push(finding.help("add exactly one of them"));
        }
        if let [_, _, ..] = found[..] {
            cx.push(several(&found));
        }
        Some(found.first().and_then(|(key, node)| T::choose(key, node, cx)))
    }

    /// Whether an error stands at one of its keys: what seems to be missing may be there under another name.
    fn is_misspelt(&self, cx: &Lowering<'_>) -> bool {
        let mut errors = cx.diagnostics.error_spans();
        errors.any(|error| self.map.iter().any(|(key, _)| key.span == error))
    }

    /// Whether an error stands among its entries and in none of them: one was left out, such as an alias.
    fn lacks_entry(&self, cx: &Lowering<'_>) -> bool {
        let in_entry = |error: Span| {
            let mut entries = self.map.iter();
            entries.any(|(key, value)| key.span.contains(error) || value.span.contains(error))
        };
        let mut errors = cx.diagnostics.error_spans();
        errors.any(|error| self.span.contains(error) && error != self.span && !in_entry(error))
    }

    /// Names the record and its place, for messages about what it lacks.
    fn owner(&self) -> (String, Span) {
        match &self.subject {
            Some(subject) if subject.is_id => (format!("{} `{}`", self.noun, subject.text), subject.span),
            Some(subject) => (format!("`{}`", subject.text), subject.span),
            None => (format!("the {}", self.noun), self.span.at_start()),
        }
    }

    fn missing(&self, name: &str, need: Need) -> Diagnostic {
        let (owner, span) = self.owner();
        if need == Need::Choose {
            return Diagnostic::new("choice-required", span, format!("{owner} does not say `{name}`")).help(format!(
                "contracts differ here, so there is no default: write {}",
                choices(name)
            ));
        }
        Diagnostic::new("missing-field", span, format!("{owner} has no `{name}`")).help(format!("add `{name}: …`"))
    }
}

/// A map with exactly one of several keys, or a word that stands alone.
pub(super) trait Choose: Sized {
    /// The keys and words.
    const KEYS: &'static [&'static str];

    /// Reads the variant of `key`.
    fn choose(key: &Key, node: &Node, cx: &mut Lowering<'_>) -> Option<Self>;

    /// Returns the variant that is a word.
    fn word(text: &str) -> Option<Self>;
}

/// A field that holds a choice whose keys stand among its record's fields: an `Option`.
pub(super) trait ChosenIn {
    /// The choice.
    type Choice: Choose + schemars::JsonSchema;
}

impl<T: Choose + schemars::JsonSchema> ChosenIn for Option<T> {
    type Choice = T;
}

/// Returns a field's name without the mark of a raw identifier.
pub(super) fn bare(name: &'static str) -> &'static str {
    name.strip_prefix("r#").unwrap_or(name)
}

fn found<T: Choose>(map: &Map) -> Vec<(&Key, &Node)> {
    map.iter()
        .filter(|(key, node)| T::KEYS.contains(&&*key.text) && !matches!(node.kind, NodeKind::Null))
        .collect()
}

fn several(found: &[(&Key, &Node)]) -> Diagnostic {
    let names: Vec<&str> = found.iter().map(|(key, _)| &*key.text).collect();
    let (second, first) = (found[1].0, found[0].0);
    Diagnostic::new(
        "several-variants",
        second.span,
        format!("`{}` stands beside `{}`", second.text, first.text),
    )
    .also(first.span, "the first is here")
    .help(format!("keep exactly one of {}", list(&names)))
}

/// Lists what a field without a default may say, and what each means.
fn choices(name: &str) -> String {
    let words: &[(&str, &str)] = match name {
        "overdue" => &[
            (
                "count_until_resolved",
                "an open case fails every period until it is resolved",
            ),
            ("resolved_only", "it does not count until it is resolved"),
            (
                "opened_in_period",
                "cases count in the period in which they were opened",
            ),
        ],
        "mode" => &[
            ("remove", "the time leaves both sides"),
            ("deem_available", "it counts as up"),
        ],
        "counts" => &[
            ("windows", "every minute of a window uses up the cap"),
            ("downtime", "only down minutes do"),
        ],
        "late_changes" => &[
            ("restate", "a sealed period gets a new edition"),
            ("adjust_next", "it stands, and the difference is a line in the next"),
        ],
        "as_of" => &[
            ("file_end", "every event of the file counts"),
            ("period_end", "only events up to the period's end do"),
        ],
        _ => return format!("`{name}: …`"),
    };
    let written: Vec<String> = words
        .iter()
        .map(|(word, meaning)| format!("`{name}: {word}` ({meaning})"))
        .collect();
    match written.split_last() {
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Writes names as `a`, `b` or `c`.
pub(super) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match &quoted[..] {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// Says that a word is none of those allowed.
fn unknown_word(node: &Node, word: &str, allowed: &[&str]) -> Diagnostic {
    let listed = list(allowed);
    Diagnostic::new("invalid-value", node.span, format!("`{word}` is not known here")).help(
        match did_you_mean(word, allowed.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`? it takes {listed}"),
            None => format!("it takes {listed}"),
        },
    )
}

/// Says that something has another shape than expected, such as `a map`.
pub(super) fn misfit(node: &Node, expected: &str) -> Diagnostic {
    match node.as_text() {
        Some(text) if super::value::starts_with_operator(text) => super::value::misplaced_operator(text, node.span),
        _ => Diagnostic::new(
            "wrong-shape",
            node.span,
            format!("expected {expected}, found {}", node.describe()),
        ),
    }
}

impl<T: Lower> Lower for Option<T> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        super::publish::or_null(T::schema(generator))
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        // A value that is wrong has been reported; the rest of its record is still worth reading.
        Some(T::lower(node, cx))
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// Fields that are laid over others: whatever is left out stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay<T>(pub T);

impl<T: Lower> Lower for Overlay<T> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        T::schema(generator)
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let mode = std::mem::replace(&mut cx.mode, Mode::Partial);
        let value = T::lower(node, cx);
        cx.mode = mode;
        value.map(Self)
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for Overlay<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: Lower> Lower for Box<T> {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        T::schema(generator)
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        T::lower(node, cx).map(Box::new)
    }
}
