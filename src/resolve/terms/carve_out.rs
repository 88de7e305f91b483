//! Time or rows that do not count.

use jiff::civil::Date;

use super::{Deadline, Id};
use crate::source::Span;
use crate::syntax::Snippet;

/// Time or rows that do not count.
#[derive(Clone, Debug, PartialEq)]
pub struct CarveOut {
    /// Its id.
    pub id: Id,
    /// The title.
    pub title: String,
    /// The clause that allows it.
    pub clause: Option<String>,
    /// `provider`, `customer` or `external`.
    pub cause: Option<String>,
    /// What it covers.
    pub by: CarveOutBy,
    /// What excluded time becomes.
    pub mode: CarveOutMode,
    /// How much it may exclude.
    pub cap: Option<CarveOutCap>,
    /// What a claim must have.
    pub needs: Needs,
    /// By when a claim must be notified, from its window's start.
    pub notice: Option<Deadline>,
    /// Where it stands.
    pub declared_at: Span,
}

/// What a claim must have to apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Evidence.
    pub evidence: bool,
    /// The other party's approval.
    pub approval: bool,
}

/// What a carve-out covers.
#[derive(Clone, Debug, PartialEq)]
pub enum CarveOutBy {
    /// Windows by a recurrence rule in the scorecard's zone.
    Schedule {
        /// The rule as RFC 5545 writes it.
        rrule: Snippet,
        /// First day the rule is expanded from: `from`, else the contract's start.
        from: Option<Date>,
        /// Length of a window in microseconds of elapsed time.
        lasts: i64,
    },
    /// Rows of the measured source.
    Where(Snippet),
    /// Windows or tickets of the Claims register.
    Claims,
}

/// What excluded time becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CarveOutMode {
    /// It leaves both sides.
    Remove,
    /// It counts as up.
    DeemAvailable,
}

/// How much a carve-out may exclude.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarveOutCap {
    /// Microseconds.
    pub time: i64,
    /// Per reporting period or another stretch.
    pub per: CapPer,
    /// What spends it.
    pub counts: CapCounts,
}

/// The stretch a cap renews with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CapPer {
    /// The reporting period.
    Period,
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// Calendar years.
    Year,
}

/// What spends a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CapCounts {
    /// Every minute of a window.
    Windows,
    /// Only down minutes.
    Downtime,
}
