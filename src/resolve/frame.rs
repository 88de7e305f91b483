//! A workspace around its scorecards, and some or all of these resolved in it.

use std::collections::{BTreeSet, HashMap};

use indexmap::{IndexMap, IndexSet};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::bind::{self, Cursor};
use super::claims::{self, Register};
use super::pack::Packs;
use super::terms::{Scenario, Timeline};
use super::workspace::{self, PackVersion, Settings, Workspace};
use super::{lock, maturity, scenario, version};
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Place};
use crate::model::{Document, Kind};
use crate::source::{FileId, Span};

/// A workspace around its scorecards: what they share, and which documents are about which of them.
///
/// Scorecards do not depend on each other, so those of a large workspace need not be held at once. Of a scorecard
/// the frame looks at nothing but its head, see [`Document::head`].
pub(crate) struct Frame<'d> {
    settings: Settings,
    packs: Packs<'d>,
    /// The scorecards in the order of their files, each id once.
    scorecards: Vec<&'d Document>,
    registers: About<Register<'d>>,
    models: About<&'d Document>,
    scenarios: About<&'d Document>,
    known: ByFile,
}

impl<'d> Frame<'d> {
    pub(crate) fn of(documents: &'d [Document], diagnostics: &mut Diagnostics) -> Self {
        let is_lost = lacks_documents(documents, diagnostics);
        let settings = workspace::settings(documents, diagnostics);
        let packs = Packs::of(documents, is_lost, diagnostics);
        for pack in packs.iter() {
            lock::check_patterns(pack, diagnostics);
        }
        let of_kind = |kind| documents.iter().filter(move |document| document.kind == kind);
        let written: IndexSet<&str> = of_kind(Kind::Scorecard).filter_map(Document::id).collect();
        let registers: Vec<Register<'_>> = of_kind(Kind::Claims)
            .filter_map(|document| Register::of(document, diagnostics))
            .collect();
        if !is_lost {
            for (kind, field) in [(Kind::Maturity, "of"), (Kind::Scenario, "tests")] {
                let subjects = of_kind(kind).filter_map(|document| document.node.at([field]));
                let subjects = subjects.filter_map(|node| Some((node.as_text()?, node.span)));
                check_subjects(subjects, &written, diagnostics);
            }
            check_subjects(registers.iter().filter_map(Register::scorecard), &written, diagnostics);
        }
        let models = unique(of_kind(Kind::Maturity), Kind::Maturity, diagnostics);
        let scenarios = unique(of_kind(Kind::Scenario), Kind::Scenario, diagnostics);
        let scorecards = unique(of_kind(Kind::Scorecard), Kind::Scorecard, diagnostics);
        if !is_lost && !documents.is_empty() && scorecards.is_empty() {
            report_no_scorecard(documents, diagnostics);
        }
        let registers = About::of(registers, |register| Some(register.scorecard()?.0));
        let models = About::of(models, |model| model.node.at(["of"])?.as_text());
        let scenarios = About::of(scenarios, |scenario| scenario.node.at(["tests"])?.as_text());
        // What is about nothing has no scorecard to wait for.
        for model in models.beside(&written) {
            maturity::bind(model, None, diagnostics);
        }
        for scenario in scenarios.beside(&written) {
            scenario::bind(scenario, None, &packs, diagnostics);
        }
        Self {
            settings,
            packs,
            scorecards,
            registers,
            models,
            scenarios,
            known: ByFile::of(diagnostics),
        }
    }

    /// The scorecards in the order of their files, each id once.
    pub(crate) fn scorecards(&self) -> &[&'d Document] {
        &self.scorecards
    }

    /// Returns the workspace without its scorecards and scenarios.
    pub(crate) fn workspace(&self) -> Workspace {
        let packs = self.packs.iter().map(|pack| PackVersion {
            id: pack.id.to_owned(),
            version: pack.version.to_owned(),
            span: pack.node.span,
        });
        Workspace {
            settings: self.settings.clone(),
            packs: packs.collect(),
            ..Workspace::default()
        }
    }

    /// Resolves some of the scorecards, here whole, with what is about them.
    pub(crate) fn resolve(
        &self,
        scorecards: &[&Document],
        diagnostics: &mut Diagnostics,
    ) -> (Vec<Timeline>, Vec<Scenario>) {
        // Scorecards do not depend on each other; their findings are put together in file order.
        let of_packs: BTreeSet<FileId> = self.packs.iter().map(|pack| pack.node.span.file).collect();
        let timelines: Vec<(Option<(Timeline, bool)>, Diagnostics)> = scorecards
            .par_iter()
            .map(|document| {
                let mut files = of_packs.clone();
                files.insert(document.node.span.file);
                let mut found = self.known.in_files(&files);
                let before = found.count();
                let timeline = version::timeline(document, &self.packs, &mut found);
                (timeline, found.split_off(before))
            })
            .collect();
        let mut cards = Vec::with_capacity(timelines.len());
        // Where each scorecard is among the cards, and whether all of it could be read: claims, models and scenarios
        // may be about KPIs that could not.
        let mut read: HashMap<&str, (&Document, Option<usize>)> = HashMap::new();
        for (&document, (timeline, found)) in scorecards.iter().zip(timelines) {
            let mut whole = None;
            if let Some((card, is_whole)) = timeline {
                whole = is_whole.then_some(cards.len());
                cards.push(card);
            }
            read.extend(document.id().map(|id| (id, (document, whole))));
            diagnostics.extend(found);
        }
        let ids: Vec<&str> = scorecards.iter().filter_map(|document| document.id()).collect();
        let mut of_card: IndexMap<usize, Vec<&Register<'_>>> = IndexMap::new();
        for (id, register) in self.registers.of_any(&ids) {
            if let Some(index) = read[id].1 {
                of_card.entry(index).or_default().push(register);
            }
        }
        for (index, registers) in of_card {
            let card: &mut Timeline = &mut cards[index];
            card.claims = claims::bind(&registers, &card.versions, diagnostics);
        }
        let scenarios = self.scenarios.of_any(&ids).into_iter().filter_map(|(id, scenario)| {
            let (author, whole) = read[id];
            let tested = whole.map(|index| (author, &cards[index]));
            scenario::bind(scenario, tested, &self.packs, diagnostics)
        });
        let scenarios = scenarios.collect();
        for (id, model) in self.models.of_any(&ids) {
            let index = read[id].1;
            let bound = maturity::bind(model, index.map(|index| &cards[index]), diagnostics);
            if let Some((index, model)) = index.zip(bound) {
                cards[index].maturity.push(model);
            }
        }
        (cards, scenarios)
    }
}

/// Documents by the scorecard that they are about, in the order of their files.
struct About<T> {
    all: Vec<T>,
    by_card: IndexMap<String, Vec<usize>>,
    /// Those that do not say what they are about.
    of_none: Vec<usize>,
}

impl<T> About<T> {
    fn of(all: Vec<T>, subject: impl Fn(&T) -> Option<&str>) -> Self {
        let mut by_card: IndexMap<String, Vec<usize>> = IndexMap::new();
        let mut of_none = Vec::new();
        for (index, one) in all.iter().enumerate() {
            match subject(one) {
                Some(id) => by_card.entry(id.to_owned()).or_default().push(index),
                None => of_none.push(index),
            }
        }
        Self { all, by_card, of_none }
    }

    /// Returns what is about one of the scorecards `ids`, with its id.
    fn of_any<'s>(&'s self, ids: &[&'s str]) -> Vec<(&'s str, &'s T)> {
        let mut found: Vec<(usize, &str)> = Vec::new();
        for &id in ids {
            found.extend(self.by_card.get(id).into_iter().flatten().map(|&index| (index, id)));
        }
        found.sort_unstable();
        found.into_iter().map(|(index, id)| (id, &self.all[index])).collect()
    }

    /// Returns what is about none of the scorecards `ids`.
    fn beside(&self, ids: &IndexSet<&str>) -> Vec<&T> {
        let elsewhere = self.by_card.iter().filter(|(id, _)| !ids.contains(id.as_str()));
        let mut found: Vec<usize> = elsewhere
            .flat_map(|(_, indices)| indices)
            .chain(&self.of_none)
            .copied()
            .collect();
        found.sort_unstable();
        found.into_iter().map(|index| &self.all[index]).collect()
    }
}

/// What is wrong with the documents alone, by file: a scorecard is told of its own and of the packs below it.
struct ByFile {
    findings: HashMap<FileId, Vec<Diagnostic>>,
}

impl ByFile {
    fn of(diagnostics: &Diagnostics) -> Self {
        let mut findings: HashMap<FileId, Vec<Diagnostic>> = HashMap::new();
        for finding in diagnostics.iter() {
            if let Place::Text(span) = finding.primary.place {
                findings.entry(span.file).or_default().push(finding.clone());
            }
        }
        Self { findings }
    }

    fn in_files(&self, files: &BTreeSet<FileId>) -> Diagnostics {
        let mut found = Diagnostics::default();
        for finding in files.iter().filter_map(|file| self.findings.get(file)).flatten() {
            found.push(finding.clone());
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

/// Reports scorecards that something is about, with the place that says so, and the workspace does not have.
fn check_subjects<'a>(
    subjects: impl Iterator<Item = (&'a str, Span)>,
    ids: &IndexSet<&str>,
    diagnostics: &mut Diagnostics,
) {
    for (id, place) in subjects.filter(|(id, _)| !ids.contains(id)) {
        let known: Vec<&str> = ids.iter().copied().collect();
        let section = ("scorecard", "the workspace");
        diagnostics.push(bind::unknown("unknown-reference", place, section, id, &known));
    }
}

/// Reports a workspace that has documents and no scorecard among them.
fn report_no_scorecard(documents: &[Document], diagnostics: &mut Diagnostics) {
    let settings = documents.iter().find(|document| document.kind == Kind::Workspace);
    let place = match settings {
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
