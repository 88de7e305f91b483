use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// An exact fraction of two integers of any size, always in lowest terms.
// Boxed: terms hold many, most of them absent, and nothing that runs per row computes with them.
#[derive(Clone, Default)]
pub struct Rational(Box<BigRational>);

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
    fn of(exact: BigRational) -> Self {
        Self(Box::new(exact))
    }

    /// Returns `numerator / denominator`, or `None` when the denominator is zero.
    pub fn new(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Option<Self> {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        (!denominator.is_zero()).then(|| Self::reduced(numerator, denominator))
    }

    /// Returns the number `mantissa · 10^-scale`.
    pub fn from_decimal(mantissa: impl Into<BigInt>, scale: u32) -> Self {
        Self::reduced(mantissa.into(), BigInt::from(10).pow(scale))
    }

    /// Returns the whole number `n`.
    pub fn integer(n: impl Into<BigInt>) -> Self {
        Self::of(BigRational::from_integer(n.into()))
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
        if divisor.is_zero() {
            return None;
        }
        Some(match (self.small(), divisor.small()) {
            (Some((a, b)), Some((c, d))) => {
                let (numerator, denominator) = (a * d, b * c);
                Self::from_small(numerator * denominator.signum(), denominator.unsigned_abs())
            }
            _ => Self::of(&*self.0 / &*divisor.0),
        })
    }

    /// Returns `numerator / denominator` in lowest terms; the denominator is not zero.
    fn reduced(numerator: BigInt, denominator: BigInt) -> Self {
        match (numerator.to_i64(), denominator.to_i64()) {
            (Some(n), Some(d)) => Self::from_small(i128::from(n) * i128::from(d.signum()), d.unsigned_abs().into()),
            _ => Self::of(BigRational::new(numerator, denominator)),
        }
    }

    /// Returns numerator and denominator when both fit 64 bits: then every product of two parts fits 127
    /// bits, and arithmetic needs no big integers. Nearly every number of a scorecard is so small.
    fn small(&self) -> Option<(i128, i128)> {
        Some((self.0.numer().to_i64()?.into(), self.0.denom().to_i64()?.into()))
    }

    /// Returns `numerator / denominator` in lowest terms; the denominator is not zero.
    fn from_small(numerator: i128, denominator: u128) -> Self {
        let divisor = gcd(numerator.unsigned_abs(), denominator);
        let magnitude = BigInt::from(numerator.unsigned_abs() / divisor);
        let numerator = if numerator < 0 { -magnitude } else { magnitude };
        Self::of(BigRational::new_raw(numerator, BigInt::from(denominator / divisor)))
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
        Self::of(self.0.abs())
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
        // Not in lowest terms, which rounding does not need.
        let (numerator, denominator) = (self.0.numer() * BigInt::from(10).pow(decimals), self.0.denom());
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

    /// Reads what [`to_exact`](Self::to_exact) writes: a decimal, or `numerator/denominator`.
    pub fn parse_exact(text: &str) -> Option<Self> {
        let Some((numerator, denominator)) = text.split_once('/') else {
            return Self::parse_decimal(text);
        };
        Self::new(numerator.parse::<BigInt>().ok()?, denominator.parse::<BigInt>().ok()?)
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

impl<'de> serde::Deserialize<'de> for Rational {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse_exact(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no exact number")))
    }
}

/// The greatest common divisor, in 64 bits as soon as both fit.
fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return a.gcd(&b).into();
        }
        (a, b) = (b, a % b);
    }
    a
}

// Numbers are always in lowest terms, so equal numbers have equal parts.
impl PartialEq for Rational {
    fn eq(&self, other: &Self) -> bool {
        self.0.numer() == other.0.numer() && self.0.denom() == other.0.denom()
    }
}

impl Eq for Rational {}

impl std::hash::Hash for Rational {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.numer().hash(state);
        self.0.denom().hash(state);
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.small(), other.small()) {
            (Some((a, b)), Some((c, d))) => (a * d).cmp(&(c * b)),
            _ => self.0.cmp(&other.0),
        }
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, |$a:ident, $b:ident, $c:ident, $d:ident| $numerator:expr) => {
        impl $trait<&Rational> for &Rational {
            type Output = Rational;
            fn $method(self, other: &Rational) -> Rational {
                match (self.small(), other.small()) {
                    (Some(($a, $b)), Some(($c, $d))) => Rational::from_small($numerator, ($b * $d).unsigned_abs()),
                    _ => Rational::of($trait::$method(&*self.0, &*other.0)),
                }
            }
        }
        impl $trait for Rational {
            type Output = Rational;
            fn $method(self, other: Rational) -> Rational {
                $trait::$method(&self, &other)
            }
        }
    };
}
operator!(Add, add, |a, b, c, d| a * d + c * b);
operator!(Sub, sub, |a, b, c, d| a * d - c * b);
operator!(Mul, mul, |a, b, c, d| a * c);

impl Neg for Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        Rational::of(-*self.0)
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
    fn an_exact_number_is_read_back() {
        for text in ["0.125", "-12", "1/3", "-7/6"] {
            assert_eq!(
                Rational::parse_exact(text).map(|number| number.to_exact()).as_deref(),
                Some(text)
            );
        }
        for bad in ["", "1/0", "1/", "a/3", "1/3/5"] {
            assert_eq!(Rational::parse_exact(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn small_and_big_arithmetic_agree(
            a in proptest::prelude::any::<i64>(),
            b in 1..=i64::MAX,
            c in proptest::prelude::any::<i64>(),
            d in 1..=i64::MAX,
            shift in 0u32..63,
        ) {
            let (a, b, c, d) = (a >> shift, (b >> shift).max(1), c >> shift, (d >> shift).max(1));
            let (x, y) = (Rational::new(a, b).expect("not zero"), Rational::new(c, d).expect("not zero"));
            let (p, q) = (BigRational::new(a.into(), b.into()), BigRational::new(c.into(), d.into()));
            proptest::prop_assert_eq!(*(&x + &y).0, &p + &q);
            proptest::prop_assert_eq!(*(&x - &y).0, &p - &q);
            proptest::prop_assert_eq!(*(&x * &y).0, &p * &q);
            proptest::prop_assert_eq!(x.checked_div(&y).map(|z| *z.0), (!q.is_zero()).then(|| &p / &q));
            proptest::prop_assert_eq!(x.cmp(&y), p.cmp(&q));
            proptest::prop_assert_eq!(x == y, p == q);
        }
    }

    #[test]
    fn the_smallest_integer_does_not_overflow() {
        let least = Rational::integer(i64::MIN);
        let one = Rational::one();
        assert_eq!(
            (&least * &least).numerator(),
            &(BigInt::from(i64::MIN) * BigInt::from(i64::MIN))
        );
        assert_eq!(one.checked_div(&least), Rational::new(-1, BigInt::from(i64::MIN).abs()));
        assert_eq!(&least - &least, Rational::zero());
        assert!(least < one);
    }

    #[test]
    fn only_plain_decimals_are_read() {
        for bad in ["", ".", "1.", ".5", "1,5", "1e3", "0x1", " 1", "--1"] {
            assert_eq!(Rational::parse_decimal(bad), None, "{bad}");
        }
    }
}
