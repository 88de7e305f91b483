//! Credits without any limit.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-credit-cap";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let Some(contract) = &card.terms.contract else { return };
    if contract.at_risk.is_some() || card.terms.consequences.rolling_cap.is_some() {
        return;
    }
    let uncapped = card
        .kpis()
        .find_map(|kpi| kpi.credit.as_ref().filter(|credit| credit.cap.is_none()));
    if let Some(credit) = uncapped {
        findings.about_contract(
            credit.span,
            "nothing limits what a period's credits may sum to".to_string(),
            "pays without a limit",
            "add `at_risk: 12%` to the contract, or `caps` under `consequences`".to_string(),
        );
    }
}
