//! The terms of a scorecard in force for a period: every default explicit, every name bound, every
//! unit known. Later stages read only this.

mod calendar;
mod card;
mod carve_out;
mod claims;
mod clock;
mod consequence;
mod contract;
mod credit;
mod kpi;
mod maturity;
mod measure;
mod scenario;
mod scoring;
mod source;
mod timeline;

pub use calendar::{Calendar, minutes};
pub use card::{Category, ForEach, Grades, Missing, Objective, Person, Review};
pub use carve_out::{CapCounts, CapPer, CarveOut, CarveOutBy, CarveOutCap, CarveOutMode, Needs};
pub use claims::{Attestation, Claim, ClaimCovers, Claims, CreditRequest, Decision, Selection};
pub use clock::{AsOf, Clock, Events, Pause, Reopen, Tick};
pub use consequence::{Consequences, Counting, EarnBack, RollingCap, SingleIncident, Trigger, TriggerWhen};
pub use contract::{Amount, Contract, Deadline, LateChanges, Obligation, PartialPeriod};
pub use credit::{Bonus, Credit, CreditBase, CreditModel, Tier, TierTest};
pub use kpi::{Allow, Baseline, Benchmark, Goal, Guardrail, Impact, Kpi, LowVolume, OnMiss, Raci, Retired};
pub use maturity::{Criterion, Dimension, Maturity, Subject};
pub use measure::{FailureMean, Function, Measure, Operand, Outage, Overdue, ProbeMethod, Rows, Within};
pub use scenario::{
    Cell, Earlier, Expectation, Expected, Figure, FlagWord, GivenRow, GivenRows, GradeWord, Scenario, ScenarioKind,
    VerdictWord,
};
pub use scoring::{Band, Bound, Range, Scoring};
pub use source::{At, Column, ColumnKind, Covers, FileKind, Format, LocalTime, Lookup, OnBadRow, Reduce, Source};
pub use timeline::{Amendment, Timeline, Version};

use indexmap::IndexMap;
use jiff::tz::TimeZone;

use crate::quantity::PeriodScheme;

/// A kebab-case id, unique within its map.
pub type Id = String;

/// Everything a scorecard says for one period.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The scorecard's id.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub description: Option<String>,
    /// The contract; `None` on an internal team's card.
    pub contract: Option<Contract>,
    /// The zone in which periods start and end.
    pub time_zone: TimeZone,
    /// How time is cut into periods.
    pub period: PeriodScheme,
    /// The calendar that "business days" means.
    pub business_days: Option<Id>,
    /// How often the scorecard is reviewed and when it last was.
    pub review: Option<Review>,
    /// The value of each source's scope column that belongs to this scorecard.
    pub scope: Option<String>,
    /// Cards per entity (technician, site, carrier).
    pub for_each: Option<ForEach>,
    /// Calendars by id; `always` is among them.
    pub calendars: IndexMap<Id, Calendar>,
    /// People by id.
    pub people: IndexMap<Id, Person>,
    /// Objectives by id.
    pub objectives: IndexMap<Id, Objective>,
    /// Categories by id; weights sum to 100.
    pub categories: IndexMap<Id, Category>,
    /// Sources by id.
    pub sources: IndexMap<Id, Source>,
    /// KPIs by id in file order, `each` expanded.
    pub kpis: IndexMap<Id, Kpi>,
    /// Carve-outs by id.
    pub carve_outs: IndexMap<Id, CarveOut>,
    /// What follows from verdicts beyond each KPI's own credit.
    pub consequences: Consequences,
    /// Lowest scores of the grades `green` and `amber`.
    pub grades: Option<Grades>,
    /// What a KPI without data does to the score.
    pub missing: Missing,
    /// Audiences that get a report of their own.
    pub views: Vec<String>,
    /// What the customer owes, by id.
    pub obligations: IndexMap<Id, Obligation>,
}

impl Terms {
    /// Returns the KPIs that `name` stands for: itself, or all rows of its `each`; none where it is unknown.
    pub fn kpis_named(&self, name: &str) -> Vec<Id> {
        let is_row = |kpi: &&Kpi| kpi.each.as_ref().is_some_and(|(base, _)| base == name);
        match self.kpis.get(name) {
            Some(kpi) => vec![kpi.id.clone()],
            None => self.kpis.values().filter(is_row).map(|kpi| kpi.id.clone()).collect(),
        }
    }
}
