//! A target that a single failure misses.

use super::card::{Card, Findings, edge};
use crate::quantity::{Rational, Unit};
use crate::resolve::terms::Measure;

pub(super) const RULE: &str = "perfection-target";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in card.judged() {
        let share = matches!(
            kpi.measure,
            Measure::Ratio { .. } | Measure::OnTime { .. } | Measure::Availability { .. } | Measure::Probes { .. }
        );
        let Some((level, higher)) = kpi.target.as_ref().and_then(edge) else {
            continue;
        };
        let perfect = if higher {
            level.number >= Rational::one()
        } else {
            level.number <= Rational::zero()
        };
        if !(share && kpi.unit == Unit::Percent && perfect) {
            continue;
        }
        findings.about(
            kpi,
            card.field(kpi, "target"),
            format!("`{}` is missed by a single failure", kpi.id),
            "leaves no room",
            "leave room for one failure in a usual period, or count the failures themselves with `count`".to_string(),
        );
    }
}
