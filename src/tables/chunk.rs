use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::bind::Setup;
use super::collect::{Collector, Decoded, Trouble};
use super::csv::{Dialect, Index, Piece, Quotes, Rows, unquote};
use super::data::Given;
use super::decode::Bad;
use super::json::{self, Members};
use super::parquet::Footer;

/// Where the columns are in a CSV file.
pub(super) struct CsvColumns {
    pub(super) dialect: Dialect,
    /// Columns of the file.
    pub(super) width: usize,
    /// For each column of the setup its column in the file.
    pub(super) fields: Vec<usize>,
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

/// Buffers that a worker uses again and again.
#[derive(Default)]
pub(super) struct Scratch {
    index: Index,
    pub(super) buffer: Vec<u8>,
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
                let (good, bad) = match index.rows(&piece.bytes, columns.dialect, columns.width) {
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

fn csv(piece: &Piece, file: &CsvColumns, setup: &Setup, scratch: &mut Scratch) -> Result<Decoded, Trouble> {
    let (bytes, width) = (piece.bytes.as_slice(), file.width);
    scratch.index.build(bytes, file.dialect, piece.quotes);
    let index = &scratch.index;
    let rows = index.rows(bytes, file.dialect, width);
    let quoted = piece.quotes != Quotes::None;
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
            for (column, &field) in file.fields.iter().enumerate() {
                collector.column(column, |row| cut(field, row * width + field), |row| row as u32);
            }
            collector.finish(None)
        }
        Rows::Uneven { good, bad } => {
            let mut collector = Collector::new(setup, good.len());
            for (column, &field) in file.fields.iter().enumerate() {
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
    let mut found = vec![None; members.len()];
    let mut broken = None;
    for (record, text) in texts.iter().enumerate() {
        let parsed = std::str::from_utf8(text)
            .map_err(|_| "is not UTF-8 text".to_owned())
            .and_then(|text| {
                let read = members.read(text, &mut found);
                read.map_err(|why| format!("is no JSON object: {}", reason(&why)))
            });
        match parsed {
            Ok(()) => {
                records.push(record as u32);
                for (slot, value) in raw.iter_mut().zip(&found) {
                    slot.push(*value);
                }
            }
            Err(why) => {
                broken.get_or_insert(Trouble {
                    record: record as u32,
                    column: None,
                    text: None,
                    bad: Bad::new(why).rule("unreadable-row").help(
                        "each row must be one object, `{ \"name\": value, … }`: correct it, or say `on_bad_row: skip`",
                    ),
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
