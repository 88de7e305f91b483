use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// An exact fraction of two integers of any size, always in lowest terms.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rational(BigRational);

/// How a [`Rational`] is cut to a number of decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest; a half goes away from zero. The rule for money lines and for display.
    HalfAwayFromZero,
    /// To the nearest; a half goes to the even digit.
    HalfEven,
    /// Towards negative infinity.
    Floor,
    /// Towards positive infinity.
    Ceiling,
}

impl Rational {
    /// Returns `numerator / denominator`, or `None` when the denominator is zero.
    pub fn new(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Option<Self> {
        let denominator = denominator.into();
        (!denominator.is_zero()).then(|| Self(BigRational::new(numerator.into(), denominator)))
    }

    /// Returns the number `mantissa · 10^-scale`.
    pub fn from_decimal(mantissa: impl Into<BigInt>, scale: u32) -> Self {
        Self(BigRational::new(mantissa.into(), BigInt::from(10).pow(scale)))
    }

    /// Returns the whole number `n`.
    pub fn integer(n: impl Into<BigInt>) -> Self {
        Self(BigRational::from_integer(n.into()))
    }

    /// Returns 0.
    pub fn zero() -> Self {
        Self::integer(0)
    }

    /// Returns 1.
    pub fn one() -> Self {
        Self::integer(1)
    }

    /// Reads a plain decimal such as `-12.50`; no exponent, no separators, no unit.
    pub fn parse_decimal(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let has_point = digits.contains('.');
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || (has_point && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let mantissa: BigInt = format!("{whole}{fraction}").parse().ok()?;
        let scale = u32::try_from(fraction.len()).ok()?;
        Some(Self::from_decimal(if negative { -mantissa } else { mantissa }, scale))
    }

    /// Returns the quotient, or `None` for a division by zero.
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        (!divisor.is_zero()).then(|| Self(&self.0 / &divisor.0))
    }

    /// Whether this is 0.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether this is below 0.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether this is a whole number.
    pub fn is_integer(&self) -> bool {
        self.0.is_integer()
    }

    /// Returns the distance from zero.
    pub fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    /// Returns the numerator in lowest terms; it carries the sign.
    pub fn numerator(&self) -> &BigInt {
        self.0.numer()
    }

    /// Returns the denominator in lowest terms, above zero.
    pub fn denominator(&self) -> &BigInt {
        self.0.denom()
    }

    /// Returns `self · 10^decimals` cut to a whole number.
    pub fn scaled(&self, decimals: u32, rounding: Rounding) -> BigInt {
        let scaled = &self.0 * BigRational::from_integer(BigInt::from(10).pow(decimals));
        let (numerator, denominator) = (scaled.numer(), scaled.denom());
        let (floor, remainder) = numerator.div_mod_floor(denominator);
        if remainder.is_zero() {
            return floor;
        }
        let up = match rounding {
            Rounding::Floor => false,
            Rounding::Ceiling => true,
            Rounding::HalfAwayFromZero | Rounding::HalfEven => match (&remainder * 2u8).cmp(denominator) {
                Ordering::Less => false,
                Ordering::Greater => true,
                Ordering::Equal if rounding == Rounding::HalfEven => floor.is_odd(),
                Ordering::Equal => !numerator.is_negative(),
            },
        };
        if up { floor + BigInt::one() } else { floor }
    }

    /// Returns this number cut to `decimals` decimals.
    pub fn round(&self, decimals: u32, rounding: Rounding) -> Self {
        Self::from_decimal(self.scaled(decimals, rounding), decimals)
    }

    /// Writes exactly `decimals` decimals, rounding a half away from zero; `-0.0` is written `0.0`.
    pub fn to_fixed(&self, decimals: u32) -> String {
        let scaled = self.scaled(decimals, Rounding::HalfAwayFromZero);
        let digits = scaled.abs().to_string();
        let sign = if scaled.is_negative() { "-" } else { "" };
        let decimals = decimals as usize;
        if decimals == 0 {
            return format!("{sign}{digits}");
        }
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        format!("{sign}{whole}.{fraction}")
    }

    /// Writes the number exactly: as a decimal where it terminates, else as `numerator/denominator`.
    pub fn to_exact(&self) -> String {
        let mut rest = self.denominator().clone();
        let (mut twos, mut fives) = (0u32, 0u32);
        for (prime, count) in [(2u8, &mut twos), (5u8, &mut fives)] {
            while (&rest % prime).is_zero() {
                rest /= prime;
                *count += 1;
            }
        }
        if rest.is_one() {
            self.to_fixed(twos.max(fives))
        } else {
            format!("{}/{}", self.numerator(), self.denominator())
        }
    }

    /// Returns the whole number this is, if it is one and fits.
    pub fn to_i64(&self) -> Option<i64> {
        self.is_integer().then(|| self.numerator().to_i64()).flatten()
    }

    /// Returns the nearest float, for drawing only: never for a comparison, a score or money.
    pub fn to_f64_for_drawing(&self) -> f64 {
        self.0.to_f64().unwrap_or(0.0)
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_exact())
    }
}

impl serde::Serialize for Rational {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_exact())
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl $trait for Rational {
            type Output = Rational;
            fn $method(self, other: Rational) -> Rational {
                Rational($trait::$method(self.0, other.0))
            }
        }
        impl $trait<&Rational> for &Rational {
            type Output = Rational;
            fn $method(self, other: &Rational) -> Rational {
                Rational($trait::$method(&self.0, &other.0))
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);

impl Neg for Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        Rational(-self.0)
    }
}

impl std::iter::Sum for Rational {
    fn sum<I: Iterator<Item = Rational>>(iter: I) -> Rational {
        iter.fold(Rational::zero(), |total, term| total + term)
    }
}

impl From<i64> for Rational {
    fn from(n: i64) -> Self {
        Self::integer(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_away_from_zero_in_both_directions() {
        let half = Rational::parse_decimal("2.345").expect("a decimal");
        assert_eq!(half.to_fixed(2), "2.35");
        assert_eq!((-half).to_fixed(2), "-2.35");
        assert_eq!(
            Rational::parse_decimal("-0.004").expect("a decimal").to_fixed(2),
            "0.00"
        );
    }

    #[test]
    fn a_terminating_fraction_is_written_as_a_decimal() {
        assert_eq!(Rational::new(1, 8).expect("not zero").to_exact(), "0.125");
        assert_eq!(Rational::new(2, 6).expect("not zero").to_exact(), "1/3");
    }

    #[test]
    fn only_plain_decimals_are_read() {
        for bad in ["", ".", "1.", ".5", "1,5", "1e3", "0x1", " 1", "--1"] {
            assert_eq!(Rational::parse_decimal(bad), None, "{bad}");
        }
    }
}
