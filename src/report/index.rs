use std::collections::BTreeMap;

use minijinja::Value;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};

use super::template::Renderer;
use super::{Audience, RenderedFile, Templates, View};
use crate::error::Error;

/// One report as the index lists it; read from a view or from a report's JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The scorecard.
    pub card: CardRef,
    /// The period.
    pub period: PeriodRef,
    /// Whether the contract was in force.
    pub in_force: bool,
    /// Whether anything may still change.
    pub state: StateRef,
    /// The numbers at the top of the report.
    pub tiles: Vec<TileRef>,
    /// How many KPIs came out how.
    pub tally: TallyRef,
    /// The score, where there is one.
    pub score: Option<ScoreRef>,
    /// Whether the default audience has a page.
    #[serde(default = "is_written")]
    pub html: bool,
    /// Whether there is Markdown.
    #[serde(default = "is_written")]
    pub markdown: bool,
    /// Other audiences that have a page.
    #[serde(default)]
    pub audiences: Vec<String>,
}

/// A scorecard's id and title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardRef {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// A period's label and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodRef {
    /// Such as `2026-10`.
    pub label: String,
    /// Such as `October 2026`.
    pub title: String,
    /// Its first day.
    pub first_day: String,
}

/// Whether a report may still change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateRef {
    /// `final`, `provisional` or `restated`.
    pub code: String,
}

/// A number at the top of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TileRef {
    /// Which.
    pub id: String,
    /// The number.
    pub value: String,
}

/// How many KPIs came out how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyRef {
    /// Met.
    pub met: usize,
    /// At risk.
    pub below_target: usize,
    /// Missed.
    pub missed: usize,
    /// With a verdict on a value.
    pub judged: usize,
}

/// A score and its grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreRef {
    /// The number.
    pub value: ValueRef,
    /// Its grade.
    pub grade: Option<String>,
}

/// A number as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueRef {
    /// For people.
    pub display: String,
}

/// What a view does not say is written, until somebody looks.
fn is_written() -> bool {
    true
}

impl Entry {
    /// Keeps the links to files that `exists` finds; their paths are relative to the report folder.
    pub fn linking(mut self, exists: impl Fn(&str) -> bool) -> Self {
        let base = format!("{}/{}", self.card.id, self.period.label);
        self.html = exists(&format!("{base}.html"));
        self.markdown = exists(&format!("{base}.md"));
        self.audiences = Audience::ALL
            .into_iter()
            .filter(|audience| *audience != Audience::DEFAULT)
            .map(Audience::word)
            .filter(|word| exists(&format!("{base}.{word}.html")))
            .map(str::to_owned)
            .collect();
        self
    }

    /// Takes what the index lists of a view.
    pub fn of(view: &View) -> Self {
        Self::from_json(&view.to_json()).expect("a view holds everything the index lists")
    }

    /// Reads what the index lists from a report's JSON; `None` where it is none.
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

/// Writes `index.html` and `index.md`: cards by title, periods newest first.
///
/// # Errors
/// When a template fails, with its name and line.
pub fn index(title: &str, entries: &[Entry], templates: &Templates) -> Result<Vec<RenderedFile>, Error> {
    let mut cards: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        cards
            .entry((&entry.card.title, &entry.card.id))
            .or_default()
            .push(entry);
    }
    let cards: Vec<serde_json::Value> = cards
        .into_values()
        .map(|mut reports| {
            reports.sort_by(|a, b| b.period.first_day.cmp(&a.period.first_day));
            // The title of the newest report: a card may have been renamed.
            serde_json::json!({ "card": reports[0].card, "reports": reports })
        })
        .collect();
    let data = serde_json::json!({ "version": 1, "title": title, "cards": cards });
    let renderer = Renderer::plain(Value::from(Serde(&data)), templates)?;
    ["index.html", "index.md"]
        .into_iter()
        .map(|name| {
            Ok(RenderedFile {
                path: name.to_owned(),
                bytes: renderer.render(name)?.into_bytes(),
            })
        })
        .collect()
}
