//! A KPI that pays a credit and says nothing of what is done about a miss.

use super::card::{Card, Findings, family};

pub(super) const RULE: &str = "no-action-path";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let silent = card
        .judged()
        .filter(|kpi| kpi.credit.is_some() && kpi.on_miss.is_none());
    for kpi in Card::families(silent) {
        findings.about(
            kpi,
            card.named(kpi),
            format!("a miss of `{}` costs money and leads to nothing else", family(kpi)),
            "has no `on_miss`",
            "add `on_miss: { action: …, owner: …, notify: […] }`".to_string(),
        );
    }
}
