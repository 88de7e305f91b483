//! What follows from verdicts.

use super::{Absent, Case, Verdict, only};
use crate::diff::change::Effect;
use crate::resolve::terms::{Id, SingleIncident, Terms, TriggerWhen};

/// The customer's choice is at most the highest, the highest at most the sum.
pub(in crate::diff) fn single_incident(case: &Case<'_>) -> Verdict {
    let rank = |terms: &Terms| match terms.consequences.single_incident {
        Some(SingleIncident::CustomerSelects) => 0,
        Some(SingleIncident::Highest) => 1,
        Some(SingleIncident::Sum) | None => 2,
    };
    only(match rank(case.after).cmp(&rank(case.before)) {
        std::cmp::Ordering::Greater => Effect::Tightened,
        std::cmp::Ordering::Less => Effect::Loosened,
        std::cmp::Ordering::Equal => Effect::Neutral,
    })
}

/// Fewer misses within more periods make more defaults.
pub(in crate::diff) fn default_after(case: &Case<'_>) -> Verdict {
    let of = |terms: &Terms| terms.consequences.default_after;
    only(match (of(case.before), of(case.after)) {
        (None, Some(_)) => Effect::Tightened,
        (Some(_), None) => Effect::Loosened,
        (Some((misses, within)), Some((now, over))) if now <= misses && over >= within => Effect::Tightened,
        (Some((misses, within)), Some((now, over))) if now >= misses && over <= within => Effect::Loosened,
        (Some(_), Some(_)) => Effect::Mixed,
        (None, None) => return None,
    })
}

/// What gives credits back sooner or more often loosens.
pub(in crate::diff) fn earn_back(case: &Case<'_>) -> Verdict {
    let field = case.path.last().map(String::as_str);
    only(match (field, case.new) {
        // Fewer periods are looked at: less can go wrong, and less can make up for it.
        (Some("over"), _) => match &case.after.consequences.earn_back {
            Some(earn_back) if earn_back.every_period => match case.grows(Absent::Unknown) {
                Some(true) => Effect::Tightened,
                Some(false) => Effect::Loosened,
                None => Effect::Indeterminate,
            },
            _ => Effect::Indeterminate,
        },
        // Every period met is a mean margin of at least 0, not the other way round.
        (Some("test"), Some(new)) if new.text == "mean_margin" => Effect::Loosened,
        (Some("test"), Some(_)) => Effect::Tightened,
        (Some("default" | "below_target" | "lapse"), Some(_)) => Effect::Tightened,
        (Some("default" | "below_target" | "lapse"), None) => Effect::Loosened,
        _ => Effect::Indeterminate,
    })
}

/// What a trigger counts: more of it completes the trigger sooner.
pub(in crate::diff) fn counted(case: &Case<'_>) -> Verdict {
    let of = |terms: &'_ Terms| {
        let trigger = case.path.get(2).and_then(|id| terms.consequences.triggers.get(id))?;
        match &trigger.when {
            TriggerWhen::Consecutive { counting, .. } | TriggerWhen::Count { counting, .. } => Some(counting.clone()),
            TriggerWhen::CapReached => None,
        }
    };
    let (Some(before), Some(after)) = (of(case.before), of(case.after)) else {
        return only(Effect::Indeterminate);
    };
    let all_of = |inner: &[Id], outer: &[Id]| inner.iter().all(|id| outer.contains(id));
    only(
        match (case.path.last().map(String::as_str), &before.kpis, &after.kpis) {
            (Some("verdict"), ..) if after.below_target => Effect::Tightened,
            (Some("verdict"), ..) => Effect::Loosened,
            // A count that mixes KPIs is never below that of one of them.
            (Some("same_kpi"), ..) if after.same_kpi => Effect::Loosened,
            (Some("same_kpi"), ..) => Effect::Tightened,
            (_, Some(_), None) => Effect::Tightened,
            (_, None, Some(_)) => Effect::Loosened,
            (_, Some(was), Some(is)) if all_of(was, is) => Effect::Tightened,
            (_, Some(was), Some(is)) if all_of(is, was) => Effect::Loosened,
            _ => Effect::Mixed,
        },
    )
}
