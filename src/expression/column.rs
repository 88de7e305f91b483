use arrow_array::types::Int32Type;
use arrow_array::{
    BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int64Array, StringArray, TimestampMicrosecondArray,
};

/// The type of a column or an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// True or false.
    Boolean,
    /// An exact decimal.
    Number,
    /// Text.
    Text,
    /// An instant, in microseconds of UTC.
    Timestamp,
    /// A day.
    Date,
}

/// The type that an expression must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This one.
    Is(Type),
    /// Any.
    Any,
}

impl From<Type> for Expected {
    fn from(kind: Type) -> Self {
        Self::Is(kind)
    }
}

/// The values of one column of a batch; each may be null.
#[derive(Clone, Debug)]
pub enum Column {
    /// True or false.
    Boolean(BooleanArray),
    /// Exact decimals.
    Number(Numbers),
    /// Text.
    Text(Texts),
    /// Instants in microseconds of UTC.
    Timestamp(TimestampMicrosecondArray),
    /// Days since 1970-01-01.
    Date(Date32Array),
}

/// Exact decimals of one scale: each value is `mantissa · 10^-scale`.
///
/// The scale may differ from batch to batch; nothing that is computed depends on it.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// Mantissas that fit 64 bits.
    Small {
        /// The mantissas.
        mantissas: Int64Array,
        /// Decimals, 0..=18.
        scale: u8,
    },
    /// Mantissas of up to 38 digits; the array's own scale is the scale, 0..=38.
    Wide(Decimal128Array),
}

/// Text values.
#[derive(Clone, Debug)]
pub enum Texts {
    /// One string per row.
    Plain(StringArray),
    /// One number per row into the batch's list of different strings.
    Dictionary(DictionaryArray<Int32Type>),
}

/// Some rows of a table, with the columns that were asked for, in that order.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The number of rows.
    pub rows: usize,
    /// The columns.
    pub columns: Vec<Column>,
}
