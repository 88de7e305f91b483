//! What one revision says about a scorecard.

use std::sync::Arc;

use memchr::memmem;

use crate::compile::{Compiled, compile};
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Place};
use crate::error::Error;
use crate::model::{self, Document, Kind};
use crate::resolve::terms::{Id, Timeline};
use crate::source::{FileId, MemoryTree, SourceFile, SourceMap, Span};
use crate::syntax::{self, Map, Node};

/// What one revision says about a scorecard.
#[derive(Debug)]
pub(super) enum Content {
    /// It does not have it.
    Absent,
    /// It has it; some of it may be wrong.
    Card(Box<Recorded>),
    /// It has it, or may have it, but nobody can tell what it says.
    Unreadable(Problem),
}

/// A scorecard as one revision has it.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) timeline: Timeline,
    sources: SourceMap,
    /// The errors that `check` would have shown.
    problems: Vec<Problem>,
}

/// An error in the text of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) message: String,
    /// The file.
    pub(super) path: String,
    /// The line, from 1; `None` where the file as a whole is at fault.
    pub(super) line: Option<u32>,
    /// The part of the card that it spoils.
    part: Part,
}

/// A part of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Kpi(Id),
    /// The particulars of an amendment: it may concern everything.
    Amendment,
    /// What stands beside the KPIs.
    Rest,
    /// A document as a whole.
    Everything,
}

/// A file as far as it matters for finding a scorecard and its packs.
#[derive(Debug, Default)]
pub(super) struct Outline {
    documents: Vec<Head>,
    /// What the file holds, where nobody can tell which documents that are.
    broken: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Head {
    kind: Kind,
    id: String,
    /// The packs it names.
    packs: Vec<String>,
}

impl Outline {
    /// Looks into a file for the scorecard `card` and for packs.
    pub(super) fn of(path: &str, bytes: Vec<u8>, card: &str) -> Self {
        let holds = |word: &str| memmem::find(&bytes, word.as_bytes()).is_some();
        if !holds(card) && !holds(Kind::Pack.name()) {
            return Self::default();
        }
        let mut found = Diagnostics::default();
        let broken = bytes.clone();
        let Some(text) = syntax::decode(path, bytes, &mut found) else {
            // What is plainly not ours is no finding.
            return Self {
                broken: (!found.is_empty()).then_some(broken),
                ..Self::default()
            };
        };
        let file = SourceFile::new(path, text);
        let nodes = syntax::parse(FileId(0), &file, &mut found);
        if found.iter().any(|finding| finding.rule == "invalid-yaml") {
            return Self {
                broken: Some(broken),
                ..Self::default()
            };
        }
        let documents = nodes
            .into_iter()
            .filter_map(|node| model::document(path, node, &mut found))
            .filter_map(|document| Head::of(&document));
        Self {
            documents: documents.collect(),
            broken: None,
        }
    }

    fn has(&self, kind: Kind, id: &str) -> bool {
        self.documents.iter().any(|head| head.kind == kind && head.id == id)
    }

    fn mentions(&self, id: &str) -> bool {
        self.broken
            .as_ref()
            .is_some_and(|bytes| memmem::find(bytes, id.as_bytes()).is_some())
    }

    /// The ids of the scorecards in the file.
    pub(super) fn cards(&self) -> impl Iterator<Item = &str> {
        let cards = self.documents.iter().filter(|head| head.kind == Kind::Scorecard);
        cards.map(|head| head.id.as_str())
    }
}

impl Head {
    fn of(document: &Document) -> Option<Self> {
        let packs = document.node.at(["extends"]);
        let packs = packs.into_iter().flat_map(|extends| match extends.as_list() {
            Some(items) => items.iter().collect::<Vec<_>>(),
            None => vec![extends],
        });
        let names = packs.filter_map(Node::as_text);
        Some(Self {
            kind: document.kind,
            id: document.node.at(["id"])?.as_text()?.to_owned(),
            packs: names
                .map(|name| name.split_once('@').map_or(name, |(id, _)| id).to_owned())
                .collect(),
        })
    }
}

/// Returns which files decide what the scorecard `card` says: its own, those of the packs below it, and files that
/// nobody can read and that name what is missing.
pub(super) fn relevant(card: &str, outlines: &[Arc<Outline>]) -> Vec<usize> {
    let mut chosen = Vec::new();
    let mut wanted = vec![(Kind::Scorecard, card.to_owned())];
    let mut next = 0;
    while let Some((kind, id)) = wanted.get(next).cloned() {
        next += 1;
        let has: Vec<usize> = (0..outlines.len()).filter(|&at| outlines[at].has(kind, &id)).collect();
        if has.is_empty() {
            chosen.extend((0..outlines.len()).filter(|&at| outlines[at].mentions(&id)));
        }
        for at in has {
            chosen.push(at);
            for pack in outlines[at].documents.iter().flat_map(|head| &head.packs) {
                let pack = (Kind::Pack, pack.clone());
                if !wanted.contains(&pack) {
                    wanted.push(pack);
                }
            }
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

impl Content {
    /// Compiles the files that decide what the scorecard `card` says, exactly as a workspace is compiled.
    pub(super) fn of(card: &str, files: Vec<(String, Vec<u8>)>) -> Result<Self, Error> {
        if files.is_empty() {
            return Ok(Self::Absent);
        }
        let mut tree = MemoryTree::default();
        for (path, bytes) in files {
            tree.insert(path, bytes);
        }
        let compiled = compile(&tree)?;
        let errors = compiled.diagnostics.iter().filter(|found| found.level == Level::Error);
        let problems: Vec<Problem> = errors.map(|error| Problem::of(error, &compiled)).collect();
        let Compiled { sources, workspace, .. } = compiled;
        let timeline = workspace.cards.into_iter().find(|timeline| timeline.id == card);
        Ok(match (timeline, problems.first()) {
            (Some(timeline), _) => Self::Card(Box::new(Recorded {
                timeline,
                sources,
                problems,
            })),
            (None, Some(problem)) => Self::Unreadable(problem.clone()),
            (None, None) => Self::Absent,
        })
    }
}

impl Recorded {
    /// Returns the line that `span` starts on.
    pub(super) fn place(&self, span: Span) -> super::Place {
        let file = self.sources.file(span.file);
        super::Place {
            path: file.path.clone(),
            line: Some(file.locate(span.start).line),
        }
    }

    /// Returns the first error that leaves open what the KPIs `kpis` say, or any field of the card where that is `None`.
    ///
    /// Weights that do not add up, say, leave the targets what they are.
    pub(super) fn spoiled(&self, kpis: Option<&[Id]>) -> Option<&Problem> {
        self.problems.iter().find(|problem| match (&problem.part, kpis) {
            (_, None) | (Part::Everything | Part::Amendment, _) => true,
            (Part::Rest, Some(_)) => false,
            // The KPIs of `each` are written under the id that theirs begins with.
            (Part::Kpi(id), Some(kpis)) => kpis.iter().any(|kpi| {
                kpi.strip_prefix(id.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            }),
        })
    }
}

impl Problem {
    fn of(error: &Diagnostic, compiled: &Compiled) -> Self {
        let message = error.message.clone();
        match &error.primary.place {
            Place::Text(span) => {
                let file = compiled.sources.file(span.file);
                Self {
                    message,
                    path: file.path.clone(),
                    line: Some(file.locate(span.start).line),
                    part: part(*span, &compiled.documents),
                }
            }
            Place::Data { path, line, .. } => Self {
                message,
                path: path.clone(),
                line: line.and_then(|line| u32::try_from(line).ok()),
                part: Part::Everything,
            },
            Place::File { path } => Self {
                message,
                path: path.clone(),
                line: None,
                part: Part::Everything,
            },
        }
    }
}

/// Returns the part of a card, or of a pack, that `span` stands in.
fn part(span: Span, documents: &[Document]) -> Part {
    let Some(document) = documents.iter().find(|document| document.node.span.contains(span)) else {
        return Part::Everything;
    };
    let kpi = |node: &Node| {
        let kpis = node.at(["kpis"]).and_then(Node::as_map);
        let mut kpis = kpis.into_iter().flat_map(Map::iter);
        let entry = kpis.find(|(key, value)| key.span.contains(span) || value.span.contains(span));
        entry.map(|(key, _)| Part::Kpi(key.text.to_string()))
    };
    if let Some(kpi) = kpi(&document.node) {
        return kpi;
    }
    let amendments = document.node.at(["amendments"]).and_then(Node::as_map);
    let mut amendments = amendments
        .into_iter()
        .flat_map(Map::iter)
        .map(|(_, amendment)| amendment);
    match amendments.find(|amendment| amendment.span.contains(span)) {
        Some(amendment) => amendment.at(["change"]).and_then(kpi).unwrap_or(Part::Amendment),
        None => Part::Rest,
    }
}
