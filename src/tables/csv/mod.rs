//! Delimited text: cut into chunks of whole records, each indexed by where its fields end.

mod header;
mod index;
mod quote;
mod split;

pub(super) use header::{CsvStart, fields, hint};
pub(super) use index::{Index, Rows};
pub(super) use quote::{Quotes, unquote};
pub(super) use split::{Dialect, Piece, Splitter, Stuck};
