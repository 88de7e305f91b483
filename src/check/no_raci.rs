//! KPIs of which nobody but the owner knows.

use super::card::{Card, Findings};
use crate::resolve::terms::Raci;

pub(super) const RULE: &str = "no-raci";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    if card.terms.contract.is_none() {
        return;
    }
    let alone = card
        .judged()
        .filter(|kpi| kpi.credit.is_some() && kpi.raci == Raci::default());
    findings.about_all(
        Card::families(alone),
        |n| match n {
            1 => "a KPI with a credit does not say who does the work and who is told".to_string(),
            n => format!("{n} KPIs with a credit do not say who does the work and who is told"),
        },
        "has no `raci`",
        "add `raci: { responsible: …, consulted: […], informed: […] }`",
    );
}
