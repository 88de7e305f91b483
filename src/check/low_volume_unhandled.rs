//! A share of few rows that pays a credit.

use super::card::{Card, Findings, family};
use crate::resolve::terms::Measure;

pub(super) const RULE: &str = "low-volume-unhandled";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let exposed = card.judged().filter(|kpi| {
        let of_rows = matches!(kpi.measure, Measure::Ratio { .. } | Measure::OnTime { .. });
        of_rows && kpi.credit.is_some() && kpi.min_sample.is_none() && kpi.low_volume.is_empty()
    });
    for kpi in Card::families(exposed) {
        findings.about(
            kpi,
            card.named(kpi),
            format!("in a quiet period one miss decides `{}` and its credit", family(kpi)),
            "says nothing of few rows",
            "add `min_sample: 20`, or say how many misses are allowed: `low_volume: [{ up_to: 10, allowed_misses: 1 }]`"
                .to_string(),
        );
    }
}
