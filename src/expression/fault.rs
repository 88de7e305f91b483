use arrow_buffer::BooleanBuffer;

use super::program::EvaluationError;
use super::{Column, Type};

/// Rows of a part that could not be computed; empty nearly always.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

/// Rows that failed for one cause.
#[derive(Clone, Debug)]
struct Fault {
    rows: BooleanBuffer,
    cause: Cause,
}

/// Why rows failed; operands are kept (shared, not copied) so that a message can show the value.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// The result takes more than 38 digits.
    Overflow(&'static str),
    /// A text that does not read as the type.
    Cast(Type, Column),
    /// A position or length that is not a whole number.
    Position(Column),
}

impl Faults {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn first(&self, rows: Option<&BooleanBuffer>) -> Option<EvaluationError> {
        let _ = rows;
        None
    }
}
