//! A KPI that is better the more is done, whatever comes of it.

use super::card::{Card, Findings, edge, family};
use crate::resolve::terms::Measure;

pub(super) const RULE: &str = "outcome-not-task";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let busy = card.judged().filter(|kpi| {
        let counts = matches!(kpi.measure, Measure::Count { .. } | Measure::Distinct { .. });
        counts && matches!(kpi.target.as_ref().and_then(edge), Some((_, true)))
    });
    for kpi in Card::families(busy) {
        findings.about(
            kpi,
            card.field(kpi, "measure"),
            format!("`{}` is better the more is done, whatever comes of it", family(kpi)),
            "counts activity",
            "measure what the activity is for, such as the share that succeeded".to_string(),
        );
    }
}
