//! A contract that no failure ends.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-exit";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let Some(credit) = card.kpis().find_map(|kpi| kpi.credit.as_ref()) else {
        return;
    };
    let triggers = &card.terms.consequences.triggers;
    if card.terms.contract.is_some() && triggers.values().all(|trigger| trigger.right.is_none()) {
        findings.about_contract(
            card.place(&["consequences"], credit.span),
            "however often it fails, no party may leave the contract".to_string(),
            "no trigger gives a right",
            "add `triggers: { terminate: { when: { count: 3, within: 6 periods, verdict: default }, right: customer, clause: … } }` under `consequences`".to_string(),
        );
    }
}
