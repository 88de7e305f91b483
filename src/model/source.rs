use indexmap::IndexMap;
use jiff::civil::Date;
use schemars::{Schema, SchemaGenerator};

use super::allow::Allowed;
use super::clock::Clock;
use super::lower::{Lower, Lowering};
use super::publish;
use super::record::{choice, either, record, words};
use super::value::{Id, Nothing, PeriodLabel, Zone};
use crate::syntax::{Node, Snippet};

record! {
    /// A data file, or several of one shape.
    #[noun("source")]
    pub struct Source {
        /// Path relative to the workspace, with `/`; may hold `*` or `{period}`.
        #[example("data/tickets-{period}.csv")]
        #[required(complete)]
        pub path: Option<String>,
        /// What it holds, for readers.
        #[example("Export of the ticket system, nightly.")]
        pub description: Option<String>,
        /// How the files are written. Default: by the file's ending.
        #[example("csv")]
        pub format: Option<FileFormat>,
        /// The separator of fields in CSV, one character. Default: `,`; tab in `.tsv`.
        #[example(";")]
        pub delimiter: Option<String>,
        /// The decimal separator of numbers in text. Default: `.`.
        #[example(",")]
        pub decimal: Option<String>,
        /// Texts that mean null. Default: the empty text.
        #[example(["?", ""])]
        pub nulls: Option<Vec<String>>,
        /// The text encoding by its WHATWG label. Default: UTF-8, or as the byte-order mark says.
        #[example("windows-1252")]
        pub encoding: Option<String>,
        /// Where the array of rows stands inside a JSON document, as a JSON pointer.
        #[example("/vulnerabilities")]
        pub rows: Option<String>,
        /// What is declared about columns, by the name that expressions use.
        #[example({ "close_code": { "from": "Close Code" }, "opened_at": { "timestamp": "%d/%m/%Y %H:%M" } })]
        pub columns: IndexMap<String, Column>,
        /// The zone of timestamps without an offset.
        #[example("Europe/Berlin")]
        pub time_zone: Option<Zone>,
        /// What a local time that daylight saving makes ambiguous means. Default: `earlier`.
        #[example("reject")]
        pub local_time: Option<LocalTime>,
        /// The columns with the start and the end of rows that are intervals; an empty end is still going on.
        #[example(["started_at", "ended_at"])]
        pub span: Option<(String, String)>,
        /// Up to when absence of rows means that nothing happened. Sources differ: no default.
        #[example({ "through": "2026-10-31" })]
        #[example("file")]
        pub covers: Option<Covers>,
        /// The column that identifies a row; the last row of a key counts.
        #[example("ticket_id")]
        pub key: Option<String>,
        /// The column whose value is the scorecard's `scope`.
        #[example("customer_id")]
        pub scope: Option<String>,
        /// The column whose value is the entity of `for_each`.
        #[example("assigned_to")]
        pub entity: Option<String>,
        /// What puts a row in a period: a column, a clock's start or stop, or one period for the whole file.
        #[example("resolved_at")]
        #[example("resolution.stop")]
        #[example({ "period": 2018 })]
        pub at: Option<At>,
        /// Stop-watches over each row, by id.
        #[example({ "resolution": { "start": "opened_at", "stop": "resolved_at", "paused": { "minutes": "customer_wait_min" } } })]
        pub clocks: IndexMap<Id, Clock>,
        /// Makes one row per case of a file with one row per change.
        #[example({ "case": "number", "order": "updated_at", "as_of": "file_end" })]
        pub events: Option<Events>,
        /// Columns added from other sources by key.
        #[example({ "hours": { "from": "timesheets", "on": "ticket_id", "sum": "hours" } })]
        pub lookup: IndexMap<String, Lookup>,
        /// The column that ties failures together into one incident.
        #[example("incident_id")]
        pub incident: Option<String>,
        /// What a row that cannot be read does. Default: `error`.
        #[example("skip")]
        pub on_bad_row: Option<OnBadRow>,
        /// Lint findings that are accepted here.
        #[example({ "rule": "manual-source", "reason": "Until the export is automatic", "until": "2026-12-31" })]
        pub allow: Option<Allowed>
    }
}

words! {
    /// A file format.
    pub enum FileFormat {
        /// Delimited text with a header.
        "csv" => Csv,
        /// One JSON object per line.
        "ndjson" => Ndjson,
        /// A JSON document with an array of objects.
        "json" => Json,
        /// Apache Parquet.
        "parquet" => Parquet
    }
}

words! {
    /// What an ambiguous local time means.
    pub enum LocalTime {
        /// The first of the two instants.
        "earlier" => Earlier,
        /// The second of the two instants.
        "later" => Later,
        /// An error.
        "reject" => Reject
    }
}

words! {
    /// What a row that cannot be read does.
    pub enum OnBadRow {
        /// It ends the build with its place.
        "error" => Error,
        /// It is counted and left out.
        "skip" => Skip
    }
}

choice! {
    /// Up to when absence of rows means that nothing happened.
    pub enum Covers {
        /// To the end of a day, or of the last row's period.
        #[example("2026-10-31")]
        "through" => Through(Through),
        /// A period is covered when its file exists; the path holds `{period}`.
        "file" => File
    }
}

/// The end of what a source covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// The end of a day.
    Day(Date),
    /// The end of the last row's period.
    LastRow,
}

impl Lower for Through {
    fn schema(_: &mut SchemaGenerator) -> Schema {
        publish::scalar(&["string"], Some("^(last_row|[0-9]{4}-[0-9]{2}-[0-9]{2})$"), "")
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        match cx.text(node)? {
            "last_row" => Some(Self::LastRow),
            word if word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                cx.unknown_word(node, word, &["last_row", "2026-10-31"])
            }
            _ => Date::lower(node, cx).map(Self::Day),
        }
    }
}

either! {
    /// What puts a row in a period.
    pub enum At {
        /// A column's instant or day, or a clock's `start` or `stop` such as `resolution.stop`.
        scalar => Column(String),
        /// One period for every row.
        map => Period(AtPeriod)
    }
}

record! {
    /// One period for every row of a file without timestamps.
    #[noun("at")]
    pub struct AtPeriod {
        /// The period.
        #[example(2018)]
        #[required(complete)]
        pub period: Option<PeriodLabel>
    }
}

record! {
    /// What is declared about a column.
    #[noun("column")]
    pub struct ColumnFields {
        /// Its name in the file, where that differs.
        #[example("Close Code")]
        pub from: Option<String>,
        /// The column whose value in a case's first event it is, instead of its own in the last; for event logs.
        #[example("priority")]
        pub first: Option<String>,
        /// Its type.
        #[flatten(choice)]
        pub kind: Option<ColumnKind>
    }
}

either! {
    /// What is declared about a column.
    pub enum Column {
        /// Its type.
        scalar => Kind(ColumnWord),
        /// Its name in the file, and its type.
        map => Fields(ColumnFields)
    }
}

words! {
    /// The type of a column.
    pub enum ColumnWord {
        /// Text.
        "text" => Text,
        /// An exact decimal.
        "number" => Number,
        /// True or false.
        "boolean" => Boolean,
        /// An instant as ISO 8601 writes it.
        "timestamp" => Timestamp,
        /// A day as ISO 8601 writes it.
        "date" => Date
    }
}

choice! {
    /// The type of a column.
    pub enum ColumnKind {
        /// The type by its name.
        #[example("number")]
        "type" => Type(ColumnWord),
        /// A float in the file, rounded to this many decimals.
        #[example(4)]
        "decimal" => Decimal(u32),
        /// An instant, in a format such as `%d/%m/%Y %H:%M`.
        #[example("%d/%m/%Y %H:%M")]
        "timestamp" => Timestamp(String),
        /// A day, in a format such as `%Y-%m-%d`.
        #[example("%Y-%m-%d")]
        "date" => Date(String)
    }
}

record! {
    /// How a file with one row per change becomes one row per case.
    #[noun("events")]
    pub struct Events {
        /// The column that identifies a case.
        #[example("number")]
        #[required(complete)]
        pub case: Option<String>,
        /// The column that orders a case's events; file order breaks ties.
        #[example("updated_at")]
        #[required(complete)]
        pub order: Option<String>,
        /// Whether what was logged after a period may still change it. Contracts differ: no default.
        #[example("period_end")]
        #[required(choose)]
        pub as_of: Option<AsOf>
    }
}

words! {
    /// Whether what was logged after a period may still change it.
    pub enum AsOf {
        /// It may: every event of the file counts.
        "file_end" => FileEnd,
        /// It may not: only events up to the period's end count.
        "period_end" => PeriodEnd
    }
}

record! {
    /// A column from another source by key.
    #[noun("lookup")]
    pub struct Lookup {
        /// The other source.
        #[example("timesheets")]
        #[required(complete)]
        pub from: Option<Id>,
        /// The key column of this source.
        #[example("ticket_id")]
        #[required(complete)]
        pub on: Option<String>,
        /// The key column of the other source. Default: the same name as `on`.
        #[example("case_number")]
        pub matching: Option<String>,
        /// How several rows become one value.
        #[required(complete)]
        #[flatten(choice)]
        pub reduce: Option<Reduce>
    }
}

choice! {
    /// How several rows become one value.
    pub enum Reduce {
        /// The sum of an expression.
        #[example("hours")]
        "sum" => Sum(Snippet),
        /// The number of rows, or of rows where an expression is not null.
        #[example({})]
        "count" => Count(Counted),
        /// The least value of an expression.
        #[example("started_at")]
        "min" => Min(Snippet),
        /// The greatest value of an expression.
        #[example("ended_at")]
        "max" => Max(Snippet),
        /// The first value in file order.
        #[example("assignee")]
        "first" => First(Snippet),
        /// The last value in file order.
        #[example("assignee")]
        "last" => Last(Snippet)
    }
}

either! {
    /// What is counted.
    pub enum Counted {
        /// Rows where this expression is not null.
        scalar => Expression(Snippet),
        /// All rows: `{}`.
        map => Rows(Nothing)
    }
}
