//! Arithmetic on columns: 64-bit loops where they hold every result, single exact decimals else.

use arrow_buffer::{BooleanBuffer, NullBuffer};

use super::bits::{test, valid_in_both, without};
use super::decimal::{self, Parts, rescaled};
use super::value::{Data, Figures, Value, small, wide};
use crate::expression::Arithmetic;
use crate::expression::fault::Cause;

/// The most decimals of 64-bit mantissas.
const SMALL_SCALE: u8 = 18;

/// Computes `a ∘ b` in every row.
pub(super) fn arithmetic(operation: Arithmetic, a: &Value, b: &Value, rows: usize) -> Value {
    let (x, y) = (a.numbers(), b.numbers());
    let nulls = valid_in_both(x.nulls(rows).as_ref(), y.nulls(rows).as_ref());
    if let Some(fast) = small_arithmetic(operation, x, y, rows) {
        let (mantissas, scale) = fast;
        return Value::strict(small(mantissas, scale, nulls), &[a, b]);
    }
    let scale = match operation {
        Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Remainder => x.scale().max(y.scale()),
        Arithmetic::Multiply => (x.scale() + y.scale()).min(38),
        Arithmetic::Divide => decimal::QUOTIENT_SCALE,
    };
    let divides = matches!(operation, Arithmetic::Divide | Arithmetic::Remainder);
    let zero = divides
        .then(|| zeros(y, rows))
        .map(|zero| match &nulls {
            Some(nulls) => &zero & nulls.inner(),
            None => zero,
        })
        .filter(BooleanBuffer::has_true);
    let nulls = match &zero {
        Some(zero) => without(nulls, zero),
        None => nulls,
    };
    let one = |row| {
        let (x, y) = (x.at(row), y.at(row));
        match operation {
            Arithmetic::Add => decimal::add(x, y),
            Arithmetic::Subtract => decimal::subtract(x, y),
            Arithmetic::Multiply => decimal::multiply(x, y),
            Arithmetic::Divide => decimal::divide(x, y),
            Arithmetic::Remainder => decimal::remainder(x, y),
        }
    };
    let mut value = Value::strict(Data::Mixed([].into(), None), &[a, b]);
    value.zero = super::bits::either(value.zero.as_ref(), zero.as_ref());
    each(value, nulls, scale, rows, operation.symbol(), one)
}

/// Rows where a number is zero.
fn zeros(figures: Figures<'_>, rows: usize) -> BooleanBuffer {
    match figures {
        Figures::Small(mantissas, ..) => test(mantissas, |mantissa| mantissa == 0),
        Figures::Wide(mantissas, ..) => test(mantissas, |mantissa| mantissa == 0),
        other => BooleanBuffer::collect_bool(rows, |row| decimal::is_zero(other.at(row))),
    }
}

/// Computes `one` in every row that is not null, at `scale` where the results allow it.
fn each(
    mut value: Value,
    nulls: Option<NullBuffer>,
    scale: u8,
    rows: usize,
    operation: &'static str,
    one: impl Fn(usize) -> Option<Parts>,
) -> Value {
    let mut mantissas: Vec<i128> = Vec::with_capacity(rows);
    let mut mixed: Option<Vec<Parts>> = None;
    let mut failed: Vec<usize> = Vec::new();
    for row in 0..rows {
        let parts = if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            (0, scale)
        } else {
            one(row).unwrap_or_else(|| {
                failed.push(row);
                (0, scale)
            })
        };
        match (&mut mixed, rescaled(parts, scale)) {
            (Some(mixed), _) => mixed.push(parts),
            (None, Some(mantissa)) => mantissas.push(mantissa),
            (None, None) => {
                let mut all: Vec<Parts> = mantissas.iter().map(|mantissa| (*mantissa, scale)).collect();
                all.push(parts);
                mixed = Some(all);
            }
        }
    }
    let nulls = if failed.is_empty() {
        nulls
    } else {
        let failed = rows_of(&failed, rows);
        let nulls = without(nulls, &failed);
        value.faults.add(failed, Cause::Overflow(operation));
        nulls
    };
    value.data = match mixed {
        None => wide(mantissas, scale, nulls).into(),
        Some(mixed) => Data::Mixed(mixed.into(), nulls),
    };
    value
}

/// Makes a bitmap of ascending row numbers.
pub(super) fn rows_of(ascending: &[usize], rows: usize) -> BooleanBuffer {
    let mut next = ascending.iter().copied().peekable();
    BooleanBuffer::collect_bool(rows, |row| next.next_if_eq(&row).is_some())
}

/// Sums, differences and products of 64-bit mantissas; `None` where one does not fit.
fn small_arithmetic(operation: Arithmetic, x: Figures<'_>, y: Figures<'_>, rows: usize) -> Option<(Vec<i64>, u8)> {
    if matches!(operation, Arithmetic::Divide | Arithmetic::Remainder) {
        return None;
    }
    let scale = match operation {
        Arithmetic::Multiply => x.scale() + y.scale(),
        _ => x.scale().max(y.scale()),
    };
    if scale > SMALL_SCALE {
        return None;
    }
    let target = |own: u8| if operation == Arithmetic::Multiply { own } else { scale };
    let (a, b) = (lifted(x, target(x.scale()), rows)?, lifted(y, target(y.scale()), rows)?);
    let pairs = a.iter().zip(b.iter());
    let mut overflow = false;
    let mut keep = |(result, overflowed): (i64, bool)| {
        overflow |= overflowed;
        result
    };
    let results: Vec<i64> = match operation {
        Arithmetic::Add => pairs.map(|(a, b)| keep(a.overflowing_add(*b))).collect(),
        Arithmetic::Subtract => pairs.map(|(a, b)| keep(a.overflowing_sub(*b))).collect(),
        _ => pairs.map(|(a, b)| keep(a.overflowing_mul(*b))).collect(),
    };
    (!overflow).then_some((results, scale))
}

/// 64-bit mantissas at `scale`; `None` where one does not fit.
fn lifted<'a>(figures: Figures<'a>, scale: u8, rows: usize) -> Option<std::borrow::Cow<'a, [i64]>> {
    match figures {
        Figures::One(parts) => {
            let mantissa = i64::try_from(rescaled(parts, scale)?).ok()?;
            Some(vec![mantissa; rows].into())
        }
        Figures::Small(mantissas, own, _) if own == scale => Some(mantissas.into()),
        Figures::Small(mantissas, own, _) => {
            let factor = i64::try_from(decimal::power(scale - own)).ok()?;
            let mut overflow = false;
            let lifted: Vec<i64> = mantissas
                .iter()
                .map(|mantissa| {
                    let (result, overflowed) = mantissa.overflowing_mul(factor);
                    overflow |= overflowed;
                    result
                })
                .collect();
            (!overflow).then(|| lifted.into())
        }
        _ => None,
    }
}

/// An operation on one number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Single {
    Negate,
    Abs,
    Floor,
    Ceil,
    Round(i8),
}

/// Computes an operation on one number in every row.
pub(super) fn single(operation: Single, a: &Value, rows: usize) -> Value {
    let figures = a.numbers();
    let nulls = figures.nulls(rows);
    let scale = match operation {
        Single::Negate | Single::Abs => figures.scale(),
        Single::Floor | Single::Ceil => 0,
        Single::Round(digits) => figures.scale().min(u8::try_from(digits).unwrap_or(0)),
    };
    if let Figures::Small(mantissas, own, _) = figures
        && let Some(results) = small_single(operation, mantissas, own)
    {
        return Value::strict(small(results, scale, nulls), &[a]);
    }
    let (name, one): (_, &dyn Fn(Parts) -> Option<Parts>) = match operation {
        Single::Negate => ("-", &|parts: Parts| Some((-parts.0, parts.1))),
        Single::Abs => ("abs", &|parts: Parts| Some((parts.0.abs(), parts.1))),
        Single::Floor => ("floor", &|parts: Parts| Some(decimal::floor(parts))),
        Single::Ceil => ("ceil", &|parts: Parts| Some(decimal::ceil(parts))),
        Single::Round(digits) => ("round", &move |parts: Parts| decimal::round(parts, digits)),
    };
    let value = Value::strict(Data::Mixed([].into(), None), &[a]);
    each(value, nulls, scale, rows, name, |row| one(figures.at(row)))
}

fn small_single(operation: Single, mantissas: &[i64], scale: u8) -> Option<Vec<i64>> {
    let unit = i64::try_from(decimal::power(scale)).ok()?;
    let mut overflow = false;
    let mut keep = |(result, overflowed): (i64, bool)| {
        overflow |= overflowed;
        result
    };
    let all = mantissas.iter();
    let results: Vec<i64> = match operation {
        Single::Negate => all.map(|m| keep(m.overflowing_neg())).collect(),
        Single::Abs => all.map(|m| keep(m.overflowing_abs())).collect(),
        Single::Floor => all.map(|m| m.div_euclid(unit)).collect(),
        // −⌊−m⌋, without negating the smallest mantissa.
        Single::Ceil => all
            .map(|m| m.div_euclid(unit) + i64::from(m.rem_euclid(unit) != 0))
            .collect(),
        Single::Round(digits) => {
            let drop = scale.saturating_sub(u8::try_from(digits).ok()?);
            let unit = i64::try_from(decimal::power(drop)).ok()?;
            let away = |m: &i64| {
                let rest = (m % unit).unsigned_abs();
                let up = unit > 1 && rest >= unit.unsigned_abs() - rest;
                m / unit + if up { m.signum() } else { 0 }
            };
            all.map(away).collect()
        }
    };
    (!overflow).then_some(results)
}
