//! What a good value earns the provider (language.md §6, `bonus`), outside the caps.

use super::outcome::{LineKind, MoneyLine, Verdict};
use super::purse::Purse;
use super::verdict::Judged;
use super::{goal, wording};
use crate::quantity::{Rational, Rounding};
use crate::resolve::terms::TierTest;

/// Returns the bonus line of a KPI, if it earns one: the highest tier that its value reaches, once.
///
/// A KPI that has a target earns a bonus only when it is met and counts: a value reached at the cost of its
/// guardrail earns nothing, nor does one over too few rows or in the burn-in.
pub(super) fn line(one: &Judged<'_>, purse: &Purse<'_>, minor_units: u32) -> Option<MoneyLine> {
    let bonus = one.kpi.bonus.as_ref()?;
    let value = one.judged.as_ref()?;
    if one.kpi.target.is_some() && !(one.counts && one.verdict == Verdict::Met) {
        return None;
    }
    let tier = bonus
        .tiers
        .iter()
        .filter(|tier| matches!(&tier.when, TierTest::Value(range) if goal::covers(range, value)))
        .reduce(|best, tier| if tier.pays > best.pays { tier } else { best })?;
    let mut line = MoneyLine::new(LineKind::Bonus, &one.kpi.id);
    line.provisional = one.provisional();
    match purse.base(&bonus.of, &one.kpi.id) {
        Ok(base) => {
            line.exact = &base.amount * &tier.pays;
            line.amount = line.exact.round(minor_units, Rounding::HalfAwayFromZero);
            line.working = format!("{} × {}", base.text, wording::percent(&tier.pays));
        }
        Err(why) => {
            line.amount = Rational::zero();
            line.remark = Some(why);
            line.provisional = true;
        }
    }
    Some(line)
}
