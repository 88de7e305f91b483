use super::Rational;

/// Microseconds in one second; instants and durations are whole microseconds.
pub const MICROS_PER_SECOND: i64 = 1_000_000;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share; the number is the ratio, so `99.95%` is 0.9995.
    Percent,
    /// Elapsed time; the number is in microseconds.
    Duration,
    /// Whole or fractional days as counted by the data, not elapsed time.
    Days,
    /// An amount in the contract's currency.
    Money,
    /// A plain number, such as a score, an index or a quotient.
    Number,
    /// A number of things.
    Count,
}

/// A number with its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The number in the unit's base, see [`Unit`].
    pub number: Rational,
    /// What it counts.
    pub unit: Unit,
}

impl Quantity {
    /// Returns a quantity of `unit`; `number` in the unit's base.
    pub fn new(number: Rational, unit: Unit) -> Self {
        Self { number, unit }
    }

    /// Writes the quantity for people with `decimals` decimals: `99.95%`, `4h 30m`, `12.50`.
    ///
    /// Decimals of a duration are those of its smallest part (seconds). Money carries no currency:
    /// the caller knows it.
    pub fn display(&self, decimals: u32) -> String {
        match self.unit {
            Unit::Percent => format!("{}%", (&self.number * &Rational::integer(100)).to_fixed(decimals)),
            Unit::Duration => format_duration(&self.number, decimals),
            Unit::Days => format!("{} d", self.number.to_fixed(decimals)),
            Unit::Money | Unit::Number | Unit::Count => self.number.to_fixed(decimals),
        }
    }
}

/// Writes a duration in microseconds as `3h 20m`, `2d 4h` or `12.5s`, rounding seconds half away from zero.
///
/// Days are 24 hours and only used from 48 hours on; parts that are zero are left out.
pub fn format_duration(micros: &Rational, decimals: u32) -> String {
    let sign = if micros.is_negative() { "-" } else { "" };
    let per_second = Rational::integer(MICROS_PER_SECOND);
    let seconds = micros.abs().checked_div(&per_second).unwrap_or_default();
    let seconds = seconds.round(decimals, super::Rounding::HalfAwayFromZero);
    let whole = seconds.scaled(0, super::Rounding::Floor);
    let fraction = &seconds - &Rational::integer(whole.clone());
    let whole = i64::try_from(whole).unwrap_or(i64::MAX);
    let (mut hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    let mut parts = Vec::new();
    if hours >= 48 {
        parts.push(format!("{}d", hours / 24));
        hours %= 24;
    }
    for (n, name) in [(hours, "h"), (minutes, "m")] {
        if n != 0 {
            parts.push(format!("{n}{name}"));
        }
    }
    if rest != 0 || !fraction.is_zero() || parts.is_empty() {
        let rest = &Rational::integer(rest) + &fraction;
        let shown = if fraction.is_zero() {
            rest.to_fixed(0)
        } else {
            rest.to_fixed(decimals)
        };
        parts.push(format!("{shown}s"));
    }
    format!("{sign}{}", parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        let hours = |n: i64| Rational::integer(n * 3600 * MICROS_PER_SECOND);
        assert_eq!(format_duration(&hours(4), 0), "4h");
        assert_eq!(format_duration(&hours(50), 0), "2d 2h");
        assert_eq!(format_duration(&Rational::zero(), 0), "0s");
        assert_eq!(format_duration(&Rational::integer(12_500_000), 1), "12.5s");
        assert_eq!(format_duration(&-hours(1), 0), "-1h");
    }
}
