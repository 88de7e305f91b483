use arrow_array::BooleanArray;

use crate::expression::{Batch, Column};

use super::{Chunk, Data, Failure, Position, Rejected, Request, Scanned};

/// The cases of an event log.
#[derive(Debug, Default)]
pub struct Cases {
    /// The value of the case column, one per case, in order of the case's first event in the files.
    pub ids: Vec<String>,
    /// For each condition (in the order `test` returns them) one track per case, over all events.
    pub tracks: Vec<Vec<Track>>,
    /// One for each end asked for, in that order; the only one, with all events, for `as_of: file_end`.
    pub snapshots: Vec<Snapshot>,
}

/// The cases as they stood at an instant.
#[derive(Debug)]
pub struct Snapshot {
    /// Only events before this instant (microseconds of UTC) are taken into account; `None`: all.
    /// Tracks have to be cut to it by [`Track::as_of`].
    pub end: Option<i64>,
    /// One row per case that has an event by then, in order of `ids`: the columns asked for, from
    /// the case's last event, or from its first where `events.first` names the column.
    pub batch: Batch,
    /// For each row its case.
    pub cases: Vec<u32>,
    /// For each row where its case's last event stands.
    pub positions: Vec<Position>,
}

/// When a condition held for one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Instants of the events for which it held, ascending: a clock's `first` tick is the first, its
    /// `last` tick the last of them.
    pub marks: Vec<i64>,
    /// While the case's latest event satisfied it; disjoint, ascending, neighbours joined. Pauses
    /// (`while`), and with a stop's condition the stops (`from`) and restarts (`to`) for `reopen`.
    pub stretches: Vec<Stretch>,
}

/// A time during which a condition held, in microseconds of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When it began to hold.
    pub from: i64,
    /// When an event ended it; `None`: it still holds after the last event.
    pub to: Option<i64>,
}

impl Track {
    /// Returns the track as only the events before `end` tell it.
    #[must_use]
    pub fn as_of(&self, end: i64) -> Self {
        let stretch = |s: &Stretch| Stretch {
            from: s.from,
            to: s.to.filter(|&to| to < end),
        };
        Self {
            marks: self.marks.iter().copied().filter(|&mark| mark < end).collect(),
            stretches: self.stretches.iter().filter(|s| s.from < end).map(stretch).collect(),
        }
    }
}

/// Reads an event log (`source.events`) and makes one row per case.
///
/// Events of a case are ordered by the `order` column, file order breaking ties. `ends` are the
/// period ends for `as_of: period_end`, exclusive, in microseconds of UTC; they are not looked at for
/// `file_end`. `test` evaluates every condition (of clocks' ticks and pauses) over the events of a
/// chunk, whose batch has the columns asked for; null is "does not hold". Events without a case are
/// left out and counted as null keys.
///
/// # Errors
/// As [`scan`](super::scan); also for an event without an `order`.
///
/// # Panics
/// When the source declares no `events`.
pub fn cases(
    request: &Request<'_>,
    data: &Data,
    ends: &[i64],
    test: impl Fn(&Chunk<'_>) -> Result<Vec<BooleanArray>, Rejected> + Sync,
) -> Result<Scanned<Cases>, Failure> {
    let _ = (request, data, ends, test, None::<Column>);
    todo!("cases")
}
