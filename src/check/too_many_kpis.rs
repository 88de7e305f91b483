//! More KPIs than anybody looks at.

use super::card::{Card, Findings};

pub(super) const RULE: &str = "too-many-kpis";

/// Above this many judged KPIs, rows of `each` counted as one.
const MANY: usize = 20;

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let judged = Card::families(card.judged()).count();
    if judged > MANY {
        findings.push(
            &[],
            card.section("kpis"),
            format!(
                "`{}` judges {judged} KPIs: nobody steers by more than {MANY}",
                card.terms.id
            ),
            "too many to steer by",
            "keep those that somebody acts on; show the rest without a target".to_string(),
        );
    }
}
