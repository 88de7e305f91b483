//! Time that is excused on somebody's word.

use super::card::{Card, Findings};
use crate::resolve::terms::CarveOutBy;

pub(super) const RULE: &str = "carve-out-without-evidence";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for carve_out in card.terms.carve_outs.values() {
        let unproven = !carve_out.needs.evidence && !carve_out.needs.approval;
        if carve_out.by == CarveOutBy::Claims && unproven {
            findings.push(
                &["carve_outs", &carve_out.id],
                carve_out.declared_at,
                format!("a claim of `{}` needs neither evidence nor approval", carve_out.id),
                "excuses on a claim alone",
                "add `needs: [evidence, approval]`".to_string(),
            );
        }
    }
}
