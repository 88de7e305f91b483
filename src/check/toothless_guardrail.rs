//! A guardrail that can never be missed.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "toothless-guardrail";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in card.judged() {
        let guard = kpi
            .guardrail
            .as_ref()
            .and_then(|guardrail| card.terms.kpis.get(&guardrail.kpi));
        let Some(guard) = guard.filter(|guard| guard.target.is_none() || guard.retired.is_some()) else {
            continue;
        };
        let why = if guard.target.is_none() {
            "has no target"
        } else {
            "is retired"
        };
        findings.about_both(
            kpi,
            (card.field(kpi, "guardrail"), "never acts"),
            (guard.declared_at, why),
            format!(
                "the guardrail `{}` of `{}` {why}: it can never be missed",
                guard.id, kpi.id
            ),
            format!("give `{}` a target, or name another KPI", guard.id),
        );
    }
}
