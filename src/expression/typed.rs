use std::sync::Arc;

use super::ast::{Arithmetic, Comparison, DatePart, Elapsed, Truth};
use super::{Literal, Type};

/// A checked expression: names are bound to columns, every part has a type.
///
/// Two that are equal compute the same, whatever they were written like.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Typed {
    pub(crate) kind: Type,
    pub(crate) operation: Box<Operation<Typed>>,
}

/// A checked expression without its constants: two that differ only in constants have one shape.
///
/// Patterns of `LIKE` and `matches` and the digits of `round` belong to the shape.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape(pub(crate) Typed);

/// What a part computes from its operands `E`; the list is closed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation<E> {
    /// The column of this index in the schema, and its name.
    Column(usize, Arc<str>),
    Constant(Literal),
    /// The constant of this number, kept apart from the shape.
    Parameter(usize),
    Not(E),
    And(E, E),
    Or(E, E),
    Is(Truth, E),
    Compare(Comparison, E, E),
    In(E, Vec<E>),
    Negate(E),
    Arithmetic(Arithmetic, E, E),
    Abs(E),
    Floor(E),
    Ceil(E),
    /// To so many decimals, half away from zero.
    Round(E, i8),
    /// Conditions with their results, and the result where none holds.
    Case(Vec<(E, E)>, E),
    Coalesce(Vec<E>),
    NullIf(E, E),
    Least(Vec<E>),
    Greatest(Vec<E>),
    Lower(E),
    Upper(E),
    Trim(E),
    Length(E),
    Substr(E, E, Option<E>),
    StartsWith(E, E),
    Contains(E, E),
    Like(E, Arc<str>),
    Matches(E, Arc<str>),
    Part(DatePart, E),
    Elapsed(Elapsed, E, E),
    Cast(Type, E),
}

impl<E> Operation<E> {
    /// Returns the same operation over other operands, visited in the order they are written.
    pub(crate) fn map<F>(&self, mut f: impl FnMut(&E) -> F) -> Operation<F> {
        use Operation as O;
        fn all<E, F>(items: &[E], f: &mut impl FnMut(&E) -> F) -> Vec<F> {
            items.iter().map(f).collect()
        }
        match self {
            O::Column(index, name) => O::Column(*index, name.clone()),
            O::Constant(literal) => O::Constant(literal.clone()),
            O::Parameter(number) => O::Parameter(*number),
            O::Not(a) => O::Not(f(a)),
            O::And(a, b) => O::And(f(a), f(b)),
            O::Or(a, b) => O::Or(f(a), f(b)),
            O::Is(truth, a) => O::Is(*truth, f(a)),
            O::Compare(comparison, a, b) => O::Compare(*comparison, f(a), f(b)),
            O::In(a, list) => O::In(f(a), all(list, &mut f)),
            O::Negate(a) => O::Negate(f(a)),
            O::Arithmetic(arithmetic, a, b) => O::Arithmetic(*arithmetic, f(a), f(b)),
            O::Abs(a) => O::Abs(f(a)),
            O::Floor(a) => O::Floor(f(a)),
            O::Ceil(a) => O::Ceil(f(a)),
            O::Round(a, digits) => O::Round(f(a), *digits),
            O::Case(branches, otherwise) => {
                let branches = branches.iter().map(|(when, then)| (f(when), f(then))).collect();
                O::Case(branches, f(otherwise))
            }
            O::Coalesce(list) => O::Coalesce(all(list, &mut f)),
            O::NullIf(a, b) => O::NullIf(f(a), f(b)),
            O::Least(list) => O::Least(all(list, &mut f)),
            O::Greatest(list) => O::Greatest(all(list, &mut f)),
            O::Lower(a) => O::Lower(f(a)),
            O::Upper(a) => O::Upper(f(a)),
            O::Trim(a) => O::Trim(f(a)),
            O::Length(a) => O::Length(f(a)),
            O::Substr(a, start, length) => O::Substr(f(a), f(start), length.as_ref().map(f)),
            O::StartsWith(a, b) => O::StartsWith(f(a), f(b)),
            O::Contains(a, b) => O::Contains(f(a), f(b)),
            O::Like(a, pattern) => O::Like(f(a), pattern.clone()),
            O::Matches(a, pattern) => O::Matches(f(a), pattern.clone()),
            O::Part(part, a) => O::Part(*part, f(a)),
            O::Elapsed(unit, a, b) => O::Elapsed(*unit, f(a), f(b)),
            O::Cast(to, a) => O::Cast(*to, f(a)),
        }
    }
}

impl Typed {
    pub(crate) fn new(kind: Type, operation: Operation<Typed>) -> Self {
        Self {
            kind,
            operation: Box::new(operation),
        }
    }

    /// Makes the constant `literal`.
    pub fn constant(literal: Literal) -> Self {
        Self::new(literal.kind(), Operation::Constant(literal))
    }

    /// The type of its values.
    pub fn kind(&self) -> Type {
        self.kind
    }

    /// Returns the condition that holds where both hold.
    ///
    /// # Panics
    /// When one of them is no condition.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        assert!(
            self.kind == Type::Boolean && other.kind == Type::Boolean,
            "both are conditions"
        );
        Self::new(Type::Boolean, Operation::And(self, other))
    }

    /// Returns the index of the column in the schema, if the expression is just a column.
    pub fn as_column(&self) -> Option<usize> {
        match &*self.operation {
            Operation::Column(index, _) => Some(*index),
            _ => None,
        }
    }

    /// Returns the indices of the columns it reads, ascending.
    pub fn columns(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.gather_columns(&mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn gather_columns(&self, found: &mut Vec<usize>) {
        if let Operation::Column(index, _) = &*self.operation {
            found.push(*index);
        }
        self.operation.map(|operand| operand.gather_columns(found));
    }

    /// Splits the expression into its shape and its constants in the order they are written.
    pub fn parameterise(&self) -> (Shape, Vec<Literal>) {
        let mut constants = Vec::new();
        let shape = self.lift(&mut constants);
        (Shape(shape), constants)
    }

    fn lift(&self, constants: &mut Vec<Literal>) -> Self {
        let operation = match &*self.operation {
            Operation::Constant(literal) => {
                constants.push(literal.clone());
                Operation::Parameter(constants.len() - 1)
            }
            other => other.map(|operand| operand.lift(constants)),
        };
        Self::new(self.kind, operation)
    }
}

impl Shape {
    /// The type of its values.
    pub fn kind(&self) -> Type {
        self.0.kind
    }

    /// Returns the indices of the columns it reads, ascending.
    pub fn columns(&self) -> Vec<usize> {
        self.0.columns()
    }

    /// Puts constants back: the inverse of [`Typed::parameterise`].
    ///
    /// # Panics
    /// When there are fewer constants than parameters.
    pub fn with(&self, constants: &[Literal]) -> Typed {
        fn fill(part: &Typed, constants: &[Literal]) -> Typed {
            let operation = match &*part.operation {
                Operation::Parameter(number) => Operation::Constant(constants[*number].clone()),
                other => other.map(|operand| fill(operand, constants)),
            };
            Typed::new(part.kind, operation)
        }
        fill(&self.0, constants)
    }
}
