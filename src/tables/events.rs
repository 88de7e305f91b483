use std::collections::HashMap;

use arrow_array::{Array, BooleanArray};

use crate::diagnostics::Diagnostic;
use crate::expression::{Batch, Column, Type};
use crate::resolve::terms::{AsOf, Events, OnBadRow};

use super::bind;
use super::join::text;
use super::{Chunk, Data, Failure, Position, Rejected, Request, Scanned, Wanted, rows, scan};

/// The cases of an event log.
#[derive(Debug, Default)]
pub struct Cases {
    /// The value of the case column, one per case, in order of the case's first event in the files.
    pub ids: Vec<String>,
    /// For each condition (in the order `test` returns them) one track per case, over all events.
    pub tracks: Vec<Vec<Track>>,
    /// One for each end asked for, in that order; the only one, with all events, for `as_of: file_end`.
    pub snapshots: Vec<Snapshot>,
    /// Events without a case, which belong to none.
    pub without_case: u64,
    /// Events without an `order` that `on_bad_row: skip` left out.
    pub without_order: u64,
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

    /// Takes the next event of the case.
    fn event(&mut self, at: i64, holds: bool) {
        let open = self.stretches.last_mut().filter(|stretch| stretch.to.is_none());
        match (holds, open) {
            (true, Some(_)) => {}
            (true, None) => match self.stretches.last_mut().filter(|stretch| stretch.to == Some(at)) {
                // Two events of one instant: nothing lies between them.
                Some(joined) => joined.to = None,
                None => self.stretches.push(Stretch { from: at, to: None }),
            },
            (false, Some(open)) if open.from == at => {
                self.stretches.pop();
            }
            (false, Some(open)) => open.to = Some(at),
            (false, None) => {}
        }
        if holds {
            self.marks.push(at);
        }
    }
}

/// Events of some chunks, as they come.
#[derive(Debug, Default)]
struct Log {
    /// Different cases and, for each, nothing but its number.
    ids: Vec<String>,
    numbers: HashMap<String, u32>,
    events: Vec<Event>,
    batches: Vec<Batch>,
    /// For each condition whether it held for each event.
    held: Vec<Vec<bool>>,
    without_case: u64,
    without_order: u64,
}

#[derive(Clone, Copy, Debug)]
struct Event {
    case: u32,
    order: i64,
    /// Which batch and which row of it.
    batch: u32,
    row: u32,
    position: Position,
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
/// As [`scan`](super::scan); also for an event without an `order`, unless bad rows are skipped.
///
/// # Panics
/// When the source declares no `events`.
pub fn cases(
    request: &Request<'_>,
    data: &Data,
    ends: &[i64],
    test: impl Fn(&Chunk<'_>) -> Result<Vec<BooleanArray>, Rejected> + Sync,
) -> Result<Scanned<Cases>, Failure> {
    let events = request.source.events.as_ref().expect("a source with `events`");
    let asked = request.columns.len();
    let mut columns = request.columns.to_vec();
    columns.push(Wanted {
        name: events.case.clone(),
        kind: Type::Text,
    });
    columns.push(Wanted {
        name: events.order.clone(),
        kind: Type::Timestamp,
    });
    let wider = Request {
        columns: &columns,
        ..*request
    };
    let skip = request.source.on_bad_row == OnBadRow::Skip;
    let scanned = scan(
        &wider,
        data,
        Log::default,
        |log, chunk| {
            let mut batch = chunk.batch.clone();
            let order = batch.columns.pop().expect("the order");
            let case = batch.columns.pop().expect("the case");
            let narrow = Chunk {
                batch: &batch,
                number: chunk.number,
                records: chunk.records,
                first: chunk.first,
            };
            let held = test(&narrow)?;
            if let Some(row) = log.take(&narrow, &case, &order, &held)
                && !skip
            {
                return Err(without_order(request, events, row));
            }
            Ok(())
        },
        |log, later| {
            log.append(later);
            Ok(())
        },
    )?;
    let of_first = |column: &Wanted| {
        let mut first = events.first.iter();
        first.any(|name| same_column(request, name, &column.name))
    };
    let columns: Vec<(Type, bool)> = columns[..asked]
        .iter()
        .map(|column| (column.kind, of_first(column)))
        .collect();
    let ends: Vec<Option<i64>> = match events.as_of {
        AsOf::FileEnd => vec![None],
        AsOf::PeriodEnd => ends.iter().map(|end| Some(*end)).collect(),
    };
    let mut counts = scanned.counts;
    let cases = scanned.state.fold(&ends, &columns);
    counts.null_keys += cases.without_case;
    counts.skipped += cases.without_order;
    counts.rows -= cases.without_order;
    Ok(Scanned {
        state: cases,
        files: scanned.files,
        missing: scanned.missing,
        counts,
    })
}

/// Whether two names mean one column: they name one declaration, or differ in case only.
fn same_column(request: &Request<'_>, a: &str, b: &str) -> bool {
    let declared = |name| bind::declared(request.source, name).map(|(name, _)| name);
    match (declared(a), declared(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.to_lowercase() == b.to_lowercase(),
        _ => false,
    }
}

fn without_order(request: &Request<'_>, events: &Events, row: usize) -> Rejected {
    let message = format!(
        "an event of source `{}` has no `{}`, so its place is unknown",
        request.id, events.order
    );
    Rejected {
        row,
        column: Some(events.order.clone()),
        label: "this event".to_owned(),
        diagnostic: Box::new(
            Diagnostic::new("unreadable-value", request.source.path_span, message)
                .help("export it, or say `on_bad_row: skip`"),
        ),
    }
}

impl Log {
    /// Takes the events of a batch; returns the first row that has a case and no order.
    fn take(&mut self, chunk: &Chunk<'_>, case: &Column, order: &Column, held: &[BooleanArray]) -> Option<usize> {
        let Column::Timestamp(order) = order else {
            unreachable!("the order is read as timestamps")
        };
        let mut unordered = None;
        let batch = self.batches.len() as u32;
        self.held.resize_with(held.len().max(self.held.len()), Vec::new);
        for row in 0..chunk.batch.rows {
            let Some(id) = text(case, row) else {
                self.without_case += 1;
                continue;
            };
            if order.is_null(row) {
                self.without_order += 1;
                unordered.get_or_insert(row);
                continue;
            }
            let event = Event {
                case: self.number(id),
                order: order.value(row),
                batch,
                row: row as u32,
                position: chunk.position(row),
            };
            self.events.push(event);
            for (track, held) in self.held.iter_mut().zip(held) {
                track.push(held.is_valid(row) && held.value(row));
            }
        }
        self.batches.push(chunk.batch.clone());
        unordered
    }

    fn number(&mut self, id: String) -> u32 {
        let next = self.ids.len() as u32;
        let ids = &mut self.ids;
        *self.numbers.entry(id).or_insert_with_key(|id| {
            ids.push(id.clone());
            next
        })
    }

    fn append(&mut self, later: Self) {
        let cases: Vec<u32> = later.ids.into_iter().map(|id| self.number(id)).collect();
        let batches = self.batches.len() as u32;
        self.events.extend(later.events.into_iter().map(|event| Event {
            case: cases[event.case as usize],
            batch: batches + event.batch,
            ..event
        }));
        self.batches.extend(later.batches);
        self.held.resize_with(later.held.len().max(self.held.len()), Vec::new);
        for (track, later) in self.held.iter_mut().zip(later.held) {
            track.extend(later);
        }
        self.without_case += later.without_case;
        self.without_order += later.without_order;
    }

    /// Makes the cases; for each column asked for its type and whether the first event has it.
    fn fold(self, ends: &[Option<i64>], columns: &[(Type, bool)]) -> Cases {
        let mut sorted: Vec<u32> = (0..self.events.len() as u32).collect();
        // A stable sort keeps file order among events of one instant.
        sorted.sort_by_key(|&index| {
            let event = &self.events[index as usize];
            (event.case, event.order)
        });
        let mut tracks = vec![vec![Track::default(); self.ids.len()]; self.held.len()];
        for (tracks, held) in tracks.iter_mut().zip(&self.held) {
            for &index in &sorted {
                let event = &self.events[index as usize];
                tracks[event.case as usize].event(event.order, held[index as usize]);
            }
        }
        let snapshots = ends.iter().map(|end| self.snapshot(&sorted, *end, columns)).collect();
        Cases {
            ids: self.ids,
            tracks,
            snapshots,
            without_case: self.without_case,
            without_order: self.without_order,
        }
    }

    fn snapshot(&self, sorted: &[u32], end: Option<i64>, columns: &[(Type, bool)]) -> Snapshot {
        let (mut firsts, mut lasts) = (Vec::new(), Vec::new());
        let (mut cases, mut positions) = (Vec::new(), Vec::new());
        let event = |index: &u32| self.events[*index as usize];
        for of_case in sorted.chunk_by(|a, b| event(a).case == event(b).case) {
            let known = end.map_or(of_case.len(), |end| {
                of_case.partition_point(|index| event(index).order < end)
            });
            let Some((last, _)) = of_case[..known].split_last() else {
                continue;
            };
            let (first, last) = (event(&of_case[0]), event(last));
            firsts.push((first.batch as usize, first.row as usize));
            lasts.push((last.batch as usize, last.row as usize));
            cases.push(last.case);
            positions.push(last.position);
        }
        let column = |(index, (kind, is_first)): (usize, &(Type, bool))| {
            let columns: Vec<&Column> = self.batches.iter().map(|batch| &batch.columns[index]).collect();
            match columns.as_slice() {
                [] => rows::empty(*kind),
                columns => rows::gather(columns, if *is_first { &firsts } else { &lasts }),
            }
        };
        let columns = columns.iter().enumerate().map(column).collect();
        Snapshot {
            end,
            batch: Batch {
                rows: cases.len(),
                columns,
            },
            cases,
            positions,
        }
    }
}
