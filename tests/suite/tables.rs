//! Data files are read exactly, whatever wrote them, and what cannot be read is named at its place.

mod cases;
mod csv;
mod formats;
mod lookups;
mod random;
mod sources;
mod values;

use arrow_array::{Array, StringArray};
use scoreline::diagnostics::{Diagnostic, Place};
use scoreline::expression::{Batch, Column, Numbers, Texts, Type};
use scoreline::quantity::{Period, Rational};
use scoreline::resolve::terms::{Covers, Format, LocalTime, OnBadRow, Source};
use scoreline::source::{FileId, Span};
use scoreline::tables::{Data, Failure, Options, Request, Scanned, Wanted, scan};

/// Every row of a scan as texts.
type Rows = Vec<Vec<Option<String>>>;

fn source(path: &str) -> Source {
    let nowhere = Span::new(FileId(0), 0, 0);
    Source {
        path: path.to_owned(),
        path_span: nowhere,
        format: Format {
            kind: None,
            delimiter: None,
            decimal: b'.',
            nulls: vec![String::new()],
            encoding: None,
            rows: None,
        },
        columns: Default::default(),
        time_zone: None,
        local_time: LocalTime::Earlier,
        span: None,
        covers: Covers::LastRow,
        key: None,
        scope: None,
        entity: None,
        at: None,
        clocks: Default::default(),
        events: None,
        lookups: Default::default(),
        incident: None,
        on_bad_row: OnBadRow::Error,
        declared_at: nowhere,
    }
}

/// What is read of a source, with small chunks so that borders fall everywhere.
struct Reading {
    source: Source,
    columns: Vec<Wanted>,
    periods: Vec<Period>,
    base: &'static str,
    chunk: usize,
}

impl Reading {
    fn new(source: Source, columns: &[(&str, Type)]) -> Self {
        let wanted = |(name, kind): &(&str, Type)| Wanted {
            name: (*name).to_owned(),
            kind: *kind,
        };
        Self {
            source,
            columns: columns.iter().map(wanted).collect(),
            periods: Vec::new(),
            base: "",
            chunk: 64,
        }
    }

    fn request(&self) -> Request<'_> {
        Request {
            id: "tickets",
            source: &self.source,
            base: self.base,
            periods: &self.periods,
            columns: &self.columns,
            options: Options {
                chunk: self.chunk,
                digests: true,
            },
        }
    }

    fn scan(&self, data: &Data) -> Result<Scanned<Rows>, Failure> {
        scan(
            &self.request(),
            data,
            Rows::new,
            |rows, chunk| {
                rows.extend(texts(chunk.batch));
                Ok(())
            },
            |rows, later| {
                rows.extend(later);
                Ok(())
            },
        )
    }

    fn rows(&self, data: &Data) -> Rows {
        self.scan(data).expect("a readable source").state
    }

    fn problem(&self, data: &Data) -> Diagnostic {
        found(self.scan(data).expect_err("an unreadable source"))
    }
}

/// The rows of one file, asked for as `columns`.
fn read(source: Source, content: impl Into<Vec<u8>>, columns: &[(&str, Type)]) -> Rows {
    let data = Data::files([(source.path.clone(), content)]);
    Reading::new(source, columns).rows(&data)
}

/// The finding about one file.
fn refuse(source: Source, content: impl Into<Vec<u8>>, columns: &[(&str, Type)]) -> Diagnostic {
    let data = Data::files([(source.path.clone(), content)]);
    Reading::new(source, columns).problem(&data)
}

fn found(failure: Failure) -> Diagnostic {
    match failure {
        Failure::Found(found) => found.iter().next().expect("a finding").clone(),
        Failure::World(error) => panic!("the world failed: {error}"),
    }
}

/// Where in a data file a finding is: path, line, column.
fn place(place: &Place) -> (&str, Option<u64>, Option<&str>) {
    match place {
        Place::Data { path, line, column } => (path, *line, column.as_deref()),
        Place::File { path } => (path, None, None),
        Place::Text(_) => ("", None, None),
    }
}

fn texts(batch: &Batch) -> Rows {
    let columns: Vec<Vec<Option<String>>> = batch.columns.iter().map(values).collect();
    (0..batch.rows)
        .map(|row| columns.iter().map(|column| column[row].clone()).collect())
        .collect()
}

/// A column's values as text: exact decimals, ISO instants and days.
fn values(column: &Column) -> Vec<Option<String>> {
    match column {
        Column::Boolean(values) => values.iter().map(|v| v.map(|v| v.to_string())).collect(),
        Column::Number(Numbers::Small { mantissas, scale }) => mantissas
            .iter()
            .map(|v| v.map(|v| Rational::from_decimal(v, u32::from(*scale)).to_exact()))
            .collect(),
        Column::Number(Numbers::Wide(values)) => values
            .iter()
            .map(|v| v.map(|v| Rational::from_decimal(v, values.scale() as u32).to_exact()))
            .collect(),
        Column::Text(Texts::Plain(values)) => values.iter().map(|v| v.map(str::to_owned)).collect(),
        Column::Text(Texts::Dictionary(values)) => {
            let words = values.downcast_dict::<StringArray>().expect("strings");
            words.into_iter().map(|v| v.map(str::to_owned)).collect()
        }
        Column::Timestamp(values) => values
            .iter()
            .map(|v| v.map(|v| jiff::Timestamp::from_microsecond(v).expect("in range").to_string()))
            .collect(),
        Column::Date(values) => (0..values.len())
            .map(|row| {
                let day = jiff::Span::new().days(values.value(row));
                values
                    .is_valid(row)
                    .then(|| (jiff::civil::date(1970, 1, 1) + day).to_string())
            })
            .collect(),
    }
}

/// Rows as written in a test: `-` is null.
fn rows(lines: &[&[&str]]) -> Rows {
    let cell = |text: &&str| (*text != "-").then(|| (*text).to_owned());
    lines.iter().map(|line| line.iter().map(cell).collect()).collect()
}
