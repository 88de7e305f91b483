//! How a KPI is measured.

use indexmap::IndexMap;

use super::{At, Deadline, Id};
use crate::quantity::Rational;
use crate::syntax::Snippet;

/// How a KPI is measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// Rows where `hit` holds / rows.
    Ratio {
        /// The rows.
        rows: Rows,
        /// The condition.
        hit: Snippet,
    },
    /// Cases stopped in time.
    OnTime {
        /// The rows.
        rows: Rows,
        /// The clock.
        clock: Id,
        /// The limit.
        within: Within,
        /// The calendar: the measure's, else the clock's, else `always`.
        calendar: Id,
        /// What an unresolved case does.
        overdue: Overdue,
        /// Under `opened_in_period`: whether cases that are open and not yet due are left out.
        leave_out_not_due: bool,
    },
    /// Scheduled time without downtime / scheduled time.
    Availability {
        /// The outages; their source declares a `span`.
        rows: Rows,
        /// The scheduled time.
        outage: Outage,
    },
    /// Time or samples in which probes answer.
    Probes {
        /// The probes.
        rows: Rows,
        /// Whether a probe is up.
        up: Snippet,
        /// Whether a state holds until the next probe, or probes are counted.
        method: ProbeMethod,
        /// The scheduled time.
        calendar: Id,
        /// How often a probe runs, in microseconds.
        every: Option<i64>,
        /// A state holds no longer than this, in microseconds.
        max_gap: Option<i64>,
        /// The column that keeps several services apart.
        series: Option<String>,
    },
    /// One number from many values.
    Aggregate {
        /// The rows.
        rows: Rows,
        /// How.
        function: Function,
        /// Of what.
        of: Operand,
    },
    /// The number of rows.
    Count {
        /// The rows.
        rows: Rows,
    },
    /// The number of different values.
    Distinct {
        /// The rows.
        rows: Rows,
        /// The values.
        of: Snippet,
    },
    /// The net promoter score of answers 0–10, −100..=100.
    Nps {
        /// The rows.
        rows: Rows,
        /// The answer.
        of: Snippet,
    },
    /// Σ part / Σ whole.
    Share {
        /// The rows.
        rows: Rows,
        /// The part.
        part: Snippet,
        /// The whole.
        whole: Snippet,
    },
    /// Mean time between failures and its kin.
    Failures {
        /// The outages.
        rows: Rows,
        /// Which of the three.
        is: FailureMean,
        /// The scheduled time.
        outage: Outage,
    },
    /// Arithmetic over named measures.
    Formula {
        /// The arithmetic; its names are those of `parts`.
        is: Snippet,
        /// The measures by name.
        parts: IndexMap<String, Measure>,
    },
    /// Measured elsewhere, one row per period.
    Value {
        /// The rows.
        rows: Rows,
        /// The value.
        of: Snippet,
    },
    /// A person's statement in the Claims file.
    Attested,
}

impl Measure {
    /// Returns the rows it is over, of a formula those of each of its parts; a statement has none.
    pub fn rows(&self) -> Vec<&Rows> {
        match self {
            Self::Ratio { rows, .. }
            | Self::OnTime { rows, .. }
            | Self::Availability { rows, .. }
            | Self::Probes { rows, .. }
            | Self::Aggregate { rows, .. }
            | Self::Count { rows }
            | Self::Distinct { rows, .. }
            | Self::Nps { rows, .. }
            | Self::Share { rows, .. }
            | Self::Failures { rows, .. }
            | Self::Value { rows, .. } => vec![rows],
            Self::Formula { parts, .. } => parts.values().flat_map(Self::rows).collect(),
            Self::Attested => Vec::new(),
        }
    }
}

/// The rows a measure is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The source.
    pub source: Id,
    /// The population.
    pub filter: Option<Snippet>,
    /// The column and value of the KPI's `each` row: the rows where they are equal.
    pub each: Option<(String, String)>,
    /// What puts a row in a period: the KPI's `at`, else the source's.
    pub at: Option<At>,
}

/// How outages become downtime.
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// The scheduled time.
    pub calendar: Id,
    /// Only whole clock minutes inside an outage count.
    pub whole_minutes: bool,
    /// Outages strictly shorter than this many microseconds do not count.
    pub ignore_shorter: Option<i64>,
    /// What an instant of an outage weighs, 0..=1.
    pub weight: Option<Snippet>,
}

/// Reduces many values to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Function {
    /// The sum / the number of values.
    Mean,
    /// The middle; between the two middle ones for an even number.
    Median,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The sum.
    Sum,
    /// Linear interpolation between closest ranks (type 7); the share, 0..=1.
    Percentile(Rational),
}

/// What an aggregate is of.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// An expression over the row.
    Expression(Snippet),
    /// The elapsed time of a clock in a calendar.
    Clock {
        /// The clock.
        clock: Id,
        /// The calendar.
        calendar: Id,
    },
}

/// How long a clock may run.
#[derive(Clone, Debug, PartialEq)]
pub enum Within {
    /// One limit for all rows.
    Same(Deadline),
    /// A limit per value of a column; a row with another value is an error.
    By {
        /// The column.
        column: String,
        /// The limits.
        limits: IndexMap<String, Deadline>,
    },
}

/// What an unresolved case does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overdue {
    /// In time / (resolved + open and overdue at the period's end).
    CountUntilResolved,
    /// In time / resolved.
    ResolvedOnly,
    /// In time / opened in the period.
    OpenedInPeriod,
}

/// How probes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProbeMethod {
    /// A probe's state holds until the next.
    State,
    /// The share of probes.
    Samples,
}

/// Which mean of outages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureMean {
    /// Uptime per failure: (A − B − D) / n.
    Mtbf,
    /// Downtime per failure: D / n.
    Mtrs,
    /// Time per failure: (A − B) / n.
    Mtbsi,
}
