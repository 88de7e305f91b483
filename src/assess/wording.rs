//! How numbers are written in workings and reasons: exact where they end, long enough to be told apart.

use crate::quantity::{Quantity, Rational, Rounding, Unit, format_duration};
use crate::resolve::terms::{Goal, Kpi};

/// Decimals after which a number without an end is cut in a working.
const LONGEST: u32 = 6;

/// Writes an amount with thousands separators and at least `minor_units` decimals: `42,000.00`.
pub(super) fn money(amount: &Rational, minor_units: u32) -> String {
    let decimals = (minor_units..=LONGEST.max(minor_units))
        .find(|&decimals| amount.round(decimals, Rounding::Floor) == *amount)
        .unwrap_or(LONGEST.max(minor_units));
    let text = amount.to_fixed(decimals);
    let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |digits| ("−", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut grouped = String::with_capacity(text.len() + whole.len() / 3);
    grouped.push_str(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// Writes a share as a percentage: `12%`, `0.25%`.
pub(super) fn percent(share: &Rational) -> String {
    format!("{}%", number(&(share * &Rational::integer(100))))
}

/// Writes a number without trailing zeros, cut after six decimals with `…`.
pub(super) fn number(value: &Rational) -> String {
    let sign = if value.is_negative() { "−" } else { "" };
    let magnitude = value.abs();
    let cut = magnitude.round(LONGEST, Rounding::Floor);
    if cut == magnitude {
        let digits = cut.to_fixed(LONGEST);
        format!("{sign}{}", digits.trim_end_matches('0').trim_end_matches('.'))
    } else {
        format!("{sign}{}…", cut.to_fixed(LONGEST))
    }
}

/// Writes a value in `unit` exactly as far as six decimals go: `99.5%`, `4h`, `12.5`.
pub(super) fn value(value: &Rational, unit: Unit) -> String {
    match unit {
        Unit::Percent => percent(value),
        Unit::Duration => minus(&format_duration(value, LONGEST_SECONDS)),
        Unit::Days => format!("{} d", number(value)),
        Unit::Money | Unit::Number | Unit::Count => number(value),
    }
}

/// Replaces the hyphen of a negative number by a minus.
fn minus(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(digits) => format!("−{digits}"),
        None => text.to_string(),
    }
}

/// Decimals of the seconds of a duration in a working.
const LONGEST_SECONDS: u32 = 3;

/// Writes a measured value with the KPI's decimals, and with more where fewer would make it look equal
/// to a goal's edge that it does not reach (99.996% against 100% must not read `100.00%`).
pub(super) fn measured(kpi: &Kpi, value: &Rational) -> String {
    let edges: Vec<&Quantity> = [&kpi.target, &kpi.minimum]
        .into_iter()
        .flatten()
        .flat_map(edges)
        .filter(|edge| edge.number != *value)
        .collect();
    let shown = |decimals| Quantity::new(value.clone(), kpi.unit).display(decimals);
    (kpi.decimals..kpi.decimals + LONGEST)
        .find(|&decimals| edges.iter().all(|edge| edge.display(decimals) != shown(decimals)))
        .map_or_else(|| self::value(value, kpi.unit), |decimals| minus(&shown(decimals)))
}

/// Writes a goal as it stands behind "the target of", with the KPI's decimals or as many as it was written with:
/// `at least 99.90%`.
pub(super) fn goal(kpi: &Kpi, goal: &Goal) -> String {
    let written = |x: &Quantity| edge(kpi, x);
    match goal {
        Goal::AtLeast(x) => format!("at least {}", written(x)),
        Goal::Above(x) => format!("above {}", written(x)),
        Goal::AtMost(x) => format!("at most {}", written(x)),
        Goal::Below(x) => format!("below {}", written(x)),
        Goal::Between(low, high) => format!("{} to {}", written(low), written(high)),
        Goal::WithinBand { of, by } => format!("{} ± {}", written(of), written(by)),
    }
}

/// Writes a goal's edge like the measured values beside it.
fn edge(kpi: &Kpi, x: &Quantity) -> String {
    let in_percent = match x.unit {
        Unit::Percent => &x.number * &Rational::integer(100),
        Unit::Duration => return value(&x.number, x.unit),
        _ => x.number.clone(),
    };
    let decimals = kpi.compare_rounding.unwrap_or(kpi.decimals);
    (decimals..=LONGEST.max(decimals))
        .find(|&decimals| in_percent.round(decimals, Rounding::Floor) == in_percent)
        .map_or_else(|| value(&x.number, x.unit), |decimals| minus(&x.display(decimals)))
}

fn edges(goal: &Goal) -> Vec<&Quantity> {
    match goal {
        Goal::AtLeast(x) | Goal::Above(x) | Goal::AtMost(x) | Goal::Below(x) => vec![x],
        Goal::Between(low, high) => vec![low, high],
        Goal::WithinBand { .. } => Vec::new(),
    }
}

/// Writes `1st`, `2nd`, `3rd`, `4th`, `11th`, …
pub(super) fn ordinal(n: u64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// Writes `1 row`, `2 rows`.
pub(super) fn count(n: u64, noun: &str, plural: &str) -> String {
    format!("{n} {}", if n == 1 { noun } else { plural })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Rational {
        Rational::parse_decimal(text).expect("a decimal")
    }

    #[test]
    fn money_has_separators_and_its_minor_units() {
        assert_eq!(money(&decimal("42000"), 2), "42,000.00");
        assert_eq!(money(&decimal("-1234567.5"), 2), "−1,234,567.50");
        assert_eq!(money(&decimal("999"), 0), "999");
        assert_eq!(money(&decimal("0.125"), 2), "0.125");
        assert_eq!(money(&Rational::new(1000, 3).expect("not zero"), 2), "333.333333");
    }

    #[test]
    fn a_share_is_written_without_trailing_zeros() {
        assert_eq!(percent(&decimal("0.12")), "12%");
        assert_eq!(percent(&decimal("0.0025")), "0.25%");
        assert_eq!(percent(&Rational::new(1, 3).expect("not zero")), "33.333333…%");
        assert_eq!(percent(&Rational::new(-1, 3).expect("not zero")), "−33.333333…%");
        assert_eq!(percent(&decimal("-0.5")), "−50%");
        assert_eq!(percent(&Rational::zero()), "0%");
        assert_eq!(percent(&Rational::one()), "100%");
    }

    #[test]
    fn ordinals_end_as_english_has_it() {
        let written: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).into();
        assert_eq!(
            written,
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"]
        );
    }
}
