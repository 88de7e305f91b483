use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::BooleanArray;

use crate::diagnostics::{Diagnostic, Place};
use crate::error::Error;
use crate::expression::{Batch, Column};
use crate::quantity::Period;
use crate::resolve::terms::FileKind;

use super::bind::{self, Setup};
use super::csv::{Dialect, Index, Piece, Rows, Splitter, unquote};
use super::csv_header::{self, CsvStart};
use super::data::{Given, Held};
use super::decode::Bad;
use super::files::{DataFile, Files};
use super::input::{self, Input};
use super::json::{self, Members};
use super::parquet::Footer;
use super::scan::FileRead;
use super::{Data, Failure, Request, rows};

/// Hands out the work of a scan, chunk by chunk in file order.
pub(super) struct Feeder<'a> {
    request: &'a Request<'a>,
    setup: &'a Setup,
    files: VecDeque<DataFile>,
    open: Option<Open>,
    number: u32,
    pub(super) read: Vec<FileRead>,
}

/// The file that is being read.
struct Open {
    path: Arc<str>,
    period: Option<Period>,
    /// Known at once for files that are not read from end to end.
    digest: String,
    rest: Rest,
}

/// What is left of the file.
enum Rest {
    Csv(Splitter, Arc<CsvColumns>),
    Lines(Splitter, Arc<Members>),
    Rows(VecDeque<Work>),
    Groups(Arc<Footer>, usize),
}

/// Where the columns are in a CSV file.
pub(super) struct CsvColumns {
    dialect: Dialect,
    width: usize,
    fields: Vec<Option<usize>>,
}

/// A chunk of a file.
pub(super) struct Chunked {
    /// Counted over all files.
    pub(super) number: u32,
    pub(super) path: Arc<str>,
    pub(super) work: Work,
}

/// What a chunk holds before it is decoded.
pub(super) enum Work {
    Csv(Piece, Arc<CsvColumns>),
    Lines(Piece, Arc<Members>),
    /// Rows of a JSON document: the text, the place of each row in it, members.
    Rows(Arc<Vec<u8>>, Vec<(usize, usize)>, Arc<Members>),
    Given(Given),
    /// One row group.
    Group(Arc<Footer>, usize),
}

/// The columns of some rows of a chunk.
pub(super) struct Decoded {
    /// All columns of the setup.
    pub(super) batch: Batch,
    /// For each row its record in the chunk, where records were left out.
    pub(super) records: Option<Vec<u32>>,
    /// The chunk's number of the first record.
    pub(super) first: u32,
    pub(super) repairs: u64,
    pub(super) skipped: u64,
}

/// A record that cannot be read.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) record: u32,
    /// The column's name in expressions.
    pub(super) column: Option<String>,
    pub(super) text: Option<String>,
    pub(super) bad: Bad,
}

/// Buffers that a worker uses again and again.
#[derive(Default)]
pub(super) struct Scratch {
    index: Index,
    pub(super) buffer: Vec<u8>,
}

impl<'a> Feeder<'a> {
    pub(super) fn new(request: &'a Request<'a>, setup: &'a Setup, data: &Data, files: Files) -> Self {
        let mut feeder = Self {
            request,
            setup,
            files: files.found.into(),
            open: None,
            number: 0,
            read: Vec::new(),
        };
        if let Held::Given(tables) = &data.held
            && let Some(given) = tables.get(request.id)
        {
            feeder.open = Some(Open {
                path: given.path.as_str().into(),
                period: None,
                digest: String::new(),
                rest: Rest::Rows(VecDeque::from([Work::Given(given.clone())])),
            });
        }
        feeder
    }

    /// The number that the next chunk gets.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Returns the next chunk; `buffer` is used for its text.
    pub(super) fn next(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Chunked>, Failure> {
        loop {
            let Some(open) = &mut self.open else {
                let Some(file) = self.files.pop_front() else {
                    return Ok(None);
                };
                self.open = Some(self.start(&file)?);
                continue;
            };
            let work = match &mut open.rest {
                Rest::Csv(splitter, columns) => {
                    let piece = splitter.next(std::mem::take(buffer));
                    let piece = piece.map_err(|stuck| csv_header::stuck(stuck, &open.path, self.request))?;
                    piece.map(|piece| Work::Csv(piece, columns.clone()))
                }
                Rest::Lines(splitter, members) => {
                    let piece = splitter.next(std::mem::take(buffer));
                    let piece = piece.map_err(|stuck| csv_header::stuck(stuck, &open.path, self.request))?;
                    piece.map(|piece| Work::Lines(piece, members.clone()))
                }
                Rest::Rows(rows) => rows.pop_front(),
                Rest::Groups(footer, next) => (*next < footer.groups()).then(|| {
                    *next += 1;
                    Work::Group(footer.clone(), *next - 1)
                }),
            };
            if let Some(work) = work {
                let number = self.number;
                self.number += 1;
                let path = open.path.clone();
                return Ok(Some(Chunked { number, path, work }));
            }
            if let Some(open) = self.open.take() {
                let digest = match &open.rest {
                    Rest::Csv(splitter, _) | Rest::Lines(splitter, _) => splitter.digest(),
                    Rest::Rows(_) | Rest::Groups(..) => open.digest,
                };
                self.read.push(FileRead {
                    path: open.path.to_string(),
                    period: open.period,
                    digest,
                });
            }
        }
    }

    fn start(&self, file: &DataFile) -> Result<Open, Failure> {
        let (request, options) = (self.request, self.request.options);
        let input = || Input::open(file, self.setup.encoding, options.digests);
        let mut digest = String::new();
        let rest = match file.kind {
            FileKind::Csv => {
                let start = CsvStart::read(input()?, request, &file.path, options.chunk)?;
                let fields = self.csv_fields(&start.names, file)?;
                let columns = CsvColumns {
                    dialect: start.dialect,
                    width: start.names.len(),
                    fields,
                };
                Rest::Csv(start.splitter, Arc::new(columns))
            }
            FileKind::Ndjson => Rest::Lines(Splitter::new(input()?, options.chunk), Arc::new(self.members())),
            FileKind::Json => {
                let (rows, found) = self.document(input()?, file)?;
                digest = found;
                Rest::Rows(rows)
            }
            FileKind::Parquet => {
                if options.digests {
                    digest = input::digest(file)?;
                }
                Rest::Groups(Arc::new(Footer::bind(file, self.setup, request)?), 0)
            }
        };
        Ok(Open {
            path: file.path.as_str().into(),
            period: file.period,
            digest,
            rest,
        })
    }

    fn csv_fields(&self, names: &[String], file: &DataFile) -> Result<Vec<Option<usize>>, Failure> {
        let mut fields = Vec::new();
        for binding in &self.setup.columns {
            match bind::find(names, binding, self.request, &file.path)? {
                Some(index) => fields.push(Some(index)),
                None => return Err(bind::lacking(names, binding, self.request, &file.path).into()),
            }
        }
        Ok(fields)
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        for binding in &self.setup.columns {
            members.slot(&binding.in_file);
        }
        members
    }

    /// Cuts a JSON document into chunks of rows.
    fn document(&self, mut input: Input, file: &DataFile) -> Result<(VecDeque<Work>, String), Failure> {
        let text = read_document(&mut input, &file.path)?;
        let found = std::str::from_utf8(&text)
            .map_err(|_| "it is not UTF-8 text".to_owned())
            .and_then(|text| json::rows(text, self.request.source.format.rows.as_deref()));
        let places: Vec<(usize, usize)> = match found {
            Ok(rows) => {
                let base = text.as_ptr() as usize;
                rows.iter()
                    .map(|row| row.as_ptr() as usize - base)
                    .zip(rows.iter().map(|row| row.len()))
                    .collect()
            }
            Err(why) => return Err(not_a_document(&why, self.request, &file.path).into()),
        };
        let text = Arc::new(text);
        let members = Arc::new(self.members());
        let mut work = VecDeque::new();
        let mut rest = places.as_slice();
        while let Some((first, _)) = rest.first() {
            let fits = rest.partition_point(|(start, length)| start + length - first <= self.request.options.chunk);
            let (now, later) = rest.split_at(fits.max(1));
            work.push_back(Work::Rows(text.clone(), now.to_vec(), members.clone()));
            rest = later;
        }
        Ok((work, input.digest()))
    }
}

/// Reads a whole document.
pub(super) fn read_document(input: &mut Input, path: &str) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    while input
        .read(1 << 20, &mut text)
        .map_err(|cause| Error::read(path, cause))?
        > 0
    {}
    Ok(text)
}

/// Says why a JSON document has no rows.
pub(super) fn not_a_document(why: &str, request: &Request<'_>, path: &str) -> Diagnostic {
    let place = Place::File { path: path.to_owned() };
    Diagnostic::new(
        "unreadable-file",
        place,
        format!("`{path}` cannot be read as JSON: {why}"),
    )
    .also(request.source.path_span, format!("source `{}` reads it", request.id))
}

impl Work {
    /// Decodes the chunk; `take` gets its rows in order and says whether to go on.
    pub(super) fn decode(
        &self,
        setup: &Setup,
        scratch: &mut Scratch,
        take: &mut dyn FnMut(Decoded) -> ControlFlow<()>,
    ) -> Result<(), Trouble> {
        match self {
            Self::Csv(piece, columns) => {
                _ = take(csv(piece, columns, setup, scratch)?);
            }
            Self::Lines(piece, members) => {
                let lines: Vec<&[u8]> = lines(&piece.bytes).collect();
                _ = take(objects(&lines, members, setup)?);
            }
            Self::Rows(text, places, members) => {
                let objects_of: Vec<&[u8]> = places.iter().map(|(at, length)| &text[*at..at + length]).collect();
                _ = take(objects(&objects_of, members, setup)?);
            }
            Self::Given(given) => {
                _ = take(given_rows(given, setup)?);
            }
            Self::Group(footer, group) => footer.read(*group, setup, take)?,
        }
        Ok(())
    }

    /// Line of a record, where the format has lines.
    pub(super) fn line(&self, record: u32) -> Option<u64> {
        let count = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count() as u64;
        match self {
            Self::Csv(piece, columns) => {
                let mut index = Index::default();
                index.build(&piece.bytes, columns.dialect, piece.quotes);
                let (good, bad) = match index.rows(&piece.bytes, columns.width) {
                    Rows::Even(_) => (vec![(record * columns.width as u32, record)], Vec::new()),
                    Rows::Uneven { good, bad } => (good, bad),
                };
                let good = good
                    .iter()
                    .find(|(_, number)| *number == record)
                    .map(|(first, _)| *first);
                let bad = bad
                    .iter()
                    .find(|(number, ..)| *number == record)
                    .map(|(_, first, _)| *first);
                let start = index.start(good.or(bad)? as usize);
                let before = memchr::memchr_iter(columns.dialect.line_end, &piece.bytes[..start]).count() as u64;
                Some(piece.line + before)
            }
            Self::Lines(piece, _) => {
                let line = lines(&piece.bytes).nth(record as usize)?;
                let at = line.as_ptr() as usize - piece.bytes.as_ptr() as usize;
                Some(piece.line + count(&piece.bytes[..at]))
            }
            Self::Rows(text, places, _) => Some(1 + count(&text[..places.get(record as usize)?.0])),
            Self::Given(_) => Some(u64::from(record) + 1),
            Self::Group(..) => None,
        }
    }

    /// Number of a record within the file from 1, where the format has no lines.
    pub(super) fn row_of_file(&self, record: u32) -> Option<u64> {
        match self {
            Self::Group(footer, group) => Some(footer.rows_before(*group) + u64::from(record) + 1),
            _ => None,
        }
    }

    /// Gives a buffer back.
    pub(super) fn recycle(self, scratch: &mut Scratch) {
        if let Self::Csv(piece, _) | Self::Lines(piece, _) = self {
            scratch.buffer = piece.bytes;
        }
    }
}

/// Lines that are not blank.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
}

/// Collects the columns of rows, the first trouble, and the rows to skip.
struct Collector<'a> {
    setup: &'a Setup,
    rows: usize,
    columns: Vec<Column>,
    bad: Vec<bool>,
    first_bad: Option<(u32, usize, Trouble)>,
    repairs: u64,
}

impl<'a> Collector<'a> {
    fn new(setup: &'a Setup, rows: usize) -> Self {
        Self {
            setup,
            rows,
            columns: Vec::with_capacity(setup.columns.len()),
            bad: Vec::new(),
            first_bad: None,
            repairs: 0,
        }
    }

    fn mark(&mut self, row: usize) {
        if self.bad.is_empty() {
            self.bad = vec![false; self.rows];
        }
        self.bad[row] = true;
    }

    /// Keeps the trouble that comes first in the file.
    fn trouble(&mut self, column: usize, trouble: Trouble) {
        if self
            .first_bad
            .as_ref()
            .is_none_or(|(record, at, _)| (trouble.record, column) < (*record, *at))
        {
            self.first_bad = Some((trouble.record, column, trouble));
        }
    }

    /// Reads one column; `field` returns a row's field and `record` its record.
    fn column<'t>(
        &mut self,
        column: usize,
        field: impl Fn(usize) -> Option<Cow<'t, [u8]>>,
        record: impl Fn(usize) -> u32,
    ) {
        let plan = &self.setup.columns[column].plan;
        let mut builder = plan.builder(self.rows);
        let mut failed: Vec<(usize, Bad)> = Vec::new();
        let skip = self.setup.skip;
        let flow = builder.fill(&plan.nulls, (0..self.rows).map(&field), |row, bad| {
            let stop = !skip || bad.is_declaration();
            failed.push((row, bad));
            if stop {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        let text = |row: usize| field(row).map(|text| String::from_utf8_lossy(&text).into_owned());
        let trouble = |row: usize, bad: Bad| Trouble {
            record: record(row),
            column: Some(plan.name.clone()),
            text: text(row),
            bad,
        };
        if flow.is_break() {
            let (row, bad) = failed.pop().expect("a break has its reason");
            self.trouble(column, trouble(row, bad));
            return;
        }
        for (row, _) in failed {
            self.mark(row);
        }
        match builder.finish() {
            Ok(built) => {
                self.repairs += built.repairs;
                self.columns.push(built.column);
            }
            Err((row, bad)) => self.trouble(column, trouble(row, bad)),
        }
    }

    fn finish(self, records: Option<Vec<u32>>) -> Result<Decoded, Trouble> {
        if let Some((_, _, trouble)) = self.first_bad {
            return Err(trouble);
        }
        let mut decoded = Decoded {
            batch: Batch {
                rows: self.rows,
                columns: self.columns,
            },
            records,
            first: 0,
            repairs: self.repairs,
            skipped: 0,
        };
        if self.bad.iter().any(|bad| *bad) {
            let keep: Vec<bool> = self.bad.iter().map(|bad| !bad).collect();
            decoded.skipped = self.bad.iter().filter(|bad| **bad).count() as u64;
            decoded.keep(&keep);
        }
        Ok(decoded)
    }
}

impl Decoded {
    /// Leaves out rows.
    pub(super) fn keep(&mut self, keep: &[bool]) {
        let record = |row: usize| self.records.as_ref().map_or(row as u32, |records| records[row]);
        let kept = (0..self.batch.rows)
            .filter(|row| keep[*row])
            .map(record)
            .collect::<Vec<u32>>();
        let mask = BooleanArray::from(keep.to_vec());
        self.batch.columns = self
            .batch
            .columns
            .iter()
            .map(|column| rows::keep(column, &mask))
            .collect();
        self.batch.rows = kept.len();
        self.records = Some(kept);
    }
}

fn csv(piece: &Piece, file: &CsvColumns, setup: &Setup, scratch: &mut Scratch) -> Result<Decoded, Trouble> {
    let (bytes, width) = (piece.bytes.as_slice(), file.width);
    scratch.index.build(bytes, file.dialect, piece.quotes);
    let index = &scratch.index;
    let rows = index.rows(bytes, width);
    let quoted = piece.quotes != super::csv::Quotes::None;
    let cut = |column: usize, at: usize| {
        let mut text = &bytes[index.start(at)..index.ends[at] as usize];
        if column + 1 == width && text.last() == Some(&b'\r') {
            text = &text[..text.len() - 1];
        }
        Some(if quoted { unquote(text) } else { Cow::Borrowed(text) })
    };
    match rows {
        Rows::Even(n) => {
            let mut collector = Collector::new(setup, n);
            for (column, field) in file.fields.iter().enumerate() {
                let field = field.expect("a CSV file has every column");
                collector.column(column, |row| cut(field, row * width + field), |row| row as u32);
            }
            collector.finish(None)
        }
        Rows::Uneven { good, bad } => {
            let mut collector = Collector::new(setup, good.len());
            for (column, field) in file.fields.iter().enumerate() {
                let field = field.expect("a CSV file has every column");
                collector.column(
                    column,
                    |row| cut(field, good[row].0 as usize + field),
                    |row| good[row].1,
                );
            }
            if !setup.skip
                && let Some((record, _, fields)) = bad.first()
            {
                let values = if *fields == 1 {
                    "1 value".to_owned()
                } else {
                    format!("{fields} values")
                };
                let message = format!("has {values} where the header has {width}");
                let ragged = Trouble {
                    record: *record,
                    column: None,
                    text: None,
                    bad: Bad::new(message)
                        .rule("unreadable-row")
                        .help("quote values that contain the delimiter, or say `on_bad_row: skip`"),
                };
                collector.trouble(0, ragged);
            }
            let records = good.iter().map(|(_, record)| *record).collect();
            let mut decoded = collector.finish(Some(records))?;
            decoded.skipped += bad.len() as u64;
            Ok(decoded)
        }
    }
}

/// Decodes objects, one per row.
fn objects(texts: &[&[u8]], members: &Members, setup: &Setup) -> Result<Decoded, Trouble> {
    let mut raw: Vec<Vec<Option<&str>>> = vec![Vec::with_capacity(texts.len()); members.len()];
    let mut records = Vec::with_capacity(texts.len());
    let mut broken = None;
    for (record, text) in texts.iter().enumerate() {
        let parsed = std::str::from_utf8(text)
            .map_err(|_| "is not UTF-8 text".to_owned())
            .and_then(|text| {
                members
                    .read(text)
                    .map_err(|why| format!("is no JSON object: {}", reason(&why)))
            });
        match parsed {
            Ok(found) => {
                records.push(record as u32);
                for (slot, value) in raw.iter_mut().zip(found) {
                    slot.push(value);
                }
            }
            Err(why) => {
                broken.get_or_insert(Trouble {
                    record: record as u32,
                    column: None,
                    text: None,
                    bad: Bad::new(why).rule("unreadable-row"),
                });
            }
        }
    }
    let skipped = (texts.len() - records.len()) as u64;
    let mut collector = Collector::new(setup, records.len());
    for (column, binding) in setup.columns.iter().enumerate() {
        let slot = &raw[members.find(&binding.in_file).expect("every column has a slot")];
        let field = |row: usize| slot[row].and_then(|raw| json::field(raw, setup.decimal));
        collector.column(column, field, |row| records[row]);
    }
    if !setup.skip
        && let Some(trouble) = broken
    {
        collector.trouble(0, trouble);
    }
    let mut decoded = collector.finish((skipped > 0).then_some(records.clone()))?;
    decoded.skipped += skipped;
    Ok(decoded)
}

/// The reason of a JSON error without its place, which is counted within the row.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn given_rows(given: &Given, setup: &Setup) -> Result<Decoded, Trouble> {
    let mut collector = Collector::new(setup, given.rows.len());
    for (column, binding) in setup.columns.iter().enumerate() {
        let same = |name: &&String| name.eq_ignore_ascii_case(&binding.in_file);
        let at = given.columns.iter().position(|name| *name == binding.in_file);
        let at = at.or_else(|| given.columns.iter().position(|name| same(&name)));
        let field = |row: usize| {
            let text = given.rows[row].get(at?)?.as_ref()?;
            Some(Cow::Borrowed(text.as_bytes()))
        };
        collector.column(column, field, |row| row as u32);
    }
    collector.finish(None)
}
