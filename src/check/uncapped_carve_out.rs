//! The provider's own maintenance without a limit.

use super::card::{Card, Findings};
use crate::resolve::terms::CarveOutBy;

pub(super) const RULE: &str = "uncapped-carve-out";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for carve_out in card.terms.carve_outs.values() {
        let used = card.kpis().any(|kpi| kpi.carve_outs.contains(&carve_out.id));
        let by_time = matches!(carve_out.by, CarveOutBy::Schedule { .. } | CarveOutBy::Claims);
        let providers = carve_out.cause.as_deref() == Some("provider");
        if used && by_time && providers && carve_out.cap.is_none() {
            findings.push(
                &["carve_outs", &carve_out.id],
                carve_out.declared_at,
                format!(
                    "`{}` may excuse any amount of the provider's own downtime",
                    carve_out.id
                ),
                "has no cap",
                "add `cap: { hours: 12, per: month, counts: windows }` (or `counts: downtime`)".to_string(),
            );
        }
    }
}
