use std::sync::Arc;

use encoding_rs::Encoding;

use crate::diagnostics::{Diagnostic, Place, did_you_mean};
use crate::expression::Type;
use crate::resolve::terms::{ColumnKind, OnBadRow, Source};

use super::data::Held;
use super::decode::{Decode, Nulls, Offsets, Pattern, Plan, TimePlan};
use super::{Data, Failure, Request};

/// How the columns of a request are read, the same for all files of the source.
#[derive(Debug)]
pub(super) struct Setup {
    /// The columns asked for, then the key unless it is among them.
    pub(super) columns: Vec<Binding>,
    /// How many columns were asked for.
    pub(super) asked: usize,
    /// Which column is the key.
    pub(super) key: Option<usize>,
    pub(super) skip: bool,
    pub(super) encoding: Option<&'static Encoding>,
    pub(super) decimal: u8,
}

/// One column and where it comes from.
#[derive(Debug)]
pub(super) struct Binding {
    /// Its name in the file.
    pub(super) in_file: String,
    /// Whether the source declares it.
    pub(super) declared: bool,
    pub(super) plan: Plan,
}

impl Setup {
    pub(super) fn new(request: &Request<'_>, data: &Data) -> Result<Self, Failure> {
        let source = request.source;
        let given = matches!(data.held, Held::Given(_));
        let skip = source.on_bad_row == OnBadRow::Skip;
        let nulls = if given {
            Nulls::default()
        } else {
            Nulls::new(&source.format.nulls)
        };
        let offsets = source
            .time_zone
            .as_ref()
            .map(|zone| Arc::new(Offsets::new(zone, source.local_time)));
        let binder = Binder {
            source,
            given,
            skip,
            nulls: Arc::new(nulls),
            offsets,
        };
        let mut columns = Vec::new();
        for wanted in request.columns {
            columns.push(binder.bind(&wanted.name, wanted.kind)?);
        }
        let mut key = None;
        // The key of an event log's rows is the case; its events replace each other in the fold.
        if let (Some(name), None) = (&source.key, &source.events) {
            let binding = binder.bind(name, Type::Text)?;
            let same = |b: &Binding| b.in_file == binding.in_file && matches!(b.plan.decode, Decode::Text);
            key = Some(columns.iter().position(same).unwrap_or_else(|| {
                columns.push(binding);
                columns.len() - 1
            }));
        }
        Ok(Self {
            columns,
            asked: request.columns.len(),
            key,
            skip,
            encoding: encoding(source)?,
            decimal: if given { b'.' } else { source.format.decimal },
        })
    }
}

/// Returns the declared encoding.
pub(super) fn encoding(source: &Source) -> Result<Option<&'static Encoding>, Failure> {
    let Some(label) = &source.format.encoding else {
        return Ok(None);
    };
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(Diagnostic::new(
            "invalid-value",
            source.declared_at,
            format!("`{label}` is no text encoding"),
        )
        .help("such as `utf-8`, `utf-16`, `windows-1252` or `latin1`")
        .into()),
    }
}

struct Binder<'a> {
    source: &'a Source,
    given: bool,
    skip: bool,
    nulls: Arc<Nulls>,
    offsets: Option<Arc<Offsets>>,
}

impl Binder<'_> {
    fn bind(&self, name: &str, kind: Type) -> Result<Binding, Failure> {
        let declared = declared(self.source, name);
        let in_file = match declared {
            Some((_, column)) if !self.given => column.from.as_deref().unwrap_or(name),
            _ => name,
        };
        let declared_kind = declared.and_then(|(_, column)| column.kind.as_ref());
        let pattern = match declared_kind {
            Some(ColumnKind::Timestamp(Some(pattern)) | ColumnKind::Date(Some(pattern))) if !self.given => {
                let compiled = Pattern::new(pattern).map_err(|why| {
                    let message = format!("`{pattern}` cannot be read: {why}");
                    Diagnostic::new("invalid-value", self.source.declared_at, message)
                        .label(format!("column `{name}`"))
                        .help("such as `%d/%m/%Y %H:%M`")
                })?;
                Some(Arc::new(compiled))
            }
            _ => None,
        };
        let time = TimePlan {
            pattern,
            offsets: self.offsets.clone(),
        };
        let decode = match kind {
            Type::Boolean => Decode::Boolean,
            Type::Text => Decode::Text,
            Type::Timestamp => Decode::Timestamp(time),
            Type::Date => Decode::Date(time),
            Type::Number => Decode::Number {
                decimal: if self.given { b'.' } else { self.source.format.decimal },
                round: match declared_kind {
                    Some(ColumnKind::Decimal(decimals)) => Some(*decimals),
                    _ => None,
                },
            },
        };
        Ok(Binding {
            in_file: in_file.to_owned(),
            declared: declared.is_some(),
            plan: Plan {
                name: name.to_owned(),
                decode,
                nulls: self.nulls.clone(),
                check_each: self.skip,
            },
        })
    }
}

/// Returns the declaration of a column: as written, or without regard to case when that is unique.
pub(super) fn declared<'a>(source: &'a Source, name: &str) -> Option<(&'a String, &'a crate::resolve::terms::Column)> {
    source.columns.get_key_value(name).or_else(|| {
        let mut same = source
            .columns
            .iter()
            .filter(|(n, _)| n.to_lowercase() == name.to_lowercase());
        same.next().filter(|_| same.next().is_none())
    })
}

/// Finds a column among a file's names: as written, or without regard to case when that is unique.
///
/// # Errors
/// When the file has none or two of that name.
pub(super) fn find(
    names: &[String],
    binding: &Binding,
    request: &Request<'_>,
    path: &str,
) -> Result<Option<usize>, Box<Diagnostic>> {
    let wanted = &binding.in_file;
    let mut exact = names.iter().enumerate().filter(|(_, name)| *name == wanted);
    let place = || Place::File { path: path.to_owned() };
    match (exact.next(), exact.next()) {
        (Some((index, _)), None) => return Ok(Some(index)),
        (Some(_), Some(_)) => {
            let message = format!("two columns of `{path}` are called `{wanted}`");
            let diagnostic = Diagnostic::new("duplicate-column", place(), message)
                .also(request.source.path_span, format!("source `{}` reads it", request.id))
                .help("give one of them another name in the file");
            return Err(Box::new(diagnostic));
        }
        _ => {}
    }
    let lower = wanted.to_lowercase();
    let mut similar = names
        .iter()
        .enumerate()
        .filter(|(_, name)| name.to_lowercase() == lower);
    match (similar.next(), similar.next()) {
        (Some((index, _)), None) => Ok(Some(index)),
        (Some((_, a)), Some((_, b))) => {
            let message = format!("`{wanted}` fits two columns of `{path}`: `{a}` and `{b}`");
            let diagnostic = Diagnostic::new("ambiguous-column", place(), message)
                .also(request.source.path_span, format!("source `{}` reads it", request.id));
            Err(Box::new(diagnostic))
        }
        _ => Ok(None),
    }
}

/// Says that a file lacks a column.
pub(super) fn lacking(names: &[String], binding: &Binding, request: &Request<'_>, path: &str) -> Diagnostic {
    let rule = if binding.declared {
        "missing-column"
    } else {
        "unknown-column"
    };
    let wanted = &binding.in_file;
    let place = Place::File { path: path.to_owned() };
    let diagnostic = Diagnostic::new(rule, place, format!("`{path}` has no column `{wanted}`"))
        .also(request.source.path_span, format!("source `{}` reads it", request.id));
    match did_you_mean(wanted, names.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => diagnostic,
        None => diagnostic.help(format!("it has {}", listed(names))),
    }
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if names.len() > SHOWN {
        text.push(format!("{} more", names.len() - SHOWN));
    }
    text.join(", ")
}
