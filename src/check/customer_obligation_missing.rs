//! Time that the customer's doing excuses, and no word of what the customer must do.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "customer-obligation-missing";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    if card.terms.contract.is_none() || !card.terms.obligations.is_empty() {
        return;
    }
    let by_customer = |cause: &Option<String>| cause.as_deref() == Some("customer");
    if let Some(carve_out) = card.terms.carve_outs.values().find(|one| by_customer(&one.cause)) {
        findings.push(
            &["carve_outs", &carve_out.id],
            carve_out.declared_at,
            format!(
                "`{}` excuses what the customer fails to do, and nothing says what that is",
                carve_out.id
            ),
            "caused by the customer",
            "add `obligations: { id: { title: …, owner: …, due: … } }`".to_string(),
        );
    }
}
