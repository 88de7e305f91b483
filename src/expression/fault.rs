use arrow_array::Array;
use arrow_buffer::BooleanBuffer;

use super::{Texts, Type};

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

/// Rows of a part that could not be computed; empty nearly always. The column is null there.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

/// Rows that failed for one cause.
#[derive(Clone, Debug)]
struct Fault {
    rows: BooleanBuffer,
    cause: Cause,
}

/// Why rows failed; operands are kept (shared, not copied) so that a message can show the value.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// The result of this operation takes more than 38 digits.
    Overflow(&'static str),
    /// The values of a batch span more than 38 digits together.
    Span,
    /// A text that does not read as the type.
    Cast(Type, Texts),
}

impl Faults {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds rows that failed.
    pub(super) fn add(&mut self, rows: BooleanBuffer, cause: Cause) {
        if rows.has_true() {
            self.0.push(Fault { rows, cause });
        }
    }

    /// Adds all faults of an operand.
    pub(super) fn merge(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Adds the faults of an operand on rows where they matter.
    pub(super) fn merge_within(&mut self, other: &Self, rows: &BooleanBuffer) {
        for fault in &other.0 {
            self.add(&fault.rows & rows, fault.cause.clone());
        }
    }

    /// All rows that failed; `None`: there are none.
    pub(super) fn rows(&self) -> Option<BooleanBuffer> {
        let mut faults = self.0.iter();
        let first = faults.next()?.rows.clone();
        Some(faults.fold(first, |all, fault| &all | &fault.rows))
    }

    /// The first row among `within` that failed, and why.
    pub(super) fn first(&self, within: Option<&BooleanBuffer>) -> Option<EvaluationError> {
        let first_of = |fault: &Fault| match within {
            Some(within) => (&fault.rows & within).set_indices().next(),
            None => fault.rows.set_indices().next(),
        };
        let (row, cause) = self
            .0
            .iter()
            .filter_map(|fault| Some((first_of(fault)?, &fault.cause)))
            .min_by_key(|(row, _)| *row)?;
        Some(cause.error(row))
    }
}

impl Cause {
    fn error(&self, row: usize) -> EvaluationError {
        match self {
            Self::Overflow(operation) => EvaluationError {
                row,
                rule: "number-overflow",
                message: format!("the result of `{operation}` has more than 38 digits"),
            },
            Self::Span => EvaluationError {
                row,
                rule: "number-overflow",
                message: "the values of the expression span more than 38 digits".to_owned(),
            },
            Self::Cast(to, texts) => EvaluationError {
                row,
                rule: "unreadable-value",
                message: format!("`{}` is not {}", texts.at(row).unwrap_or_default(), to.described()),
            },
        }
    }
}

impl Texts {
    /// Returns the text of a row; `None` is null.
    pub fn at(&self, row: usize) -> Option<&str> {
        match self {
            Self::Plain(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Dictionary(texts) => {
                let key = texts.key(row)?;
                let values = Self::strings(texts);
                values.is_valid(key).then(|| values.value(key))
            }
        }
    }

    /// Returns the different strings of a dictionary.
    pub(super) fn strings(
        dictionary: &arrow_array::DictionaryArray<arrow_array::types::Int32Type>,
    ) -> &arrow_array::StringArray {
        dictionary
            .values()
            .as_any()
            .downcast_ref()
            .expect("the dictionary of a text column holds strings")
    }
}
