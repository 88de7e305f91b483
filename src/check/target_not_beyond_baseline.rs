//! A target that the baseline reaches already.

use super::card::{Card, Findings};
use crate::quantity::Rational;
use crate::resolve::terms::Goal;

pub(super) const RULE: &str = "target-not-beyond-baseline";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in card.judged() {
        let (Some(target), Some(baseline)) = (&kpi.target, &kpi.baseline) else {
            continue;
        };
        if !reaches(target, &baseline.value.number) {
            continue;
        }
        findings.about_both(
            kpi,
            (card.field(kpi, "target"), "asks for no more than there was"),
            (card.field(kpi, "baseline"), "reaches the target"),
            format!(
                "the target of `{}` is no better than its baseline of {}",
                kpi.id,
                baseline.value.display(kpi.decimals)
            ),
            "set a target beyond the baseline, or accept the finding with the reason why holding it is enough"
                .to_string(),
        );
    }
}

/// Whether `value` satisfies a goal that has a better side; of a range nothing is beyond.
fn reaches(goal: &Goal, value: &Rational) -> bool {
    match goal {
        Goal::AtLeast(x) | Goal::Above(x) => *value >= x.number,
        Goal::AtMost(x) | Goal::Below(x) => *value <= x.number,
        Goal::Between(..) | Goal::WithinBand { .. } => false,
    }
}
