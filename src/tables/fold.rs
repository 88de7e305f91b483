use crate::expression::Batch;
use crate::quantity::Period;

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
    /// Records of the chunk before those of the batch.
    pub(super) first: u32,
}

impl Chunk<'_> {
    /// Returns where row `row` of the batch stands.
    pub fn position(&self, row: usize) -> Position {
        let record = self.records.map_or(row as u32, |records| records[row]);
        Position {
            chunk: self.number,
            record: self.first + record,
        }
    }
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

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.null_keys += other.null_keys;
        self.replaced += other.replaced;
        self.dst_repairs += other.dst_repairs;
        self.skipped += other.skipped;
    }
}

/// What the caller makes of the rows.
pub(super) struct Folding<'a, I, F, M> {
    pub(super) init: &'a I,
    pub(super) fold: &'a F,
    pub(super) merge: &'a M,
}
