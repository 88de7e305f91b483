//! A guardrail that can never be missed.

use super::card::{Card, Findings};
use crate::resolve::terms::Kpi;

pub(super) const RULE: &str = "toothless-guardrail";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in card.judged() {
        let named = kpi
            .guardrail
            .iter()
            .flat_map(|guardrail| card.terms.kpis_named(&guardrail.kpi));
        let guards: Vec<_> = named.filter_map(|id| card.terms.kpis.get(&id)).collect();
        let toothless = |guard: &Kpi| guard.target.is_none() || guard.retired.is_some();
        let Some(guard) = guards.first().filter(|_| guards.iter().all(|guard| toothless(guard))) else {
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
