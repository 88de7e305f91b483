//! Speed that nothing holds against quality.

use super::card::{Card, Findings, family};
use crate::resolve::terms::{Function, Measure, Operand};

pub(super) const RULE: &str = "unpaired-speed";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let fast = card.judged().filter(|kpi| {
        let speed = match &kpi.measure {
            Measure::OnTime { .. } => true,
            Measure::Aggregate { function, of, .. } => {
                matches!(of, Operand::Clock { .. }) && !matches!(function, Function::Sum)
            }
            _ => false,
        };
        speed && kpi.guardrail.is_none()
    });
    for kpi in Card::families(fast) {
        findings.about(
            kpi,
            card.named(kpi),
            format!("`{}` rewards speed, and nothing watches quality", family(kpi)),
            "has no `guardrail`",
            "pair it with a KPI of quality: `guardrail: { kpi: reopen-rate, effect: not_met }` (or `effect: report`)"
                .to_string(),
        );
    }
}
