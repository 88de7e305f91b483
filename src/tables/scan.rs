use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::diagnostics::{Diagnostic, Place};

use super::bind::Setup;
use super::chunk::{Chunked, Scratch};
use super::collect::{Decoded, Trouble};
use super::data;
use super::files::{self, Files};
use super::fold::{Chunk, Counts, FileRead, Folding, Position, Scanned};
use super::held::Held;
use super::key::{self, Keys, Replaced};
use super::read::Feeder;
use super::request::Request;
use super::{Data, Failure, Rejected};

/// Reads a source once, in parallel, and folds its rows.
///
/// Each chunk gets a state from `init`, `fold` takes its rows into it in order, and the states are
/// merged in file order: `merge(earlier, later)`. With `key`, only the last row of a key in file
/// order is in the state that is returned: where rows are replaced, those that were read are folded again.
///
/// # Errors
/// With the finding of the first row, in file order, that cannot be read or that `fold` refuses;
/// with a finding when a file or a column is missing, or timestamps lack a zone; when a file cannot
/// be read.
pub fn scan<S: Send>(
    request: &Request<'_>,
    data: &Data,
    init: impl Fn() -> S + Sync,
    fold: impl Fn(&mut S, &Chunk<'_>) -> Result<(), Rejected> + Sync,
    merge: impl Fn(&mut S, S) -> Result<(), Box<Diagnostic>> + Sync,
) -> Result<Scanned<S>, Failure> {
    let setup = Setup::new(request, data)?;
    let mut files = find(request, data)?;
    let missing = std::mem::take(&mut files.missing);
    let work = Folding {
        init: &init,
        fold: &fold,
        merge: &merge,
    };
    let again = setup.key.map(|_| files.found.clone());
    let first = Pass::new(request, &setup, setup.key.is_some(), None).run(data, files, &work)?;
    let mut replaced = Replaced::new();
    let mut last = first;
    if let Some(found) = again {
        replaced = key::replaced(&last.keys);
        last.keys = Vec::new();
        let held = std::mem::take(&mut last.held);
        let is_final = replaced.is_empty() && !last.refused;
        if !is_final && !held.is_full() {
            let locate = |position, column: Option<&str>| locate(request, data, position, column);
            last.state = held.fold(&replaced, &work).map_err(|refused| refused.failure(locate))?;
            last.counts.rows -= replaced.values().map(|records| records.len() as u64).sum::<u64>();
        } else if !is_final {
            let files = Files {
                found,
                missing: Vec::new(),
            };
            let mut quiet = *request;
            quiet.options.digests = false;
            let mut second = Pass::new(&quiet, &setup, false, Some(&replaced)).run(data, files, &work)?;
            second.read = last.read;
            last = second;
        }
    }
    last.counts.replaced = replaced.values().map(|records| records.len() as u64).sum();
    Ok(Scanned {
        state: last.state.unwrap_or_else(init),
        files: last.read,
        missing,
        counts: last.counts,
    })
}

/// Returns file, line and column name of a row that an earlier scan of the same request saw.
///
/// # Errors
/// When the files cannot be read again.
pub fn locate(request: &Request<'_>, data: &Data, position: Position, column: Option<&str>) -> Result<Place, Failure> {
    let mut found = locate_all(request, data, &[position], column)?;
    Ok(found.remove(&position).unwrap_or_else(|| Place::File {
        path: request.source.path.clone(),
    }))
}

/// Returns the places of several rows, of which none needs to be there, in one more reading.
///
/// # Errors
/// As [`locate`].
pub fn locate_all(
    request: &Request<'_>,
    data: &Data,
    positions: &[Position],
    column: Option<&str>,
) -> Result<BTreeMap<Position, Place>, Failure> {
    let setup = Setup::new(request, data)?;
    let mut quiet = *request;
    quiet.options.digests = false;
    let mut feeder = Feeder::new(&quiet, &setup, data, find(request, data)?);
    let mut buffer = Vec::new();
    let mut left: BTreeSet<Position> = positions.iter().copied().collect();
    let mut found = BTreeMap::new();
    while let Some(chunk) = feeder.next(&mut buffer)?.filter(|_| !left.is_empty()) {
        while let Some(position) = left.first().copied().filter(|position| position.chunk <= chunk.number) {
            left.remove(&position);
            if position.chunk == chunk.number {
                found.insert(position, place(&chunk, position.record, column));
            }
        }
    }
    Ok(found)
}

fn find(request: &Request<'_>, data: &Data) -> Result<Files, Failure> {
    match &data.held {
        data::Held::Given(_) => Ok(Files::default()),
        _ => files::files(request, data, false),
    }
}

/// One reading of all files.
struct Pass<'a> {
    request: &'a Request<'a>,
    setup: &'a Setup,
    /// Whether keys are collected; a row that the fold refuses may then still be replaced.
    keys: bool,
    leave_out: Option<&'a Replaced>,
}

/// What a pass made so far.
struct Sink<S> {
    /// States of the chunks up to `next`, merged.
    state: Option<S>,
    next: u32,
    /// States that wait for an earlier one.
    waiting: BTreeMap<u32, Option<S>>,
    keys: BTreeMap<u32, Vec<Keys>>,
    held: Held,
    failures: BTreeMap<u32, Failure>,
    refused: bool,
    counts: Counts,
}

/// What a pass made.
struct Done<S> {
    state: Option<S>,
    keys: Vec<Keys>,
    held: Held,
    read: Vec<FileRead>,
    refused: bool,
    counts: Counts,
}

impl<'a> Pass<'a> {
    fn new(request: &'a Request<'a>, setup: &'a Setup, keys: bool, leave_out: Option<&'a Replaced>) -> Self {
        Self {
            request,
            setup,
            keys,
            leave_out,
        }
    }

    fn run<S: Send, I, F, M>(&self, data: &Data, files: Files, work: &Folding<'_, I, F, M>) -> Result<Done<S>, Failure>
    where
        I: Fn() -> S + Sync,
        F: Fn(&mut S, &Chunk<'_>) -> Result<(), Rejected> + Sync,
        M: Fn(&mut S, S) -> Result<(), Box<Diagnostic>> + Sync,
    {
        let feeder = Mutex::new(Feeder::new(self.request, self.setup, data, files));
        let sink = Mutex::new(Sink {
            state: None,
            next: 0,
            waiting: BTreeMap::new(),
            keys: BTreeMap::new(),
            held: Held::default(),
            failures: BTreeMap::new(),
            refused: false,
            counts: Counts::default(),
        });
        rayon::scope(|scope| {
            for _ in 0..rayon::current_num_threads() {
                scope.spawn(|_| self.work(&feeder, &sink, work));
            }
        });
        let sink = sink.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, failure)) = sink.failures.into_iter().next() {
            return Err(failure);
        }
        Ok(Done {
            state: sink.state,
            keys: sink.keys.into_values().flatten().collect(),
            held: sink.held,
            read: feeder.into_inner().unwrap_or_else(PoisonError::into_inner).read,
            refused: sink.refused,
            counts: sink.counts,
        })
    }

    /// Takes chunks until none is left. Chunks are handed out in order and each one taken is
    /// finished, so the earliest failure of the files is always found.
    fn work<S: Send, I, F, M>(&self, feeder: &Mutex<Feeder<'_>>, sink: &Mutex<Sink<S>>, work: &Folding<'_, I, F, M>)
    where
        I: Fn() -> S + Sync,
        F: Fn(&mut S, &Chunk<'_>) -> Result<(), Rejected> + Sync,
        M: Fn(&mut S, S) -> Result<(), Box<Diagnostic>> + Sync,
    {
        let mut scratch = Scratch::default();
        loop {
            let mut feed = lock(feeder);
            if !lock(sink).failures.is_empty() {
                return;
            }
            let chunk = match feed.next(&mut scratch.buffer) {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return,
                Err(failure) => {
                    lock(sink).failures.insert(feed.number(), failure);
                    return;
                }
            };
            drop(feed);
            let (fold, hold) = {
                let sink = lock(sink);
                (!sink.refused, self.keys && !sink.held.is_full())
            };
            let outcome = self.chunk(&chunk, &mut scratch, (fold, hold), work);
            let number = chunk.number;
            chunk.work.recycle(&mut scratch);
            lock(sink).take(number, outcome, self.keys, work);
        }
    }

    fn chunk<S, I, F, M>(
        &self,
        chunk: &Chunked,
        scratch: &mut Scratch,
        (fold, hold): (bool, bool),
        work: &Folding<'_, I, F, M>,
    ) -> Result<Folded<S>, Failure>
    where
        I: Fn() -> S,
        F: Fn(&mut S, &Chunk<'_>) -> Result<(), Rejected>,
    {
        let mut folded = Folded {
            state: fold.then(|| (work.init)()),
            keys: Vec::new(),
            held: Vec::new(),
            counts: Counts::default(),
        };
        let mut rejected = None;
        let left_out = self.leave_out.and_then(|replaced| replaced.get(&chunk.number));
        let read = chunk.work.decode(self.setup, scratch, &mut |mut decoded| {
            if let Some(records) = left_out {
                decoded.leave_out(records);
            }
            folded.counts.skipped += decoded.skipped;
            folded.counts.dst_repairs += decoded.repairs;
            folded.counts.rows += decoded.batch.rows as u64;
            if let Some(key) = self.setup.key {
                let records = decoded.shifted_records();
                let keys = Keys::new(chunk.number, records, &decoded.batch.columns[key]);
                folded.counts.null_keys += keys.nulls();
                if self.keys {
                    folded.keys.push(keys);
                }
            }
            decoded.batch.columns.truncate(self.setup.asked);
            let mut flow = ControlFlow::Continue(());
            if let Some(state) = &mut folded.state {
                let rows = decoded.chunk(chunk.number);
                if let Err(refusal) = (work.fold)(state, &rows) {
                    rejected = Some((rows.position(refusal.row).record, refusal));
                    folded.state = None;
                    // The keys of the rest are needed even so.
                    if !self.keys {
                        flow = ControlFlow::Break(());
                    }
                }
            }
            if hold {
                folded.held.push(decoded);
            }
            flow
        });
        if let Err(trouble) = read {
            return Err(unreadable(&trouble, chunk, self.request).into());
        }
        match rejected {
            Some((record, refusal)) if !self.keys => {
                let place = place(chunk, record, refusal.column.as_deref());
                Err(refusal.diagnostic.also(place, refusal.label).into())
            }
            _ => Ok(folded),
        }
    }
}

/// What became of a chunk; no state when the fold refused a row of it that may yet be replaced.
struct Folded<S> {
    state: Option<S>,
    keys: Vec<Keys>,
    held: Vec<Decoded>,
    counts: Counts,
}

impl<S> Sink<S> {
    fn take<I, F, M>(
        &mut self,
        number: u32,
        outcome: Result<Folded<S>, Failure>,
        keys: bool,
        work: &Folding<'_, I, F, M>,
    ) where
        M: Fn(&mut S, S) -> Result<(), Box<Diagnostic>>,
    {
        let folded = match outcome {
            Ok(folded) => folded,
            Err(failure) => {
                self.failures.insert(number, failure);
                return;
            }
        };
        self.counts.add(&folded.counts);
        if keys {
            self.keys.insert(number, folded.keys);
            self.held.take(number, folded.held);
            self.refused |= folded.state.is_none();
        }
        self.waiting.insert(number, folded.state);
        while let Some(later) = self.waiting.remove(&self.next) {
            let number = self.next;
            self.next += 1;
            if self.refused {
                self.state = None;
                continue;
            }
            match (&mut self.state, later) {
                (Some(state), Some(later)) => {
                    if let Err(diagnostic) = (work.merge)(state, later) {
                        if keys {
                            self.refused = true;
                        } else {
                            self.failures.insert(number, Failure::from(*diagnostic));
                        }
                    }
                }
                (state, later) => *state = later,
            }
        }
    }
}

impl Decoded {
    /// Returns the rows as the caller sees them; `number` is their chunk's.
    pub(super) fn chunk(&self, number: u32) -> Chunk<'_> {
        Chunk {
            batch: &self.batch,
            number,
            records: self.records.as_deref(),
            first: self.first,
        }
    }

    /// Leaves out these records of the chunk.
    pub(super) fn leave_out(&mut self, records: &[u32]) {
        let out = |row: usize| {
            let record = self.records.as_ref().map_or(row as u32, |records| records[row]);
            records.binary_search(&(self.first + record)).is_ok()
        };
        let keep: Vec<bool> = (0..self.batch.rows).map(|row| !out(row)).collect();
        if keep.contains(&false) {
            self.keep(&keep);
        }
    }

    /// For each row its record in the chunk, where that is not its index.
    fn shifted_records(&self) -> Option<Vec<u32>> {
        match (&self.records, self.first) {
            (None, 0) => None,
            (None, first) => Some((first..first + self.batch.rows as u32).collect()),
            (Some(records), first) => Some(records.iter().map(|record| first + record).collect()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn place(chunk: &Chunked, record: u32, column: Option<&str>) -> Place {
    Place::Data {
        path: chunk.path.to_string(),
        line: chunk.work.line(record),
        column: column.map(str::to_owned),
    }
}

/// Says what a record has that cannot be read.
fn unreadable(trouble: &Trouble, chunk: &Chunked, request: &Request<'_>) -> Diagnostic {
    const LONGEST: usize = 60;
    let at = place(chunk, trouble.record, trouble.column.as_deref());
    let mut text = trouble.text.clone().unwrap_or_default();
    if text.chars().count() > LONGEST {
        text = text.chars().take(LONGEST).collect::<String>() + "…";
    }
    let subject = match (&trouble.column, chunk.work.row_of_file(trouble.record)) {
        (Some(_), None) => format!("`{text}`"),
        (Some(_), Some(row)) => format!("`{text}` in row {row}"),
        (None, None) => "this row".to_owned(),
        (None, Some(row)) => format!("row {row}"),
    };
    let (source, id) = (request.source, request.id);
    let bad = &trouble.bad;
    let diagnostic = if bad.is_declaration() {
        Diagnostic::new(
            bad.rule,
            source.path_span,
            format!("source `{id}` has timestamps without an offset and names no zone"),
        )
        .label(format!("source `{id}`"))
        .also(at, format!("{subject} {}", bad.message))
        .help("say in which zone they are: `time_zone: Europe/Berlin`")
    } else {
        let column = match &trouble.column {
            // The place already names the column.
            Some(_) => "this value".to_owned(),
            None => "this row".to_owned(),
        };
        Diagnostic::new(bad.rule, at, format!("{subject} {}", bad.message))
            .label(column)
            .also(source.path_span, format!("source `{id}` reads it"))
    };
    match &bad.help {
        Some(help) => diagnostic.help(help.clone()),
        None => diagnostic,
    }
}
