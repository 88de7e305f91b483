//! Delimited text: cut into chunks of whole records, each indexed by where its fields end.

mod index;
mod quote;
mod split;

pub(super) use index::{Index, Rows};
pub(super) use quote::{Quotes, unquote};
pub(super) use split::{Dialect, Piece, Splitter, Stuck};
