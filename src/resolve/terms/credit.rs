//! What a miss pays and what a good value earns.

use super::{Amount, Deadline, Range};
use crate::quantity::Rational;
use crate::source::Span;

/// What a miss pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// What a share is of.
    pub of: CreditBase,
    /// How much of it.
    pub model: CreditModel,
    /// Largest share of the base, 0..=1.
    pub cap: Option<Rational>,
    /// Within what time after the report it must be asked for, in microseconds.
    pub request_within: Option<Deadline>,
    /// Where it stands.
    pub span: Span,
}

/// What a credit is a share of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditBase {
    /// The period's charge.
    Charge,
    /// The at-risk amount × this KPI's share of it, 0..=1.
    AtRisk(Rational),
    /// A fee of its own.
    Fee(Amount),
}

/// How a miss becomes a share of the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditModel {
    /// All of it on a default.
    WholeOnDefault,
    /// Steps; nested one-sided `below` tiers pay the highest that matches.
    Tiers(Vec<Tier>),
    /// Points that each pay a share.
    Points {
        /// Points per stretch of values.
        bands: Vec<(Range, Rational)>,
        /// Share of the base one point pays.
        each_pays: Rational,
        /// Whether second and later consecutive failures count twice.
        repeat_doubles: bool,
    },
    /// Target − actual, in percentage points.
    Shortfall,
    /// A share per stretch of net downtime.
    PerUnit {
        /// The stretch in microseconds.
        each: i64,
        /// Share of the base.
        pays: Rational,
        /// Whether a part of a stretch counts.
        ceil: bool,
    },
    /// A share per number of failures over several periods.
    PerCount {
        /// The number.
        each: u32,
        /// Share of the charges summed over `over`.
        pays: Rational,
        /// Periods.
        over: u32,
    },
    /// D / (A − B).
    Proportional,
}

/// A step of a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// When it applies.
    pub when: TierTest,
    /// Share of the base it pays, 0..=1.
    pub pays: Rational,
    /// Where it stands.
    pub span: Span,
}

/// When a tier applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TierTest {
    /// The verdict is below_target or default.
    BelowTarget,
    /// The verdict is default.
    BelowMinimum,
    /// The value is in a range.
    Value(Range),
}

/// What a good value earns the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bonus {
    /// What a share is of.
    pub of: CreditBase,
    /// Steps.
    pub tiers: Vec<Tier>,
}
