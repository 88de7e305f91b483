//! Carve-outs: which ones a KPI has, and how much each excludes.

use super::{Absent, Case, Judged, Verdict, by_value};
use crate::diff::change::Effect;
use crate::resolve::terms::{CapCounts, CapPer, CarveOut, CarveOutBy, CarveOutMode, Kpi, Measure, ProbeMethod, Terms};

/// What it does to a KPI that a carve-out excludes more; `listed` says by whom it is listed, and where.
///
/// Downtime that counts as up, or leaves both sides with nothing but itself, only helps. A window that
/// leaves both sides takes good time with it: what is left may be worse (language.md §3.2, no. 6). Rows
/// that leave take hits with them.
pub(super) fn excuse(kpi: &Kpi, carve_out: &CarveOut, (listed, terms): (&Kpi, &Terms)) -> Effect {
    let by_rows = matches!(carve_out.by, CarveOutBy::Where(_));
    let by_claims = matches!(carve_out.by, CarveOutBy::Claims);
    let deems = carve_out.mode == CarveOutMode::DeemAvailable;
    match &kpi.measure {
        Measure::Availability { .. } if (by_rows || deems) && !takes_from_later(carve_out, listed, terms) => {
            by_value(kpi, true)
        }
        Measure::Probes {
            method: ProbeMethod::State,
            ..
        } if deems && !takes_from_later(carve_out, listed, terms) => by_value(kpi, true),
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

/// Whether a minute that a carve-out takes from those behind it may have been worth more there: where it counted
/// as up, or spent a cap that removes other, good minutes now (language.md §3.2, no. 2).
fn takes_from_later(carve_out: &CarveOut, listed: &Kpi, terms: &Terms) -> bool {
    let behind = listed.carve_outs.iter().skip_while(|id| **id != carve_out.id).skip(1);
    let mut behind = behind.filter_map(|id| terms.carve_outs.get(id));
    behind.any(|later| match later.mode {
        CarveOutMode::DeemAvailable => carve_out.mode == CarveOutMode::Remove,
        CarveOutMode::Remove => later.cap.is_some() && !matches!(later.by, CarveOutBy::Where(_)),
    })
}

/// The carve-outs that a KPI lists: which came, which went.
pub(in crate::diff) fn carve_out_list(case: &Case<'_>) -> Verdict {
    let (before, after) = case.kpis()?;
    let effects = |terms: &Terms, listed: &Kpi, other: &Kpi| {
        let news = listed.carve_outs.iter().filter(|id| !other.carve_outs.contains(id));
        let effects = news.filter_map(|id| Some(excuse(after, terms.carve_outs.get(id)?, (listed, terms))));
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
    if let ["cap", field] = fields[..] {
        return match (&before.cap, &after.cap) {
            // An absent cap is no limit.
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            (Some(was), Some(is)) => match field {
                "hours" if was.per == is.per && was.counts == is.counts => Some(is.time > was.time),
                // Only down minutes spend it: it lasts longer.
                "counts" if was.per == is.per && was.time == is.time => Some(is.counts == CapCounts::Downtime),
                // The same hours have to last for a longer time.
                "per" if was.time == is.time && was.counts == is.counts => Some(span(is.per)? < span(was.per)?),
                _ => None,
            },
            (None, None) => None,
        };
    }
    if before.cap.is_some() || after.cap.is_some() {
        // What is excluded earlier spends the cap for what comes later.
        return None;
    }
    match fields[..] {
        ["needs", _] => Some(case.new.is_none()),
        ["notice"] => case.grows(Absent::Most),
        ["by", "schedule", "lasts"] => case.grows(Absent::Unknown),
        _ => None,
    }
}

/// The months for which a cap's hours are meant; a period has as many as the card says.
fn span(per: CapPer) -> Option<u32> {
    match per {
        CapPer::Period => None,
        CapPer::Month => Some(1),
        CapPer::Quarter => Some(3),
        CapPer::Year => Some(12),
    }
}

/// The definition of a carve-out, for all KPIs that list it.
pub(in crate::diff) fn carve_out(case: &Case<'_>) -> Verdict {
    let id = case.path.get(1)?;
    let (before, after) = (case.before.carve_outs.get(id)?, case.after.carve_outs.get(id)?);
    let wider = widens(case, before, after);
    let is_mode = case.path.get(2).is_some_and(|field| field == "mode");
    let users = case.after.kpis.values().filter(|kpi| kpi.carve_outs.contains(id));
    let effects = users.map(|kpi| match (wider, &kpi.measure) {
        (Some(true), _) => excuse(kpi, after, (kpi, case.after)),
        (Some(false), _) => excuse(kpi, after, (kpi, case.after)).reversed(),
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
