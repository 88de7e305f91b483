//! Decoded rows of a keyed source, held until all keys are known.
//!
//! Which rows count is known when the last one has been read. Holding what was decoded makes folding again
//! possible without reading again.

use std::collections::BTreeMap;

use arrow_array::Array;
use rayon::prelude::*;

use super::Failure;
use super::collect::Decoded;
use super::fold::{Chunk, Folding, Position};
use super::key::Replaced;
use crate::diagnostics::Diagnostic;
use crate::expression::{Column, Numbers, Texts};
use crate::tables::Rejected;

/// How many bytes of decoded rows are held; a keyed source with more of them, in which a row is replaced, is
/// read a second time instead.
const MOST: usize = 1 << 30;

/// Chunks folded at a time; their states are merged before more are made.
const AT_A_TIME: usize = 64;

/// The decoded rows of all chunks so far; nothing once they are too many.
#[derive(Default)]
pub(super) struct Held {
    chunks: BTreeMap<u32, Vec<Decoded>>,
    bytes: usize,
}

/// Why folding again ended early.
pub(super) enum Refused {
    /// A row that the fold refuses, and where it stands.
    Row(Position, Rejected),
    /// The states of some chunks do not go together.
    Merge(Box<Diagnostic>),
}

impl Held {
    /// Whether there are too many rows to hold them.
    pub(super) fn is_full(&self) -> bool {
        self.bytes > MOST
    }

    /// Takes the rows of a chunk.
    pub(super) fn take(&mut self, number: u32, rows: Vec<Decoded>) {
        if self.is_full() {
            return;
        }
        self.bytes += rows
            .iter()
            .flat_map(|rows| &rows.batch.columns)
            .map(bytes)
            .sum::<usize>();
        self.chunks.insert(number, rows);
        if self.is_full() {
            self.chunks.clear();
        }
    }

    /// Folds the rows again without those that are `replaced`; no state where there are no chunks.
    pub(super) fn fold<S, I, F, M>(self, replaced: &Replaced, work: &Folding<'_, I, F, M>) -> Result<Option<S>, Refused>
    where
        S: Send,
        I: Fn() -> S + Sync,
        F: Fn(&mut S, &Chunk<'_>) -> Result<(), Rejected> + Sync,
        M: Fn(&mut S, S) -> Result<(), Box<Diagnostic>> + Sync,
    {
        let mut whole: Option<S> = None;
        let mut rest = self.chunks.into_iter();
        loop {
            let some: Vec<(u32, Vec<Decoded>)> = rest.by_ref().take(AT_A_TIME).collect();
            if some.is_empty() {
                return Ok(whole);
            }
            let folded: Vec<Result<S, Refused>> = some
                .into_par_iter()
                .map(|(number, rows)| {
                    let mut state = (work.init)();
                    for mut rows in rows {
                        if let Some(records) = replaced.get(&number) {
                            rows.leave_out(records);
                        }
                        let chunk = rows.chunk(number);
                        (work.fold)(&mut state, &chunk)
                            .map_err(|refusal| Refused::Row(chunk.position(refusal.row), refusal))?;
                    }
                    Ok(state)
                })
                .collect();
            for later in folded {
                let later = later?;
                match &mut whole {
                    Some(state) => (work.merge)(state, later).map_err(Refused::Merge)?,
                    None => whole = Some(later),
                }
            }
        }
    }
}

impl Refused {
    /// Turns it into a failure; `locate` returns the place of a row.
    pub(super) fn failure(
        self,
        locate: impl Fn(Position, Option<&str>) -> Result<crate::diagnostics::Place, Failure>,
    ) -> Failure {
        match self {
            Self::Merge(finding) => Failure::from(*finding),
            Self::Row(position, refusal) => match locate(position, refusal.column.as_deref()) {
                Ok(place) => refusal.diagnostic.also(place, refusal.label).into(),
                Err(failure) => failure,
            },
        }
    }
}

fn bytes(column: &Column) -> usize {
    match column {
        Column::Boolean(values) => values.get_array_memory_size(),
        Column::Number(Numbers::Small { mantissas, .. }) => mantissas.get_array_memory_size(),
        Column::Number(Numbers::Wide(values)) => values.get_array_memory_size(),
        Column::Text(Texts::Plain(values)) => values.get_array_memory_size(),
        Column::Text(Texts::Dictionary(values)) => values.get_array_memory_size(),
        Column::Timestamp(values) => values.get_array_memory_size(),
        Column::Date(values) => values.get_array_memory_size(),
    }
}
