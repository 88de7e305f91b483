//! Proofs that take more than one field: what the change of a field does to a KPI, a calendar, a carve-out.

use jiff::civil::Date;

use super::change::Effect;
use super::curve;
use super::fields::Value;
use crate::resolve::terms::{
    Amount, Calendar, CapCounts, CarveOut, CarveOutBy, CarveOutMode, Credit, CreditBase, Goal, Kpi, LowVolume, Measure,
    Missing, Operand, Overdue, ProbeMethod, SingleIncident, Terms,
};

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

/// A higher charge is the provider's, and credits are shares of it: the score does not move.
pub(super) fn charge(case: &Case<'_>) -> Verdict {
    let fixed = |terms: &Terms| match terms.contract.as_ref().and_then(|it| it.charge.as_ref()) {
        Some(Amount::Fixed(_)) => true,
        Some(Amount::Summed { .. }) | None => false,
    };
    only(match fixed(case.before) && fixed(case.after) {
        true => Effect::Neutral,
        false => Effect::Indeterminate,
    })
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

pub(super) fn payments(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    let Some((was, is)) = case.credits() else {
        return only(Effect::Indeterminate);
    };
    curve::payments((before, &was.model), (after, &is.model)).map(Judged::from)
}

pub(super) fn repeat(case: &Case<'_>) -> Verdict {
    only(match (case.old, case.new) {
        (Some(_), Some(new)) if new.text == "double" => Effect::Tightened,
        (Some(_), Some(_)) => Effect::Loosened,
        _ => Effect::Indeterminate,
    })
}

pub(super) fn rounding(case: &Case<'_>) -> Verdict {
    only(match (case.old, case.new) {
        (Some(_), Some(new)) if new.text == "ceil" => Effect::Tightened,
        (Some(_), Some(_)) => Effect::Loosened,
        _ => Effect::Indeterminate,
    })
}

/// A bonus that pays more comes out better for who is measured.
pub(super) fn bonus(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    let (Some(was), Some(is)) = (&before.bonus, &after.bonus) else {
        return only(Effect::Indeterminate);
    };
    let tiers = |tiers: &[crate::resolve::terms::Tier]| crate::resolve::terms::CreditModel::Tiers(tiers.to_vec());
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
    let of = |terms: &Terms| match case.path.get(1) {
        Some(id) => terms.kpis.get(id).map(|kpi| kpi.missing),
        None => Some(terms.missing),
    };
    let rank = |missing| match missing {
        Missing::Renormalise => Some(0),
        Missing::Zero => Some(1),
        Missing::Default => Some(2),
        Missing::Fail => None,
    };
    let ranks = |terms| of(terms).and_then(rank);
    only(match (ranks(case.before), ranks(case.after)) {
        (Some(was), Some(is)) if is > was => Effect::Tightened,
        (Some(was), Some(is)) if is < was => Effect::Loosened,
        (Some(_), Some(_)) => Effect::Neutral,
        _ => Effect::Indeterminate,
    })
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

/// Whether the calendar `after` is open at least (`true`) or at most whenever `before` is.
fn opens(before: &Calendar, after: &Calendar) -> Option<bool> {
    if before.zone != after.zone {
        return None;
    }
    let within = |inner: &Calendar, outer: &Calendar| {
        let hours = inner.open.iter().zip(&outer.open).all(|(inner, outer)| {
            inner
                .iter()
                .all(|(from, to)| outer.iter().any(|(start, end)| start <= from && to <= end))
        });
        hours && outer.holidays.iter().all(|day| inner.holidays.contains(day))
    };
    match (within(before, after), within(after, before)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// More open hours run a clock faster; of scheduled time they may add good hours and bad ones.
pub(super) fn calendar(case: &Case<'_>) -> Verdict {
    let id = case.path.get(1)?;
    let (before, after) = (case.before.calendars.get(id)?, case.after.calendars.get(id)?);
    let opens = opens(before, after);
    let effects = case.after.kpis.values().map(|kpi| match (&kpi.measure, opens) {
        (Measure::OnTime { calendar, .. }, Some(wider)) if calendar == id => by_value(kpi, !wider),
        (
            Measure::Aggregate {
                of: Operand::Clock { calendar, .. },
                function,
                ..
            },
            Some(wider),
        ) if calendar == id && *function != crate::resolve::terms::Function::Sum => by_value(kpi, wider),
        (Measure::Availability { outage, .. }, Some(_)) if outage.calendar == *id => Effect::Mixed,
        (measure, _) if uses(measure, id) => Effect::Indeterminate,
        _ => Effect::Neutral,
    });
    let of_deadlines = match case.after.business_days.as_ref() == Some(id) {
        true => Effect::Indeterminate,
        false => Effect::Neutral,
    };
    Some(Judged {
        effect: effects.fold(of_deadlines, Effect::and),
        rule: Some(match opens {
            Some(true) => "calendar-widened",
            Some(false) => "calendar-narrowed",
            None => "calendar-changed",
        }),
    })
}

fn uses(measure: &Measure, id: &str) -> bool {
    match measure {
        Measure::OnTime { calendar, .. } | Measure::Probes { calendar, .. } => calendar == id,
        Measure::Availability { outage, .. } | Measure::Failures { outage, .. } => outage.calendar == id,
        Measure::Aggregate {
            of: Operand::Clock { calendar, .. },
            ..
        } => calendar == id,
        Measure::Formula { parts, .. } => parts.values().any(|part| uses(part, id)),
        _ => false,
    }
}

/// What it does to a KPI that a carve-out excludes more.
///
/// Downtime that counts as up, or leaves both sides with nothing but itself, only helps. A window that
/// leaves both sides takes good time with it: what is left may be worse (language.md §3.2, no. 6). Rows
/// that leave take hits with them.
fn excuse(kpi: &Kpi, carve_out: &CarveOut) -> Effect {
    let by_rows = matches!(carve_out.by, CarveOutBy::Where(_));
    let by_claims = matches!(carve_out.by, CarveOutBy::Claims);
    let deems = carve_out.mode == CarveOutMode::DeemAvailable;
    match &kpi.measure {
        Measure::Availability { .. } if by_rows || deems => by_value(kpi, true),
        Measure::Probes {
            method: ProbeMethod::State,
            ..
        } if deems => by_value(kpi, true),
        // A window stops the clock.
        Measure::OnTime { .. } if !by_rows && !by_claims => by_value(kpi, true),
        Measure::Count { .. } if by_rows => by_value(kpi, false),
        Measure::Availability { .. }
        | Measure::Probes { .. }
        | Measure::OnTime { .. }
        | Measure::Ratio { .. }
        | Measure::Share { .. }
        | Measure::Nps { .. } => Effect::Mixed,
        _ => Effect::Indeterminate,
    }
}

/// The carve-outs that a KPI lists: which came, which went.
pub(super) fn carve_out_list(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    let effects = |terms: &Terms, listed: &Kpi, other: &Kpi| {
        let news = listed.carve_outs.iter().filter(|id| !other.carve_outs.contains(id));
        let effects = news.filter_map(|id| Some(excuse(after, terms.carve_outs.get(id)?)));
        effects.reduce(Effect::and)
    };
    let added = effects(case.after, after, before);
    let removed = effects(case.before, before, after).map(Effect::reversed);
    let (effect, rule) = match (added, removed) {
        (Some(effect), None) => (effect, "carve-out-added"),
        (None, Some(effect)) => (effect, "carve-out-removed"),
        (Some(one), Some(two)) => (one.and(two), "carve-out-changed"),
        // The same ones in another order: which one a minute belongs to, and whose cap it spends.
        (None, None) => (Effect::Indeterminate, "carve-out-changed"),
    };
    Some(Judged {
        effect,
        rule: Some(rule),
    })
}

/// Whether a carve-out excludes more (`true`) or less than it did by the field of `case`.
fn widens(case: &Case<'_>, before: &CarveOut, after: &CarveOut) -> Option<bool> {
    let fields: Vec<&str> = case.path.iter().skip(2).map(String::as_str).collect();
    match fields[..] {
        // An absent cap is no limit.
        ["cap", field] => match (&before.cap, &after.cap) {
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            (Some(was), Some(is)) => match field {
                "hours" if was.per == is.per && was.counts == is.counts => Some(is.time > was.time),
                // Only down minutes spend it: it lasts longer.
                "counts" if was.per == is.per && was.time == is.time => Some(is.counts == CapCounts::Downtime),
                _ => None,
            },
            (None, None) => None,
        },
        ["needs", _] => Some(case.new.is_none()),
        ["notice"] => case.grows(Absent::Most),
        ["by", "schedule", "lasts"] => case.grows(Absent::Unknown),
        _ => None,
    }
}

/// The definition of a carve-out, for all KPIs that list it.
pub(super) fn carve_out(case: &Case<'_>) -> Verdict {
    let id = case.path.get(1)?;
    let (before, after) = (case.before.carve_outs.get(id)?, case.after.carve_outs.get(id)?);
    let wider = widens(case, before, after);
    let is_mode = case.path.get(2).is_some_and(|field| field == "mode");
    let users = case.after.kpis.values().filter(|kpi| kpi.carve_outs.contains(id));
    let effects = users.map(|kpi| match (wider, &kpi.measure) {
        (Some(true), _) => excuse(kpi, after),
        (Some(false), _) => excuse(kpi, after).reversed(),
        // 1 − D/A is never below 1 − D/(A − B): time that counts as up beats time that is left out.
        (None, Measure::Availability { .. }) if is_mode => by_value(kpi, after.mode == CarveOutMode::DeemAvailable),
        (None, _) => Effect::Indeterminate,
    });
    Some(Judged {
        effect: effects.fold(Effect::Neutral, Effect::and),
        rule: Some(match wider {
            Some(true) => "carve-out-widened",
            Some(false) => "carve-out-narrowed",
            None => "carve-out-changed",
        }),
    })
}

/// The customer's choice is at most the highest, the highest at most the sum.
pub(super) fn single_incident(case: &Case<'_>) -> Verdict {
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
pub(super) fn default_after(case: &Case<'_>) -> Verdict {
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
pub(super) fn earn_back(case: &Case<'_>) -> Verdict {
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
