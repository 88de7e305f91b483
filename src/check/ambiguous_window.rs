//! A credit on a value that reaches over several periods.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "ambiguous-window";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in Card::families(card.judged().filter(|kpi| kpi.window > 1 && kpi.credit.is_some())) {
        findings.about(
            kpi,
            card.field(kpi, "window"),
            format!("one bad period may pay the credit of `{}` {} times", kpi.id, kpi.window),
            "reaches over several periods",
            "pay on the value of the period alone, or limit the credits with `caps`".to_string(),
        );
    }
}
