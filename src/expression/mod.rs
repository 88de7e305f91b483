//! Text of an expression → typed expression → its value over a batch of columns.
//!
//! The language is a closed subset of SQL over one row: total by construction, exact decimals, no
//! volatile functions. Columnar data lives only here, in `tables` and in `measure`.

mod column;

pub use column::{Batch, Column, Numbers, Texts, Type};
