use super::{Expression, Schema, Type, Typed};
use crate::diagnostics::Diagnostics;

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

/// Binds the names of an expression to columns and checks every type.
///
/// Run [`infer`](super::infer) over all expressions of the source first.
pub fn check(
    expression: &Expression,
    schema: &Schema,
    expected: impl Into<Expected>,
    diagnostics: &mut Diagnostics,
) -> Option<Typed> {
    let _ = (expression, schema, expected.into(), diagnostics);
    unimplemented!("checking")
}
