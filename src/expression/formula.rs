use super::Expression;
use crate::diagnostics::Diagnostics;
use crate::quantity::Rational;

/// Checks that an expression is arithmetic over `names` and nothing else; reports what is not.
///
/// Formulas take `+ - * /`, parentheses, numbers, `abs`, `least`, `greatest` and `coalesce`.
pub fn check_formula<'a>(
    expression: &Expression,
    names: impl IntoIterator<Item = &'a str>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let _ = (expression, names.into_iter().count(), diagnostics);
    unimplemented!("formula")
}

/// Computes a formula over named exact values; `None` where a value is absent or a divisor is zero.
pub fn formula(expression: &Expression, values: &dyn Fn(&str) -> Option<Rational>) -> Option<Rational> {
    let _ = (expression, values);
    unimplemented!("formula")
}
