use indexmap::IndexMap;

use crate::expression::{Schema, SchemaColumn, Type};
use crate::resolve::terms::{ColumnKind, FileKind};

use super::bind::{self, Binding};
use super::csv::{self, CsvStart, Stuck};
use super::data::Held;
use super::decode::{Decode, Nulls, Plan, looks};
use super::failure;
use super::files::{self, DataFile};
use super::input::Input;
use super::parquet::Footer;
use super::read::{not_a_document, read_document};
use super::{Data, Failure, Request, json};

/// The columns a source has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The columns in file order, by the names that expressions use; without lookups, whose types
    /// are those of other sources' expressions.
    pub columns: Vec<HeaderColumn>,
    /// Any other name is a column as well and is null: rows given in a scenario.
    pub open: bool,
    /// What is probably wrong with how the file is declared, such as another delimiter.
    pub hint: Option<String>,
}

/// One column of a [`Header`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderColumn {
    /// The name that expressions use.
    pub name: String,
    /// Its name in the file.
    pub in_file: String,
    /// Its type as declared, or as the file says; `None`: text that becomes what it is used as.
    pub kind: Option<Type>,
    /// What the first value of an undeclared text looks like: ISO dates and timestamps only. For
    /// columns whose use does not say which of the two they are (`at`).
    pub looks: Option<Type>,
    /// Another column of the file has the same name: an error when used.
    pub duplicate: bool,
}

/// A column as a file has it.
struct Found {
    name: String,
    kind: Option<Type>,
    looks: Option<Type>,
}

/// How much of a text is looked at for the types of its values.
const SAMPLE: usize = 1 << 16;

impl Header {
    /// Returns the column `name`: as written, or without regard to case when that is unique.
    pub fn find(&self, name: &str) -> Option<&HeaderColumn> {
        self.columns.iter().find(|column| column.name == name).or_else(|| {
            let lower = name.to_lowercase();
            let mut same = self.columns.iter().filter(|c| c.name.to_lowercase() == lower);
            same.next().filter(|_| same.next().is_none())
        })
    }

    /// Returns the columns as expressions see them.
    pub fn schema(&self, zone: Option<jiff::tz::TimeZone>) -> Schema {
        let column = |column: &HeaderColumn| match column.kind {
            Some(kind) => SchemaColumn::declared(kind),
            None => SchemaColumn::undeclared(),
        };
        Schema {
            columns: self.columns.iter().map(|c| (c.name.clone(), column(c))).collect(),
            zone,
        }
    }
}

/// Reads the columns of a source from the first bytes (Parquet: the footer) of its last file.
///
/// `None` when no file of a `{period}` path exists. The request's `columns` are not looked at, and
/// without `periods` any file that fits `{period}` will do.
///
/// # Errors
/// When no file is there, a declared column is not in it, or it cannot be read.
pub fn header(request: &Request<'_>, data: &Data) -> Result<Option<Header>, Failure> {
    if let Held::Given(tables) = &data.held {
        return Ok(Some(given(request, tables.get(request.id))));
    }
    let found = files::files(request, data, request.periods.is_empty())?;
    // The newest file is the one whose columns the terms should fit; a scan finds out about the others.
    let Some(file) = found.found.last() else {
        return Ok(None);
    };
    let (columns, hint) = columns(request, file)?;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut by_index: IndexMap<usize, Vec<HeaderColumn>> = IndexMap::new();
    for (name, declared) in &request.source.columns {
        let in_file = declared.from.as_ref().unwrap_or(name);
        let binding = Binding {
            in_file: in_file.clone(),
            declared: true,
            plan: Plan {
                name: name.clone(),
                decode: Decode::Text,
                nulls: std::sync::Arc::default(),
                check_each: false,
            },
        };
        // Objects need not have every member, so a sample of them proves nothing.
        let is_sample = matches!(file.kind, FileKind::Ndjson | FileKind::Json);
        let kind = declared.kind.as_ref().map(kind);
        match bind::find(&names, &binding, request, &file.path)? {
            Some(index) => by_index.entry(index).or_default().push(HeaderColumn {
                name: name.clone(),
                in_file: names[index].clone(),
                kind: kind.or(columns[index].kind),
                looks: columns[index].looks.filter(|_| kind.is_none()),
                duplicate: false,
            }),
            None if is_sample => by_index.entry(names.len()).or_default().push(HeaderColumn {
                name: name.clone(),
                in_file: in_file.clone(),
                kind,
                looks: None,
                duplicate: false,
            }),
            None => {
                let diagnostic = bind::lacking(&names, &binding, request, &file.path);
                return Err(match &hint {
                    Some(hint) => diagnostic.help(hint.clone()),
                    None => diagnostic,
                }
                .into());
            }
        }
    }
    let mut header = Header {
        hint,
        ..Header::default()
    };
    for (index, column) in columns.into_iter().enumerate() {
        match by_index.shift_remove(&index) {
            Some(declared) => header.columns.extend(declared),
            None => header.columns.push(HeaderColumn {
                duplicate: names.iter().filter(|name| **name == column.name).count() > 1,
                in_file: column.name.clone(),
                name: column.name,
                kind: column.kind,
                looks: column.looks,
            }),
        }
    }
    header.columns.extend(by_index.into_values().flatten());
    Ok(Some(header))
}

fn kind(declared: &ColumnKind) -> Type {
    match declared {
        ColumnKind::Text => Type::Text,
        ColumnKind::Number | ColumnKind::Decimal(_) => Type::Number,
        ColumnKind::Boolean => Type::Boolean,
        ColumnKind::Timestamp(_) => Type::Timestamp,
        ColumnKind::Date(_) => Type::Date,
    }
}

/// Columns of rows in a document: the declared ones and those that are given.
fn given(request: &Request<'_>, given: Option<&super::Given>) -> Header {
    let mut header = Header {
        open: true,
        ..Header::default()
    };
    for (name, declared) in &request.source.columns {
        header.columns.push(HeaderColumn {
            name: name.clone(),
            in_file: name.clone(),
            kind: declared.kind.as_ref().map(kind),
            looks: None,
            duplicate: false,
        });
    }
    for (index, name) in given.map_or(&[][..], |given| &given.columns).iter().enumerate() {
        if header.find(name).is_some() {
            continue;
        }
        let first = given.and_then(|given| given.rows.iter().find_map(|row| row.get(index)?.as_deref()));
        header.columns.push(HeaderColumn {
            name: name.clone(),
            in_file: name.clone(),
            kind: None,
            looks: first.and_then(|text| looks(text.as_bytes())),
            duplicate: false,
        });
    }
    header
}

fn columns(request: &Request<'_>, file: &DataFile) -> Result<(Vec<Found>, Option<String>), Failure> {
    let stuck = |cause| failure::stuck(Stuck::Io(cause), &file.path, request);
    let input = || Input::open(file, bind::encoding(request.source)?, false).map_err(stuck);
    match file.kind {
        FileKind::Csv => delimited(CsvStart::read(input()?, request, &file.path, SAMPLE)?, request),
        FileKind::Ndjson => {
            let mut text = Vec::new();
            let read = input()?.read(SAMPLE, &mut text);
            let n = read.map_err(stuck)?;
            if n == SAMPLE {
                text.truncate(memchr::memrchr(b'\n', &text).unwrap_or(n));
            }
            let lines = text
                .split(|byte| *byte == b'\n')
                .filter_map(|line| std::str::from_utf8(line).ok());
            Ok((
                objects(lines.map(str::trim).filter(|line| !line.is_empty()), request),
                None,
            ))
        }
        FileKind::Json => {
            let text = read_document(&mut input()?, request, &file.path)?;
            let rows = std::str::from_utf8(&text)
                .map_err(|_| "it is not UTF-8 text".to_owned())
                .and_then(|text| json::rows(text, request.source.format.rows.as_deref()));
            match rows {
                Ok(rows) => Ok((objects(rows.into_iter().take(1000), request), None)),
                Err(why) => Err(not_a_document(&why, request, &file.path).into()),
            }
        }
        FileKind::Parquet => {
            let typed = |(name, kind)| Found {
                name,
                kind,
                looks: None,
            };
            Ok((Footer::columns(file)?.into_iter().map(typed).collect(), None))
        }
    }
}

fn delimited(mut start: CsvStart, request: &Request<'_>) -> Result<(Vec<Found>, Option<String>), Failure> {
    let hint = csv::hint(&start.names);
    let nulls = Nulls::new(&request.source.format.nulls);
    let mut found: Vec<Found> = start
        .names
        .into_iter()
        .map(|name| Found {
            name,
            kind: None,
            looks: None,
        })
        .collect();
    let mut seen = vec![false; found.len()];
    for _ in 0..100 {
        // A broken record is the scan's to report.
        let Ok(Some(record)) = start.splitter.first() else {
            break;
        };
        let fields = csv::fields(&record.bytes, start.dialect);
        for ((column, seen), field) in found.iter_mut().zip(&mut seen).zip(fields) {
            if !*seen && !nulls.contains(field.as_bytes()) {
                *seen = true;
                column.looks = looks(field.as_bytes());
            }
        }
    }
    Ok((found, hint))
}

/// Columns of objects: a type where all sampled values are numbers or all are booleans.
fn objects<'t>(texts: impl Iterator<Item = &'t str>, request: &Request<'_>) -> Vec<Found> {
    let nulls = Nulls::new(&request.source.format.nulls);
    let mut found: IndexMap<String, (Option<Type>, Option<Type>, bool)> = IndexMap::new();
    for text in texts {
        // A broken row is the scan's to report.
        let Ok(members) = json::members(text) else { continue };
        for (name, raw) in members {
            let (kind, looked, seen) = found.entry(name).or_default();
            let this = match raw.get().as_bytes() {
                b"null" => continue,
                b"true" | b"false" => Some(Type::Boolean),
                [b'-' | b'0'..=b'9', ..] => Some(Type::Number),
                _ => None,
            };
            let field = json::field(raw.get(), b'.').unwrap_or_default();
            if this.is_none() && nulls.contains(&field) {
                continue;
            }
            if *seen {
                *kind = kind.filter(|kind| Some(*kind) == this);
            } else {
                (*kind, *seen) = (this, true);
                *looked = looks(&field).filter(|_| this.is_none());
            }
        }
    }
    let column = |(name, (kind, looks, _))| Found { name, kind, looks };
    found.into_iter().map(column).collect()
}
