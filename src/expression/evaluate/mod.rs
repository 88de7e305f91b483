//! One part of an expression over a batch, from the values of its operands.
//!
//! Every function here takes whole columns and gives a whole column: no row is dispatched by itself
//! and nothing is allocated per row.

mod bits;
mod cast;
mod compare;
mod decimal;
mod number;
mod select;
mod text;
mod time;
mod value;

use std::borrow::Cow;

use arrow_array::BooleanArray;
use arrow_buffer::{BooleanBuffer, NullBuffer};
use jiff::tz::TimeZone;
use regex::Regex;

pub(super) use text::Like;
pub(super) use value::{Data, Value};

use self::bits::Logic;
use self::number::Single;
use self::value::Figures;
use super::typed::Operation;
use super::{Batch, Column, Comparison, Literal, Texts, Truth, Type};

/// What evaluating one part can look at.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) batch: &'a Batch,
    /// The values of the parts before it, by number.
    pub(super) values: &'a [Option<Value>],
    /// The types of all parts, by number.
    pub(super) kinds: &'a [Type],
    pub(super) zone: &'a TimeZone,
    /// Whether the source names a zone.
    pub(super) has_zone: bool,
}

/// The compiled pattern of a part that has one.
#[derive(Debug)]
pub(super) enum Pattern {
    Like(Like),
    Regex(Regex),
}

impl Scene<'_> {
    fn value(&self, part: usize) -> &Value {
        self.values[part].as_ref().expect("operands come first")
    }

    fn rows(&self) -> usize {
        self.batch.rows
    }

    /// Computes one part; `column` finds the column of the batch for a column of the schema.
    pub(super) fn evaluate(
        &self,
        kind: Type,
        operation: &Operation<usize>,
        pattern: Option<&Pattern>,
        column: impl Fn(usize) -> usize,
    ) -> Value {
        use Operation as O;
        let rows = self.rows();
        let of = |part: &usize| self.value(*part);
        let condition = |logic: Logic, operands: &[&Value]| Value::strict(Column::Boolean(logic.array()), operands);
        let single = |operation, a: &usize| number::single(operation, of(a), rows);
        match operation {
            O::Column(index, _) => Value::sound(self.batch.columns[column(*index)].clone()),
            O::Constant(literal) => Value::sound(Data::Scalar(literal.clone())),
            O::Parameter(_) => unreachable!("a program gathers its parameters itself"),
            O::Not(a) => condition(of(a).logic(rows).not(), &[of(a)]),
            O::And(a, b) => self.both(of(a), of(b), true),
            O::Or(a, b) => self.both(of(a), of(b), false),
            O::Is(truth, a) => self.is(*truth, of(a)),
            O::Compare(comparison, a, b) => {
                let logic = compare::compare(*comparison, self.kinds[*a], of(a), of(b), rows);
                condition(logic, &[of(a), of(b)])
            }
            O::In(a, list) => self.is_in(self.kinds[*a], of(a), &list.iter().map(of).collect::<Vec<_>>()),
            O::Negate(a) => single(Single::Negate, a),
            O::Arithmetic(arithmetic, a, b) => number::arithmetic(*arithmetic, of(a), of(b), rows),
            O::Abs(a) => single(Single::Abs, a),
            O::Floor(a) => single(Single::Floor, a),
            O::Ceil(a) => single(Single::Ceil, a),
            O::Round(a, digits) => single(Single::Round(*digits), a),
            O::Case(branches, otherwise) => {
                let branches: Vec<(&Value, &Value)> =
                    branches.iter().map(|(when, then)| (of(when), of(then))).collect();
                select::case(kind, &branches, of(otherwise), rows)
            }
            O::Coalesce(list) => select::coalesce(kind, &list.iter().map(of).collect::<Vec<_>>(), rows),
            O::NullIf(a, b) => {
                let equal = compare::compare(Comparison::Equal, kind, of(a), of(b), rows);
                select::nullif(kind, of(a), of(b), &equal, rows)
            }
            O::Least(list) => self.extreme(kind, Comparison::LessOrEqual, list),
            O::Greatest(list) => self.extreme(kind, Comparison::GreaterOrEqual, list),
            O::Lower(a) => text::map(of(a), rows, |text| Cow::Owned(text.to_lowercase())),
            O::Upper(a) => text::map(of(a), rows, |text| Cow::Owned(text.to_uppercase())),
            O::Trim(a) => text::map(of(a), rows, |text| Cow::Borrowed(text.trim())),
            O::Length(a) => text::length(of(a), rows),
            O::Substr(a, start, length) => text::substr(of(a), of(start), length.as_ref().map(of), rows),
            O::StartsWith(a, b) => condition(
                text::test_with(of(a), of(b), rows, |text, with| text.starts_with(with)),
                &[of(a), of(b)],
            ),
            O::Contains(a, b) => condition(
                text::test_with(of(a), of(b), rows, |text, with| text.contains(with)),
                &[of(a), of(b)],
            ),
            O::Like(a, _) | O::Matches(a, _) => {
                let texts = of(a).texts(rows);
                let logic = match pattern.expect("compiled with the program") {
                    Pattern::Like(like) => compare::test_texts(&texts, |text| like.matches(text)),
                    Pattern::Regex(regex) => compare::test_texts(&texts, |text| regex.is_match(text)),
                };
                condition(logic, &[of(a)])
            }
            O::Part(part, a) => time::part(*part, self.kinds[*a], of(a), self.zone, rows),
            O::Elapsed(unit, a, b) => time::elapsed(*unit, self.kinds[*a], of(a), of(b), rows),
            O::Cast(to, a) => cast::cast(self.kinds[*a], *to, of(a), self.zone, self.has_zone, rows),
        }
    }

    /// `AND` (`all`) or `OR`: an operand that decides a row alone hides what failed in the other.
    fn both(&self, a: &Value, b: &Value, all: bool) -> Value {
        let (x, y) = (a.logic(self.rows()), b.logic(self.rows()));
        let logic = if all { x.and(&y) } else { x.or(&y) };
        if a.faults.is_empty() && b.faults.is_empty() && a.zero.is_none() && b.zero.is_none() {
            return Value::sound(Column::Boolean(logic.array()));
        }
        let decides = |logic: &Logic| if all { logic.falsity() } else { logic.truth.clone() };
        self.hiding(logic, &[(a, !&decides(&y)), (b, !&decides(&x))])
    }

    /// A condition that depends on each part only on some rows.
    fn hiding(&self, logic: Logic, parts: &[(&Value, BooleanBuffer)]) -> Value {
        let mut value = Value::sound(Column::Boolean(logic.array()));
        for (part, rows) in parts {
            value.faults.merge_within(&part.faults, rows);
            let zero = part
                .zero
                .as_ref()
                .map(|zero| zero & rows)
                .filter(BooleanBuffer::has_true);
            value.zero = bits::either(value.zero.as_ref(), zero.as_ref());
        }
        value
    }

    fn is(&self, truth: Truth, a: &Value) -> Value {
        let rows = self.rows();
        let holds = match truth {
            Truth::Null => match a.valid(rows) {
                Some(valid) => !&valid,
                None => BooleanBuffer::new_unset(rows),
            },
            Truth::True => a.logic(rows).truth,
            Truth::False => a.logic(rows).falsity(),
        };
        // A row that failed has no answer: it is not null, it is unknown.
        let known = a.faults.rows().map(|failed| !&failed);
        let logic = Logic::new(holds, known.map(NullBuffer::new).as_ref());
        Value::strict(Column::Boolean(logic.array()), &[a])
    }

    fn is_in(&self, kind: Type, a: &Value, list: &[&Value]) -> Value {
        let rows = self.rows();
        let literals: Option<Vec<&Literal>> = list
            .iter()
            .map(|item| match &item.data {
                Data::Scalar(literal) if !matches!(literal, Literal::Null(_)) => Some(literal),
                _ => None,
            })
            .collect();
        let fast = literals.and_then(|literals| match kind {
            Type::Text => {
                let wanted: Vec<&str> = literals.iter().filter_map(|literal| literal.as_text()).collect();
                Some(compare::test_texts(&a.texts(rows), |text| wanted.contains(&text)))
            }
            Type::Number => match a.numbers() {
                Figures::Small(mantissas, scale, nulls) => {
                    let wanted: Vec<_> = literals.iter().filter_map(|literal| literal.as_parts()).collect();
                    Some(Logic::new(compare::small_in(mantissas, scale, &wanted), nulls))
                }
                _ => None,
            },
            _ => None,
        });
        if let Some(logic) = fast {
            return Value::strict(Column::Boolean(logic.array()), &[a]);
        }
        // x IN (a, b) is x = a OR x = b: a value that is found hides what failed in the others.
        let equal = |item: &&Value| compare::compare(Comparison::Equal, kind, a, item, rows);
        let answers: Vec<Logic> = list.iter().map(equal).collect();
        let found = answers
            .iter()
            .skip(1)
            .fold(answers[0].clone(), |all, answer| all.or(answer));
        let not_found = !&found.truth;
        let mut parts = vec![(a, BooleanBuffer::new_set(rows))];
        parts.extend(list.iter().map(|item| (*item, not_found.clone())));
        self.hiding(found, &parts)
    }

    fn extreme(&self, kind: Type, first: Comparison, list: &[usize]) -> Value {
        let rows = self.rows();
        let mut parts = list.iter().map(|part| self.value(*part));
        let start = parts.next().expect("at least one argument").clone();
        parts.fold(start, |best, part| {
            let before = compare::compare(first, kind, &best, part, rows);
            select::extreme(kind, &best, part, &before, rows)
        })
    }
}

impl Literal {
    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn as_parts(&self) -> Option<(i128, u8)> {
        match self {
            Self::Number(value) => Some((value.mantissa(), value.scale())),
            _ => None,
        }
    }
}

/// Gathers a parameter: `constants` by selector; a selector beyond them is null.
pub(super) fn gather(kind: Type, constants: &[&Literal], selectors: &[u32]) -> Value {
    let rows = selectors.len();
    let at = |row: usize| constants.get(selectors[row] as usize).copied();
    let valid = BooleanBuffer::collect_bool(rows, |row| !matches!(at(row), None | Some(Literal::Null(_))));
    let nulls = Some(NullBuffer::new(valid));
    let data: Data = match kind {
        Type::Boolean => {
            let truth = BooleanBuffer::collect_bool(rows, |row| at(row) == Some(&Literal::Boolean(true)));
            Column::Boolean(BooleanArray::new(truth, nulls)).into()
        }
        Type::Number => return gather_numbers(constants, selectors, nulls),
        Type::Text => {
            let strings: Vec<&str> = constants
                .iter()
                .map(|literal| literal.as_text().unwrap_or(""))
                .collect();
            let within = |selector: &u32| {
                if (*selector as usize) < strings.len() {
                    *selector as i32
                } else {
                    0
                }
            };
            let keys = selectors.iter().map(within).collect();
            let strings = if strings.is_empty() { vec![""] } else { strings };
            let texts: Texts = text::few(keys, nulls, &strings);
            Column::Text(texts).into()
        }
        Type::Timestamp => {
            let micros = |row| match at(row) {
                Some(Literal::Timestamp(micros)) => *micros,
                _ => 0,
            };
            let values: Vec<i64> = (0..rows).map(micros).collect();
            Column::Timestamp(arrow_array::TimestampMicrosecondArray::new(values.into(), nulls)).into()
        }
        Type::Date => {
            let days = |row| match at(row) {
                Some(Literal::Date(days)) => *days,
                _ => 0,
            };
            let values: Vec<i32> = (0..rows).map(days).collect();
            Column::Date(arrow_array::Date32Array::new(values.into(), nulls)).into()
        }
    };
    Value::sound(data)
}

fn gather_numbers(constants: &[&Literal], selectors: &[u32], nulls: Option<NullBuffer>) -> Value {
    let parts: Vec<(i128, u8)> = constants
        .iter()
        .map(|literal| literal.as_parts().unwrap_or((0, 0)))
        .collect();
    let scale = parts.iter().map(|parts| parts.1).max().unwrap_or(0);
    let lifted = |(mantissa, own): &(i128, u8)| {
        let factor = 10i64.checked_pow(u32::from(scale - own))?;
        i64::try_from(*mantissa).ok()?.checked_mul(factor)
    };
    let small: Option<Vec<i64>> = parts.iter().map(lifted).collect();
    match small.filter(|_| scale <= 18) {
        Some(table) => {
            let of = |selector: &u32| table.get(*selector as usize).copied().unwrap_or(0);
            Value::sound(value::small(selectors.iter().map(of).collect(), scale, nulls))
        }
        None => {
            let of = |selector: &u32| parts.get(*selector as usize).copied().unwrap_or((0, 0));
            Value::sound(Data::Mixed(selectors.iter().map(of).collect(), nulls))
        }
    }
}
