use arrow_buffer::BooleanBuffer;
use jiff::tz::TimeZone;

use super::fault::Faults;
use super::{Batch, Column, Literal, Shape, Typed};

/// Expressions over one source, ready to be evaluated batch by batch; equal parts are computed once.
#[derive(Debug)]
pub struct Program {
    zone: Option<TimeZone>,
}

/// The constants of a [`Shape`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constants {
    /// The same for every row, by the number of the parameter.
    Same(Vec<Literal>),
    /// By a row's selector, then by the number of the parameter.
    BySelector(Vec<Vec<Literal>>),
}

/// The values of one expression over a batch.
#[derive(Clone, Debug)]
pub struct Output {
    /// The values; null where a division by zero or an error left none.
    pub column: Column,
    /// Rows whose value depends on a division by zero; `None`: there are none.
    pub zero_divisions: Option<BooleanBuffer>,
    faults: Faults,
}

/// A row whose value cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationError {
    /// The row within the batch, from 0.
    pub row: usize,
    /// The rule of the catalog: `number-overflow` or `unreadable-value`.
    pub rule: &'static str,
    /// A lowercase phrase with the value.
    pub message: String,
}

impl Program {
    /// Prepares `outputs`; `scan` says for each column of the batches to come its index in the schema.
    ///
    /// `zone` is the source's; the constants of one expression have as many entries as it has parameters.
    pub fn new(outputs: Vec<(Shape, Constants)>, zone: Option<TimeZone>, scan: &[usize]) -> Self {
        let _ = (outputs, scan);
        Self { zone }
    }

    /// Prepares expressions whose constants are the same for every row.
    pub fn of(outputs: &[Typed], zone: Option<TimeZone>, scan: &[usize]) -> Self {
        let outputs = outputs.iter().map(|typed| {
            let (shape, constants) = typed.parameterise();
            (shape, Constants::Same(constants))
        });
        Self::new(outputs.collect(), zone, scan)
    }

    /// Evaluates every expression over `batch`, in the order they were given.
    ///
    /// `selectors` holds for each row which row of [`Constants::BySelector`] applies to it; a row
    /// whose selector is beyond the table has null constants. It may be empty where no expression
    /// has such constants.
    pub fn evaluate(&self, batch: &Batch, selectors: &[u32]) -> Vec<Output> {
        let _ = (batch, selectors, &self.zone);
        unimplemented!("evaluation")
    }
}

impl Output {
    /// Returns the first row among `rows` (all, when `None`) whose value could not be computed.
    ///
    /// Only rows that matter to the caller make an error: those that pass its condition.
    pub fn error(&self, rows: Option<&BooleanBuffer>) -> Option<EvaluationError> {
        self.faults.first(rows)
    }

    /// Whether every row has been computed.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}
