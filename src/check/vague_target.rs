//! A KPI that has weight and nothing to reach.

use super::card::{Card, Findings, family};

pub(super) const RULE: &str = "vague-target";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let aimless = card.kpis().filter(|kpi| {
        let weighs = !kpi.effective_weight.is_zero() && !kpi.effective_weight.is_negative();
        kpi.target.is_none() && (weighs || kpi.credit.is_some())
    });
    for kpi in Card::families(aimless) {
        findings.about(
            kpi,
            card.named(kpi),
            format!(
                "`{}` has a weight and nothing to reach: it is shown and never scored",
                family(kpi)
            ),
            "has no `target`",
            "add `target: { at_least: … }`, or take its weight away".to_string(),
        );
    }
}
