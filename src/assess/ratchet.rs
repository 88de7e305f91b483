//! A proposal to raise a level that is reached all the time (language.md §6, `ratchet`); no money.

use super::memory::{Memory, window};
use super::outcome::{LineKind, MoneyLine};
use super::verdict::Judged;
use super::{goal, wording};
use crate::quantity::{Period, Quantity, Rational};

/// Returns the proposal of a KPI, if every one of the last `over` periods was strictly beyond the level that
/// is in force now: (level + mean) / 2.
///
/// A period without a verdict is no evidence of being beyond, so there is no proposal over it.
pub(super) fn line(one: &Judged<'_>, memory: &Memory<'_>, period: Period) -> Option<MoneyLine> {
    let over = one.kpi.ratchet?;
    let (level, higher) = goal::level(one.kpi.target.as_ref()?)?;
    let root = memory.root(&one.kpi.id);
    let mut sum = Rational::zero();
    let mut periods = 0;
    for (_, mark) in memory.back(root, period, Some(window(period, over))) {
        let value = mark.filter(|mark| mark.counted)?.value.as_ref()?;
        let beyond = if higher {
            *value > level.number
        } else {
            *value < level.number
        };
        if !beyond {
            return None;
        }
        sum = sum + value.clone();
        periods += 1;
    }
    if periods < over {
        return None;
    }
    let mean = sum.checked_div(&Rational::integer(periods))?;
    let proposed = (&level.number + &mean).checked_div(&Rational::integer(2))?;
    let written = |value: &Rational| wording::value(value, one.kpi.unit);
    let mut line = MoneyLine::new(LineKind::Ratchet, &one.kpi.id);
    line.working = format!(
        "({} + {}) ÷ 2 = {}",
        written(&level.number),
        written(&mean),
        written(&proposed)
    );
    line.remark = Some(format!("every one of {over} periods was beyond the level: a proposal"));
    line.provisional = one.provisional();
    line.level = Some(Quantity::new(proposed, one.kpi.unit));
    Some(line)
}
