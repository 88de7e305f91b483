//! KPIs that say a number and not why it matters.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-context";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let bare = card
        .judged()
        .filter(|kpi| kpi.description.is_none() && kpi.objective.is_none() && kpi.benchmark.is_none());
    findings.about_all(
        Card::families(bare),
        |n| match n {
            1 => "a KPI does not say why its number matters".to_string(),
            n => format!("{n} KPIs do not say why their numbers matter"),
        },
        "has no `description`, `objective` or `benchmark`",
        "add a `description` for those who read the report and not the contract",
    );
}
