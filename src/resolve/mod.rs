//! Documents → the [`Terms`](terms::Terms) in force for a period.
//!
//! Packs, `each` rows and amendments are merged as node trees, so every node keeps its origin; the
//! merged tree is lowered once per version, names are bound, units known, every default explicit.
//! It never fails and never does I/O: what is wrong becomes a diagnostic.

mod amendment;
mod assemble;
mod bind;
mod broken;
mod claims;
mod coverage;
mod each;
mod guardrail;
mod lock;
mod maturity;
mod money;
mod origin;
mod overlay;
mod pack;
mod position;
mod range;
mod scenario;
pub mod terms;
mod version;
mod weight;
mod workspace;

pub(crate) use broken::Broken;
pub use origin::{Layer, Origin};
pub use workspace::{PackVersion, Settings, Workspace};

use std::collections::{BTreeSet, HashMap};

use indexmap::{IndexMap, IndexSet};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use self::bind::Cursor;
use self::claims::Register;
use self::pack::Packs;
use self::terms::{Maturity, Timeline};
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Place};
use crate::model::{Document, Kind};
use crate::source::{FileId, Span};

/// Resolves the documents of a workspace.
pub fn resolve(documents: &[Document], diagnostics: &mut Diagnostics) -> Workspace {
    let is_lost = lacks_documents(documents, diagnostics);
    let settings = workspace::settings(documents, diagnostics);
    let packs = Packs::of(documents, is_lost, diagnostics);
    for pack in packs.iter() {
        lock::check_patterns(pack, diagnostics);
    }
    let of_kind = |kind| documents.iter().filter(move |document| document.kind == kind);
    for (kind, field) in [(Kind::Maturity, "of"), (Kind::Scenario, "tests")] {
        if !is_lost {
            check_subjects(of_kind(kind), field, of_kind(Kind::Scorecard), diagnostics);
        }
    }
    let models = unique(of_kind(Kind::Maturity), Kind::Maturity, diagnostics);
    let scenarios = unique(of_kind(Kind::Scenario), Kind::Scenario, diagnostics);
    let scorecards = unique(of_kind(Kind::Scorecard), Kind::Scorecard, diagnostics);
    // Scorecards do not depend on each other; their findings are put together in file order.
    let known = ByFile::of(diagnostics);
    let of_packs: BTreeSet<FileId> = packs.iter().map(|pack| pack.node.span.file).collect();
    let timelines: Vec<(Option<(Timeline, bool)>, Diagnostics)> = scorecards
        .into_par_iter()
        .map(|document| {
            let mut files = of_packs.clone();
            files.insert(document.node.span.file);
            let mut found = known.in_files(&files);
            let before = found.count();
            let timeline = version::timeline(document, &packs, &mut found);
            (timeline, found.split_off(before))
        })
        .collect();
    let mut cards = Vec::with_capacity(timelines.len());
    // Claims may be about KPIs that could not be read.
    let mut partial = IndexSet::new();
    for (timeline, found) in timelines {
        if let Some((card, is_whole)) = timeline {
            if !is_whole {
                partial.insert(card.id.clone());
            }
            cards.push(card);
        }
        diagnostics.extend(found);
    }
    register_claims(documents, &mut cards, &partial, is_lost, diagnostics);
    let whole: Vec<&Timeline> = cards.iter().filter(|card| !partial.contains(&card.id)).collect();
    let scenarios = scenarios
        .into_iter()
        .filter_map(|document| scenario::bind(document, documents, &whole, &packs, diagnostics))
        .collect();
    let models: Vec<Maturity> = models
        .into_iter()
        .filter_map(|document| maturity::bind(document, &whole, diagnostics))
        .collect();
    for model in models {
        let card = cards.iter_mut().find(|card| card.id == model.of);
        card.expect("the card it was bound to").maturity.push(model);
    }
    if !is_lost && !documents.is_empty() && of_kind(Kind::Scorecard).next().is_none() {
        let place = match of_kind(Kind::Workspace).next() {
            Some(document) => Place::Text(Cursor::new(&document.node).step("kind").span()),
            None => Place::File {
                path: "scoreline.yaml".to_owned(),
            },
        };
        diagnostics.push(
            Diagnostic::new("empty-workspace", place, "the workspace has no scorecard")
                .help("add a YAML file that starts with `apiVersion: scoreline/v1` and `kind: Scorecard`"),
        );
    }
    let packs = packs.iter().map(|pack| PackVersion {
        id: pack.id.to_owned(),
        version: pack.version.to_owned(),
        span: pack.node.span,
    });
    Workspace {
        settings,
        cards,
        scenarios,
        packs: packs.collect(),
    }
}

/// What is wrong with the documents alone, by file: a scorecard is told of its own and of the packs below it.
struct ByFile<'d> {
    findings: HashMap<FileId, Vec<&'d Diagnostic>>,
}

impl<'d> ByFile<'d> {
    fn of(diagnostics: &'d Diagnostics) -> Self {
        let mut findings: HashMap<FileId, Vec<&Diagnostic>> = HashMap::new();
        for finding in diagnostics.iter() {
            if let Place::Text(span) = finding.primary.place {
                findings.entry(span.file).or_default().push(finding);
            }
        }
        Self { findings }
    }

    fn in_files(&self, files: &BTreeSet<FileId>) -> Diagnostics {
        let mut found = Diagnostics::default();
        for finding in files.iter().filter_map(|file| self.findings.get(file)).flatten() {
            found.push((*finding).clone());
        }
        found
    }
}

/// Whether an error stands outside all documents: something that is there could not be read.
fn lacks_documents(documents: &[Document], diagnostics: &Diagnostics) -> bool {
    let of_text = |span: Span| !documents.iter().any(|document| document.node.span.contains(span));
    let mut errors = diagnostics.iter().filter(|finding| finding.level == Level::Error);
    errors.any(|finding| match &finding.primary.place {
        Place::Text(span) => of_text(*span),
        Place::File { .. } | Place::Data { .. } => true,
    })
}

/// Leaves out documents whose id another one of the same kind has, and reports them.
fn unique<'a>(
    documents: impl Iterator<Item = &'a Document>,
    kind: Kind,
    diagnostics: &mut Diagnostics,
) -> Vec<&'a Document> {
    let mut first: IndexMap<&str, Span> = IndexMap::new();
    let mut kept = Vec::new();
    for document in documents {
        let Some(node) = document.node.at(["id"]) else {
            kept.push(document);
            continue;
        };
        let Some(id) = node.as_text() else { continue };
        match first.get(id) {
            Some(span) => {
                let noun = match kind {
                    Kind::Scorecard => "scorecards",
                    Kind::Maturity => "maturity models",
                    _ => "scenarios",
                };
                diagnostics.push(
                    Diagnostic::new("duplicate-id", node.span, format!("two {noun} are called `{id}`"))
                        .also(*span, "the first is here")
                        .help("give one of them another id"),
                );
            }
            None => {
                first.insert(id, node.span);
                kept.push(document);
            }
        }
    }
    kept
}

/// Reports documents that are about a scorecard, by their `field`, that the workspace does not have.
fn check_subjects<'a>(
    documents: impl Iterator<Item = &'a Document>,
    field: &str,
    scorecards: impl Iterator<Item = &'a Document>,
    diagnostics: &mut Diagnostics,
) {
    let ids = scorecards.filter_map(|card| card.node.at(["id"])?.as_text());
    let ids: IndexSet<&str> = ids.collect();
    for node in documents.filter_map(|document| document.node.at([field])) {
        if let Some(id) = node.as_text().filter(|id| !ids.contains(id)) {
            let known: Vec<&str> = ids.iter().copied().collect();
            let section = ("scorecard", "the workspace");
            diagnostics.push(bind::unknown("unknown-reference", node.span, section, id, &known));
        }
    }
}

/// Gives every scorecard its register; several documents for one scorecard are one register.
fn register_claims(
    documents: &[Document],
    cards: &mut [Timeline],
    partial: &IndexSet<String>,
    is_lost: bool,
    diagnostics: &mut Diagnostics,
) {
    let scorecards = documents.iter().filter(|document| document.kind == Kind::Scorecard);
    let written: IndexSet<&str> = scorecards.filter_map(|card| card.node.at(["id"])?.as_text()).collect();
    let documents = documents.iter().filter(|document| document.kind == Kind::Claims);
    let registers: Vec<Register<'_>> = documents
        .filter_map(|document| Register::of(document, diagnostics))
        .collect();
    let by_id: IndexMap<&str, usize> = cards
        .iter()
        .enumerate()
        .map(|(at, card)| (card.id.as_str(), at))
        .collect();
    let mut of_card: Vec<Vec<&Register<'_>>> = vec![Vec::new(); cards.len()];
    for register in &registers {
        let Some((id, span)) = register.scorecard() else {
            continue;
        };
        match by_id.get(id) {
            Some(&index) => of_card[index].push(register),
            // One that could not be read has been reported.
            None if is_lost || written.contains(id) => {}
            None => {
                let known: Vec<&str> = by_id.keys().copied().collect();
                let finding = bind::unknown("unknown-reference", span, ("scorecard", "the workspace"), id, &known);
                diagnostics.push(finding);
            }
        }
    }
    for (card, registers) in cards
        .iter_mut()
        .zip(of_card)
        .filter(|(card, registers)| !registers.is_empty() && !partial.contains(&card.id))
    {
        card.claims = claims::bind(&registers, &card.versions, diagnostics);
    }
}
