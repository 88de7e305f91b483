use std::sync::Arc;

use super::{Decimal, Type};
use crate::source::Span;

/// A parsed expression: well formed, with names as they were written and no types yet.
///
/// Two are equal when they say the same, wherever and however spaced they stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    pub(crate) root: Ast,
}

/// One part of an expression and the place it stands at.
#[derive(Clone, Debug)]
pub(crate) struct Ast {
    pub(crate) kind: AstKind,
    pub(crate) span: Span,
}

impl PartialEq for Ast {
    /// Where a part stands does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a part is; the list is closed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AstKind {
    Column {
        name: Arc<str>,
        quoted: bool,
    },
    Number(Decimal),
    Text(Arc<str>),
    Boolean(bool),
    Null,
    /// `timestamp '…'` or `date '…'`.
    Instant {
        kind: Type,
        text: Arc<str>,
    },
    Not(Box<Ast>),
    Negate(Box<Ast>),
    And(Box<Ast>, Box<Ast>),
    Or(Box<Ast>, Box<Ast>),
    Compare(Comparison, Box<Ast>, Box<Ast>),
    Arithmetic(Arithmetic, Box<Ast>, Box<Ast>),
    In {
        operand: Box<Ast>,
        list: Vec<Ast>,
        negated: bool,
    },
    Between {
        operand: Box<Ast>,
        low: Box<Ast>,
        high: Box<Ast>,
        negated: bool,
    },
    Like {
        operand: Box<Ast>,
        pattern: Arc<str>,
        negated: bool,
    },
    Is {
        operand: Box<Ast>,
        truth: Truth,
        negated: bool,
    },
    Case {
        operand: Option<Box<Ast>>,
        branches: Vec<(Ast, Ast)>,
        otherwise: Option<Box<Ast>>,
    },
    Call {
        function: Function,
        arguments: Vec<Ast>,
    },
    Cast {
        operand: Box<Ast>,
        to: Type,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// An operation on two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`, to 18 fractional digits, half-even.
    Divide,
    /// `%`, with the dividend's sign.
    Remainder,
}

/// What `IS …` asks; it is never null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    /// `IS NULL`
    Null,
    /// `IS TRUE`
    True,
    /// `IS FALSE`
    False,
}

/// A part of a timestamp or date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year.
    Year,
    /// The month, 1..=12.
    Month,
    /// The day of the month, 1..=31.
    Day,
    /// The hour, 0..=23.
    Hour,
    /// The day of the week, Monday = 1.
    Weekday,
}

/// The unit that a difference of two instants is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Elapsed {
    /// 60 seconds.
    Minutes,
    /// 3600 seconds.
    Hours,
    /// 86,400 seconds between timestamps; whole days between dates.
    Days,
}

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Function {
    Coalesce,
    NullIf,
    Abs,
    Round,
    Floor,
    Ceil,
    Least,
    Greatest,
    Lower,
    Upper,
    Trim,
    Length,
    Substr,
    StartsWith,
    Contains,
    Matches,
    Date,
    Part(DatePart),
    Elapsed(Elapsed),
}

impl Function {
    /// Every function: its name, and the fewest and most arguments it takes.
    pub(crate) const ALL: &'static [(&'static str, Self, usize, usize)] = &[
        ("coalesce", Self::Coalesce, 1, 200),
        ("nullif", Self::NullIf, 2, 2),
        ("abs", Self::Abs, 1, 1),
        ("round", Self::Round, 1, 2),
        ("floor", Self::Floor, 1, 1),
        ("ceil", Self::Ceil, 1, 1),
        ("least", Self::Least, 1, 200),
        ("greatest", Self::Greatest, 1, 200),
        ("lower", Self::Lower, 1, 1),
        ("upper", Self::Upper, 1, 1),
        ("trim", Self::Trim, 1, 1),
        ("length", Self::Length, 1, 1),
        ("substr", Self::Substr, 2, 3),
        ("starts_with", Self::StartsWith, 2, 2),
        ("contains", Self::Contains, 2, 2),
        ("matches", Self::Matches, 2, 2),
        ("date", Self::Date, 1, 1),
        ("year", Self::Part(DatePart::Year), 1, 1),
        ("month", Self::Part(DatePart::Month), 1, 1),
        ("day", Self::Part(DatePart::Day), 1, 1),
        ("hour", Self::Part(DatePart::Hour), 1, 1),
        ("weekday", Self::Part(DatePart::Weekday), 1, 1),
        ("minutes_between", Self::Elapsed(Elapsed::Minutes), 2, 2),
        ("hours_between", Self::Elapsed(Elapsed::Hours), 2, 2),
        ("days_between", Self::Elapsed(Elapsed::Days), 2, 2),
    ];

    /// The name as it is written.
    pub(crate) fn name(self) -> &'static str {
        let entry = Self::ALL.iter().find(|(_, function, ..)| *function == self);
        entry.expect("every function is listed").0
    }
}

impl Comparison {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The comparison that holds with the operands swapped.
    pub(crate) fn swapped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }

    /// Whether two values that order like this satisfy the comparison.
    pub(crate) fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// Whether it asks for more than equality.
    pub(crate) fn is_ordering(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl Arithmetic {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

impl Expression {
    /// Makes the expression that is just the column `name`, for fields that name a column.
    pub fn column(name: &str, span: Span) -> Self {
        let kind = AstKind::Column {
            name: name.into(),
            quoted: true,
        };
        Self {
            root: Ast { kind, span },
        }
    }

    /// Where the expression stands.
    pub fn span(&self) -> Span {
        self.root.span
    }

    /// Returns the name of the column, if the expression is just a column.
    pub fn as_column(&self) -> Option<&str> {
        match &self.root.kind {
            AstKind::Column { name, .. } => Some(name),
            _ => None,
        }
    }
}

/// Returns the names of the columns that `expression` uses as they are written, each once.
pub fn columns(expression: &Expression) -> Vec<(Arc<str>, Span)> {
    let mut found: Vec<(Arc<str>, Span)> = Vec::new();
    expression.root.visit(&mut |part| {
        if let AstKind::Column { name, .. } = &part.kind
            && !found.iter().any(|(seen, _)| seen == name)
        {
            found.push((name.clone(), part.span));
        }
    });
    found
}

impl Ast {
    /// Calls `f` on this part and every part below it, in the order they are written.
    pub(crate) fn visit<'a>(&'a self, f: &mut impl FnMut(&'a Self)) {
        f(self);
        self.for_each_child(&mut |child| child.visit(f));
    }

    /// Calls `f` on every part directly below.
    pub(crate) fn for_each_child<'a>(&'a self, f: &mut dyn FnMut(&'a Self)) {
        match &self.kind {
            AstKind::Column { .. }
            | AstKind::Number(_)
            | AstKind::Text(_)
            | AstKind::Boolean(_)
            | AstKind::Null
            | AstKind::Instant { .. } => {}
            AstKind::Not(a)
            | AstKind::Negate(a)
            | AstKind::Like { operand: a, .. }
            | AstKind::Is { operand: a, .. }
            | AstKind::Cast { operand: a, .. } => f(a),
            AstKind::And(a, b) | AstKind::Or(a, b) | AstKind::Compare(_, a, b) | AstKind::Arithmetic(_, a, b) => {
                [a, b].into_iter().for_each(|child| f(child))
            }
            AstKind::In { operand, list, .. } => std::iter::once(&**operand).chain(list).for_each(f),
            AstKind::Between { operand, low, high, .. } => [operand, low, high].into_iter().for_each(|child| f(child)),
            AstKind::Case {
                operand,
                branches,
                otherwise,
            } => {
                operand.iter().for_each(|child| f(child));
                for (when, then) in branches {
                    f(when);
                    f(then);
                }
                otherwise.iter().for_each(|child| f(child));
            }
            AstKind::Call { arguments, .. } => arguments.iter().for_each(f),
        }
    }
}
