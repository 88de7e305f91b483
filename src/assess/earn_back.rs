//! Credits that come back to the provider (language.md §6, `earn_back`).

use super::draft::Scene;
use super::in_force;
use super::memory::{Granted, Mark, Memory};
use super::outcome::{LineKind, MoneyLine, Verdict};
use super::wording;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::EarnBack;

/// A line and the credit it returns: the period and the KPI's id before any renaming.
#[derive(Debug)]
pub(super) struct Returned {
    pub(super) line: MoneyLine,
    pub(super) credit: (Period, String),
}

/// Returns a line for each earlier credit that is earned back in this period, oldest first.
///
/// A credit waits for `over` later periods in which its KPI was judged; periods without a verdict are skipped.
/// At the contract's end what is still waiting lapses, or is tested on the periods there were.
pub(super) fn lines(scene: Scene<'_>, memory: &Memory<'_>) -> Vec<Returned> {
    let Some(rule) = &scene.terms.consequences.earn_back else {
        return Vec::new();
    };
    let period = scene.period;
    let last = !rule.lapse && in_force::is_last(scene.timeline, period);
    let mut found: Vec<Returned> = memory
        .outstanding(period)
        .filter(|(_, credit)| credit.lapses.is_none_or(|day| day >= period.last_day()))
        .filter_map(|(granted_in, credit)| {
            let later = later(memory, &credit.kpi, granted_in, period, rule.over);
            let complete = later.len() >= rule.over as usize || (last && !later.is_empty());
            (complete && earned(rule, &later)).then(|| returned(scene, memory, granted_in, credit, later.len()))
        })
        .collect();
    found.reverse();
    found
}

/// The first `over` judged periods after the credit's.
fn later<'m>(memory: &'m Memory<'_>, kpi: &str, granted_in: Period, period: Period, over: u32) -> Vec<&'m Mark<'m>> {
    let mut later: Vec<&Mark<'_>> = memory
        .back(kpi, period, Some(granted_in.offset(1)))
        .filter_map(|(_, mark)| mark.filter(|mark| mark.counted))
        .collect();
    later.reverse();
    later.truncate(over as usize);
    later
}

fn earned(rule: &EarnBack, later: &[&Mark<'_>]) -> bool {
    let forbidden = |verdict| match verdict {
        Verdict::Default => rule.forbid_default,
        Verdict::BelowTarget => rule.forbid_below_target,
        _ => false,
    };
    if later.iter().any(|mark| forbidden(mark.verdict)) {
        return false;
    }
    if rule.every_period {
        return later.iter().all(|mark| mark.verdict == Verdict::Met);
    }
    // The mean is not negative exactly when the sum is not; a period without a margin has no mean.
    later
        .iter()
        .map(|mark| mark.margin())
        .sum::<Option<Rational>>()
        .is_some_and(|sum| !sum.is_negative())
}

fn returned(scene: Scene<'_>, memory: &Memory<'_>, granted_in: Period, credit: &Granted, periods: usize) -> Returned {
    let current = scene
        .terms
        .kpis
        .keys()
        .find(|id| memory.root(id) == credit.kpi)
        .cloned()
        .unwrap_or_else(|| credit.kpi.clone());
    let mut line = MoneyLine::new(LineKind::EarnBack, &current);
    line.exact = -credit.amount.clone();
    line.amount = line.exact.clone();
    line.of_period = Some(granted_in);
    line.provisional = credit.provisional;
    line.working = format!(
        "credit of {granted_in}, {}, after {}",
        wording::money(&credit.amount, scene.contract.minor_units),
        wording::count(periods as u64, "later period", "later periods"),
    );
    Returned {
        line,
        credit: (granted_in, credit.kpi.clone()),
    }
}
