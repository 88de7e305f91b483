//! Stop-watches over rows and the event logs they run on.

use super::Id;
use crate::syntax::Snippet;

/// A stop-watch over each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When it starts.
    pub start: Tick,
    /// When it stops; null while it runs.
    pub stop: Tick,
    /// When it rests.
    pub paused: Option<Pause>,
    /// The calendar it runs in; a measure may set another.
    pub calendar: Option<Id>,
    /// What reopening does.
    pub reopen: Reopen,
    /// How long after a stop reopening counts, in microseconds.
    pub reopen_window: Option<i64>,
}

/// Where an end of a clock comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tick {
    /// A column (or an expression of type timestamp) of the row.
    Column(Snippet),
    /// The first event for which a condition holds.
    First(Snippet),
    /// The last event for which a condition holds.
    Last(Snippet),
}

/// When a clock rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Minutes per row, deducted whole.
    Minutes(Snippet),
    /// One interval per row.
    Span(String, String),
    /// Intervals of another source.
    Source {
        /// The source.
        source: Id,
        /// The column of both sources that ties them.
        on: String,
        /// Start and end columns.
        span: (String, String),
    },
    /// While the case's last event satisfies a condition.
    While(Snippet),
}

/// What reopening a stopped case does to its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reopen {
    /// The time between the stop and the reopening does not count; the clock goes on.
    Resume,
    /// The clock starts again at the reopening.
    Reset,
    /// The first stop stands.
    Ignore,
}

/// How an event log becomes one row per case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// The column that identifies a case.
    pub case: String,
    /// The column that orders its events; file order breaks ties.
    pub order: String,
    /// Up to when events are taken into account.
    pub as_of: AsOf,
    /// Columns taken from the first event instead of the last.
    pub first: Vec<String>,
}

/// Whether what was logged after a period may still change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// Yes.
    FileEnd,
    /// No.
    PeriodEnd,
}
