//! A credit that rests on somebody's statement.

use super::card::{Card, Findings, family};
use crate::resolve::terms::Measure;

pub(super) const RULE: &str = "manual-source";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in Card::families(card.judged().filter(|kpi| kpi.measure == Measure::Attested)) {
        findings.about(
            kpi,
            card.field(kpi, "measure"),
            format!("`{}` is what a person says it is", family(kpi)),
            "nobody can measure it again",
            "measure it from a source; where that cannot be, let the other party approve each statement".to_string(),
        );
    }
}
