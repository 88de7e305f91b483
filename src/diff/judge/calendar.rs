//! Open hours, for every KPI whose clock or scheduled time they are.

use super::carve_out::excuse;
use super::{Case, Judged, Verdict, by_value};
use crate::diff::change::Effect;
use crate::resolve::terms::{Calendar, Deadline, Function, Measure, Operand, Terms, Within};

/// How a calendar's open time compares with what it was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opens {
    Same,
    More,
    Less,
    Otherwise,
}

impl Opens {
    fn between(before: &Calendar, after: &Calendar) -> Self {
        if before.zone != after.zone {
            return Self::Otherwise;
        }
        match (within(before, after), within(after, before)) {
            (true, true) => Self::Same,
            (true, false) => Self::More,
            (false, true) => Self::Less,
            (false, false) => Self::Otherwise,
        }
    }

    /// Compares days and the hours at which they close: all that a deadline in business days depends on.
    fn days_between(before: &Calendar, after: &Calendar) -> Self {
        let until_the_close = |calendar: &Calendar| Calendar {
            open: calendar.open.each_ref().map(|hours| {
                hours
                    .last()
                    .map(|(_, close)| (close.saturating_sub(1), *close))
                    .into_iter()
                    .collect()
            }),
            ..calendar.clone()
        };
        Self::between(&until_the_close(before), &until_the_close(after))
    }
}

/// Whether `outer` is open whenever `inner` is.
fn within(inner: &Calendar, outer: &Calendar) -> bool {
    let hours = inner.open.iter().zip(&outer.open).all(|(inner, outer)| {
        inner
            .iter()
            .all(|(from, to)| outer.iter().any(|(start, end)| start <= from && to <= end))
    });
    // A holiday on a weekday that is closed anyway closes nothing.
    hours
        && outer.holidays.iter().all(|day| {
            let weekday = day.weekday().to_monday_zero_offset();
            inner.holidays.contains(day) || inner.open[usize::from(weekday.unsigned_abs())].is_empty()
        })
}

/// What it does to the card's deadlines in business days that there are more or fewer of them: with fewer, reports
/// and messages are due later, and claims that came too late are in time.
fn deadlines(terms: &Terms, days: Opens) -> Effect {
    let is_in_days = |deadline: Option<&Deadline>| matches!(deadline, Some(Deadline::BusinessDays(_)));
    let due = terms
        .contract
        .as_ref()
        .and_then(|contract| contract.report_due.as_ref());
    let mut messages = terms.consequences.triggers.values();
    let of_parties = match is_in_days(due) || messages.any(|trigger| is_in_days(trigger.within.as_ref())) {
        true => Effect::Loosened,
        false => Effect::Neutral,
    };
    let claimed = terms.kpis.values().flat_map(|kpi| {
        let listed = kpi.carve_outs.iter().filter_map(|id| terms.carve_outs.get(id));
        let by_notice = listed.filter(|carve_out| is_in_days(carve_out.notice.as_ref()));
        by_notice.map(move |carve_out| match carve_out.cap {
            Some(_) => Effect::Indeterminate,
            None => excuse(kpi, carve_out, (kpi, terms)),
        })
    });
    let with_fewer = claimed.fold(of_parties, Effect::and);
    match days {
        Opens::Same => Effect::Neutral,
        Opens::Less => with_fewer,
        Opens::More => with_fewer.reversed(),
        Opens::Otherwise if with_fewer.matters() => Effect::Indeterminate,
        Opens::Otherwise => Effect::Neutral,
    }
}

/// More open hours run a clock faster; of scheduled time they may add good hours and bad ones.
pub(in crate::diff) fn calendar(case: &Case<'_>) -> Verdict {
    let id = case.path.get(1)?;
    let (before, after) = (case.before.calendars.get(id)?, case.after.calendars.get(id)?);
    let opens = Opens::between(before, after);
    let effects = case.after.kpis.values().map(|kpi| match (&kpi.measure, opens) {
        (measure, _) if !uses(measure, id) => Effect::Neutral,
        // The close of an open day comes later as well, or sooner: a deadline in business days moves both ways.
        (Measure::OnTime { within, .. }, Opens::More | Opens::Less) if !counts_business_days(within) => {
            by_value(kpi, opens == Opens::Less)
        }
        (
            Measure::Aggregate {
                of: Operand::Clock { .. },
                function,
                ..
            },
            Opens::More | Opens::Less,
        ) if *function != Function::Sum => by_value(kpi, opens == Opens::More),
        (Measure::Availability { .. }, Opens::More | Opens::Less) => Effect::Mixed,
        _ => Effect::Indeterminate,
    });
    let of_deadlines = match case.after.business_days.as_ref() == Some(id) {
        true => deadlines(case.after, Opens::days_between(before, after)),
        false => Effect::Neutral,
    };
    Some(Judged {
        effect: match opens {
            Opens::Same => Effect::Neutral,
            _ => effects.fold(of_deadlines, Effect::and),
        },
        rule: Some(match opens {
            Opens::More => "calendar-widened",
            Opens::Less => "calendar-narrowed",
            Opens::Same | Opens::Otherwise => "calendar-changed",
        }),
    })
}

/// The calendar of a clock is that of the measures that do not say their own; theirs is what counts.
pub(in crate::diff) fn clock_calendar(case: &Case<'_>) -> Verdict {
    let moved = case.after.kpis.iter().any(|(id, kpi)| {
        let before = case.before.kpis.get(id);
        before.is_some_and(|before| calendars(&before.measure) != calendars(&kpi.measure))
    });
    moved.then(|| Effect::Indeterminate.into())
}

fn counts_business_days(within: &Within) -> bool {
    let is_in_days = |deadline: &Deadline| matches!(deadline, Deadline::BusinessDays(_));
    match within {
        Within::Same(deadline) => is_in_days(deadline),
        Within::By { limits, .. } => limits.values().any(is_in_days),
    }
}

fn uses(measure: &Measure, id: &str) -> bool {
    calendars(measure).contains(&id)
}

/// The calendars that a measure reads, once for each of its parts.
fn calendars(measure: &Measure) -> Vec<&str> {
    match measure {
        Measure::OnTime { calendar, .. }
        | Measure::Probes { calendar, .. }
        | Measure::Aggregate {
            of: Operand::Clock { calendar, .. },
            ..
        } => vec![calendar],
        Measure::Availability { outage, .. } | Measure::Failures { outage, .. } => vec![&outage.calendar],
        Measure::Formula { parts, .. } => parts.values().flat_map(calendars).collect(),
        _ => Vec::new(),
    }
}
