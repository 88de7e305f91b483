use jiff::civil::Date;

use crate::diagnostics::{Level, rule};
use crate::resolve::Origin;
use crate::resolve::terms::Id;

/// What a change does to the results, decided by proof: by the direction of the field and the scoring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// No history comes out better for who is measured – verdict, score, credit – and some worse.
    Tightened,
    /// No history comes out worse for who is measured, and some better.
    Loosened,
    /// Some history comes out better, and some worse.
    Mixed,
    /// No history comes out otherwise.
    Neutral,
    /// Something is judged that was not, or the other way round.
    Structural,
    /// It depends on the data in a way that nobody can tell without them.
    Indeterminate,
}

/// Whom a change helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Favours {
    /// Who buys.
    Customer,
    /// Who sells.
    Provider,
    /// Now one, now the other.
    Mixed,
    /// Neither, or it cannot be told.
    Unknown,
}

/// When a change takes hold, seen from the day of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// In periods that have not begun.
    Prospective,
    /// In a period that has begun and not ended.
    OpenPeriod,
    /// In periods that have ended.
    Retroactive,
    /// In periods whose report is published.
    RestatesPublished,
}

impl Effect {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tightened => "tightened",
            Self::Loosened => "loosened",
            Self::Mixed => "mixed",
            Self::Neutral => "neutral",
            Self::Structural => "structural",
            Self::Indeterminate => "indeterminate",
        }
    }

    /// Whether a result may be another one.
    pub fn matters(self) -> bool {
        self != Self::Neutral
    }

    /// The effect of both together.
    pub(super) fn and(self, other: Self) -> Self {
        use Effect::{Indeterminate, Mixed, Neutral, Structural};
        match (self, other) {
            (one, two) if one == two => one,
            (Neutral, one) | (one, Neutral) => one,
            (Indeterminate, _) | (_, Indeterminate) => Indeterminate,
            (Structural, _) | (_, Structural) => Structural,
            _ => Mixed,
        }
    }

    /// The effect of the opposite change.
    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Tightened => Self::Loosened,
            Self::Loosened => Self::Tightened,
            other => other,
        }
    }
}

impl Favours {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Provider => "provider",
            Self::Mixed => "mixed",
            Self::Unknown => "unknown",
        }
    }
}

impl Timing {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Prospective => "prospective",
            Self::OpenPeriod => "open-period",
            Self::Retroactive => "retroactive",
            Self::RestatesPublished => "restates-published",
        }
    }
}

/// One field, or fields that only mean something together, with both values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which field, below the change's path; empty for the path itself.
    pub field: String,
    /// What it said; `None` where it was not there.
    pub before: Option<String>,
    /// What it says; `None` where it is gone.
    pub after: Option<String>,
}

/// One difference between two timelines, and what it means.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its rule in the catalog.
    pub rule: &'static str,
    /// How much it matters.
    pub level: Level,
    /// The scorecard.
    pub card: Id,
    /// What in it, such as a KPI's id or `planned-maintenance`; `None` for the card itself.
    pub subject: Option<String>,
    /// The KPI, where it is about one; by its id in HEAD where it is there.
    pub kpi: Option<Id>,
    /// The keys that lead to it in HEAD.
    pub path: Vec<String>,
    /// The values.
    pub parts: Vec<Part>,
    /// What it does to the results.
    pub effect: Effect,
    /// Whom it helps.
    pub favours: Favours,
    /// When it takes hold.
    pub timing: Timing,
    /// First day on which the terms differ; `None`: from the beginning.
    pub from: Option<Date>,
    /// Last day on which they differ; `None`: to the end.
    pub until: Option<Date>,
    /// Labels of the published periods it touches.
    pub published: Vec<String>,
    /// Where the value stood in BASE.
    pub was_from: Option<Origin>,
    /// Where the value stands in HEAD; of something that is gone, the map around it.
    pub is_from: Option<Origin>,
    /// What else there is to say, as a sentence without a full stop.
    pub note: Option<String>,
    /// Why it is accepted, where somebody waived it.
    pub waived: Option<String>,
}

impl Change {
    /// Starts a change of a card as a whole, of which nothing is known yet.
    pub(super) fn new(name: &'static str, card: &str) -> Self {
        Self {
            rule: name,
            level: rule(name).level,
            card: card.to_owned(),
            subject: None,
            kpi: None,
            path: Vec::new(),
            parts: Vec::new(),
            effect: Effect::Neutral,
            favours: Favours::Unknown,
            timing: Timing::Prospective,
            from: None,
            until: None,
            published: Vec::new(),
            was_from: None,
            is_from: None,
            note: None,
            waived: None,
        }
    }

    /// Whether it is about what was stated or delivered, not about what the contract says.
    pub fn is_about_facts(&self) -> bool {
        matches!(self.rule, "claims-changed" | "coverage-extended" | "coverage-shortened")
    }

    /// Returns `card/subject`, or the card alone: what a waiver names.
    pub fn entity(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{}/{subject}", self.card),
            None => self.card.clone(),
        }
    }
}
