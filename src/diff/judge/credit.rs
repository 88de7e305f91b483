//! Charges, credits and bonuses.

use super::{Case, Judged, Verdict, only};
use crate::diff::change::Effect;
use crate::diff::curve;
use crate::resolve::terms::{Amount, CreditBase, CreditModel, Kpi, Terms, Tier};

/// The score does not move with the charge. A higher one is the provider's, and every credit that is a share of it
/// rises with it.
pub(in crate::diff) fn charge(case: &Case<'_>) -> Verdict {
    let fixed = |terms: &Terms| match terms.contract.as_ref().and_then(|it| it.charge.as_ref()) {
        Some(Amount::Fixed(_)) => true,
        Some(Amount::Summed { .. }) | None => false,
    };
    let pays_of_it = |kpi: &Kpi| {
        let mut bases = kpi
            .credit
            .iter()
            .map(|it| &it.of)
            .chain(kpi.bonus.iter().map(|it| &it.of));
        bases.any(|of| !matches!(of, CreditBase::Fee(_)))
    };
    only(match fixed(case.before) && fixed(case.after) {
        false => Effect::Indeterminate,
        true if case.after.kpis.values().any(pays_of_it) => Effect::Mixed,
        true => Effect::Neutral,
    })
}

/// What is paid for every value, by what each side says of it as a whole.
pub(in crate::diff) fn payments(case: &Case<'_>) -> Verdict {
    use CreditModel::{Tiers, WholeOnDefault};
    let (before, after) = case.kpis()?;
    let Some((was, is)) = case.credits() else {
        return only(Effect::Indeterminate);
    };
    let effect = curve::payments((before, &was.model), (after, &is.model));
    let is_one_model = match (&was.model, &is.model) {
        (WholeOnDefault | Tiers(_), WholeOnDefault | Tiers(_)) => true,
        (was, is) => std::mem::discriminant(was) == std::mem::discriminant(is),
    };
    if is_one_model {
        return effect.map(Judged::from);
    }
    // Another model is another credit, not another tier; what stands under both names is told once.
    let effect = effect.unwrap_or(Effect::Neutral);
    let rule = match effect {
        Effect::Tightened => "credit-tightened",
        Effect::Loosened => "credit-loosened",
        _ => "credit-changed",
    };
    Some(Judged {
        effect,
        rule: Some(rule),
    })
}

pub(in crate::diff) fn rounding(case: &Case<'_>) -> Verdict {
    only(match (case.old, case.new) {
        (Some(_), Some(new)) if new.text == "ceil" => Effect::Tightened,
        (Some(_), Some(_)) => Effect::Loosened,
        _ => Effect::Indeterminate,
    })
}

/// A bonus that pays more comes out better for who is measured.
pub(in crate::diff) fn bonus(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    let (Some(was), Some(is)) = (&before.bonus, &after.bonus) else {
        return only(Effect::Indeterminate);
    };
    let tiers = |tiers: &[Tier]| CreditModel::Tiers(tiers.to_vec());
    let paid = match curve::payments((before, &tiers(&was.tiers)), (after, &tiers(&is.tiers))) {
        // Credits that pay more tighten; a bonus that does, loosens.
        Some(effect) => effect.reversed(),
        None => Effect::Neutral,
    };
    let base = match (&was.of, &is.of) {
        (was, is) if was == is => Effect::Neutral,
        (CreditBase::AtRisk(was), CreditBase::AtRisk(is)) if is > was => Effect::Loosened,
        (CreditBase::AtRisk(_), CreditBase::AtRisk(_)) => Effect::Tightened,
        _ => Effect::Indeterminate,
    };
    match paid.and(base) {
        Effect::Neutral => None,
        effect => only(effect),
    }
}
