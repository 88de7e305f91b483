//! Goals and ranges: whether a value is inside, and how far it is from the edge (language.md §3, §6).

use crate::quantity::{Quantity, Rational, Rounding, Unit};
use crate::resolve::terms::{Bound, Goal, Kpi, Range};

/// Whether `value` satisfies `goal`; the strictness is in the goal's word (§3).
pub fn holds(goal: &Goal, value: &Rational) -> bool {
    match goal {
        Goal::AtLeast(x) => *value >= x.number,
        Goal::Above(x) => *value > x.number,
        Goal::AtMost(x) => *value <= x.number,
        Goal::Below(x) => *value < x.number,
        Goal::Between(low, high) => *value >= low.number && *value <= high.number,
        Goal::WithinBand { of, by } => (value - &of.number).abs() <= by.number.abs(),
    }
}

/// Returns how far `value` lies on the good side of `goal`'s nearest edge; negative on the bad side.
///
/// The strictness of the goal's word plays no part: a value on the edge has a margin of 0.
pub fn margin(goal: &Goal, value: &Rational) -> Rational {
    match goal {
        Goal::AtLeast(x) | Goal::Above(x) => value - &x.number,
        Goal::AtMost(x) | Goal::Below(x) => &x.number - value,
        Goal::Between(low, high) => (value - &low.number).min(&high.number - value),
        Goal::WithinBand { of, by } => by.number.abs() - (value - &of.number).abs(),
    }
}

/// The single level that `goal` names, with `true` where higher is better; `None` for two-sided goals.
pub fn level(goal: &Goal) -> Option<(&Quantity, bool)> {
    match goal {
        Goal::AtLeast(x) | Goal::Above(x) => Some((x, true)),
        Goal::AtMost(x) | Goal::Below(x) => Some((x, false)),
        Goal::Between(..) | Goal::WithinBand { .. } => None,
    }
}

/// Whether `value` lies in `range`.
pub fn covers(range: &Range, value: &Rational) -> bool {
    let above = |bound: &Bound| *value > bound.value.number || (bound.inclusive && *value == bound.value.number);
    let below = |bound: &Bound| *value < bound.value.number || (bound.inclusive && *value == bound.value.number);
    range.from.as_ref().is_none_or(above) && range.to.as_ref().is_none_or(below)
}

/// Returns the value that is judged: the measured one, or rounded half away from zero to the decimals
/// that the contract writes (`compare_rounding`, §3).
///
/// Decimals are those of the number as people write it: of the percentage, of the seconds of a duration.
/// Every judgement (verdict, score, tier, margin) reads this one number, so that a KPI cannot be met and
/// yet score as if it were not.
pub(super) fn judged(kpi: &Kpi, value: &Rational) -> Rational {
    let Some(decimals) = kpi.compare_rounding else {
        return value.clone();
    };
    match kpi.unit {
        Unit::Percent => value.round(decimals.saturating_add(2), Rounding::HalfAwayFromZero),
        Unit::Duration => {
            let second = Rational::integer(crate::quantity::MICROS_PER_SECOND);
            let seconds = value.checked_div(&second).unwrap_or_default();
            &seconds.round(decimals, Rounding::HalfAwayFromZero) * &second
        }
        _ => value.round(decimals, Rounding::HalfAwayFromZero),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: i64) -> Quantity {
        Quantity::new(Rational::integer(n), Unit::Number)
    }

    #[test]
    fn each_word_decides_at_its_edge() {
        let edge = Rational::integer(5);
        assert!(holds(&Goal::AtLeast(number(5)), &edge));
        assert!(!holds(&Goal::Above(number(5)), &edge));
        assert!(holds(&Goal::AtMost(number(5)), &edge));
        assert!(!holds(&Goal::Below(number(5)), &edge));
        assert!(holds(&Goal::Between(number(5), number(6)), &edge));
        assert!(holds(&Goal::Between(number(4), number(5)), &edge));
        let band = Goal::WithinBand {
            of: number(10),
            by: number(5),
        };
        assert!(holds(&band, &edge));
        assert!(!holds(&band, &Rational::integer(4)));
        assert!(holds(&band, &Rational::integer(15)));
        assert!(!holds(&band, &Rational::integer(16)));
    }

    #[test]
    fn a_margin_is_positive_on_the_good_side() {
        let value = Rational::integer(7);
        assert_eq!(margin(&Goal::AtLeast(number(5)), &value), Rational::integer(2));
        assert_eq!(margin(&Goal::Below(number(5)), &value), Rational::integer(-2));
        assert_eq!(
            margin(&Goal::Between(number(5), number(8)), &value),
            Rational::integer(1)
        );
        let band = Goal::WithinBand {
            of: number(10),
            by: number(2),
        };
        assert_eq!(margin(&band, &value), Rational::integer(-1));
    }

    #[test]
    fn a_range_knows_whether_its_ends_are_inside() {
        let range = Range {
            from: Some(Bound {
                value: number(98),
                inclusive: true,
            }),
            to: Some(Bound {
                value: number(99),
                inclusive: false,
            }),
        };
        assert!(covers(&range, &Rational::integer(98)));
        assert!(!covers(&range, &Rational::integer(99)));
        assert!(!covers(&range, &Rational::integer(97)));
        assert!(covers(&Range::default(), &Rational::integer(-1)));
    }
}
