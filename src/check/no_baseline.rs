//! A target that nobody can compare with where things stood before.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-baseline";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let without = card
        .judged()
        .filter(|kpi| kpi.baseline.is_none() && kpi.benchmark.is_none());
    findings.about_all(
        Card::families(without),
        |n| match n {
            1 => "the target of a KPI rests on no baseline".to_string(),
            n => format!("the targets of {n} KPIs rest on no baseline"),
        },
        "nothing to compare its target with",
        "measure before you promise: add `baseline: { value: …, over: DATE..DATE, source: … }`, or a `benchmark`",
    );
}
