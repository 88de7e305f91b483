//! Levelled maturity models.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::civil::Date;

use super::{Goal, Id, VerdictWord};
use crate::source::Span;

/// A maturity model of a scorecard.
#[derive(Clone, Debug)]
pub struct Maturity {
    /// Its id.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub description: Option<String>,
    /// Path of the file that holds it.
    pub path: String,
    /// The scorecard whose KPIs it looks at.
    pub of: Id,
    /// The names of the levels, level 1 first; at least one.
    pub levels: Vec<String>,
    /// Whether the dimensions' levels are added up instead of the lowest standing for all.
    pub summed: bool,
    /// What is assessed, in file order.
    pub dimensions: IndexMap<Id, Dimension>,
    /// Where its id stands.
    pub declared_at: Span,
}

/// Something that is assessed.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its title.
    pub title: String,
    /// What it means, in a sentence or two.
    pub description: Option<String>,
    /// Who owns it.
    pub owner: Option<Id>,
    /// What must be so to reach a level, from 2 on.
    pub to_reach: BTreeMap<u8, IndexMap<Id, Criterion>>,
    /// What must be so to hold the last level.
    pub to_hold: IndexMap<Id, Criterion>,
}

/// Something that must be so.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Who answers for it.
    pub owner: Option<Id>,
    /// What must be so.
    pub subject: Subject,
}

/// What a criterion is about.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The value or the verdict of KPIs in the last periods.
    Kpis {
        /// The name as written, and the KPIs that it stands for.
        name: Id,
        /// The KPIs; all of them must satisfy it.
        kpis: Vec<Id>,
        /// What the value must be.
        goal: Option<Goal>,
        /// What the verdict must be.
        verdict: Option<VerdictWord>,
        /// For how many periods in a row, at least one.
        periods: u32,
    },
    /// What people do.
    Practice {
        /// The practice.
        text: String,
        /// What shows it.
        evidence: Option<String>,
        /// The last day on which the evidence holds.
        expires: Option<Date>,
    },
}
