//! Comparisons; numbers of different scales are compared exactly, dictionaries by their strings once.

use arrow_array::types::Int32Type;
use arrow_array::{Array, DictionaryArray, StringArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::bits::{Logic, test, test_narrow, test_pairs, valid_in_both};
use super::decimal::Parts;
use super::value::{Data, Figures, Value};
use crate::expression::literal;
use crate::expression::{Column, Comparison, Literal, Texts, Type};

/// Largest table of answers for two dictionaries.
const MAX_TABLE: usize = 1 << 16;

/// Compares two values of type `kind` in every row.
pub(super) fn compare(comparison: Comparison, kind: Type, a: &Value, b: &Value, rows: usize) -> Logic {
    match kind {
        Type::Number => numbers(comparison, a.numbers(), b.numbers(), rows),
        Type::Text => match (&a.data, &b.data) {
            (_, Data::Scalar(Literal::Text(text))) => text_with(comparison, &a.texts(rows), text),
            (Data::Scalar(Literal::Text(text)), _) => text_with(comparison.swapped(), &b.texts(rows), text),
            _ => texts(comparison, &a.texts(rows), &b.texts(rows)),
        },
        Type::Timestamp => match (&a.data, &b.data) {
            (Data::Column(Column::Timestamp(array)), Data::Scalar(Literal::Timestamp(micros))) => {
                Logic::new(ordered_with(comparison, array.values(), *micros), array.nulls())
            }
            (Data::Scalar(Literal::Timestamp(micros)), Data::Column(Column::Timestamp(array))) => Logic::new(
                ordered_with(comparison.swapped(), array.values(), *micros),
                array.nulls(),
            ),
            _ => {
                let (a, b) = (a.timestamps(rows), b.timestamps(rows));
                let nulls = valid_in_both(a.nulls(), b.nulls());
                Logic::new(ordered(comparison, a.values(), b.values()), nulls.as_ref())
            }
        },
        Type::Date => {
            let (a, b) = (a.dates(rows), b.dates(rows));
            let nulls = valid_in_both(a.nulls(), b.nulls());
            Logic::new(ordered(comparison, a.values(), b.values()), nulls.as_ref())
        }
        Type::Boolean => {
            let (a, b) = (a.logic(rows), b.logic(rows));
            let truth = match comparison {
                Comparison::NotEqual => &a.truth ^ &b.truth,
                Comparison::Equal => !&(&a.truth ^ &b.truth),
                _ => BooleanBuffer::collect_bool(rows, |row| {
                    comparison.holds(a.truth.value(row).cmp(&b.truth.value(row)))
                }),
            };
            let known = match (a.known, b.known) {
                (Some(a), Some(b)) => Some(&a & &b),
                (one, None) | (None, one) => one,
            };
            Logic::new(truth, known.map(NullBuffer::new).as_ref())
        }
    }
}

/// Compares every value with one.
fn ordered_with<T: Copy + Ord>(comparison: Comparison, values: &[T], with: T) -> BooleanBuffer {
    match comparison {
        Comparison::Equal => test(values, |value| value == with),
        Comparison::NotEqual => test(values, |value| value != with),
        Comparison::Less => test(values, |value| value < with),
        Comparison::LessOrEqual => test(values, |value| value <= with),
        Comparison::Greater => test(values, |value| value > with),
        Comparison::GreaterOrEqual => test(values, |value| value >= with),
    }
}

/// Compares values pair by pair.
fn ordered<T: Copy + Ord>(comparison: Comparison, a: &[T], b: &[T]) -> BooleanBuffer {
    match comparison {
        Comparison::Equal => test_pairs(a, b, |a, b| a == b),
        Comparison::NotEqual => test_pairs(a, b, |a, b| a != b),
        Comparison::Less => test_pairs(a, b, |a, b| a < b),
        Comparison::LessOrEqual => test_pairs(a, b, |a, b| a <= b),
        Comparison::Greater => test_pairs(a, b, |a, b| a > b),
        Comparison::GreaterOrEqual => test_pairs(a, b, |a, b| a >= b),
    }
}

fn numbers(comparison: Comparison, a: Figures<'_>, b: Figures<'_>, rows: usize) -> Logic {
    let nulls = valid_in_both(a.nulls(rows).as_ref(), b.nulls(rows).as_ref());
    let values = match (a, b) {
        (Figures::One(_), Figures::Small(..) | Figures::Wide(..)) => return numbers(comparison.swapped(), b, a, rows),
        (Figures::Small(mantissas, scale, _), Figures::One(with)) => {
            with_one(comparison, mantissas, scale, with, BigInt::to_i64)
        }
        (Figures::Wide(mantissas, scale, _), Figures::One(with)) => {
            with_one(comparison, mantissas, scale, with, BigInt::to_i128)
        }
        (Figures::Small(a, of_a, _), Figures::Small(b, of_b, _)) if of_a == of_b => ordered(comparison, a, b),
        (Figures::Wide(a, of_a, _), Figures::Wide(b, of_b, _)) if of_a == of_b => ordered(comparison, a, b),
        (Figures::Nothing, _) | (_, Figures::Nothing) => BooleanBuffer::new_unset(rows),
        _ => BooleanBuffer::collect_bool(rows, |row| comparison.holds(literal::compare(a.at(row), b.at(row)))),
    };
    Logic::new(values, nulls.as_ref())
}

/// Compares mantissas of one scale with one number, as whole numbers; `fit` is what their type holds.
fn with_one<T: Copy + Ord>(
    comparison: Comparison,
    mantissas: &[T],
    scale: u8,
    with: Parts,
    fit: impl Fn(&BigInt) -> Option<T>,
) -> BooleanBuffer {
    let (floor, exact) = at_scale(with, scale);
    let constant = |value: bool| match value {
        true => BooleanBuffer::new_set(mantissas.len()),
        false => BooleanBuffer::new_unset(mantissas.len()),
    };
    // On whole numbers m: m < x ⇔ m < ⌈x⌉ and m ≤ x ⇔ m < ⌊x⌋ + 1.
    let below = |limit: BigInt| match fit(&limit) {
        Some(limit) => test(mantissas, |mantissa| mantissa < limit),
        None => constant(limit.is_positive()),
    };
    let next = || &floor + 1;
    let ceil = || if exact { floor.clone() } else { next() };
    match comparison {
        Comparison::Equal | Comparison::NotEqual => match fit(&floor).filter(|_| exact) {
            Some(value) => ordered_with(comparison, mantissas, value),
            None => constant(comparison == Comparison::NotEqual),
        },
        Comparison::Less => below(ceil()),
        Comparison::LessOrEqual => below(next()),
        Comparison::Greater => !&below(next()),
        Comparison::GreaterOrEqual => !&below(ceil()),
    }
}

/// The whole number below a decimal's mantissa at another scale, and whether it is that exactly.
pub(super) fn at_scale(value: Parts, scale: u8) -> (BigInt, bool) {
    let ten = BigInt::from(10);
    let mantissa = BigInt::from(value.0);
    if scale >= value.1 {
        return (mantissa * ten.pow(u32::from(scale - value.1)), true);
    }
    let (floor, rest) = mantissa.div_mod_floor(&ten.pow(u32::from(value.1 - scale)));
    (floor, rest == BigInt::ZERO)
}

/// Tests every text; a dictionary's strings once each.
pub(super) fn test_texts(texts: &Texts, holds: impl Fn(&str) -> bool) -> Logic {
    match texts {
        Texts::Plain(array) => {
            let values = BooleanBuffer::collect_bool(array.len(), |row| holds(array.value(row)));
            Logic::new(values, array.nulls())
        }
        Texts::Dictionary(array) if strings(array).len() > array.len() => {
            let holds_at = |row| texts.at(row).is_some_and(&holds);
            Logic::new(BooleanBuffer::collect_bool(array.len(), holds_at), array.nulls())
        }
        Texts::Dictionary(array) => {
            let answers: Vec<bool> = strings(array).iter().map(|text| text.is_some_and(&holds)).collect();
            Logic::new(look_up(array, &answers), array.nulls())
        }
    }
}

pub(super) fn strings(array: &DictionaryArray<Int32Type>) -> &StringArray {
    Texts::strings(array)
}

/// Gathers an answer per string into an answer per row.
fn look_up(array: &DictionaryArray<Int32Type>, answers: &[bool]) -> BooleanBuffer {
    let keys: &[i32] = array.keys().values();
    let mut hits = answers.iter().enumerate().filter(|(_, answer)| **answer);
    match (hits.next(), hits.next()) {
        (None, _) => BooleanBuffer::new_unset(keys.len()),
        (Some((only, _)), None) => {
            let only = only as i32;
            test_narrow(keys, |key| key == only)
        }
        _ => test(keys, |key| answers.get(key as usize).copied().unwrap_or(false)),
    }
}

fn text_with(comparison: Comparison, texts: &Texts, with: &str) -> Logic {
    match comparison {
        Comparison::Equal => test_texts(texts, |text| text == with),
        Comparison::NotEqual => test_texts(texts, |text| text != with),
        _ => test_texts(texts, |text| comparison.holds(text.cmp(with))),
    }
}

fn texts(comparison: Comparison, a: &Texts, b: &Texts) -> Logic {
    if let (Texts::Dictionary(a), Texts::Dictionary(b)) = (a, b) {
        let (of_a, of_b) = (strings(a), strings(b));
        let size = of_a.len() * of_b.len();
        if size <= MAX_TABLE && size <= a.len() {
            let answers: Vec<bool> = of_a
                .iter()
                .flat_map(|a| of_b.iter().map(move |b| comparison.holds(a.cmp(&b))))
                .collect();
            let width = of_b.len();
            let values = test_pairs(a.keys().values(), b.keys().values(), |a, b| {
                // Null rows may hold any key: the product must not overflow.
                let place = (a as usize).wrapping_mul(width).wrapping_add(b as usize);
                answers.get(place).copied().unwrap_or(false)
            });
            return Logic::new(values, valid_in_both(a.nulls(), b.nulls()).as_ref());
        }
    }
    let rows = match a {
        Texts::Plain(array) => array.len(),
        Texts::Dictionary(array) => array.len(),
    };
    let mut known = Vec::with_capacity(rows);
    let values = BooleanBuffer::collect_bool(rows, |row| {
        let pair = a.at(row).zip(b.at(row));
        known.push(pair.is_some());
        pair.is_some_and(|(a, b)| comparison.holds(a.cmp(b)))
    });
    Logic::new(values, Some(&NullBuffer::from(known)))
}

/// Whether a mantissa is that of a number of `list`.
pub(super) fn small_in(mantissas: &[i64], scale: u8, list: &[Parts]) -> BooleanBuffer {
    let mut wanted: Vec<i64> = list
        .iter()
        .filter_map(|item| {
            let (floor, exact) = at_scale(*item, scale);
            floor.to_i64().filter(|_| exact)
        })
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    match wanted[..] {
        [] => BooleanBuffer::new_unset(mantissas.len()),
        [one] => test(mantissas, |mantissa| mantissa == one),
        [one, two] => test(mantissas, |mantissa| mantissa == one || mantissa == two),
        _ => test(mantissas, |mantissa| wanted.binary_search(&mantissa).is_ok()),
    }
}
