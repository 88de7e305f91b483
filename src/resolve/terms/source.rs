//! Data files and what their rows mean.

use indexmap::IndexMap;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Clock, Events, Id};
use crate::source::Span;
use crate::syntax::Snippet;

/// A data file or several of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Path, glob or path with `{period}` as written, with `/`: relative to the folder of the document
    /// that declares the source.
    pub path: String,
    /// Where the path stands.
    pub path_span: Span,
    /// How the files are written.
    pub format: Format,
    /// Declared columns by the name that expressions use.
    pub columns: IndexMap<String, Column>,
    /// The zone of timestamps without an offset.
    pub time_zone: Option<TimeZone>,
    /// What an ambiguous local time means.
    pub local_time: LocalTime,
    /// Start and end columns of rows that are intervals.
    pub span: Option<(String, String)>,
    /// Up to when absence of rows means that nothing happened.
    pub covers: Covers,
    /// The column that identifies a row; the last row of a key counts.
    pub key: Option<String>,
    /// The column whose value is the scorecard's scope.
    pub scope: Option<String>,
    /// The column whose value is the entity of `for_each`.
    pub entity: Option<String>,
    /// What puts a row in a period.
    pub at: Option<At>,
    /// Clocks by id.
    pub clocks: IndexMap<Id, Clock>,
    /// One row per change instead of one per case.
    pub events: Option<Events>,
    /// Columns added from other sources.
    pub lookups: IndexMap<String, Lookup>,
    /// The column that ties failures together.
    pub incident: Option<String>,
    /// What a row that cannot be read does.
    pub on_bad_row: OnBadRow,
    /// Where the source stands.
    pub declared_at: Span,
}

/// How a source's files are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// `None`: by the file's ending.
    pub kind: Option<FileKind>,
    /// Of CSV; `None`: comma (tab for `.tsv`), semicolon where `decimal` is a comma.
    pub delimiter: Option<u8>,
    /// The decimal separator of numbers in text.
    pub decimal: u8,
    /// Texts that mean null.
    pub nulls: Vec<String>,
    /// Text encoding by its WHATWG label; `None`: UTF-8, or as the byte-order mark says.
    pub encoding: Option<String>,
    /// JSON pointer to the array of rows inside a JSON document.
    pub rows: Option<String>,
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Delimited text with a header.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// A JSON document with an array of objects.
    Json,
    /// Apache Parquet.
    Parquet,
}

/// What is declared about a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its name in the file, where that differs.
    pub from: Option<String>,
    /// Its type; `None`: as the file says, or as it is used.
    pub kind: Option<ColumnKind>,
}

/// The declared type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// An exact decimal.
    Number,
    /// A float in the file, rounded half-even to this many decimals.
    Decimal(u32),
    /// True or false.
    Boolean,
    /// An instant in a strftime-like format; `None`: ISO 8601.
    Timestamp(Option<String>),
    /// A day in a strftime-like format; `None`: ISO 8601.
    Date(Option<String>),
}

/// Which of two instants an ambiguous local time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTime {
    /// The first.
    Earlier,
    /// The second.
    Later,
    /// An error.
    Reject,
}

/// Up to when absence of rows means that nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// To the end of this day.
    Through(Date),
    /// To the end of the last row's period.
    LastRow,
    /// A period is covered when its file exists.
    File,
}

/// What puts a row in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A column's instant or day.
    Column(String),
    /// A clock's start.
    ClockStart(Id),
    /// A clock's stop.
    ClockStop(Id),
    /// Every row is of this period, as labelled.
    Period(String),
}

/// What a row that cannot be read does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBadRow {
    /// Ends the build with its place.
    Error,
    /// Is counted and left out.
    Skip,
}

/// A column from another source by key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The other source.
    pub from: Id,
    /// The key column of this source.
    pub on: String,
    /// The key column of the other source, where it has another name.
    pub matching: Option<String>,
    /// How several rows become one value.
    pub reduce: Reduce,
    /// The other source's expression.
    pub of: Option<Snippet>,
}

/// How several rows become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduce {
    /// The sum.
    Sum,
    /// The number of rows.
    Count,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The first in file order.
    First,
    /// The last in file order.
    Last,
}
