//! What was measured. Plain Rust: later stages read only this, never a table.

use indexmap::IndexMap;

use crate::quantity::{Period, Rational};
use crate::resolve::terms::Id;

/// Where a fact belongs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactKey {
    /// The scorecard.
    pub card: Id,
    /// The entity of a `for_each` card; `None` for the card itself (its total).
    pub entity: Option<String>,
    /// The KPI.
    pub kpi: Id,
    /// The period.
    pub period: Period,
}

/// Everything that was measured in one build.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Facts by where they belong.
    pub facts: IndexMap<FactKey, Fact>,
    /// The amounts that terms sum from sources (charges, fees).
    pub amounts: IndexMap<AmountKey, Result<Rational, Absence>>,
    /// Entities of each `for_each` card in list order: key and title.
    pub entities: IndexMap<Id, Vec<Entity>>,
    /// What reading each source showed, by card and source id.
    pub profiles: IndexMap<(Id, Id), Profile>,
}

/// Where a summed amount belongs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AmountKey {
    /// The scorecard.
    pub card: Id,
    /// `None`: the contract's charge; else the KPI whose credit base it is.
    pub kpi: Option<Id>,
    /// The period.
    pub period: Period,
}

/// One entity of a `for_each` card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// The value of the key column.
    pub key: String,
    /// What people call it.
    pub title: String,
}

/// What was measured for one KPI, entity and period.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Without any carve-out.
    pub gross: Measured,
    /// With the carve-outs that applied; equals `gross` where there are none. This one counts.
    pub net: Measured,
    /// How the net number came about, for `explain` and for money.
    pub detail: Detail,
    /// One per carve-out of the KPI, in its order.
    pub exclusions: Vec<Exclusion>,
    /// Claims that were made for this KPI and period.
    pub claims: Vec<ClaimEffect>,
    /// How much of the period the data cover.
    pub coverage: Coverage,
    /// Rows that were left out and why.
    pub left_out: LeftOut,
    /// Incidents of the failing rows or outages; `None` in the set: a failure without an incident.
    pub incidents: Vec<Option<String>>,
    /// Downtime per day of the period where the form has any, in microseconds: scheduled, excluded, down.
    pub days: Vec<Day>,
}

/// A measured value, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// `numerator / denominator` in the KPI's base unit.
    Value {
        /// The numerator.
        numerator: Rational,
        /// The denominator, above zero.
        denominator: Rational,
        /// Rows (cases, outages, probes, answers) behind it.
        rows: u64,
    },
    /// There is nothing to measure, such as a ratio over no rows.
    Absent(Absence),
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", content = "reason", rename_all = "snake_case")]
pub enum Absence {
    /// Covered, but nothing to judge: why, as a lowercase phrase.
    NotApplicable(String),
    /// Not covered by data: why, as a lowercase phrase.
    NoData(String),
}

/// How a number came about.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// No value.
    None,
    /// Hits among rows.
    Rows {
        /// Rows where the condition holds.
        hits: u64,
        /// All rows.
        rows: u64,
    },
    /// Cases of a clock.
    OnTime {
        /// Stopped in time.
        in_time: u64,
        /// Stopped late.
        late: u64,
        /// Open and overdue at the period's end.
        overdue_open: u64,
        /// Open and not yet due at the period's end.
        open_not_due: u64,
    },
    /// Time in microseconds; A scheduled, B removed, D down.
    Time {
        /// A: scheduled, and of probes measured as well.
        scheduled: i64,
        /// B: excluded by `remove` clauses.
        removed: i64,
        /// D: downtime outside every exclusion; weighted where outages have weights.
        down: Rational,
        /// Excluded by `deem_available` clauses while down.
        deemed: Rational,
        /// Left out because nothing was measured (probes).
        unmeasured: i64,
        /// Outages (unioned) that keep time after clipping, or probes.
        events: u64,
    },
    /// A statistic over values.
    Values {
        /// Number of values.
        count: u64,
        /// Their sum, where the form needs it.
        sum: Option<Rational>,
    },
    /// Two sums.
    Share {
        /// Σ part.
        part: Rational,
        /// Σ whole.
        whole: Rational,
    },
    /// Survey answers.
    Nps {
        /// 9–10.
        promoters: u64,
        /// 7–8.
        passives: u64,
        /// 0–6.
        detractors: u64,
    },
    /// Named measures of a formula.
    Formula {
        /// Name and value; `None` where absent.
        parts: Vec<(String, Option<Rational>)>,
    },
    /// A person's statement.
    Attested {
        /// Id of the attestation in the register.
        attestation: Id,
    },
}

/// What one carve-out did.
#[derive(Clone, Debug, PartialEq)]
pub struct Exclusion {
    /// The carve-out.
    pub carve_out: Id,
    /// Time it excluded, in microseconds (scheduled time, whether down or up).
    pub time: i64,
    /// Of that, down.
    pub down: Rational,
    /// Rows it excluded.
    pub rows: u64,
    /// Windows it consists of in this period, `[start, end)` in microseconds of UTC, after its cap.
    pub windows: Vec<(i64, i64)>,
    /// Time its cap refused.
    pub refused: i64,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimEffect {
    /// The claim.
    pub claim: Id,
    /// Whether it applied.
    pub applied: bool,
    /// Why not, as a lowercase phrase; `None` when it applied.
    pub reason: Option<String>,
    /// Whether no decision has been made.
    pub pending: bool,
    /// The value with this claim applied (or, if it applied, without it).
    pub otherwise: Measured,
    /// Time it excluded or would exclude, in microseconds.
    pub time: i64,
    /// Rows it excluded or would exclude.
    pub rows: u64,
}

/// How much of a period the data cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// All of it.
    Full,
    /// Up to this instant, in microseconds of UTC.
    Partial(i64),
    /// Nothing.
    None,
}

/// Rows that a measure left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The condition was null.
    pub null_condition: u64,
    /// The value was null.
    pub null_value: u64,
    /// A division by zero made the value null.
    pub zero_division: u64,
    /// The clock stopped before it started (kept and counted).
    pub negative_elapsed: u64,
}

/// One day of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// The day in the card's zone.
    pub day: jiff::civil::Date,
    /// Scheduled microseconds.
    pub scheduled: i64,
    /// Excluded microseconds.
    pub excluded: i64,
    /// Down microseconds outside exclusions.
    pub down: i64,
}

/// What reading a source showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Files read, in order, with the SHA-256 of each in lowercase hexadecimal.
    pub files: Vec<(String, String)>,
    /// Rows read, with those that a later row of the same key replaced.
    pub rows: u64,
    /// Rows outside every period asked for.
    pub outside: u64,
    /// Rows without a key, where one is declared.
    pub null_keys: u64,
    /// Rows that a later row of the same key replaced.
    pub replaced: u64,
    /// Nulls in conditions.
    pub null_conditions: u64,
    /// Divisions by zero.
    pub zero_divisions: u64,
    /// Rows whose clock stopped, or whose interval ended, before it started; each row once.
    pub negative_durations: u64,
    /// Local times that a clock change made ambiguous or skipped.
    pub dst_repairs: u64,
    /// Rows skipped as unreadable.
    pub skipped: u64,
    /// Rows whose scope no scorecard has.
    pub other_scopes: u64,
    /// On a card for each of several entities: rows of the periods asked for whose entity is not on
    /// the list. They count in the card's total and in no entity's.
    pub unlisted_entities: u64,
    /// Last instant seen in the `at` column, in microseconds of UTC.
    pub last_row: Option<i64>,
}

impl Measured {
    /// Returns the value, if there is one.
    pub fn value(&self) -> Option<Rational> {
        match self {
            Self::Value {
                numerator, denominator, ..
            } => numerator.checked_div(denominator),
            Self::Absent(_) => None,
        }
    }

    /// Returns the number of rows behind the value, 0 without one.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Value { rows, .. } => *rows,
            Self::Absent(_) => 0,
        }
    }
}
