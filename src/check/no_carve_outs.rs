//! A contract that pays for downtime whoever caused it.

use super::card::{Card, Findings, family};
use crate::resolve::terms::Measure;

pub(super) const RULE: &str = "no-carve-outs";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let exposed = card.judged().filter(|kpi| {
        let by_time = matches!(kpi.measure, Measure::Availability { .. } | Measure::Failures { .. });
        by_time && kpi.credit.is_some() && kpi.carve_outs.is_empty()
    });
    for kpi in Card::families(exposed) {
        findings.about(
            kpi,
            card.named(kpi),
            format!("`{}` pays for every outage, also for what the customer causes", family(kpi)),
            "has no `carve_outs`",
            "agree on planned maintenance, the customer's own doing and force majeure under `carve_outs`, and list them \
             here"
                .to_string(),
        );
    }
}
