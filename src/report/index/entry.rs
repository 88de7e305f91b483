use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::{Audience, Place, View};

/// One report as the index lists it; read from a view or from a report's JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// The scorecard.
    pub card: CardRef,
    /// The period.
    pub period: PeriodRef,
    /// Whether the contract was in force.
    pub in_force: bool,
    /// Whether it is published.
    pub publication: PublicationRef,
    /// Whether anything may still change.
    pub state: StateRef,
    /// The verdict in sentences.
    pub headline: Vec<String>,
    /// How many KPIs came out how.
    pub tally: TallyRef,
    /// The score, where there is one.
    pub score: Option<ScoreRef>,
    /// The score over the trend periods, oldest first.
    pub score_trend: Vec<TrendRef>,
    /// The money, where the contract has any.
    pub money: Option<MoneyRef>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardRef {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// A period's label and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PeriodRef {
    /// Such as `2026-10`.
    pub label: String,
    /// Such as `October 2026`.
    pub title: String,
    /// `week`, `month`, `quarter` or `year`.
    pub every: String,
    /// Its first day.
    pub first_day: String,
}

/// Whether a report is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicationRef {
    /// `draft`, `final` or `restated`.
    pub code: String,
    /// The edition, where it is published.
    pub edition: Option<u32>,
}

/// Whether a report may still change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateRef {
    /// `complete` or `provisional`; `no_data` or `not_in_force`.
    pub code: String,
}

/// How many KPIs came out how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TallyRef {
    /// Met.
    pub met: usize,
    /// At risk.
    pub below_target: usize,
    /// Missed.
    pub missed: usize,
    /// Without data.
    pub no_data: usize,
    /// With a verdict on a value.
    pub judged: usize,
}

/// A score and its grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreRef {
    /// The number.
    pub value: NumberRef,
    /// Its grade.
    pub grade: Option<String>,
    /// The difference from the period before.
    pub change: Option<NumberRef>,
}

/// The score of a period of the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrendRef {
    /// The period's label.
    pub period: String,
    /// The score.
    pub score: Option<NumberRef>,
    /// Its grade.
    pub grade: Option<String>,
    /// The bounds of the grades.
    pub bounds: Option<BoundsRef>,
}

/// From which score on a grade holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BoundsRef {
    /// Green.
    pub green: NumberRef,
    /// Amber.
    pub amber: NumberRef,
}

/// The money of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MoneyRef {
    /// ISO 4217 code; empty where the contract names none.
    pub currency: String,
    /// Decimals of its minor unit.
    #[serde(default = "cents")]
    pub minor_units: u32,
    /// What is due.
    pub credit: NumberRef,
}

/// A number as data and as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NumberRef {
    /// As a decimal.
    pub raw: String,
    /// For people.
    pub display: String,
}

/// What reports of the first version count money in.
fn cents() -> u32 {
    2
}

/// What a view does not say is written, until somebody looks.
fn is_written() -> bool {
    true
}

impl Entry {
    /// Keeps the links to files that `exists` finds; their paths are relative to the report folder.
    pub fn linking(mut self, exists: impl Fn(&str) -> bool) -> Self {
        let place = Place::new(&self.card.id, &self.period.label);
        self.html = exists(&place.page(Audience::DEFAULT));
        self.markdown = exists(&place.markdown(Audience::DEFAULT));
        self.audiences = Audience::ALL
            .into_iter()
            .filter(|audience| *audience != Audience::DEFAULT && exists(&place.page(*audience)))
            .map(|audience| audience.word().to_owned())
            .collect();
        self
    }

    /// Takes what the index lists of a view.
    pub fn of(view: &View) -> Self {
        Self::from_json(&view.to_json()).expect("a view holds everything the index lists")
    }

    /// Reads what the index lists from a report's JSON; `None` where it is none, or another audience's.
    pub fn from_json(json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Addressed {
            audience: String,
            #[serde(flatten)]
            entry: Entry,
        }
        let read: Addressed = serde_json::from_str(json).ok()?;
        (read.audience == Audience::DEFAULT.word()).then_some(read.entry)
    }
}
