//! Text of an expression → typed expression → its value over a batch of columns.
//!
//! The language is a closed subset of SQL over one row: total by construction, exact decimals, no
//! volatile functions. Columnar data lives only here, in `tables` and in `measure`.
//!
//! Comes in: a [`Snippet`](crate::syntax::Snippet). [`parse`] makes an [`Expression`] of it, [`infer`]
//! decides the types of columns that nobody declared, [`check`] makes a [`Typed`] expression, and a
//! [`Program`] evaluates many of them over [`Batch`]es. It never reads a file and never fails: what
//! is wrong in the text is a diagnostic, what is wrong in a row is an [`EvaluationError`] of that row.
//!
//! **A row fails only if its value depends on what failed.** `false AND x`, `true OR x`, a branch
//! that `CASE` does not take, an argument after the first value of `coalesce`: an overflow, a cast
//! that fails or a division by zero there does not matter to that row, whatever other rows, other
//! expressions or the size of a batch are. `AND` and `OR` do not depend on the order of their operands.

mod ast;
mod check;
mod column;
mod evaluate;
mod fault;
mod formula;
mod infer;
mod literal;
mod parse;
mod program;
mod schema;
mod sql;
mod typed;
mod words;
mod zone;

pub use ast::{Arithmetic, Comparison, DatePart, Elapsed, Expression, Truth, columns};
pub use check::check;
pub use column::{Batch, Column, Expected, Numbers, Texts, Type};
pub use fault::EvaluationError;
pub use formula::{check_formula, formula};
pub use infer::infer;
pub use literal::{Decimal, Literal};
pub use parse::parse;
pub use program::{Constants, Output, Program};
pub use schema::{NoColumn, Schema, SchemaColumn};
pub use sql::sql;
pub use typed::{Shape, Typed};
pub use zone::instant;
