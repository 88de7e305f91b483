//! Exact arithmetic on single decimals `(mantissa, scale)`; `None` is a result of more than 38 digits.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

use crate::expression::literal::{Decimal, POWERS, fits};

/// Mantissa and scale.
pub(super) type Parts = (i128, u8);

/// Decimals that a division keeps.
pub(super) const QUOTIENT_SCALE: u8 = 18;

/// 10^`exponent`, at most 10^38.
pub(super) fn power(exponent: u8) -> i128 {
    POWERS[usize::from(exponent)]
}

fn big(parts: Parts, scale: u8) -> BigInt {
    BigInt::from(parts.0) * BigInt::from(10).pow(u32::from(scale - parts.1))
}

fn from_big(mantissa: &BigInt, scale: u32) -> Option<Parts> {
    Decimal::from_big(mantissa, scale).map(|value| (value.mantissa(), value.scale()))
}

/// Brings both to the larger scale, where i128 holds them.
fn aligned(a: Parts, b: Parts) -> Option<(i128, i128, u8)> {
    let scale = a.1.max(b.1);
    let lift = |parts: Parts| match scale - parts.1 {
        0 => Some(parts.0),
        by if by <= 38 => parts.0.checked_mul(power(by)),
        _ => None,
    };
    Some((lift(a)?, lift(b)?, scale))
}

pub(super) fn add(a: Parts, b: Parts) -> Option<Parts> {
    if let Some((x, y, scale)) = aligned(a, b)
        && let Some(sum) = x.checked_add(y).filter(|sum| fits(*sum))
    {
        return Some((sum, scale));
    }
    let scale = a.1.max(b.1);
    from_big(&(big(a, scale) + big(b, scale)), u32::from(scale))
}

pub(super) fn subtract(a: Parts, b: Parts) -> Option<Parts> {
    add(a, (-b.0, b.1))
}

pub(super) fn multiply(a: Parts, b: Parts) -> Option<Parts> {
    let scale = a.1 + b.1;
    match a.0.checked_mul(b.0) {
        Some(product) if fits(product) && scale <= 38 => Some((product, scale)),
        _ => from_big(&(BigInt::from(a.0) * b.0), u32::from(scale)),
    }
}

/// Divides to 18 decimals, a half to the even digit; `b` is not zero.
pub(super) fn divide(a: Parts, b: Parts) -> Option<Parts> {
    // a / b · 10^18 = a.0 · 10^(18 + b.1) / (b.0 · 10^a.1)
    let up = QUOTIENT_SCALE + b.1;
    let (up, down) = if up >= a.1 { (up - a.1, 0) } else { (0, a.1 - up) };
    let numerator = (up <= 38).then(|| a.0.checked_mul(power(up))).flatten();
    let denominator = (down <= 38).then(|| b.0.checked_mul(power(down))).flatten();
    if let (Some(numerator), Some(denominator)) = (numerator, denominator) {
        let quotient = half_even(numerator, denominator);
        if fits(quotient) {
            return Some((quotient, QUOTIENT_SCALE));
        }
    }
    let mut numerator = BigInt::from(a.0) * BigInt::from(10).pow(u32::from(up));
    let mut denominator = BigInt::from(b.0) * BigInt::from(10).pow(u32::from(down));
    if denominator.is_negative() {
        (numerator, denominator) = (-numerator, -denominator);
    }
    let (floor, rest) = numerator.div_mod_floor(&denominator);
    let up = match (rest * 2u8).cmp(&denominator) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => floor.is_odd(),
    };
    from_big(&(floor + u8::from(up)), u32::from(QUOTIENT_SCALE))
}

/// Divides, a half to the even number.
pub(super) fn half_even(numerator: i128, denominator: i128) -> i128 {
    // Most operands fit 64 bits, where the machine divides by itself.
    let (quotient, rest) = match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(n), Ok(d)) if d != -1 => (i128::from(n / d), i128::from(n % d)),
        _ => (numerator / denominator, numerator % denominator),
    };
    let away = match rest
        .unsigned_abs()
        .cmp(&(denominator.unsigned_abs() - rest.unsigned_abs()))
    {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => quotient % 2 != 0,
    };
    if !away {
        quotient
    } else if (numerator < 0) == (denominator < 0) {
        quotient + 1
    } else {
        quotient - 1
    }
}

/// The rest of a division that truncates: it has the dividend's sign; `b` is not zero.
pub(super) fn remainder(a: Parts, b: Parts) -> Option<Parts> {
    if let Some((x, y, scale)) = aligned(a, b) {
        return Some((x.checked_rem(y).unwrap_or(0), scale));
    }
    let scale = a.1.max(b.1);
    from_big(&(big(a, scale) % big(b, scale)), u32::from(scale))
}

/// Rounds to `digits` decimals, a half away from zero.
pub(super) fn round(a: Parts, digits: i8) -> Option<Parts> {
    let drop = i16::from(a.1) - i16::from(digits);
    if drop <= 0 {
        return Some(a);
    }
    let rounded = match u32::try_from(drop).ok().and_then(|drop| 10i128.checked_pow(drop)) {
        Some(unit) => {
            let (quotient, rest) = (a.0 / unit, a.0 % unit);
            let away = rest.unsigned_abs() >= unit.unsigned_abs() - rest.unsigned_abs();
            quotient + if away { a.0.signum() } else { 0 }
        }
        // Fewer than 39 digits are less than half of 10^39.
        None => 0,
    };
    match u8::try_from(digits) {
        Ok(scale) => Some((rounded, scale)),
        Err(_) => {
            let value = rounded.checked_mul(power(digits.unsigned_abs()))?;
            fits(value).then_some((value, 0))
        }
    }
}

pub(super) fn floor(a: Parts) -> Parts {
    (a.0.div_euclid(power(a.1)), 0)
}

pub(super) fn ceil(a: Parts) -> Parts {
    (-(-a.0).div_euclid(power(a.1)), 0)
}

pub(super) fn is_zero(a: Parts) -> bool {
    a.0.is_zero()
}

/// The mantissa at another scale, where that is exact within 38 digits.
pub(super) fn rescaled(parts: Parts, scale: u8) -> Option<i128> {
    match scale.checked_sub(parts.1)? {
        0 => Some(parts.0),
        up if up <= 38 => parts.0.checked_mul(power(up)).filter(|mantissa| fits(*mantissa)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: i128 = 10i128.pow(38) - 1;

    #[test]
    fn quotients_keep_18_digits_and_round_a_half_to_even() {
        let e18 = 10i128.pow(18);
        assert_eq!(divide((4, 0), (5, 0)), Some((8 * e18 / 10, 18)));
        assert_eq!(divide((1, 0), (3, 0)), Some((333_333_333_333_333_333, 18)));
        assert_eq!(divide((-2, 0), (3, 0)), Some((-666_666_666_666_666_667, 18)));
        // 10^-18 / 2 lies half-way between 0 and 1 unit, 3·10^-18 / 2 between 1 and 2.
        assert_eq!(divide((1, 18), (2, 0)), Some((0, 18)));
        assert_eq!(divide((3, 18), (2, 0)), Some((2, 18)));
        assert_eq!(divide((5, 18), (2, 0)), Some((2, 18)));
        assert_eq!(divide((-3, 18), (2, 0)), Some((-2, 18)));
        assert_eq!(divide((-1, 18), (-2, 0)), Some((0, 18)));
        assert_eq!(divide((1, 38), (1, 0)), Some((0, 18)));
        assert_eq!(divide((1, 0), (1, 20)), Some((10i128.pow(38) / 10i128.pow(18), 0)));
        assert_eq!(divide((MAX, 0), (1, 0)), Some((MAX, 0)));
        assert_eq!(divide((MAX, 0), (1, 1)), None);
    }

    #[test]
    fn sums_and_products_are_exact_or_overflow() {
        assert_eq!(add((1, 1), (2, 1)), Some((3, 1)));
        assert_eq!(add((MAX, 0), (1, 0)), None);
        assert_eq!(add((MAX, 0), (-1, 0)), Some((MAX - 1, 0)));
        assert_eq!(add((10i128.pow(37), 0), (1, 2)), None);
        assert_eq!(subtract((MAX, 0), (MAX, 0)), Some((0, 0)));
        assert_eq!(multiply((5, 30), (2, 30)), None);
        assert_eq!(multiply((5, 20), (2, 19)), Some((1, 38)));
        assert_eq!(multiply((MAX, 0), (10, 1)), Some((MAX, 0)));
        assert_eq!(multiply((10i128.pow(19), 0), (10i128.pow(19), 0)), None);
    }

    #[test]
    fn a_remainder_has_the_dividends_sign() {
        assert_eq!(remainder((7, 0), (-3, 0)), Some((1, 0)));
        assert_eq!(remainder((-7, 0), (3, 0)), Some((-1, 0)));
        assert_eq!(remainder((75, 1), (2, 0)), Some((15, 1)));
        assert_eq!(
            remainder((MAX, 0), (7, 38)),
            from_big(&((BigInt::from(MAX) * BigInt::from(10).pow(38)) % 7), 38)
        );
    }

    #[test]
    fn rounding_goes_half_away_from_zero() {
        assert_eq!(round((25, 1), 0), Some((3, 0)));
        assert_eq!(round((-25, 1), 0), Some((-3, 0)));
        assert_eq!(round((2449, 3), 1), Some((24, 1)));
        assert_eq!(round((1250, 0), -2), Some((1300, 0)));
        assert_eq!(round((49, 0), -2), Some((0, 0)));
        assert_eq!(round((12, 1), 4), Some((12, 1)));
        assert_eq!(round((MAX, 0), -1), None);
        assert_eq!(round((MAX, 38), -18), Some((0, 0)));
        assert_eq!((floor((-15, 1)), ceil((-15, 1))), ((-2, 0), (-1, 0)));
        assert_eq!((floor((15, 1)), ceil((15, 1))), ((1, 0), (2, 0)));
    }
}
