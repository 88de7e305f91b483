//! A scorecard that was not looked at again when it should have been.

use jiff::ToSpan;

use super::card::{Card, Findings};

pub(super) const RULE: &str = "stale-review";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let (Some(today), Some(review)) = (card.as_of, &card.terms.review) else {
        return;
    };
    // Before the first review the contract's start is what the time runs from.
    let start = card.terms.contract.as_ref().map(|contract| contract.starts);
    let Some(last) = review.last.or(start) else { return };
    let due = last.saturating_add(i64::from(review.every_months).months());
    if today <= due {
        return;
    }
    findings.push(
        &[],
        card.place(&["review"], card.version.tree.span.at_start()),
        format!("the review of {due} has not taken place"),
        "is overdue",
        "review the scorecard and write the day as `last`".to_string(),
    );
}
