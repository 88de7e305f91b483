//! Credits, and nobody is told when misses pile up.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-escalation-path";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let Some(credit) = card.kpis().find_map(|kpi| kpi.credit.as_ref()) else {
        return;
    };
    let triggers = &card.terms.consequences.triggers;
    if triggers.values().all(|trigger| trigger.notify.is_empty()) {
        findings.about_contract(
            card.place(&["consequences"], credit.span),
            "misses may repeat and nobody is told".to_string(),
            "no trigger notifies anybody",
            "add `triggers: { escalate: { when: { consecutive: 2, kpis: with_credit, verdict: default }, notify: [sdm] } }` under `consequences`".to_string(),
        );
    }
}
