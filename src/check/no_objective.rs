//! KPIs that serve no objective, on a card that has objectives.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-objective";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    if card.terms.objectives.is_empty() {
        return;
    }
    findings.about_all(
        Card::families(card.judged().filter(|kpi| kpi.objective.is_none())),
        |n| match n {
            1 => "a KPI serves none of the objectives".to_string(),
            n => format!("{n} KPIs serve none of the objectives"),
        },
        "has no `objective`",
        "add `objective: …` with an id under `objectives`, or ask what the KPI is for",
    );
}
