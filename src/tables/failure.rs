use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::error::Error;

use super::Request;
use super::csv::Stuck;

/// Why a source could not be read.
#[derive(Debug)]
pub enum Failure {
    /// What the author declared and what the files hold do not fit; in file order.
    Found(Diagnostics),
    /// The world failed: a file could not be opened or is broken.
    World(Error),
}

/// A row that a fold refuses; the scan adds the row's place to the finding.
#[derive(Debug)]
pub struct Rejected {
    /// Index of the row in the batch.
    pub row: usize,
    /// The column at fault, if it is one.
    pub column: Option<String>,
    /// What the row has that the measure cannot take, a lowercase phrase.
    pub label: String,
    /// The finding.
    pub diagnostic: Box<Diagnostic>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::World(error)
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        let mut found = Diagnostics::default();
        found.push(diagnostic);
        Self::Found(found)
    }
}

impl From<Box<Diagnostic>> for Failure {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::from(*diagnostic)
    }
}

/// Says why a text could not be read on.
pub(super) fn stuck(why: Stuck, path: &str, request: &Request<'_>) -> Failure {
    let also = |diagnostic: Diagnostic| {
        Failure::from(diagnostic.also(request.source.path_span, format!("source `{}` reads it", request.id)))
    };
    match why {
        Stuck::Io(cause) if is_broken(&cause) => {
            let place = Place::File { path: path.to_owned() };
            also(Diagnostic::new(
                "unreadable-file",
                place,
                format!("`{path}` cannot be read: {cause}"),
            ))
        }
        Stuck::Io(cause) => Error::read(path, cause).into(),
        Stuck::Unclosed(line) => {
            let place = Place::Data {
                path: path.to_owned(),
                line: Some(line),
                column: None,
            };
            also(
                Diagnostic::new("unreadable-row", place, "a quote opens here and is never closed")
                    .help("double a quote inside a quoted value: `\"5\"\" pipe\"`"),
            )
        }
    }
}

/// Whether the bytes are wrong, and not the machine.
fn is_broken(cause: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(cause.kind(), InvalidData | InvalidInput | UnexpectedEof | Other)
}
