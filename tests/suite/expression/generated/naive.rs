//! The naive interpreter.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use num_bigint::BigInt;
use num_traits::Signed;
use scoreline::expression::{Arithmetic, Comparison, DatePart, Elapsed, Type};
use scoreline::quantity::{Rational, Rounding};

use super::part::{Part, Row, Value, day, scale};

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
