//! What follows from verdicts beyond each KPI's own credit.

use indexmap::IndexMap;

use super::{Deadline, Id};
use crate::quantity::Rational;

/// What follows from verdicts beyond each KPI's own credit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// What one incident that fails several KPIs pays.
    pub single_incident: Option<SingleIncident>,
    /// The n-th miss is a default: misses, within periods.
    pub default_after: Option<(u32, u32)>,
    /// How a credit is earned back.
    pub earn_back: Option<EarnBack>,
    /// A cap over several periods.
    pub rolling_cap: Option<RollingCap>,
    /// Triggers by id.
    pub triggers: IndexMap<Id, Trigger>,
}

/// What one incident that fails several KPIs pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SingleIncident {
    /// The highest credit.
    Highest,
    /// All credits.
    Sum,
    /// The one the customer selects.
    CustomerSelects,
}

/// How a credit is earned back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarnBack {
    /// Later periods that are looked at.
    pub over: u32,
    /// All of them met (`true`), or a mean margin of at least 0.
    pub every_period: bool,
    /// Whether a default in any of them forbids it.
    pub forbid_default: bool,
    /// Whether a missed target in any of them forbids it.
    pub forbid_below_target: bool,
    /// Whether the contract's end forfeits it.
    pub lapse: bool,
}

/// A cap over several periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollingCap {
    /// Periods.
    pub over: u32,
    /// Share of the charges, 0..=1.
    pub at_most: Rational,
    /// Before `over` periods have passed: on the current charge × `over`, or on the charges so far.
    pub projected: bool,
}

/// Something that happens when verdicts pile up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// When.
    pub when: TriggerWhen,
    /// Who is told.
    pub notify: Vec<Id>,
    /// By when.
    pub within: Option<Deadline>,
    /// The party that gets a right, such as to terminate.
    pub right: Option<String>,
    /// The clause.
    pub clause: Option<String>,
}

/// When a trigger fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerWhen {
    /// This many periods in a row.
    Consecutive {
        /// Periods.
        periods: u32,
        /// What counts.
        counting: Counting,
    },
    /// This many within some periods.
    Count {
        /// How many.
        count: u32,
        /// Within how many periods.
        within: u32,
        /// What counts.
        counting: Counting,
    },
    /// The period's credits reach the cap.
    CapReached,
}

/// What a trigger counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counting {
    /// KPIs; `None`: all. `with_credit` is already bound to those with a credit.
    pub kpis: Option<Vec<Id>>,
    /// Counts below_target too, not only default.
    pub below_target: bool,
    /// Whether the failures must be of one KPI.
    pub same_kpi: bool,
}
