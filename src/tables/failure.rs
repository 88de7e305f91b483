use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::error::Error;

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
