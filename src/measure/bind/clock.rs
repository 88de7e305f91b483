//! A clock whose ends and rests are bound.

use super::Use;
use crate::resolve::terms::{Id, Reopen};

/// A clock, bound.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BoundClock {
    /// When it starts.
    pub start: BoundTick,
    /// When it stops.
    pub stop: BoundTick,
    /// When it rests.
    pub rest: Option<BoundRest>,
    /// What reopening does.
    pub reopen: Reopening,
}

/// What reopening does, and how long after a stop it counts, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reopening(pub Reopen, pub Option<i64>);

impl std::hash::Hash for Reopening {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.0 as u8, self.1).hash(state);
    }
}

/// An end of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoundTick {
    /// An instant or a day of the row.
    Value(Use),
    /// The first event for which a condition holds.
    First(Use),
    /// The last event for which a condition holds.
    Last(Use),
}

/// An end of a clock, as reopening leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BoundEnd {
    /// When the clock starts.
    pub start: BoundTick,
    /// When it stops.
    pub stop: BoundTick,
    /// What reopening does.
    pub reopen: Reopening,
    /// Whether it is the stop; else the start.
    pub is_stop: bool,
}

impl BoundEnd {
    /// Returns the value of the row that it is, where no reopening can move it.
    pub fn value(&self) -> Option<Use> {
        match (self.stop, if self.is_stop { self.stop } else { self.start }) {
            (BoundTick::Value(_) | BoundTick::First(_), BoundTick::Value(number)) => Some(number),
            _ => None,
        }
    }
}

/// When a clock rests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BoundRest {
    /// Minutes per row.
    Minutes(Use),
    /// One interval per row.
    Span(Use, Use),
    /// Intervals of another source.
    Source {
        /// The source.
        source: Id,
        /// The tie in this source.
        here: Use,
        /// The tie in the other source.
        there: Use,
        /// Start and end in the other source.
        span: (Use, Use),
    },
    /// While the case's latest event satisfies a condition.
    While(Use),
}
