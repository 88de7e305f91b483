//! Caps on a period's credits, exact to the minor unit (language.md §6, "Order").

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::Zero;

use super::draft::Draft;
use super::memory::Memory;
use super::outcome::CapStep;
use crate::quantity::{Period, Rational, Rounding};
use crate::resolve::terms::RollingCap;

/// Cuts whole units so that they sum to `limit`: floored pro rata, the remaining units by largest remainder,
/// ties in order. No amount grows, and what is within the limit stays as it is.
pub(super) fn cut(units: &[BigInt], limit: &BigInt) -> Vec<BigInt> {
    let total: BigInt = units.iter().sum();
    if total <= *limit {
        return units.to_vec();
    }
    if *limit <= BigInt::zero() {
        return vec![BigInt::zero(); units.len()];
    }
    let (mut floors, remainders): (Vec<BigInt>, Vec<BigInt>) =
        units.iter().map(|unit| (unit * limit).div_mod_floor(&total)).unzip();
    let left = limit - floors.iter().sum::<BigInt>();
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by(|&a, &b| remainders[b].cmp(&remainders[a]));
    let left = usize::try_from(left).expect("fewer units are left than there are lines");
    for &i in order.iter().take(left) {
        floors[i] += 1;
    }
    floors
}

/// Applies a cap of `limit` (rounded down to the minor unit) to the credits.
pub(super) fn apply(drafts: &mut [Draft<'_>], name: &str, limit: &Rational, minor_units: u32) -> CapStep {
    let limit = limit.max(&Rational::zero()).scaled(minor_units, Rounding::Floor);
    let units: Vec<BigInt> = drafts.iter().map(|draft| draft.units.clone()).collect();
    let after = cut(&units, &limit);
    let money = |units: BigInt| Rational::from_decimal(units, minor_units);
    let step = CapStep {
        name: name.to_string(),
        limit: money(limit),
        before: money(units.iter().sum()),
        after: money(after.iter().sum()),
    };
    for ((draft, before), after) in drafts.iter_mut().zip(units).zip(after) {
        if after < before {
            draft.line.remark = Some(format!(
                "cut by the {name} of {}",
                super::wording::money(&step.limit, minor_units)
            ));
            draft.units = after;
        }
    }
    step
}

/// Returns what a rolling cap leaves for `period`: a share of the charges over its periods, less the credits
/// granted in the earlier ones (language.md §6, `caps.rolling`).
///
/// A credit that was earned back still counts, for nothing says that the cap refills; one that nobody asked
/// for in time was never due and does not.
///
/// Before that many periods have passed, `projected` takes the current (whole) charge for all of them,
/// `to_date` the charges so far. `None` where a charge is not known.
pub(super) fn rolling(
    cap: &RollingCap,
    memory: &Memory<'_>,
    period: Period,
    charge: Option<&Rational>,
    whole_charge: Option<&Rational>,
) -> Option<Rational> {
    let earlier: Vec<_> = memory
        .accounts_back(period, cap.over)
        .filter(|(earlier, account)| *earlier != period && account.in_force)
        .collect();
    let passed = u32::try_from(earlier.len()).unwrap_or(u32::MAX).saturating_add(1);
    let charges = if passed < cap.over && cap.projected {
        whole_charge? * &Rational::integer(cap.over)
    } else {
        earlier
            .iter()
            .map(|(_, account)| account.charge.clone())
            .chain(std::iter::once(charge.cloned()))
            .sum::<Option<Rational>>()?
    };
    let today = period.last_day();
    let spent: Rational = earlier
        .iter()
        .flat_map(|(_, account)| &account.credits)
        .filter(|credit| credit.lapses.is_none_or(|last| last >= today))
        .map(|credit| credit.amount.clone())
        .sum();
    Some(&charges * &cap.at_most - spent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(amounts: &[i64]) -> Vec<BigInt> {
        amounts.iter().map(|&amount| BigInt::from(amount)).collect()
    }

    #[test]
    fn remaining_units_go_by_largest_remainder_ties_in_order() {
        // 2,000.00 three times, cut to 4,000.00: 1,333.33 each and one unit left.
        assert_eq!(
            cut(&units(&[200_000, 200_000, 200_000]), &BigInt::from(400_000)),
            units(&[133_334, 133_333, 133_333])
        );
        // 1 and 2 of 3 units to 2: 0.67 and 1.33, so the unit left goes to the first.
        assert_eq!(cut(&units(&[1, 2]), &BigInt::from(2)), units(&[1, 1]));
        assert_eq!(cut(&units(&[5, 5]), &BigInt::from(10)), units(&[5, 5]));
        assert_eq!(cut(&units(&[5, 5]), &BigInt::from(-1)), units(&[0, 0]));
    }

    proptest! {
        #[test]
        fn a_cut_conserves_the_limit_and_raises_no_line(
            amounts in prop::collection::vec(0i64..1_000_000_000, 0..12),
            limit in 0i64..2_000_000_000,
        ) {
            let before = units(&amounts);
            let after = cut(&before, &BigInt::from(limit));
            let total: BigInt = before.iter().sum();
            prop_assert_eq!(after.iter().sum::<BigInt>(), total.min(BigInt::from(limit)));
            for (before, after) in before.iter().zip(&after) {
                prop_assert!(after <= before && *after >= BigInt::zero());
            }
        }
    }
}
