//! A KPI that nobody is accountable for.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-owner";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in Card::families(card.judged().filter(|kpi| kpi.owner.is_none())) {
        findings.about(
            kpi,
            card.named(kpi),
            format!("nobody is accountable for `{}`", super::card::family(kpi)),
            "has no owner",
            "add `owner: …` with the id of one person under `people`".to_string(),
        );
    }
}
