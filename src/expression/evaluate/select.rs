//! `CASE` and its kin: each row takes its value from one of several parts.

use arrow_array::{Array, Date32Array, StringArray, TimestampMicrosecondArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use indexmap::IndexSet;

use super::bits::{Logic, either};
use super::decimal::Parts;
use super::value::{Data, Figures, Value, dictionary, plain, small, wide};
use crate::expression::{Column, Texts, Type};

/// No part is taken: the row is null.
const NONE: u8 = u8::MAX;

/// Takes in each row the value of the part whose bitmap is set; at most one is.
///
/// What failed in a part matters only on the rows that take it.
pub(super) fn select(kind: Type, choices: &[(BooleanBuffer, &Value)], rows: usize) -> Value {
    let mut value = Value::sound(Data::Mixed([].into(), None));
    for (taken, part) in choices {
        value.faults.merge_within(&part.faults, taken);
        let zero = part
            .zero
            .as_ref()
            .map(|zero| zero & taken)
            .filter(BooleanBuffer::has_true);
        value.zero = either(value.zero.as_ref(), zero.as_ref());
    }
    // The rows that take a part that has a value there.
    let mut valid = BooleanBuffer::new_unset(rows);
    for (taken, part) in choices {
        let filled = match part.valid(rows) {
            Some(own) => taken & &own,
            None => taken.clone(),
        };
        valid = &valid | &filled;
    }
    let valid = NullBuffer::new(valid);
    if kind == Type::Boolean {
        let truth = choices
            .iter()
            .map(|(taken, part)| taken & &part.logic(rows).truth)
            .fold(BooleanBuffer::new_unset(rows), |all, truth| &all | &truth);
        value.data = Column::Boolean(Logic::new(truth, Some(&valid)).array()).into();
        return value;
    }
    let origin = origins(choices, rows);
    let parts: Vec<&Value> = choices.iter().map(|(_, part)| *part).collect();
    value.data = match kind {
        Type::Number => numbers(&parts, &origin, valid),
        Type::Text => Column::Text(texts(&parts, &origin, valid, rows)).into(),
        Type::Timestamp => {
            let arrays: Vec<TimestampMicrosecondArray> = parts.iter().map(|part| part.timestamps(rows)).collect();
            let slices: Vec<&[i64]> = arrays.iter().map(|array| &**array.values()).collect();
            let values = pick(&slices, &origin);
            Column::Timestamp(TimestampMicrosecondArray::new(values.into(), Some(valid))).into()
        }
        _ => {
            let arrays: Vec<Date32Array> = parts.iter().map(|part| part.dates(rows)).collect();
            let slices: Vec<&[i32]> = arrays.iter().map(|array| &**array.values()).collect();
            let values = pick(&slices, &origin);
            Column::Date(Date32Array::new(values.into(), Some(valid))).into()
        }
    };
    value
}

/// The number of the part that each row takes.
fn origins(choices: &[(BooleanBuffer, &Value)], rows: usize) -> Vec<u8> {
    debug_assert!(choices.len() < usize::from(NONE), "an expression has at most 200 parts");
    let mut origin = vec![NONE; rows];
    for (number, (taken, _)) in choices.iter().enumerate() {
        for (start, end) in taken.set_slices() {
            origin[start..end].fill(number as u8);
        }
    }
    origin
}

fn pick<T: Copy + Default>(slices: &[&[T]], origin: &[u8]) -> Vec<T> {
    let value = |(row, number): (usize, &u8)| {
        slices
            .get(usize::from(*number))
            .map_or(T::default(), |slice| slice[row])
    };
    origin.iter().enumerate().map(value).collect()
}

fn numbers(parts: &[&Value], origin: &[u8], valid: NullBuffer) -> Data {
    let figures: Vec<Figures<'_>> = parts.iter().map(|part| part.numbers()).collect();
    let scale = figures.iter().map(Figures::scale).max().unwrap_or(0);
    if let Some(mantissas) = small_numbers(&figures, origin, &valid, scale) {
        return small(mantissas, scale, Some(valid)).into();
    }
    let of = |(row, number): (usize, &u8)| -> Parts {
        if valid.is_null(row) {
            return (0, 0);
        }
        figures
            .get(usize::from(*number))
            .map_or((0, 0), |figures| figures.at(row))
    };
    let all: Vec<Parts> = origin.iter().enumerate().map(of).collect();
    let lifted: Option<Vec<i128>> = all
        .iter()
        .map(|(mantissa, own)| {
            let up = 10i128.checked_pow(u32::from(scale - own))?;
            mantissa
                .checked_mul(up)
                .filter(|mantissa| crate::expression::literal::fits(*mantissa))
        })
        .collect();
    match lifted {
        Some(mantissas) => wide(mantissas, scale, Some(valid)).into(),
        None => Data::Mixed(all.into(), Some(valid)),
    }
}

fn small_numbers(figures: &[Figures<'_>], origin: &[u8], valid: &NullBuffer, scale: u8) -> Option<Vec<i64>> {
    if scale > 18
        || !figures
            .iter()
            .all(|part| matches!(part, Figures::One(_) | Figures::Small(..) | Figures::Nothing))
    {
        return None;
    }
    let mut factors = Vec::with_capacity(figures.len());
    for part in figures {
        factors.push(10i64.checked_pow(u32::from(scale - part.scale()))?);
    }
    let mut mantissas = Vec::with_capacity(origin.len());
    for (row, number) in origin.iter().enumerate() {
        let number = usize::from(*number);
        let mantissa = match figures.get(number) {
            Some(Figures::Small(values, ..)) if valid.is_valid(row) => values[row].checked_mul(factors[number])?,
            Some(Figures::One(parts)) => i64::try_from(parts.0).ok()?.checked_mul(factors[number])?,
            _ => 0,
        };
        mantissas.push(mantissa);
    }
    Some(mantissas)
}

fn texts(parts: &[&Value], origin: &[u8], valid: NullBuffer, rows: usize) -> Texts {
    let texts: Vec<Texts> = parts.iter().map(|part| part.texts(rows)).collect();
    let at = |row: usize| -> Option<&str> { texts.get(usize::from(origin[row])).and_then(|texts| texts.at(row)) };
    if texts.iter().any(|part| matches!(part, Texts::Plain(_))) {
        return plain((0..rows).map(at), rows);
    }
    // All are dictionaries: renumber their keys into one list of strings.
    let mut strings: IndexSet<&str> = IndexSet::new();
    let mut renumbered: Vec<(Vec<i32>, &[i32])> = Vec::with_capacity(texts.len());
    for part in &texts {
        let Texts::Dictionary(array) = part else {
            unreachable!("plain texts are handled above")
        };
        let own = Texts::strings(array);
        let numbers = (0..own.len())
            .map(|key| strings.insert_full(own.value(key)).0 as i32)
            .collect();
        renumbered.push((numbers, array.keys().values()));
    }
    let key = |(row, number): (usize, &u8)| -> i32 {
        renumbered
            .get(usize::from(*number))
            .and_then(|(numbers, keys)| numbers.get(keys[row] as usize))
            .copied()
            .unwrap_or(0)
    };
    let keys: Vec<i32> = origin.iter().enumerate().map(key).collect();
    if strings.is_empty() {
        strings.insert("");
    }
    dictionary(keys, Some(valid), StringArray::from_iter_values(strings))
}

/// The result where conditions are asked in order; a condition that fails, fails the row.
pub(super) fn case(kind: Type, branches: &[(&Value, &Value)], otherwise: &Value, rows: usize) -> Value {
    let mut open = BooleanBuffer::new_set(rows);
    let mut choices = Vec::with_capacity(branches.len() + 1);
    let mut asked = Value::sound(Data::Mixed([].into(), None));
    for (condition, then) in branches {
        ask(&mut asked, condition, &open);
        if let Some(failed) = condition.faults.rows() {
            open = &open & &!&failed;
        }
        let taken = &open & &condition.logic(rows).truth;
        open = &open & &!&taken;
        choices.push((taken, *then));
    }
    choices.push((open, otherwise));
    joined(asked, select(kind, &choices, rows))
}

/// The first argument that has a value.
pub(super) fn coalesce(kind: Type, arguments: &[&Value], rows: usize) -> Value {
    let mut open = BooleanBuffer::new_set(rows);
    let mut choices = Vec::with_capacity(arguments.len());
    let mut asked = Value::sound(Data::Mixed([].into(), None));
    for argument in arguments {
        ask(&mut asked, argument, &open);
        if let Some(failed) = argument.faults.rows() {
            open = &open & &!&failed;
        }
        let taken = match argument.valid(rows) {
            Some(valid) => &open & &valid,
            None => open.clone(),
        };
        open = &open & &!&taken;
        choices.push((taken, *argument));
    }
    joined(asked, select(kind, &choices, rows))
}

/// Takes over what failed in a part that rows still `open` look at.
fn ask(asked: &mut Value, part: &Value, open: &BooleanBuffer) {
    asked.faults.merge_within(&part.faults, open);
    let zero = part
        .zero
        .as_ref()
        .map(|zero| zero & open)
        .filter(BooleanBuffer::has_true);
    asked.zero = either(asked.zero.as_ref(), zero.as_ref());
}

fn joined(mut asked: Value, selected: Value) -> Value {
    asked.faults.merge(&selected.faults);
    Value {
        data: selected.data,
        faults: asked.faults,
        zero: either(asked.zero.as_ref(), selected.zero.as_ref()),
    }
}

/// The first operand, null where `equal` holds.
pub(super) fn nullif(kind: Type, a: &Value, b: &Value, equal: &Logic, rows: usize) -> Value {
    // A row that failed is null, whichever operand failed.
    let taken = match b.faults.rows() {
        Some(failed) => !&(&equal.truth | &failed),
        None => !&equal.truth,
    };
    let selected = select(kind, &[(taken, a)], rows);
    Value {
        data: selected.data,
        ..Value::strict(Data::Mixed([].into(), None), &[a, b])
    }
}

/// The operand that `first` says comes first; null where one is null.
pub(super) fn extreme(kind: Type, a: &Value, b: &Value, first: &Logic, rows: usize) -> Value {
    let selected = select(kind, &[(first.truth.clone(), a), (first.falsity(), b)], rows);
    Value {
        data: selected.data,
        ..Value::strict(Data::Mixed([].into(), None), &[a, b])
    }
}
