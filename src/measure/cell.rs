//! Cells: what is kept of the rows of one group and period. Merging two cells loses nothing, so no
//! result depends on how rows were split.

use std::cmp::Ordering;

use crate::quantity::Rational;

/// An exact decimal of a column: `mantissa · 10^-scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The mantissa.
    pub mantissa: i128,
    /// Decimals.
    pub scale: u8,
}

/// An exact sum of decimals. It never overflows: what does not fit 128 bits moves to a fraction of any size.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    mantissa: i128,
    scale: u8,
    spilled: Option<Box<Rational>>,
}

/// All values, for percentiles.
#[derive(Clone, Debug, Default)]
pub struct Values {
    scale: u8,
    small: Vec<i64>,
    large: Vec<Rational>,
}

/// The least and the greatest value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extremes {
    /// The number of values.
    pub count: u64,
    /// The least and the greatest.
    pub ends: Option<(Decimal, Decimal)>,
}

impl Decimal {
    /// Takes a whole number.
    pub fn integer(n: i64) -> Self {
        Self {
            mantissa: i128::from(n),
            scale: 0,
        }
    }

    /// Returns the number as a fraction.
    pub fn to_rational(self) -> Rational {
        Rational::from_decimal(self.mantissa, u32::from(self.scale))
    }

    /// Returns the mantissa at another scale, if it is whole there and fits.
    fn at_scale(self, scale: u8) -> Option<i128> {
        if scale >= self.scale {
            let factor = 10i128.checked_pow(u32::from(scale - self.scale))?;
            return self.mantissa.checked_mul(factor);
        }
        let factor = 10i128.checked_pow(u32::from(self.scale - scale))?;
        (self.mantissa % factor == 0).then(|| self.mantissa / factor)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let scale = self.scale.max(other.scale);
        Some(match (self.at_scale(scale), other.at_scale(scale)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => self.to_rational().cmp(&other.to_rational()),
        })
    }
}

impl Sum {
    /// Adds a value.
    pub fn add(&mut self, value: Decimal) {
        let scale = self.scale.max(value.scale);
        let own = Decimal {
            mantissa: self.mantissa,
            scale: self.scale,
        };
        let total = own
            .at_scale(scale)
            .zip(value.at_scale(scale))
            .and_then(|(own, value)| own.checked_add(value));
        if let Some(total) = total {
            (self.mantissa, self.scale) = (total, scale);
        } else {
            let rest = self.spilled.take().map_or_else(Rational::zero, |rest| *rest);
            self.spilled = Some(Box::new(rest + own.to_rational()));
            (self.mantissa, self.scale) = (value.mantissa, value.scale);
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Self) {
        self.add(Decimal {
            mantissa: other.mantissa,
            scale: other.scale,
        });
        if let Some(spilled) = &other.spilled {
            let rest = self.spilled.take().map_or_else(Rational::zero, |rest| *rest);
            self.spilled = Some(Box::new(&rest + spilled));
        }
    }

    /// Returns the sum.
    pub fn value(&self) -> Rational {
        let own = Rational::from_decimal(self.mantissa, u32::from(self.scale));
        match &self.spilled {
            None => own,
            Some(rest) => &own + rest,
        }
    }
}

impl Values {
    /// Adds a value.
    pub fn add(&mut self, value: Decimal) {
        if value.scale > self.scale && value.at_scale(self.scale).is_none() {
            self.rescale(value.scale);
        }
        match value
            .at_scale(self.scale)
            .and_then(|mantissa| i64::try_from(mantissa).ok())
        {
            Some(mantissa) => self.small.push(mantissa),
            None => self.large.push(value.to_rational()),
        }
    }

    /// Adds all values of another cell.
    pub fn merge(&mut self, other: &Self) {
        let scale = self.scale.max(other.scale);
        self.rescale(scale);
        for &mantissa in &other.small {
            self.add(Decimal {
                mantissa: i128::from(mantissa),
                scale: other.scale,
            });
        }
        self.large.extend(other.large.iter().cloned());
    }

    /// Returns the number of values.
    pub fn count(&self) -> u64 {
        (self.small.len() + self.large.len()) as u64
    }

    fn rescale(&mut self, scale: u8) {
        if scale == self.scale {
            return;
        }
        let from = self.scale;
        self.scale = scale;
        let small = std::mem::take(&mut self.small);
        for mantissa in small {
            let value = Decimal {
                mantissa: i128::from(mantissa),
                scale: from,
            };
            match value.at_scale(scale).and_then(|mantissa| i64::try_from(mantissa).ok()) {
                Some(mantissa) => self.small.push(mantissa),
                None => self.large.push(value.to_rational()),
            }
        }
    }

    /// Returns the percentile `share` (0..=1) by linear interpolation between closest ranks: type 7 of
    /// Hyndman and Fan, which spreadsheets call `PERCENTILE.INC`. `None` without values.
    pub fn percentile(&self, share: &Rational) -> Option<Rational> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let rank = &Rational::integer(count - 1) * share;
        let below = rank.scaled(0, crate::quantity::Rounding::Floor);
        let part = &rank - &Rational::integer(below.clone());
        let below = usize::try_from(below).ok()?;
        let at = self.select(below);
        if part.is_zero() {
            return Some(at);
        }
        let next = self.select(below + 1);
        Some(&at + &(&(&next - &at) * &part))
    }

    /// Returns the value of rank `rank`, from 0.
    fn select(&self, rank: usize) -> Rational {
        let scale = u32::from(self.scale);
        if self.large.is_empty() {
            let mut small = self.small.clone();
            let (_, value, _) = small.select_nth_unstable(rank);
            return Rational::from_decimal(*value, scale);
        }
        let mut all: Vec<_> = self.small.iter().map(|m| Rational::from_decimal(*m, scale)).collect();
        all.extend(self.large.iter().cloned());
        let (_, value, _) = all.select_nth_unstable(rank);
        value.clone()
    }
}

impl Extremes {
    /// Adds a value.
    pub fn add(&mut self, value: Decimal) {
        self.count += 1;
        self.widen(value, value);
    }

    /// Adds another cell.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        if let Some((least, greatest)) = other.ends {
            self.widen(least, greatest);
        }
    }

    fn widen(&mut self, least: Decimal, greatest: Decimal) {
        self.ends = Some(match self.ends {
            None => (least, greatest),
            Some((a, b)) => (
                if least < a { least } else { a },
                if greatest > b { greatest } else { b },
            ),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(mantissa: i128, scale: u8) -> Decimal {
        Decimal { mantissa, scale }
    }

    fn rational(text: &str) -> Rational {
        Rational::parse_decimal(text).expect("a decimal")
    }

    #[test]
    fn sums_are_exact_across_scales_and_beyond_128_bits() {
        let mut sum = Sum::default();
        for (mantissa, scale) in [(1, 1), (2, 1), (5, 3)] {
            sum.add(decimal(mantissa, scale));
        }
        assert_eq!(sum.value(), rational("0.305"));
        let mut large = Sum::default();
        for _ in 0..3 {
            large.add(decimal(i128::MAX, 0));
        }
        large.add(decimal(1, 2));
        let mut twice = large.clone();
        twice.merge(&large);
        let expected = &Rational::integer(i128::MAX) * &Rational::integer(6);
        assert_eq!(twice.value(), expected + rational("0.02"));
    }

    // Type 7 over 1, 2, 3, 4: rank 3 × 0.95 = 2.85 → 3 + 0.85; the median is 2.5.
    #[test]
    fn percentiles_interpolate_between_closest_ranks() {
        let mut values = Values::default();
        for n in [3, 1, 4, 2] {
            values.add(Decimal::integer(n));
        }
        assert_eq!(values.percentile(&rational("0.95")), Some(rational("3.85")));
        assert_eq!(values.percentile(&rational("0.5")), Some(rational("2.5")));
        assert_eq!(values.percentile(&rational("0")), Some(rational("1")));
        assert_eq!(values.percentile(&rational("1")), Some(rational("4")));
        assert_eq!(Values::default().percentile(&rational("0.5")), None);
    }

    #[test]
    fn values_keep_their_size_across_scales_and_merges() {
        let mut values = Values::default();
        values.add(decimal(i128::from(i64::MAX), 0));
        values.add(decimal(15, 1));
        let mut other = Values::default();
        other.add(decimal(125, 2));
        other.merge(&values);
        assert_eq!(other.count(), 3);
        assert_eq!(other.percentile(&rational("1")), Some(Rational::integer(i64::MAX)));
        assert_eq!(other.percentile(&rational("0")), Some(rational("1.25")));
        assert_eq!(other.percentile(&rational("0.5")), Some(rational("1.5")));
    }

    #[test]
    fn extremes_compare_across_scales() {
        let mut extremes = Extremes::default();
        extremes.add(decimal(15, 1));
        extremes.add(decimal(149, 2));
        extremes.add(decimal(-2, 0));
        assert_eq!(extremes.ends, Some((decimal(-2, 0), decimal(15, 1))));
    }
}
