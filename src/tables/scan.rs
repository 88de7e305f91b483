use crate::diagnostics::{Diagnostic, Place};
use crate::expression::{Batch, Type};
use crate::quantity::Period;
use crate::resolve::terms::Source;

use super::{Data, Failure, Rejected};

/// What to read of one source.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The source's id.
    pub id: &'a str,
    /// The source.
    pub source: &'a Source,
    /// Folder of the document that declares the source, relative to the workspace's root; `""` for
    /// the root itself. The source's path is relative to it and may leave it by `../`.
    pub base: &'a str,
    /// The periods whose files a `{period}` path reads, in order.
    pub periods: &'a [Period],
    /// The columns of the batches, in this order.
    pub columns: &'a [Wanted],
    /// How to read.
    pub options: Options,
}

/// A column that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name in expressions, as [`Header`](super::Header) has it.
    pub name: String,
    /// The type it shall have.
    pub kind: Type,
}

/// How a scan reads; nothing measured depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Bytes of a chunk of text; a chunk holds at least one whole record.
    pub chunk: usize,
    /// Whether the SHA-256 of each file is computed while it is read.
    pub digests: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            chunk: 1 << 20,
            digests: true,
        }
    }
}

/// Where a row stands among all rows of a source; ordered as the files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Number of the chunk, counted over all files.
    pub chunk: u32,
    /// Number of the record within the chunk.
    pub record: u32,
}

/// Some consecutive rows of a source.
#[derive(Debug)]
pub struct Chunk<'a> {
    /// The columns asked for.
    pub batch: &'a Batch,
    pub(super) number: u32,
    /// For each row of the batch its record, where rows were left out.
    pub(super) records: Option<&'a [u32]>,
}

/// What a scan made.
#[derive(Debug)]
pub struct Scanned<S> {
    /// The merged state of all folds; `init()` where there were no rows.
    pub state: S,
    /// The files in the order they were read.
    pub files: Vec<FileRead>,
    /// Periods of a `{period}` path for which no file exists.
    pub missing: Vec<Period>,
    /// What reading showed.
    pub counts: Counts,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// Path relative to the workspace's root.
    pub path: String,
    /// The period that made its path, where the source's path has `{period}`.
    pub period: Option<Period>,
    /// SHA-256 of its bytes in lowercase hexadecimal; empty when not asked for.
    pub digest: String,
}

/// What reading showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows handed to the fold.
    pub rows: u64,
    /// Rows without a key, where one is declared; they are handed on.
    pub null_keys: u64,
    /// Rows that a later row of the same key replaced; they are not handed on.
    pub replaced: u64,
    /// Local times that a clock change made ambiguous or skipped.
    pub dst_repairs: u64,
    /// Rows skipped as unreadable.
    pub skipped: u64,
}

impl Chunk<'_> {
    /// Returns where row `row` of the batch stands.
    pub fn position(&self, row: usize) -> Position {
        let record = self.records.map_or(row as u32, |records| records[row]);
        Position {
            chunk: self.number,
            record,
        }
    }
}

/// Reads a source once, in parallel, and folds its rows.
///
/// Each run of consecutive chunks gets a state from `init`, `fold` takes the rows into it in order,
/// and the states are merged in file order, each once: `merge(earlier, later)`. With `key`, only the
/// last row of a key in file order is handed to `fold` (of those in the returned state: when a row
/// turns out to be replaced by one of another chunk, everything is folded anew without it).
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
    let _ = (request, data, init, fold, merge);
    todo!("scan")
}

/// Returns file, line and column name of a row that an earlier scan of the same request saw.
///
/// # Errors
/// When the files cannot be read again.
pub fn locate(request: &Request<'_>, data: &Data, position: Position, column: Option<&str>) -> Result<Place, Failure> {
    let _ = (request, data, position, column);
    todo!("locate")
}
