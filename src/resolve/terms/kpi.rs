//! One key performance indicator.

use jiff::civil::Date;

use super::{Bonus, Credit, Id, Measure, Missing, Scoring};
use crate::quantity::{Quantity, Rational, Unit};
use crate::source::Span;

/// One key performance indicator.
#[derive(Clone, Debug)]
pub struct Kpi {
    /// Its id, such as `resolution-p1`.
    pub id: Id,
    /// The KPI whose `each` made it and the row's value, such as (`resolution`, `P1`).
    pub each: Option<(Id, String)>,
    /// The title.
    pub title: String,
    /// What it says, for readers.
    pub description: Option<String>,
    /// Its category; `None` when the card has none.
    pub category: Option<Id>,
    /// Weight within its category in percent.
    pub weight: Rational,
    /// Category weight × weight / 100, in percent of the card.
    pub effective_weight: Rational,
    /// Who is accountable.
    pub owner: Option<Id>,
    /// Who does, is asked and is told.
    pub raci: Raci,
    /// The objective it serves.
    pub objective: Option<Id>,
    /// How it is measured.
    pub measure: Measure,
    /// The unit of its value.
    pub unit: Unit,
    /// Decimals shown.
    pub decimals: u32,
    /// Decimals to which the value is rounded half-up before it is compared; `None`: not at all.
    pub compare_rounding: Option<u32>,
    /// What it should reach; `None` on a KPI that is only shown.
    pub target: Option<Goal>,
    /// What it must reach; the target where the author wrote none.
    pub minimum: Option<Goal>,
    /// Whether the author wrote a minimum.
    pub own_minimum: bool,
    /// Where it stood before.
    pub baseline: Option<Baseline>,
    /// Where others stand.
    pub benchmark: Option<Benchmark>,
    /// Carve-outs in order of precedence.
    pub carve_outs: Vec<Id>,
    /// How a value becomes a score.
    pub scoring: Scoring,
    /// Largest score; 100 unless `over` says more.
    pub score_limit: Rational,
    /// What a miss pays.
    pub credit: Option<Credit>,
    /// What a good value earns the provider.
    pub bonus: Option<Bonus>,
    /// A proposal to raise the level after this many periods beyond it.
    pub ratchet: Option<u32>,
    /// What happens on a miss.
    pub on_miss: Option<OnMiss>,
    /// What a miss costs the business.
    pub impact: Option<Impact>,
    /// Fewer rows than this flag `low_volume`.
    pub min_sample: Option<u64>,
    /// Allowed misses for few rows, by rising `up_to`.
    pub low_volume: Vec<LowVolume>,
    /// A KPI that must hold for this one to count as met.
    pub guardrail: Option<Guardrail>,
    /// The card's score is capped at this while the KPI is missed.
    pub gate: Option<Rational>,
    /// Periods from the contract's start in which the KPI does not count.
    pub burn_in: u32,
    /// What happens without data; the card's `missing` where the KPI has none.
    pub missing: Missing,
    /// How many periods back the value reaches, 1 for the period alone.
    pub window: u32,
    /// Stands outside the entity cards.
    pub team_level: bool,
    /// The id it had before.
    pub renamed_from: Option<Id>,
    /// It has left; `replaced_by` names what took its place.
    pub retired: Option<Retired>,
    /// Internal remarks.
    pub notes: Option<String>,
    /// Findings that are accepted here.
    pub allow: Vec<Allow>,
    /// Where it stands.
    pub declared_at: Span,
}

/// A KPI that has left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retired {
    /// What took its place.
    pub replaced_by: Option<Id>,
}

/// Who does, is asked and is told; the owner is accountable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raci {
    /// Who does the work.
    pub responsible: Vec<Id>,
    /// Who is asked.
    pub consulted: Vec<Id>,
    /// Who is told.
    pub informed: Vec<Id>,
}

/// A condition on a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// value ≥ x
    AtLeast(Quantity),
    /// value > x
    Above(Quantity),
    /// value ≤ x
    AtMost(Quantity),
    /// value < x
    Below(Quantity),
    /// a ≤ value ≤ b
    Between(Quantity, Quantity),
    /// of − by ≤ value ≤ of + by; a relative `by` is already multiplied out.
    WithinBand {
        /// The middle.
        of: Quantity,
        /// Half the width, in the unit of `of`.
        by: Quantity,
    },
}

/// Where a KPI stood before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The value.
    pub value: Quantity,
    /// First and last day it was measured over.
    pub over: Option<(Date, Date)>,
    /// Who says so.
    pub source: Option<String>,
}

/// Where others stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Benchmark {
    /// The value.
    pub value: Quantity,
    /// Who says so.
    pub source: Option<String>,
}

/// What happens on a miss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnMiss {
    /// What is done.
    pub action: String,
    /// Who does it.
    pub owner: Option<Id>,
    /// Who is told.
    pub notify: Vec<Id>,
}

/// What a miss costs the business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impact {
    /// Per what, as written.
    pub per: String,
    /// How much money.
    pub costs: Rational,
    /// As what.
    pub what: Option<String>,
}

/// Allowed misses for few rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowVolume {
    /// Largest number of rows.
    pub up_to: u64,
    /// Misses that are still met.
    pub allowed_misses: u64,
}

/// A KPI that must hold for another to count as met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardrail {
    /// The KPI that must hold, or the one whose `each` made those that all must; see [`Terms::kpis_named`].
    ///
    /// [`Terms::kpis_named`]: super::Terms::kpis_named
    pub kpi: Id,
    /// Turns met into below_target (`true`), or only reports it.
    pub not_met: bool,
}

/// A finding that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The rule.
    pub rule: String,
    /// Why.
    pub reason: Option<String>,
    /// The last day it is accepted.
    pub until: Option<Date>,
}
