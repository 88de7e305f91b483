//! A target that nobody can compare with where things stood before.

use super::card::{Card, Findings, family};

pub(super) const RULE: &str = "no-baseline";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let without = card
        .judged()
        .filter(|kpi| kpi.baseline.is_none() && kpi.benchmark.is_none());
    for kpi in Card::families(without) {
        findings.about(
            kpi,
            card.field(kpi, "target"),
            format!("the target of `{}` rests on no baseline", family(kpi)),
            "nothing to compare it with",
            "measure before you promise: add `baseline: { value: …, over: DATE..DATE, source: … }`, or a `benchmark`"
                .to_string(),
        );
    }
}
