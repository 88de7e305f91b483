//! What differs beside the terms: data files, claims, templates.

use schemars::JsonSchema;
use serde::Serialize;

use super::gist::figures;
use super::{Input, NotReplayed, ReplayView};
use crate::report::display;

/// A file that holds no terms and differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileChange {
    /// Its path from the workspace's root.
    pub path: String,
    /// What it holds.
    pub kind: FileKind,
    /// What became of it.
    pub state: FileState,
}

/// What a file that holds no terms holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Rows that a source reads.
    Data,
    /// What reports look like.
    Template,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// It is new.
    Added,
    /// Its content is another one.
    Changed,
    /// It is gone.
    Removed,
}

/// What differs beside the terms.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FactsView {
    /// In a few words.
    pub headline: String,
    /// Files that differ.
    pub files: Vec<FileChange>,
    /// How they differ, a sentence for each kind.
    pub told: Vec<String>,
    /// Cards that the facts make come out otherwise.
    pub cards: Vec<FactsCard>,
    /// Whether the facts of both sides were assessed.
    pub is_replayed: bool,
    /// Cards that could not be assessed on them, and why.
    pub not_replayed: Vec<NotReplayed>,
}

/// A card that the facts make come out otherwise.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FactsCard {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What they do.
    pub replay: ReplayView,
    /// Which published figures they contradict.
    pub published: Option<String>,
}

/// Files that are named one by one; of more only the number is told.
const NAMED: usize = 8;

impl FactsView {
    pub(super) fn of(input: &Input<'_>) -> Option<Self> {
        let replays = || input.facts.into_iter().flat_map(|replay| &replay.cards);
        if input.files.is_empty() && replays().next().is_none() {
            return None;
        }
        let cards: Vec<FactsCard> = replays()
            .map(|replay| FactsCard {
                id: replay.card.clone(),
                title: replay.title.clone(),
                published: replay
                    .periods
                    .iter()
                    .any(|period| period.published.is_some() && period.differs())
                    .then(|| figures(replay)),
                replay: ReplayView::of(replay),
            })
            .collect();
        let of = |kind| input.files.iter().filter(move |file| file.kind == kind);
        let mut parts = Vec::new();
        for (kind, one, many) in [
            (FileKind::Data, "data file differs", "data files differ"),
            (FileKind::Template, "template differs", "templates differ"),
        ] {
            match of(kind).count() {
                0 => {}
                n => parts.push(display::count(n as u64, one, many)),
            }
        }
        match (cards.len(), input.facts.is_some()) {
            (0, false) => {}
            (0, true) => parts.push("no verdict, score or money comes out otherwise".to_owned()),
            (n, _) => {
                let many = display::count(n as u64, "scorecard", "scorecards");
                let verb = if n == 1 { "comes" } else { "come" };
                parts.push(format!("{many} {verb} out otherwise"));
            }
        }
        let told = [FileKind::Data, FileKind::Template].into_iter().filter_map(|kind| {
            let names: Vec<String> = of(kind)
                .take(NAMED)
                .map(|file| match file.state {
                    FileState::Added => format!("{} (new)", file.path),
                    FileState::Changed => file.path.clone(),
                    FileState::Removed => format!("{} (gone)", file.path),
                })
                .collect();
            let more = of(kind).count().saturating_sub(NAMED);
            let mut list = names.join(", ");
            if more > 0 {
                list.push_str(&format!(" and {more} more"));
            }
            match kind {
                _ if names.is_empty() => None,
                FileKind::Data => Some(format!("Data: {list}")),
                FileKind::Template => Some(format!(
                    "Templates, which change how reports look and no figure: {list}"
                )),
            }
        });
        Some(Self {
            headline: parts.join("; "),
            files: input.files.to_vec(),
            told: told.collect(),
            cards,
            is_replayed: input.facts.is_some(),
            not_replayed: input
                .facts
                .into_iter()
                .flat_map(|replay| &replay.skipped)
                .map(NotReplayed::of)
                .collect(),
        })
    }
}
