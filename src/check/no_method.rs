//! A value that comes from elsewhere, and no word of how it is made there.

use super::card::{Card, Findings, family};
use crate::resolve::terms::Measure;

pub(super) const RULE: &str = "no-method";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let opaque = card.judged().filter(|kpi| {
        let elsewhere = matches!(kpi.measure, Measure::Value { .. } | Measure::Attested);
        elsewhere && kpi.description.is_none()
    });
    for kpi in Card::families(opaque) {
        findings.about(
            kpi,
            card.field(kpi, "measure"),
            format!("nothing says how the value of `{}` comes about", family(kpi)),
            "made elsewhere",
            "say in `description` what is counted, over which rows, and by whom".to_string(),
        );
    }
}
