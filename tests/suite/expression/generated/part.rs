//! Expressions and rows, generated from a string of bytes.

use std::cmp::Ordering;

use jiff::civil::{Date, date};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use scoreline::expression::{Arithmetic, Comparison, Type};
use scoreline::quantity::{Rational, Rounding};

/// The columns of every row.
pub(super) const COLUMNS: &[(&str, Type)] = &[
    ("a", Type::Number),
    ("b", Type::Number),
    ("s", Type::Text),
    ("t", Type::Text),
    ("f", Type::Boolean),
    ("p", Type::Timestamp),
    ("q", Type::Timestamp),
    ("d", Type::Date),
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "0.5",
    "2.5",
    "-2.5",
    "3",
    "7",
    "0.01",
    "99.99",
    "-0.005",
    "1000000000000000000",
    "9223372036854775807",
    "-9223372036854775807",
    "0.000000000000000001",
];
const TEXTS: &[&str] = &[
    "a",
    "b",
    "A",
    "ab%",
    "12",
    "-3.5",
    "",
    " 7 ",
    "true",
    "FALSE",
    "2026-10-25",
    "ä",
    "it's",
    "2026-02-30",
];
const PATTERNS: &[&str] = &["a%", "%b", "_", "%", "a_%", "", "%a%"];
const INSTANTS: &[&str] = &[
    "2026-10-25T00:30:00Z",
    "2026-10-25T01:30:00Z",
    "2026-03-29T00:59:59.999999Z",
    "2026-03-29T01:00:00Z",
    "2026-12-31T23:00:00Z",
    "1969-07-20T20:17:40Z",
];
const DAYS: &[i32] = &[0, -1, 20_751, 20_750, 20_541, 11_016];

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Boolean(bool),
    Number(Rational),
    Text(String),
    Instant(i64),
    Day(i32),
}

pub(super) type Row = Vec<Option<Value>>;

impl Value {
    pub(super) fn boolean(self) -> bool {
        match self {
            Self::Boolean(value) => value,
            other => panic!("{other:?} is no boolean"),
        }
    }

    pub(super) fn number(self) -> Rational {
        match self {
            Self::Number(value) => value,
            other => panic!("{other:?} is no number"),
        }
    }

    pub(super) fn text(self) -> String {
        match self {
            Self::Text(value) => value,
            other => panic!("{other:?} is no text"),
        }
    }

    pub(super) fn instant(self) -> i64 {
        match self {
            Self::Instant(value) => value,
            other => panic!("{other:?} is no instant"),
        }
    }

    pub(super) fn day(self) -> i32 {
        match self {
            Self::Day(value) => value,
            other => panic!("{other:?} is no day"),
        }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Instant(a), Self::Instant(b)) => a.cmp(b),
            (Self::Day(a), Self::Day(b)) => a.cmp(b),
            _ => panic!("{self:?} and {other:?} have no order"),
        }
    }
}

/// The fewest decimals that write a number.
pub(super) fn scale(value: &Rational) -> u32 {
    let is_whole = |scale: &u32| BigInt::from(10).pow(*scale) % value.denominator() == BigInt::ZERO;
    (0..=80).find(is_whole).expect("a decimal")
}

pub(super) fn mantissa(value: &Rational, scale: u32) -> Option<i128> {
    value.scaled(scale, Rounding::Floor).to_i128()
}

/// Makes choices from a string of bytes; 0 when there are no more.
pub(super) struct Chooser {
    bytes: std::vec::IntoIter<u8>,
    /// Parts that may still be made.
    pub(super) budget: usize,
}

impl Chooser {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes: bytes.into_iter(),
            budget: 0,
        }
    }

    pub(super) fn pick(&mut self, among: usize) -> usize {
        usize::from(self.bytes.next().unwrap_or(0)) % among
    }

    fn of<T: Copy>(&mut self, pool: &[T]) -> T {
        pool[self.pick(pool.len())]
    }
}

fn instant(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().expect("an instant").as_microsecond()
}

/// A value of a type from its pool.
fn constant(kind: Type, chooser: &mut Chooser) -> Value {
    match kind {
        Type::Boolean => Value::Boolean(chooser.pick(2) == 0),
        Type::Number => Value::Number(Rational::parse_decimal(chooser.of(NUMBERS)).expect("a decimal")),
        Type::Text => Value::Text(chooser.of(TEXTS).to_owned()),
        Type::Timestamp => Value::Instant(instant(chooser.of(INSTANTS))),
        Type::Date => Value::Day(chooser.of(DAYS)),
    }
}

pub(super) fn row(chooser: &mut Chooser) -> Row {
    let column = |(_, kind): &(&str, Type)| (chooser.pick(5) != 4).then(|| constant(*kind, chooser));
    COLUMNS.iter().map(column).collect()
}

/// An expression as the interpreter sees it.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Column(usize),
    Constant(Type, Option<Value>),
    Not(Box<Part>),
    And(Box<Part>, Box<Part>),
    Or(Box<Part>, Box<Part>),
    IsNull(Box<Part>),
    Is(Box<Part>, bool),
    Compare(Comparison, Box<Part>, Box<Part>),
    In(Box<Part>, Vec<Part>),
    Between(Box<Part>, Box<Part>, Box<Part>),
    Like(Box<Part>, &'static str),
    Negate(Box<Part>),
    Arithmetic(Arithmetic, Box<Part>, Box<Part>),
    Round(Box<Part>, i32),
    Case(Vec<(Part, Part)>, Option<Box<Part>>),
    Coalesce(Vec<Part>),
    /// A function of values that is null where one of them is.
    Call(&'static str, Vec<Part>),
    NullIf(Box<Part>, Box<Part>),
    Cast(Type, Box<Part>),
}

const COMPARISONS: &[Comparison] = &[
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
];
const ARITHMETIC: &[Arithmetic] = &[
    Arithmetic::Add,
    Arithmetic::Subtract,
    Arithmetic::Multiply,
    Arithmetic::Divide,
    Arithmetic::Remainder,
];

/// Generates an expression of a type.
pub(super) fn generate(kind: Type, depth: usize, c: &mut Chooser) -> Part {
    c.budget = c.budget.saturating_sub(1);
    let leaf = depth == 0 || c.budget == 0;
    let choice = if leaf { c.pick(4) } else { c.pick(20) };
    let mut make = |kind: Type| Box::new(generate(kind, depth - 1, c));
    use Type::{Boolean, Date, Number, Text, Timestamp};
    match (choice, kind) {
        (0..=2, _) => {
            let fitting: Vec<usize> = (0..COLUMNS.len()).filter(|index| COLUMNS[*index].1 == kind).collect();
            Part::Column(c.of(&fitting))
        }
        (3, _) => {
            let value = (c.pick(8) != 7).then(|| constant(kind, c));
            Part::Constant(kind, value)
        }
        (4, _) => {
            let branches = 1 + c.pick(2);
            let branches = (0..branches)
                .map(|_| (generate(Boolean, depth - 1, c), generate(kind, depth - 1, c)))
                .collect();
            let otherwise = (c.pick(3) > 0).then(|| Box::new(generate(kind, depth - 1, c)));
            Part::Case(branches, otherwise)
        }
        (5, _) => Part::Coalesce((0..1 + c.pick(3)).map(|_| generate(kind, depth - 1, c)).collect()),
        (6, _) => Part::NullIf(make(kind), make(kind)),
        (7, _) if kind != Boolean => {
            let name = if c.pick(2) == 0 { "least" } else { "greatest" };
            Part::Call(name, (0..1 + c.pick(3)).map(|_| generate(kind, depth - 1, c)).collect())
        }
        (8..=12, Number) => {
            let operation = c.of(ARITHMETIC);
            let (a, b) = (generate(Number, depth - 1, c), generate(Number, depth - 1, c));
            Part::Arithmetic(operation, Box::new(a), Box::new(b))
        }
        (13, Number) => Part::Negate(make(Number)),
        (14, Number) => Part::Call(c.of(&["abs", "floor", "ceil"]), vec![generate(Number, depth - 1, c)]),
        (15, Number) => Part::Round(make(Number), c.pick(23) as i32 - 4),
        (16, Number) => Part::Call("length", vec![*make(Text)]),
        (17, Number) => match c.pick(3) {
            0 => Part::Cast(Number, Box::new(generate(Text, depth - 1, c))),
            1 => Part::Cast(Number, Box::new(generate(Boolean, depth - 1, c))),
            _ => Part::Call(
                "days_between",
                vec![generate(Date, depth - 1, c), generate(Date, depth - 1, c)],
            ),
        },
        (18, Number) => {
            let name = c.of(&["minutes_between", "hours_between", "days_between"]);
            Part::Call(
                name,
                vec![generate(Timestamp, depth - 1, c), generate(Timestamp, depth - 1, c)],
            )
        }
        (_, Number) => {
            let (name, of) = c.of(&[
                ("year", Date),
                ("month", Timestamp),
                ("day", Timestamp),
                ("hour", Timestamp),
                ("weekday", Timestamp),
            ]);
            Part::Call(name, vec![generate(of, depth - 1, c)])
        }
        (7..=8, Boolean) => Part::And(make(Boolean), make(Boolean)),
        (9..=10, Boolean) => Part::Or(make(Boolean), make(Boolean)),
        (11, Boolean) => Part::Not(make(Boolean)),
        (12, Boolean) => {
            let of = c.of(&[Number, Text, Timestamp]);
            Part::IsNull(Box::new(generate(of, depth - 1, c)))
        }
        (13, Boolean) => {
            let truth = c.pick(2) == 0;
            Part::Is(Box::new(generate(Boolean, depth - 1, c)), truth)
        }
        (14, Boolean) => {
            let of = c.of(&[Number, Text, Timestamp]);
            let list = (0..1 + c.pick(4)).map(|_| generate(of, depth - 1, c)).collect();
            Part::In(Box::new(generate(of, depth - 1, c)), list)
        }
        (15, Boolean) => {
            let of = c.of(&[Number, Date]);
            let mut make = || Box::new(generate(of, depth - 1, c));
            Part::Between(make(), make(), make())
        }
        (16, Boolean) => {
            let pattern = c.of(PATTERNS);
            Part::Like(Box::new(generate(Text, depth - 1, c)), pattern)
        }
        (17, Boolean) => {
            let name = c.of(&["starts_with", "contains"]);
            Part::Call(name, vec![generate(Text, depth - 1, c), generate(Text, depth - 1, c)])
        }
        (_, Boolean) => {
            let of = c.of(&[Number, Number, Text, Timestamp, Date, Boolean]);
            let comparison = if of == Boolean {
                c.of(&COMPARISONS[..2])
            } else {
                c.of(COMPARISONS)
            };
            let (a, b) = (generate(of, depth - 1, c), generate(of, depth - 1, c));
            Part::Compare(comparison, Box::new(a), Box::new(b))
        }
        (8..=11, Text) => Part::Call(c.of(&["lower", "upper", "trim"]), vec![generate(Text, depth - 1, c)]),
        (12..=14, Text) => {
            let mut arguments = vec![generate(Text, depth - 1, c), generate(Number, depth - 1, c)];
            if c.pick(2) == 0 {
                arguments.push(generate(Number, depth - 1, c));
            }
            Part::Call("substr", arguments)
        }
        (_, Text) => {
            let of = c.of(&[Number, Boolean, Date]);
            Part::Cast(Text, Box::new(generate(of, depth - 1, c)))
        }
        (_, Timestamp) => Part::Cast(Timestamp, make(Date)),
        (8..=13, Date) => Part::Call("date", vec![*make(Timestamp)]),
        (_, Date) => Part::Cast(Date, make(Text)),
    }
}

impl Part {
    /// The expression as an author would write it, with all parentheses.
    pub(super) fn sql(&self) -> String {
        let list = |parts: &[Self]| parts.iter().map(Self::sql).collect::<Vec<_>>().join(", ");
        match self {
            Self::Column(index) => COLUMNS[*index].0.to_owned(),
            Self::Constant(kind, None) => format!("NULL::{}", kind.name()),
            Self::Constant(_, Some(value)) => match value {
                Value::Boolean(value) => value.to_string(),
                Value::Number(value) => format!("({})", value.to_exact()),
                Value::Text(text) => format!("trim('{}')", text.replace('\'', "''")),
                Value::Instant(micros) => {
                    format!(
                        "timestamp '{}'",
                        jiff::Timestamp::from_microsecond(*micros).expect("in range")
                    )
                }
                Value::Day(days) => format!("date '{}'", day(*days)),
            },
            Self::Not(a) => format!("(NOT {})", a.sql()),
            Self::And(a, b) => format!("({} AND {})", a.sql(), b.sql()),
            Self::Or(a, b) => format!("({} OR {})", a.sql(), b.sql()),
            Self::IsNull(a) => format!("({} IS NULL)", a.sql()),
            Self::Is(a, truth) => format!("({} IS {truth})", a.sql()),
            Self::Compare(comparison, a, b) => format!("({} {} {})", a.sql(), comparison.symbol(), b.sql()),
            Self::In(a, items) => format!("({} IN ({}))", a.sql(), list(items)),
            Self::Between(a, low, high) => format!("({} BETWEEN {} AND {})", a.sql(), low.sql(), high.sql()),
            Self::Like(a, pattern) => format!("({} LIKE '{pattern}')", a.sql()),
            Self::Negate(a) => format!("(-{})", a.sql()),
            Self::Arithmetic(operation, a, b) => format!("({} {} {})", a.sql(), operation.symbol(), b.sql()),
            Self::Round(a, digits) => format!("round({}, {digits})", a.sql()),
            Self::Case(branches, otherwise) => {
                let branches: Vec<String> = branches
                    .iter()
                    .map(|(when, then)| format!("WHEN {} THEN {}", when.sql(), then.sql()))
                    .collect();
                let otherwise = otherwise
                    .as_ref()
                    .map_or(String::new(), |part| format!(" ELSE {}", part.sql()));
                format!("CASE {}{otherwise} END", branches.join(" "))
            }
            Self::Coalesce(items) => format!("coalesce({})", list(items)),
            Self::Call(name, arguments) => format!("{name}({})", list(arguments)),
            Self::NullIf(a, b) => format!("nullif({}, {})", a.sql(), b.sql()),
            Self::Cast(to, a) => format!("({})::{}", a.sql(), to.name()),
        }
    }
}

pub(super) fn day(days: i32) -> Date {
    date(1970, 1, 1).saturating_add(jiff::Span::new().days(days))
}
