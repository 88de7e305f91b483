//! An earn-back that takes longer than the contract runs.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "earn-back-cannot-finish";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let (Some(rule), Some(contract)) = (&card.terms.consequences.earn_back, &card.terms.contract) else {
        return;
    };
    let Some(ends) = contract.ends else { return };
    let scheme = card.terms.period;
    // A credit of the first period has all later ones to be earned back in.
    let later = scheme.containing(ends).since(scheme.containing(contract.starts));
    if i64::from(later) >= i64::from(rule.over) {
        return;
    }
    findings.about_contract(
        card.place(&["consequences", "earn_back"], card.version.tree.span.at_start()),
        format!(
            "an earn-back over {} periods cannot finish: the contract has {} after its first",
            rule.over,
            later.max(0)
        ),
        "longer than the contract",
        "shorten `over`".to_string(),
    );
}
