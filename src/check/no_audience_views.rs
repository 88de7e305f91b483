//! One report for everybody.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "no-audience-views";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let written = card.version.tree.at(["views"]).is_some();
    if card.terms.contract.is_some() && !written {
        findings.push(
            &[],
            card.section("title"),
            format!("`{}` does not say who gets a report of their own", card.terms.id),
            "has no `views`",
            "add `views: [operations, provider, leadership, finance]`".to_string(),
        );
    }
}
