//! The parties, the money and the term of a contract.

use jiff::civil::Date;

use super::Id;
use crate::quantity::Rational;
use crate::syntax::Snippet;

/// The parties, the money and the term of a contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The parties' reference.
    pub reference: Option<String>,
    /// Who buys.
    pub customer: Option<String>,
    /// Who sells.
    pub provider: Option<String>,
    /// First day, inclusive.
    pub starts: Date,
    /// Last day, inclusive.
    pub ends: Option<Date>,
    /// The charge per period.
    pub charge: Option<Amount>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Decimals of the currency's minor unit.
    pub minor_units: u32,
    /// Share of the charge that caps a period's credits.
    pub at_risk: Option<Rational>,
    /// Sum of the KPIs' shares that is allowed; 1 unless `over_allocated` says more.
    pub over_allocated: Rational,
    /// When the report is due after a period's end.
    pub report_due: Option<Deadline>,
    /// What a change decided after publication does.
    pub late_changes: Option<LateChanges>,
    /// What a period that the term covers only partly does.
    pub partial: Option<PartialPeriod>,
}

/// An amount of money: written, or summed from a source per period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Written in the contract.
    Fixed(Rational),
    /// The sum of an expression over a source's rows of the period.
    Summed {
        /// The source.
        source: Id,
        /// The rows that count.
        filter: Option<Snippet>,
        /// The expression summed.
        sum: Snippet,
    },
}

/// See `late_changes` in the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateChanges {
    /// A new edition with the delta.
    Restate,
    /// A line in the period of the decision.
    AdjustNext,
}

/// See `contract.partial` in the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialPeriod {
    /// No scorecard.
    Skip,
    /// The charge in proportion to the days.
    Prorate,
}

/// A length of time a rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Elapsed microseconds.
    Elapsed(i64),
    /// The close of the n-th open day after the start.
    BusinessDays(u32),
}

/// What the customer owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// The title.
    pub title: String,
    /// Who owes it.
    pub owner: Option<Id>,
    /// By when, as written.
    pub due: Option<String>,
}
