use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};

use super::Type;
use crate::quantity::Rational;

/// The most digits a number can have.
pub(super) const MAX_DIGITS: u32 = 38;

/// 10^0 ..= 10^38.
pub(super) const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

/// An exact decimal of at most 38 digits: `mantissa · 10^-scale`, without trailing zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    scale: u8,
}

/// A constant of an expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Literal {
    /// No value, of a type.
    Null(Type),
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(Decimal),
    /// Text.
    Text(Arc<str>),
    /// An instant in microseconds of UTC.
    Timestamp(i64),
    /// Days since 1970-01-01.
    Date(i32),
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// Returns `mantissa · 10^-scale`, or `None` where that takes more than 38 digits.
    pub fn new(mantissa: i128, scale: u8) -> Option<Self> {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        let fits = fits(mantissa) && u32::from(scale) <= MAX_DIGITS;
        fits.then_some(Self { mantissa, scale })
    }

    /// Returns `mantissa · 10^-scale`, or `None` where that takes more than 38 digits.
    pub(crate) fn from_big(mantissa: &BigInt, scale: u32) -> Option<Self> {
        let (mut mantissa, mut scale) = (mantissa.clone(), scale);
        while scale > 0 && (&mantissa % 10u8).is_zero() {
            mantissa /= 10u8;
            scale -= 1;
        }
        Self::new(mantissa.to_i128()?, u8::try_from(scale).ok()?)
    }

    /// Reads a plain decimal such as `-12.50`; no exponent, no separators.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let mut mantissa: i128 = 0;
        let mut scale: u8 = 0;
        let mut pending_zeros: u32 = 0;
        let mut point = false;
        let mut last_digit = false;
        for byte in digits.bytes() {
            match byte {
                b'0' if point => {
                    // Zeros after the point count only when another digit follows them.
                    pending_zeros += 1;
                    last_digit = true;
                }
                b'0'..=b'9' => {
                    let shift = if point { pending_zeros + 1 } else { 1 };
                    mantissa = if mantissa == 0 {
                        i128::from(byte - b'0')
                    } else {
                        10i128
                            .checked_pow(shift)
                            .and_then(|factor| mantissa.checked_mul(factor))?
                            .checked_add(i128::from(byte - b'0'))?
                    };
                    if point {
                        scale = u8::try_from(u32::from(scale).checked_add(shift)?).ok()?;
                        pending_zeros = 0;
                    }
                    last_digit = true;
                }
                b'.' if !point && last_digit => {
                    point = true;
                    last_digit = false;
                }
                _ => return None,
            }
        }
        if !last_digit {
            return None;
        }
        Self::new(if negative { -mantissa } else { mantissa }, scale)
    }

    /// The digits without the point; carries the sign.
    pub fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// The number of decimals, 0..=38.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// Returns the same number as a fraction.
    pub fn to_rational(self) -> Rational {
        Rational::from_decimal(self.mantissa, u32::from(self.scale))
    }

    /// Returns the number with the other sign.
    pub(crate) fn negated(self) -> Self {
        Self {
            mantissa: -self.mantissa,
            ..self
        }
    }
}

impl From<i64> for Decimal {
    fn from(n: i64) -> Self {
        Self {
            mantissa: i128::from(n),
            scale: 0,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        compare((self.mantissa, self.scale), (other.mantissa, other.scale))
    }
}

/// Compares two decimals of any scale exactly; never overflows.
pub(crate) fn compare(a: (i128, u8), b: (i128, u8)) -> Ordering {
    let (digits, flipped) = match a.1.cmp(&b.1) {
        Ordering::Equal => return a.0.cmp(&b.0),
        Ordering::Less => (usize::from(b.1 - a.1), false),
        Ordering::Greater => (usize::from(a.1 - b.1), true),
    };
    let (coarse, fine) = if flipped { (b.0, a.0) } else { (a.0, b.0) };
    let ordering = match coarse.checked_mul(POWERS[digits]) {
        Some(coarse) => coarse.cmp(&fine),
        // The product is beyond i128, so it is farther from zero than `fine`, unless it is zero.
        None if coarse == 0 => 0.cmp(&fine),
        None if coarse.is_positive() => Ordering::Greater,
        None => Ordering::Less,
    };
    if flipped { ordering.reverse() } else { ordering }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.mantissa, self.scale)
    }
}

/// Writes `mantissa · 10^-scale` without trailing zeros.
pub(crate) fn write_decimal(out: &mut impl fmt::Write, mantissa: i128, scale: u8) -> fmt::Result {
    let (mut digits, mut scale) = (mantissa.unsigned_abs(), usize::from(scale));
    while scale > 0 && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    let sign = if mantissa < 0 { "-" } else { "" };
    if scale == 0 {
        return write!(out, "{sign}{digits}");
    }
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    write!(out, "{sign}{whole}.{fraction}")
}

impl Literal {
    /// The type.
    pub fn kind(&self) -> Type {
        match self {
            Self::Null(kind) => *kind,
            Self::Boolean(_) => Type::Boolean,
            Self::Number(_) => Type::Number,
            Self::Text(_) => Type::Text,
            Self::Timestamp(_) => Type::Timestamp,
            Self::Date(_) => Type::Date,
        }
    }
}

/// Whether `value` has at most 38 digits.
pub(crate) fn fits(value: i128) -> bool {
    -POWERS[38] < value && value < POWERS[38]
}
