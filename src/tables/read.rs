use std::collections::VecDeque;
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Place};
use crate::quantity::Period;
use crate::resolve::terms::FileKind;

use super::bind::{self, Setup};
use super::chunk::{Chunked, CsvColumns, Work};
use super::csv::{CsvStart, Splitter, Stuck};
use super::data::Held;
use super::failure::stuck;
use super::files::{DataFile, Files};
use super::fold::FileRead;
use super::input::{self, Input};
use super::json::{self, Members};
use super::parquet::Footer;
use super::{Data, Failure, Request};

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
                    let piece = piece.map_err(|why| stuck(why, &open.path, self.request))?;
                    piece.map(|piece| Work::Csv(piece, columns.clone()))
                }
                Rest::Lines(splitter, members) => {
                    let piece = splitter.next(std::mem::take(buffer));
                    let piece = piece.map_err(|why| stuck(why, &open.path, self.request))?;
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
        let input = || {
            let input = Input::open(file, self.setup.encoding, options.digests);
            input.map_err(|cause| stuck(Stuck::Io(cause), &file.path, request))
        };
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

    fn csv_fields(&self, names: &[String], file: &DataFile) -> Result<Vec<usize>, Failure> {
        let mut fields = Vec::new();
        for binding in &self.setup.columns {
            match bind::find(names, binding, self.request, &file.path)? {
                Some(index) => fields.push(index),
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
        let text = read_document(&mut input, self.request, &file.path)?;
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
pub(super) fn read_document(input: &mut Input, request: &Request<'_>, path: &str) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    loop {
        match input.read(1 << 20, &mut text) {
            Ok(0) => return Ok(text),
            Ok(_) => {}
            Err(cause) => return Err(stuck(Stuck::Io(cause), path, request)),
        }
    }
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
