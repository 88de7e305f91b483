//! A value that is shown, or compared, with fewer decimals than its target has.

use super::card::{Card, Findings};
use crate::quantity::{Quantity, Rounding, Unit};
use crate::resolve::terms::Goal;

pub(super) const RULE: &str = "rounding-hides-miss";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in card.judged() {
        let goals = [("target", &kpi.target), ("minimum", &kpi.minimum)];
        let named = goals
            .into_iter()
            .filter_map(|(name, goal)| Some((name, goal.as_ref()?)));
        let coarse = |decimals: u32| {
            named
                .clone()
                .find(|(_, goal)| edges(goal).into_iter().any(|edge| !fits(edge, decimals)))
        };
        let (field, name) = match (kpi.compare_rounding.and_then(coarse), coarse(kpi.decimals)) {
            (Some((name, _)), _) => ("compare_rounding", name),
            (None, Some((name, _))) => ("decimals", name),
            (None, None) => continue,
        };
        let verb = if field == "decimals" { "shown" } else { "compared" };
        findings.about_both(
            kpi,
            (card.field(kpi, field), "fewer decimals than that"),
            (card.field(kpi, name), "has more"),
            format!("`{}` is {verb} with fewer decimals than its {name} has", kpi.id),
            format!("write as many decimals in `{field}` as the {name} needs"),
        );
    }
}

fn edges(goal: &Goal) -> Vec<&Quantity> {
    match goal {
        Goal::AtLeast(x) | Goal::Above(x) | Goal::AtMost(x) | Goal::Below(x) => vec![x],
        Goal::Between(low, high) => vec![low, high],
        Goal::WithinBand { of, by } => vec![of, by],
    }
}

/// Whether `decimals` decimals write the value exactly.
fn fits(value: &Quantity, decimals: u32) -> bool {
    let number = &value.number;
    match value.unit {
        Unit::Percent => number.round(decimals + 2, Rounding::Floor) == *number,
        Unit::Duration => true,
        Unit::Days | Unit::Money | Unit::Number | Unit::Count => number.round(decimals, Rounding::Floor) == *number,
    }
}
