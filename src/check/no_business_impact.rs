//! Credits, and no word of what a miss costs the business.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-business-impact";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let paying = || card.kpis().filter(|kpi| kpi.credit.is_some());
    if paying().any(|kpi| kpi.impact.is_some()) {
        return;
    }
    findings.about_all(
        Card::families(paying()),
        |_| "nothing says what a miss costs the business".to_string(),
        "has a credit and no `impact`",
        "add `impact: { per: 1h of net downtime, costs: 12500.00, as: lost production }` where it hurts most",
    );
}
