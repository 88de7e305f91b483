//! Proofs that take more than one field: what the change of a field does to whom is measured.

mod calendar;
mod carve_out;
mod consequence;
mod credit;

use jiff::civil::Date;

pub(super) use calendar::{calendar, clock_calendar};
pub(super) use carve_out::{carve_out, carve_out_list};
pub(super) use consequence::{counted, default_after, earn_back, single_incident};
pub(super) use credit::{bonus, charge, payments, rounding};

use super::change::Effect;
use super::curve;
use super::fields::Value;
use crate::resolve::terms::{Credit, Goal, Kpi, LowVolume, Measure, Missing, Overdue, Terms};

/// How the effect of a change is found.
#[derive(Clone, Copy)]
pub(super) enum Judge {
    /// Every change of the field has this effect.
    Always(Effect),
    /// A larger number has this effect, a smaller one the opposite.
    Larger(Effect, Absent),
    /// A larger number makes the KPI's value larger (`true`) or smaller.
    Value(bool, Absent),
    /// It takes more than the field itself; nothing when both sides say the same.
    By(fn(&Case<'_>) -> Verdict),
}

/// What the absence of a number is.
#[derive(Clone, Copy)]
pub(super) enum Absent {
    /// Less than every number.
    Least,
    /// More than every number.
    Most,
    /// Not comparable.
    Unknown,
}

/// A field that differs, with everything around it.
pub(super) struct Case<'a> {
    /// The terms of BASE, their KPIs under the ids they have in HEAD.
    pub(super) before: &'a Terms,
    /// The terms of HEAD.
    pub(super) after: &'a Terms,
    pub(super) path: &'a [String],
    pub(super) old: Option<&'a Value>,
    pub(super) new: Option<&'a Value>,
    /// Whether the field at a path was written otherwise, not only understood otherwise.
    pub(super) is_rewritten: &'a dyn Fn(&[&str]) -> bool,
}

/// What a change does; `None` when both sides say the same.
pub(super) type Verdict = Option<Judged>;

/// An effect, and the rule that names it where the effect alone does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) effect: Effect,
    pub(super) rule: Option<&'static str>,
}

impl From<Effect> for Judged {
    fn from(effect: Effect) -> Self {
        Self { effect, rule: None }
    }
}

fn only(effect: Effect) -> Verdict {
    Some(effect.into())
}

impl Judge {
    pub(super) fn judge(self, case: &Case<'_>) -> Verdict {
        match self {
            Self::Always(effect) => only(effect),
            Self::Larger(effect, absent) => only(match case.grows(absent) {
                Some(true) => effect,
                Some(false) => effect.reversed(),
                None => Effect::Indeterminate,
            }),
            Self::Value(rises, absent) => only(match (case.grows(absent), case.kpis()) {
                (Some(grows), Some((_, kpi))) => by_value(kpi, grows == rises),
                _ => Effect::Indeterminate,
            }),
            Self::By(judge) => judge(case),
        }
    }
}

impl<'a> Case<'a> {
    /// Whether the number grew; `None` where two numbers cannot be compared.
    fn grows(&self, absent: Absent) -> Option<bool> {
        match (self.old, self.new, absent) {
            (Some(old), Some(new), _) => old.compare(new).map(|order| order.is_lt()),
            (None, Some(_), Absent::Least) | (Some(_), None, Absent::Most) => Some(true),
            (None, Some(_), Absent::Most) | (Some(_), None, Absent::Least) => Some(false),
            _ => None,
        }
    }

    /// The KPI that the path is about, on both sides.
    fn kpis(&self) -> Option<(&'a Kpi, &'a Kpi)> {
        let id = self.path.get(1)?;
        Some((self.before.kpis.get(id)?, self.after.kpis.get(id)?))
    }

    fn credits(&self) -> Option<(&'a Credit, &'a Credit)> {
        let (before, after) = self.kpis()?;
        Some((before.credit.as_ref()?, after.credit.as_ref()?))
    }

    /// Whether another field of the KPI was written otherwise.
    fn also(&self, field: &str) -> bool {
        self.path
            .get(1)
            .is_some_and(|id| (self.is_rewritten)(&["kpis", id, field]))
    }
}

/// What a larger (`rises`) or smaller value does to who is measured.
fn by_value(kpi: &Kpi, rises: bool) -> Effect {
    let higher_is_better = match &kpi.target {
        Some(Goal::AtLeast(_) | Goal::Above(_)) => true,
        Some(Goal::AtMost(_) | Goal::Below(_)) => false,
        Some(Goal::Between(..) | Goal::WithinBand { .. }) => return Effect::Mixed,
        // Shown, not judged.
        None => return Effect::Neutral,
    };
    match curve::is_monotone(kpi, higher_is_better) {
        true if rises == higher_is_better => Effect::Loosened,
        true => Effect::Tightened,
        false => Effect::Mixed,
    }
}

/// A later day is what every month brings: it adds data and takes none away.
pub(super) fn coverage(case: &Case<'_>) -> Verdict {
    let day = |value: Option<&Value>| value?.text.parse::<Date>().ok();
    Some(Judged {
        effect: Effect::Indeterminate,
        rule: match (day(case.old), day(case.new)) {
            (Some(was), Some(is)) if is > was => Some("coverage-extended"),
            (Some(_), Some(_)) => Some("coverage-shortened"),
            _ => None,
        },
    })
}

pub(super) fn target(case: &Case<'_>) -> Verdict {
    let Some((before, after)) = case.kpis() else {
        return only(Effect::Structural);
    };
    let (Some(was), Some(is)) = (&before.target, &after.target) else {
        return only(Effect::Structural);
    };
    if before.unit != after.unit {
        return only(Effect::Indeterminate);
    }
    let accepted = curve::goals(was, is);
    // A scoring that refers to the target moves with it; one that was rewritten speaks for itself.
    let scored = match case.also("scoring") {
        true => None,
        false => curve::scores(before, after),
    };
    match (accepted, scored) {
        (None, None) => None,
        (one, two) => only(one.unwrap_or(Effect::Neutral).and(two.unwrap_or(Effect::Neutral))),
    }
}

pub(super) fn minimum(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    if before.unit != after.unit {
        return only(Effect::Indeterminate);
    }
    match (&before.minimum, &after.minimum) {
        (Some(was), Some(is)) => curve::goals(was, is).map(Judged::from),
        (None, None) => None,
        _ => only(Effect::Structural),
    }
}

pub(super) fn scoring(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    match before.target.is_some() && after.target.is_some() {
        true => curve::scores(before, after).map(Judged::from),
        false => only(Effect::Indeterminate),
    }
}

/// Effective weights always sum to the same: what one KPI gains, others lose.
pub(super) fn weights(case: &Case<'_>) -> Verdict {
    let moved = case.after.kpis.iter().any(|(id, kpi)| {
        let before = case.before.kpis.get(id);
        before.is_some_and(|before| before.effective_weight != kpi.effective_weight)
    });
    only(if moved { Effect::Mixed } else { Effect::Neutral })
}

pub(super) fn low_volume(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    let bounds = |rows: &[LowVolume]| rows.iter().map(|row| row.up_to).collect::<Vec<_>>();
    if bounds(&before.low_volume) != bounds(&after.low_volume) {
        return only(Effect::Indeterminate);
    }
    let pairs = before.low_volume.iter().zip(&after.low_volume);
    let effects = pairs.map(|(was, is)| match is.allowed_misses.cmp(&was.allowed_misses) {
        std::cmp::Ordering::Less => Effect::Tightened,
        std::cmp::Ordering::Equal => Effect::Neutral,
        std::cmp::Ordering::Greater => Effect::Loosened,
    });
    only(effects.fold(Effect::Neutral, Effect::and))
}

/// A guardrail that only reports changes no verdict.
pub(super) fn guardrail(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    let acts = |kpi: &'_ Kpi| kpi.guardrail.as_ref().filter(|it| it.not_met).map(|it| it.kpi.clone());
    only(match (acts(before), acts(after)) {
        (None, Some(_)) => Effect::Tightened,
        (Some(_), None) => Effect::Loosened,
        (was, is) if was == is => Effect::Neutral,
        _ => Effect::Indeterminate,
    })
}

/// Leaving the sum is never worse than 0, and 0 never worse than a default; `fail` leaves nothing to compare.
pub(super) fn missing(case: &Case<'_>) -> Verdict {
    let rank = |missing| match missing {
        Missing::Renormalise => Some(0),
        Missing::Zero => Some(1),
        Missing::Default => Some(2),
        Missing::Fail => None,
    };
    let effect = |(was, is): (Missing, Missing)| match (rank(was), rank(is)) {
        _ if was == is => Effect::Neutral,
        (Some(was), Some(is)) if is > was => Effect::Tightened,
        (Some(_), Some(_)) => Effect::Loosened,
        _ => Effect::Indeterminate,
    };
    // What the card says reaches the KPIs that do not say their own; theirs is told as theirs.
    let pairs = case.after.kpis.iter().filter_map(|(id, kpi)| {
        let is_meant = match case.path.get(1) {
            Some(meant) => meant == id,
            None => !(case.is_rewritten)(&["kpis", id, "missing"]),
        };
        let before = case.before.kpis.get(id).filter(|_| is_meant)?;
        Some((before.missing, kpi.missing))
    });
    only(pairs.map(effect).fold(Effect::Neutral, Effect::and))
}

/// Of the same tickets, those in time are the same; `count_until_resolved` adds failures to `resolved_only`.
pub(super) fn overdue(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    let of = |kpi: &Kpi| match &kpi.measure {
        Measure::OnTime { overdue, .. } => Some(*overdue),
        _ => None,
    };
    only(match (of(before), of(after)) {
        (Some(Overdue::CountUntilResolved), Some(Overdue::ResolvedOnly)) => by_value(after, true),
        (Some(Overdue::ResolvedOnly), Some(Overdue::CountUntilResolved)) => by_value(after, false),
        _ => Effect::Indeterminate,
    })
}

/// A statement that, where it is made, leaves failures out.
pub(super) fn stated_raises(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    // Of another form of measure the absence of the statement means nothing.
    if std::mem::discriminant(&before.measure) != std::mem::discriminant(&after.measure) {
        return only(Effect::Indeterminate);
    }
    only(by_value(after, case.new.is_some()))
}
