//! The naive interpreter, and what generates expressions and rows for it.

use std::cmp::Ordering;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use scoreline::expression::{Arithmetic, Comparison, DatePart, Elapsed, Type};
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

    fn compare(&self, other: &Self) -> Ordering {
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

/// Refuses what takes more than 38 digits.
fn fits(value: Rational) -> Outcome {
    let scale = scale(&value);
    let digits = value.scaled(scale, Rounding::Floor).abs();
    if scale <= 38 && digits < BigInt::from(10).pow(38) {
        Ok(Some(Value::Number(value)))
    } else {
        Err(())
    }
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

fn day(days: i32) -> Date {
    date(1970, 1, 1).saturating_add(jiff::Span::new().days(days))
}

/// What a part is for one row.
#[derive(Clone, Debug)]
pub(super) struct Computed {
    pub(super) value: Outcome,
    /// Whether it depends on a division by zero.
    pub(super) zero: bool,
}

impl Computed {
    fn is(&self, truth: bool) -> bool {
        self.value == Ok(Some(Value::Boolean(truth)))
    }
}

/// A value, null, or a failure.
type Outcome = Result<Option<Value>, ()>;

fn known(value: Value) -> Outcome {
    Ok(Some(value))
}

pub(super) fn compute(part: &Part, row: &Row) -> Computed {
    let of = |part: &Part| compute(part, row);
    // What depends on all operands: it fails where one does, else is null where one is.
    let strict = |operands: &[&Part], f: &dyn Fn(&[Value]) -> Outcome| {
        let computed: Vec<Computed> = operands.iter().map(|operand| of(operand)).collect();
        let values: Result<Vec<Option<Value>>, ()> = computed.iter().map(|one| one.value.clone()).collect();
        let values: Result<Option<Vec<Value>>, ()> = values.map(|values| values.into_iter().collect());
        Computed {
            value: values.and_then(|values| values.map_or(Ok(None), |values| f(&values))),
            zero: computed.iter().any(|one| one.zero),
        }
    };
    let compare = |comparison: Comparison, a: &Value, b: &Value| {
        let ordering = a.compare(b);
        match comparison {
            Comparison::Equal => ordering.is_eq(),
            Comparison::NotEqual => ordering.is_ne(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
        }
    };
    match part {
        Part::Column(index) => Computed {
            value: Ok(row[*index].clone()),
            zero: false,
        },
        Part::Constant(_, value) => Computed {
            // Constants of text are written inside `trim(…)`.
            value: Ok(match value {
                Some(Value::Text(text)) => Some(Value::Text(text.trim().to_owned())),
                other => other.clone(),
            }),
            zero: false,
        },
        Part::Not(a) => strict(&[a], &|v| known(Value::Boolean(!v[0].clone().boolean()))),
        Part::And(a, b) => decided(&of(a), &of(b), false),
        Part::Or(a, b) => decided(&of(a), &of(b), true),
        Part::IsNull(a) => {
            let a = of(a);
            Computed {
                value: a.value.map(|value| Some(Value::Boolean(value.is_none()))),
                zero: a.zero,
            }
        }
        Part::Is(a, truth) => {
            let a = of(a);
            Computed {
                value: a
                    .value
                    .map(|value| Some(Value::Boolean(value == Some(Value::Boolean(*truth))))),
                zero: a.zero,
            }
        }
        Part::Compare(comparison, a, b) => {
            strict(&[a, b], &|v| known(Value::Boolean(compare(*comparison, &v[0], &v[1]))))
        }
        Part::In(a, list) => {
            let a_computed = of(a);
            let equal = |item: &Part| strict(&[a, item], &|v| known(Value::Boolean(v[0].compare(&v[1]).is_eq())));
            let answers: Vec<Computed> = list.iter().map(equal).collect();
            if a_computed.value.is_err() {
                return a_computed;
            }
            let items_zero = list.iter().any(|item| of(item).zero);
            let found = answers.iter().any(|answer| answer.is(true));
            let value = if found {
                known(Value::Boolean(true))
            } else if answers.iter().any(|answer| answer.value.is_err()) {
                Err(())
            } else if answers.iter().any(|answer| answer.value == Ok(None)) {
                Ok(None)
            } else {
                known(Value::Boolean(false))
            };
            Computed {
                value,
                zero: a_computed.zero || (!found && items_zero),
            }
        }
        Part::Between(a, low, high) => {
            let above = strict(&[a, low], &|v| known(Value::Boolean(v[0].compare(&v[1]).is_ge())));
            let below = strict(&[a, high], &|v| known(Value::Boolean(v[0].compare(&v[1]).is_le())));
            decided(&above, &below, false)
        }
        Part::Like(a, pattern) => strict(&[a], &|v| {
            let text: Vec<char> = v[0].clone().text().chars().collect();
            let pattern: Vec<char> = pattern.chars().collect();
            known(Value::Boolean(like(&text, &pattern)))
        }),
        Part::Negate(a) => strict(&[a], &|v| known(Value::Number(-v[0].clone().number()))),
        Part::Arithmetic(operation, a, b) => {
            let mut computed = strict(&[a, b], &|v| {
                let (a, b) = (v[0].clone().number(), v[1].clone().number());
                match operation {
                    Arithmetic::Add => fits(a + b),
                    Arithmetic::Subtract => fits(a - b),
                    Arithmetic::Multiply => fits(a * b),
                    Arithmetic::Divide => a
                        .checked_div(&b)
                        .map_or(Ok(None), |quotient| fits(quotient.round(18, Rounding::HalfEven))),
                    Arithmetic::Remainder => a.checked_div(&b).map_or(Ok(None), |quotient| {
                        let towards_zero = if quotient.is_negative() {
                            Rounding::Ceiling
                        } else {
                            Rounding::Floor
                        };
                        fits(a.clone() - b.clone() * quotient.round(0, towards_zero))
                    }),
                }
            });
            let divisor = of(b).value == Ok(Some(Value::Number(Rational::zero())));
            let has_dividend = matches!(of(a).value, Ok(Some(_)));
            let divides = matches!(operation, Arithmetic::Divide | Arithmetic::Remainder);
            computed.zero |= divides && divisor && has_dividend;
            computed
        }
        Part::Round(a, digits) => strict(&[a], &|v| {
            let value = v[0].clone().number();
            match u32::try_from(*digits) {
                Ok(decimals) => fits(value.round(decimals, Rounding::HalfAwayFromZero)),
                Err(_) => {
                    let unit = Rational::integer(BigInt::from(10).pow(digits.unsigned_abs()));
                    let units = value.checked_div(&unit).expect("not zero");
                    fits(units.round(0, Rounding::HalfAwayFromZero) * unit)
                }
            }
        }),
        Part::Case(branches, otherwise) => {
            let mut zero = false;
            for (when, then) in branches {
                let condition = of(when);
                zero |= condition.zero;
                if condition.value.is_err() {
                    return Computed { value: Err(()), zero };
                }
                if condition.is(true) {
                    let then = of(then);
                    return Computed {
                        zero: zero || then.zero,
                        ..then
                    };
                }
            }
            let otherwise = otherwise.as_ref().map_or(
                Computed {
                    value: Ok(None),
                    zero: false,
                },
                |part| of(part),
            );
            Computed {
                zero: zero || otherwise.zero,
                ..otherwise
            }
        }
        Part::Coalesce(items) => {
            let mut zero = false;
            for item in items {
                let item = of(item);
                zero |= item.zero;
                if item.value != Ok(None) {
                    return Computed { zero, ..item };
                }
            }
            Computed { value: Ok(None), zero }
        }
        Part::NullIf(a, b) => {
            let (a, b) = (of(a), of(b));
            let zero = a.zero || b.zero;
            let value = match (a.value, b.value) {
                (Err(()), _) | (_, Err(())) => Err(()),
                (Ok(a), Ok(b)) if a.is_some() && a == b => Ok(None),
                (Ok(a), _) => Ok(a),
            };
            Computed { value, zero }
        }
        Part::Call(name, arguments) => {
            let arguments: Vec<&Part> = arguments.iter().collect();
            strict(&arguments, &|values| call(name, values))
        }
        Part::Cast(to, a) => strict(&[a], &|v| cast(*to, &v[0])),
    }
}

/// `AND` where `decisive` is false, `OR` where it is true.
fn decided(a: &Computed, b: &Computed, decisive: bool) -> Computed {
    let value = if a.is(decisive) || b.is(decisive) {
        known(Value::Boolean(decisive))
    } else if a.value.is_err() || b.value.is_err() {
        Err(())
    } else if a.value == Ok(None) || b.value == Ok(None) {
        Ok(None)
    } else {
        known(Value::Boolean(!decisive))
    };
    Computed {
        value,
        zero: (a.zero && !b.is(decisive)) || (b.zero && !a.is(decisive)),
    }
}

fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|skip| like(&text[skip..], rest)),
        Some((c, rest)) => text
            .split_first()
            .is_some_and(|(first, others)| (*c == '_' || c == first) && like(others, rest)),
    }
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("bundled")
}

fn call(name: &str, values: &[Value]) -> Outcome {
    let number = |index: usize| values[index].clone().number();
    let text = |index: usize| values[index].clone().text();
    let local = |value: &Value| match value {
        Value::Instant(micros) => {
            let at = jiff::Timestamp::from_microsecond(*micros).expect("in range");
            berlin().to_datetime(at)
        }
        Value::Day(days) => day(*days).at(0, 0, 0, 0),
        other => panic!("{other:?} is no time"),
    };
    let elapsed = |unit: Elapsed| match (&values[0], &values[1]) {
        (Value::Day(a), Value::Day(b)) => fits(Rational::integer(i64::from(*b) - i64::from(*a))),
        (a, b) => {
            let micros: i64 = match unit {
                Elapsed::Minutes => 60_000_000,
                Elapsed::Hours => 3_600_000_000,
                Elapsed::Days => 86_400_000_000,
            };
            let exact = Rational::new(b.clone().instant() - a.clone().instant(), micros).expect("not zero");
            fits(exact.round(18, Rounding::HalfEven))
        }
    };
    let part = |part: DatePart| {
        let local = local(&values[0]);
        let value = match part {
            DatePart::Year => i64::from(local.year()),
            DatePart::Month => i64::from(local.month()),
            DatePart::Day => i64::from(local.day()),
            DatePart::Hour => i64::from(local.hour()),
            DatePart::Weekday => i64::from(local.weekday().to_monday_one_offset()),
        };
        fits(Rational::integer(value))
    };
    match name {
        "least" => known(values.iter().min_by(|a, b| a.compare(b)).expect("one").clone()),
        "greatest" => known(values.iter().max_by(|a, b| a.compare(b)).expect("one").clone()),
        "abs" => fits(number(0).abs()),
        "floor" => fits(number(0).round(0, Rounding::Floor)),
        "ceil" => fits(number(0).round(0, Rounding::Ceiling)),
        "length" => fits(Rational::integer(text(0).chars().count() as i64)),
        "lower" => known(Value::Text(text(0).to_lowercase())),
        "upper" => known(Value::Text(text(0).to_uppercase())),
        "trim" => known(Value::Text(text(0).trim().to_owned())),
        "starts_with" => known(Value::Boolean(text(0).starts_with(&text(1)))),
        "contains" => known(Value::Boolean(text(0).contains(&text(1)))),
        "substr" => {
            let whole = |index: usize| -> BigInt {
                let value = number(index);
                let towards_zero = if value.is_negative() {
                    Rounding::Ceiling
                } else {
                    Rounding::Floor
                };
                value.scaled(0, towards_zero)
            };
            let start = whole(1);
            let end = values.get(2).map(|_| &start + whole(2).max(BigInt::ZERO));
            let inside = |position: usize| {
                let position = BigInt::from(position + 1);
                position >= start && end.as_ref().is_none_or(|end| position < *end)
            };
            let cut = text(0)
                .chars()
                .enumerate()
                .filter(|(position, _)| inside(*position))
                .map(|(_, c)| c)
                .collect();
            known(Value::Text(cut))
        }
        "date" => {
            let days = local(&values[0])
                .date()
                .since(date(1970, 1, 1))
                .expect("in range")
                .get_days();
            known(Value::Day(days))
        }
        "year" => part(DatePart::Year),
        "month" => part(DatePart::Month),
        "day" => part(DatePart::Day),
        "hour" => part(DatePart::Hour),
        "weekday" => part(DatePart::Weekday),
        "minutes_between" => elapsed(Elapsed::Minutes),
        "hours_between" => elapsed(Elapsed::Hours),
        "days_between" => elapsed(Elapsed::Days),
        other => panic!("`{other}` is not generated"),
    }
}

fn cast(to: Type, value: &Value) -> Outcome {
    known(match (to, value) {
        (Type::Number, Value::Text(text)) => {
            let value = Rational::parse_decimal(text.trim()).ok_or(())?;
            return fits(value);
        }
        (Type::Number, Value::Boolean(value)) => Value::Number(Rational::integer(i64::from(*value))),
        (Type::Text, Value::Number(value)) => Value::Text(value.to_exact()),
        (Type::Text, Value::Boolean(value)) => Value::Text(value.to_string()),
        (Type::Text, Value::Day(days)) => Value::Text(day(*days).to_string()),
        (Type::Timestamp, Value::Day(days)) => {
            let start = day(*days).to_zoned(berlin()).expect("in range");
            Value::Instant(start.timestamp().as_microsecond())
        }
        (Type::Date, Value::Text(text)) => {
            let text = text.trim();
            let date: Date = text.parse().map_err(|_| ())?;
            if date.to_string() != text {
                return Err(());
            }
            Value::Day(date.since(jiff::civil::date(1970, 1, 1)).expect("in range").get_days())
        }
        (to, value) => panic!("no cast of {value:?} to {to:?} is generated"),
    })
}
