//! Carve-outs of a KPI: their windows, their caps' stretches, and which claims apply.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::calendar::{OpenHours, instant};
use super::downtime::{Cap, Clause};
use super::interval::Intervals;
use super::recurrence;
use crate::diagnostics::Diagnostics;
use crate::quantity::{Every, PeriodScheme};
use crate::resolve::terms::{
    Calendar, CapCounts, CapPer, CarveOut, CarveOutBy, Claim, ClaimCovers, Deadline, Id, Kpi, Terms, Timeline,
};

/// Where schedules without a `from` and without a contract begin: a Monday, so that rules with an
/// interval do not depend on which periods are measured.
const SCHEDULE_ZERO: Date = Date::constant(1970, 1, 5);

/// How long before the last end a clock's case may have started for windows to stop it, in
/// microseconds: a hundred years, so that a contract without a beginning does not count on for ever.
const LONGEST_CLOCK: i64 = 36_525 * 86_400_000_000;

/// A claim for one KPI and whether it applies.
#[derive(Clone, Debug)]
pub(super) struct ClaimState {
    /// Its id in the register.
    pub(super) id: Id,
    /// The carve-out's place in the KPI's list.
    pub(super) carve_out: usize,
    /// The window it covers, as decided; `None` for one over tickets.
    pub(super) window: Option<(i64, i64)>,
    /// The tickets it covers.
    pub(super) tickets: Vec<String>,
    /// Why it does not apply; `None` when it does.
    pub(super) reason: Option<String>,
    /// Whether nobody has decided.
    pub(super) pending: bool,
}

impl ClaimState {
    /// Whether it applies.
    pub(super) fn applies(&self) -> bool {
        self.reason.is_none()
    }
}

/// Returns the claims made for a KPI under one of its carve-outs, in the register's order.
pub(super) fn claims(timeline: &Timeline, terms: &Terms, kpi: &Kpi) -> Vec<ClaimState> {
    let days = business_days(terms, None);
    let base = kpi.each.as_ref().map(|(base, _)| base);
    let register = timeline.claims.claims.iter();
    register
        .filter(|(_, claim)| claim.kpis.iter().any(|id| *id == kpi.id || Some(id) == base))
        .filter_map(|(id, claim)| {
            let carve_out = kpi.carve_outs.iter().position(|listed| *listed == claim.carve_out)?;
            let terms_of = terms.carve_outs.get(&claim.carve_out)?;
            let decision = claim.decision.as_ref();
            let (window, tickets) = match &claim.covers {
                ClaimCovers::Window(start, end) => {
                    let decided = decision.filter(|decision| decision.approved).and_then(|d| d.window);
                    // A decision narrows a window; it does not move it.
                    let (from, to) = decided.unwrap_or((*start, *end));
                    (Some((from.max(*start), to.min(*end))), Vec::new())
                }
                ClaimCovers::Tickets(tickets) => (None, tickets.clone()),
            };
            Some(ClaimState {
                id: id.clone(),
                carve_out,
                window,
                tickets,
                reason: refusal(claim, terms_of, terms, &days),
                pending: decision.is_none(),
            })
        })
        .collect()
}

/// Returns why a claim does not apply.
fn refusal(claim: &Claim, carve_out: &CarveOut, terms: &Terms, days: &OpenHours) -> Option<String> {
    let Some(decision) = &claim.decision else {
        return Some("nobody has decided it".into());
    };
    if !decision.approved {
        return Some(format!("rejected by {} on {}", decision.by, decision.on));
    }
    if carve_out.needs.evidence && claim.evidence.is_none() {
        return Some("it has no evidence".into());
    }
    let ClaimCovers::Window(start, _) = claim.covers else {
        // Notice runs from a window's start; a claim over tickets has none to run from.
        return None;
    };
    let notice = carve_out.notice.as_ref().filter(|_| !decision.waives_notice)?;
    let due = match notice {
        Deadline::Elapsed(micros) => start.checked_add(*micros),
        Deadline::BusinessDays(n) => days.nth_close(start, *n),
    };
    // A notice is dated by its day: in time is one on the day of the last instant before the deadline.
    let due = due.and_then(|due| Timestamp::from_microsecond(due.saturating_sub(1)).ok());
    let last_day = due.map(|due| due.to_zoned(terms.time_zone.clone()).date());
    match (claim.notified, last_day) {
        (None, _) => Some("the other party was not notified".into()),
        (Some(notified), Some(last)) if notified > last => Some(format!("notified on {notified}, due by {last}")),
        _ => None,
    }
}

/// Returns the calendar that counts business days: the measure's own where it has one, else the
/// card's, else every day in the card's zone.
pub(super) fn business_days_calendar(terms: &Terms, calendar: Option<&Calendar>) -> Calendar {
    let card = terms.business_days.as_ref().and_then(|id| terms.calendars.get(id));
    let own = calendar.filter(|calendar| !calendar.always).or(card);
    own.filter(|calendar| !calendar.always)
        .cloned()
        .unwrap_or_else(|| Calendar {
            zone: terms.time_zone.clone(),
            always: false,
            ..Calendar::always()
        })
}

fn business_days(terms: &Terms, calendar: Option<&Calendar>) -> OpenHours {
    OpenHours::new(&business_days_calendar(terms, calendar))
}

/// What a carve-out's rows cover, by its place in the KPI's list: intervals of outages that its
/// condition or a claim over tickets takes out.
pub(super) type RowWindows<'a> = &'a dyn Fn(usize) -> Intervals;

/// Returns the KPI's carve-outs as clauses over `[from, to)`, with the claims that `active` lets apply.
pub(super) fn clauses(
    terms: &Terms,
    kpi: &Kpi,
    claims: &[ClaimState],
    active: &dyn Fn(usize) -> bool,
    rows: RowWindows<'_>,
    (from, to): (i64, i64),
) -> Vec<Clause> {
    let carve_outs = kpi.carve_outs.iter().enumerate();
    carve_outs
        .filter_map(|(place, id)| {
            let carve_out = terms.carve_outs.get(id)?;
            let windows = match &carve_out.by {
                CarveOutBy::Where(_) => rows(place),
                CarveOutBy::Schedule { .. } => schedule(carve_out, terms, from, to),
                CarveOutBy::Claims => {
                    let own = claims.iter().enumerate();
                    let windows = own
                        .filter(|(number, claim)| claim.carve_out == place && active(*number))
                        .filter_map(|(_, claim)| claim.window);
                    Intervals::union_of(windows).union(&rows(place))
                }
            };
            let cap = carve_out.cap.as_ref().map(|cap| Cap {
                time: cap.time,
                counts: cap.counts,
                stretches: stretches(cap.per, terms.period, &terms.time_zone, from, to),
            });
            Some(Clause {
                mode: carve_out.mode,
                windows: windows.clip(from, to),
                cap,
            })
        })
        .collect()
}

/// Whether a KPI has carve-outs that are windows of time.
pub(super) fn has_windows(terms: &Terms, kpi: &Kpi, claims: &[ClaimState]) -> bool {
    kpi.carve_outs
        .iter()
        .filter_map(|id| terms.carve_outs.get(id))
        .any(|carve_out| match carve_out.by {
            CarveOutBy::Schedule { .. } => true,
            CarveOutBy::Where(_) => false,
            CarveOutBy::Claims => claims.iter().any(|claim| claim.window.is_some()),
        })
}

/// Returns the windows that stop a clock, their caps applied.
///
/// A clock has no downtime that could spend a cap, so there every cap is spent by its windows.
pub(super) fn clock_windows(
    terms: &Terms,
    kpi: &Kpi,
    claims: &[ClaimState],
    active: &dyn Fn(usize) -> bool,
    hours: &OpenHours,
    to: i64,
) -> Intervals {
    let first = claims.iter().filter_map(|claim| claim.window).map(|window| window.0);
    let schedules = kpi.carve_outs.iter().filter_map(|id| terms.carve_outs.get(id));
    let first = first.chain(schedules.filter_map(|carve_out| match &carve_out.by {
        CarveOutBy::Schedule { .. } => Some(first_day(carve_out, terms)),
        _ => None,
    }));
    let Some(from) = first.min().filter(|from| *from < to) else {
        return Intervals::empty();
    };
    let from = from.max(to.saturating_sub(LONGEST_CLOCK));
    let from = history(terms, kpi, from);
    let mut clauses = clauses(terms, kpi, claims, active, &|_| Intervals::empty(), (from, to));
    for cap in clauses.iter_mut().filter_map(|clause| clause.cap.as_mut()) {
        cap.counts = CapCounts::Windows;
    }
    let open = if clauses.iter().all(|clause| clause.cap.is_none()) {
        Intervals::one(from, to)
    } else {
        hours.open(from, to)
    };
    super::downtime::tally(&open, &super::downtime::Down::default(), &clauses, from, to).excluded_time
}

/// Returns the instant from which the KPI's caps have to be followed for what begins at `from`.
pub(super) fn history(terms: &Terms, kpi: &Kpi, from: i64) -> i64 {
    let carve_outs = kpi.carve_outs.iter().filter_map(|id| terms.carve_outs.get(id));
    let starts = carve_outs.filter_map(|carve_out| {
        let cap = carve_out.cap.as_ref()?;
        let day = Timestamp::from_microsecond(from)
            .ok()?
            .to_zoned(terms.time_zone.clone())
            .date();
        let period = scheme(cap.per, terms.period).containing(day);
        Some(period.starts_at(&terms.time_zone))
    });
    starts.min().map_or(from, |start| start.min(from))
}

fn scheme(per: CapPer, own: PeriodScheme) -> PeriodScheme {
    let every = match per {
        CapPer::Period => return own,
        CapPer::Month => Every::Month,
        CapPer::Quarter => Every::Quarter,
        CapPer::Year => Every::Year,
    };
    PeriodScheme { every, from_day: 1 }
}

fn stretches(per: CapPer, own: PeriodScheme, zone: &TimeZone, from: i64, to: i64) -> Vec<(i64, i64)> {
    let Ok(start) = Timestamp::from_microsecond(from) else {
        return Vec::new();
    };
    let mut period = scheme(per, own).containing(start.to_zoned(zone.clone()).date());
    let mut found = Vec::new();
    loop {
        let (start, end) = (period.starts_at(zone), period.ends_at(zone));
        if start >= to || end <= start {
            return found;
        }
        found.push((start, end));
        period = period.offset(1);
    }
}

fn first_day(carve_out: &CarveOut, terms: &Terms) -> i64 {
    let day = schedule_start(carve_out, terms);
    instant(&terms.time_zone, day.at(0, 0, 0, 0)).unwrap_or(0)
}

/// Returns the day from which a schedule is followed.
pub(super) fn schedule_start(carve_out: &CarveOut, terms: &Terms) -> Date {
    let from = match &carve_out.by {
        CarveOutBy::Schedule { from, .. } => *from,
        _ => None,
    };
    let contract = terms.contract.as_ref().map(|contract| contract.starts);
    from.or(contract).unwrap_or(SCHEDULE_ZERO)
}

/// Returns a schedule's windows that touch `[from, to)`.
fn schedule(carve_out: &CarveOut, terms: &Terms, from: i64, to: i64) -> Intervals {
    let CarveOutBy::Schedule { rrule, lasts, .. } = &carve_out.by else {
        return Intervals::empty();
    };
    let first = schedule_start(carve_out, terms);
    // Binding has reported what is wrong with the rule.
    let Some(rule) = recurrence::parse(rrule, &mut Diagnostics::default()) else {
        return Intervals::empty();
    };
    let since = from.saturating_sub(*lasts);
    let starts = rule.starts_since(first, &terms.time_zone, since, to);
    let windows = starts.into_iter().map(|start| (start, start.saturating_add(*lasts)));
    Intervals::union_of(windows.filter(|(_, end)| *end > from))
}

/// Returns the first instant after a day in a zone.
pub(super) fn day_end(day: Date, zone: &TimeZone) -> i64 {
    let next = day.saturating_add(1.day());
    instant(zone, next.at(0, 0, 0, 0)).unwrap_or(i64::MAX)
}
