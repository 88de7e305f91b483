use super::Expression;
use super::ast::{Arithmetic, Ast, AstKind, Function};
use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::quantity::Rational;

/// Checks that an expression is arithmetic over `names` and nothing else; reports what is not.
///
/// Formulas take `+ - * /`, parentheses, numbers, `abs`, `least`, `greatest` and `coalesce`.
pub fn check_formula<'a>(
    expression: &Expression,
    names: impl IntoIterator<Item = &'a str>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let names: Vec<&str> = names.into_iter().collect();
    let mut fine = true;
    expression.root.visit(&mut |part| {
        if let Some(problem) = problem(part, &names) {
            diagnostics.push(problem);
            fine = false;
        }
    });
    fine
}

fn problem(part: &Ast, names: &[&str]) -> Option<Diagnostic> {
    match &part.kind {
        AstKind::Number(_) | AstKind::Negate(_) => None,
        AstKind::Arithmetic(arithmetic, ..) if *arithmetic != Arithmetic::Remainder => None,
        AstKind::Call { function, .. } if is_of_formulas(*function) => None,
        AstKind::Column { name, .. } if names.contains(&&**name) => None,
        AstKind::Column { name, .. } => {
            let message = format!("the formula has no measure `{name}`");
            let problem = Diagnostic::new("unknown-reference", part.span, message);
            Some(match did_you_mean(name, names.iter().copied()) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help(format!("name a measure beside `is`: `{name}: {{ sum: … }}`")),
            })
        }
        _ => Some(
            Diagnostic::new("invalid-expression", part.span, "a formula is arithmetic over named measures")
                .label("this is not")
                .help("use `+ - * /`, numbers, `abs`, `least`, `greatest` and `coalesce`; conditions belong in the measures' `where`"),
        ),
    }
}

fn is_of_formulas(function: Function) -> bool {
    matches!(
        function,
        Function::Abs | Function::Least | Function::Greatest | Function::Coalesce
    )
}

/// Computes a formula over named exact values; `None` where a value is absent or a divisor is zero.
///
/// Nothing is rounded: a formula is not a row expression.
pub fn formula(expression: &Expression, values: &dyn Fn(&str) -> Option<Rational>) -> Option<Rational> {
    compute(&expression.root, values)
}

fn compute(part: &Ast, values: &dyn Fn(&str) -> Option<Rational>) -> Option<Rational> {
    match &part.kind {
        AstKind::Number(value) => Some(value.to_rational()),
        AstKind::Column { name, .. } => values(name),
        AstKind::Negate(a) => Some(-compute(a, values)?),
        AstKind::Arithmetic(arithmetic, a, b) => {
            let (a, b) = (compute(a, values)?, compute(b, values)?);
            match arithmetic {
                Arithmetic::Add => Some(a + b),
                Arithmetic::Subtract => Some(a - b),
                Arithmetic::Multiply => Some(a * b),
                Arithmetic::Divide => a.checked_div(&b),
                Arithmetic::Remainder => None,
            }
        }
        AstKind::Call { function, arguments } => {
            let mut computed = arguments.iter().map(|argument| compute(argument, values));
            match function {
                Function::Abs => Some(computed.next()??.abs()),
                Function::Coalesce => computed.flatten().next(),
                Function::Least => computed.collect::<Option<Vec<_>>>()?.into_iter().min(),
                Function::Greatest => computed.collect::<Option<Vec<_>>>()?.into_iter().max(),
                _ => None,
            }
        }
        _ => None,
    }
}
