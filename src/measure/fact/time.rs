use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Answers, Reading, Scenario, View, quotient};
use crate::measure::calendar::{OpenHours, instant};
use crate::measure::carve_out::{clauses, history};
use crate::measure::downtime::{Down, Excluded, Outage, Tally, tally};
use crate::measure::facts::{Absence, Day, Detail, Exclusion, Measured};
use crate::measure::interval::Intervals;
use crate::measure::plan::{Parts, RowsHandle};
use crate::measure::scan::{Incidents, Kept, OutageRow};
use crate::quantity::{Rational, Rounding};
use crate::resolve::terms::{FailureMean, ProbeMethod};

/// An outage that goes on ends here: later than anything is clipped to.
const NEVER: i64 = i64::MAX / 2;

/// The stretch of time a value is over.
struct Extent {
    /// Scheduled instants, from where caps have to be followed.
    scheduled: Intervals,
    history: i64,
    from: i64,
    to: i64,
}

/// A probe: when, whether up, and its group.
type Probe = (i64, bool, usize);

impl Answers<'_> {
    fn extent(&self, handle: &RowsHandle, view: View<'_>, hours: &OpenHours) -> Option<Extent> {
        let covered = self.covered_time(handle, view, &view.periods(handle.window));
        let (from, to) = (covered.first()?.0, covered.last()?.1);
        let history = if view.scenario == Scenario::Gross {
            from
        } else {
            history(view.terms, view.kpi, from)
        };
        let before = hours.open(history, from);
        let open = covered.into_iter().map(|(start, end)| hours.open(start, end));
        Some(Extent {
            scheduled: open.fold(before, |all, part| all.union(&part)),
            history,
            from,
            to,
        })
    }

    fn outage_rows(&self, handle: &RowsHandle, accumulator: usize, view: View<'_>) -> Vec<(usize, &OutageRow)> {
        let store = self.store(handle, accumulator);
        let Kept::Outages(rows) = &store.cells else {
            unreachable!("the accumulator keeps outages")
        };
        let slot = |group| self.interval_slot(handle, store, view, group);
        let gross = View {
            scenario: Scenario::Gross,
            ..view
        };
        let groups = self.chosen(handle, gross).into_iter().map(|chosen| chosen.group);
        groups
            .flat_map(|group| rows.get(slot(group)).into_iter().flatten().map(move |row| (group, row)))
            .collect()
    }

    /// Returns a measure of outages: availability, or with `mean` one per failure.
    pub(super) fn outages(
        &self,
        handle: &RowsHandle,
        view: View<'_>,
        (accumulator, hours): (usize, &Arc<OpenHours>),
        whole_minutes: bool,
        ignore_shorter: Option<i64>,
        mean: Option<FailureMean>,
    ) -> Reading {
        let Some(extent) = self.extent(handle, view, hours) else {
            return Reading::absent(no_time(handle));
        };
        let rows = self.outage_rows(handle, accumulator, view);
        let outages: Vec<Outage> = rows
            .iter()
            .map(|(_, row)| Outage {
                start: row.start,
                end: row.end.unwrap_or(NEVER),
                weight: row.weight.clone(),
            })
            .collect();
        let down = Down::of(&outages, whole_minutes, ignore_shorter);
        // A carve-out of rows covers the minutes of its outages, as the rules for outages leave them. A
        // minute that another outage is down in as well is excluded too: a minute belongs to the first
        // carve-out that covers it, whatever else happened in it.
        let covered = |place: usize| {
            let own = rows
                .iter()
                .filter(|(group, _)| self.is_covered(handle, view, *group, place));
            Intervals::union_of(own.map(|(_, row)| (row.start, row.end.unwrap_or(NEVER)))).intersect(&down.support)
        };
        let tally = self.tally(view, &extent, &extent.scheduled, &down, &covered);
        let base = tally.scheduled - tally.removed;
        let up = Rational::integer(base) - tally.down.clone();
        let measured = match mean {
            None => or(
                quotient(up, Rational::integer(base), tally.events),
                "no scheduled time is left",
            ),
            Some(mean) => {
                let numerator = match mean {
                    FailureMean::Mtbf => up,
                    FailureMean::Mtrs => tally.down.clone(),
                    FailureMean::Mtbsi => Rational::integer(base),
                };
                or(
                    quotient(numerator, Rational::integer(tally.events), tally.events),
                    "no failure",
                )
            }
        };
        let mut reading = Reading::of(measured, detail(&tally, 0));
        reading.left_out = self.left_out(handle, &self.time_parts(accumulator, hours), view, &[]);
        reading.fails = self.failing(&rows, &tally);
        reading.days = days(view, &tally);
        if view.scenario == Scenario::Net {
            let excluded = tally.clauses.iter();
            reading.exclusions = self.exclusions(view, excluded, |place| {
                let groups: Vec<usize> = rows
                    .iter()
                    .map(|(group, _)| *group)
                    .filter(|group| self.is_covered(handle, view, *group, place))
                    .collect();
                let mut groups = groups;
                groups.dedup();
                groups.sort_unstable();
                groups.dedup();
                self.outages_in(handle, accumulator, view, &groups)
            });
        }
        reading
    }

    fn time_parts(&self, outages: usize, hours: &Arc<OpenHours>) -> Parts {
        Parts::Time {
            outages,
            hours: hours.clone(),
            whole_minutes: false,
            ignore_shorter: None,
            mean: None,
        }
    }

    /// Returns the incidents of the outages that keep downtime outside every exclusion.
    fn failing(&self, rows: &[(usize, &OutageRow)], tally: &Tally) -> Incidents {
        let failing = rows.iter().filter(|(_, row)| {
            let end = row.end.unwrap_or(NEVER);
            !tally.down_time.clip(row.start, end).is_empty()
        });
        failing
            .map(|(_, row)| row.incident.as_deref().map(str::to_owned))
            .collect()
    }

    fn tally(
        &self,
        view: View<'_>,
        extent: &Extent,
        scheduled: &Intervals,
        down: &Down,
        rows: &dyn Fn(usize) -> Intervals,
    ) -> Tally {
        let clauses = if view.scenario == Scenario::Gross {
            Vec::new()
        } else {
            let active = |claim| view.is_active(claim);
            let stretch = (extent.history, extent.to);
            clauses(view.terms, view.kpi, view.claims, &active, rows, stretch)
        };
        tally(scheduled, down, &clauses, extent.from, extent.to)
    }

    fn exclusions<'t>(
        &self,
        view: View<'_>,
        excluded: impl Iterator<Item = &'t Excluded>,
        rows: impl Fn(usize) -> u64,
    ) -> Vec<Exclusion> {
        let known = view.kpi.carve_outs.iter().enumerate();
        let known = known.filter(|(_, id)| view.terms.carve_outs.contains_key(*id));
        known
            .zip(excluded)
            .map(|((place, id), excluded)| Exclusion {
                carve_out: id.clone(),
                time: excluded.windows.length(),
                down: excluded.down.clone(),
                rows: rows(place),
                windows: excluded.windows.as_slice().to_vec(),
                refused: excluded.refused,
            })
            .collect()
    }

    /// Returns the outages of some groups that touch the period.
    pub(super) fn outages_in(&self, handle: &RowsHandle, accumulator: usize, view: View<'_>, groups: &[usize]) -> u64 {
        let store = self.store(handle, accumulator);
        let Kept::Outages(rows) = &store.cells else {
            return 0;
        };
        let covered = self.covered_time(handle, view, &view.periods(handle.window));
        let touches = |row: &&OutageRow| {
            let end = row.end.unwrap_or(NEVER);
            covered.iter().any(|(from, to)| row.start < *to && end > *from)
        };
        let slots = groups
            .iter()
            .map(|group| self.interval_slot(handle, store, view, *group));
        let own = slots.filter_map(|slot| rows.get(slot)).flatten();
        own.filter(touches).count() as u64
    }

    /// Returns the scheduled time that a claim over a window covers in the period.
    pub(super) fn claimed_time(&self, handle: &RowsHandle, parts: &Parts, view: View<'_>, claim: usize) -> i64 {
        let hours = match parts {
            Parts::Time { hours, .. } | Parts::Probes { hours, .. } => hours,
            _ => return 0,
        };
        let Some(extent) = self.extent(handle, view, hours) else {
            return 0;
        };
        let scheduled = extent.scheduled.clip(extent.from, extent.to);
        match (view.claims[claim].window, parts) {
            (Some((from, to)), _) => scheduled.clip(from, to).length(),
            (None, Parts::Time { outages, .. }) => {
                let rows = self.outage_rows(handle, *outages, view).into_iter();
                let own = rows.filter(|(group, _)| self.is_claimed(handle, *group, claim));
                let time = Intervals::union_of(own.map(|(_, row)| (row.start, row.end.unwrap_or(NEVER))));
                scheduled.intersect(&time).length()
            }
            _ => 0,
        }
    }

    /// Returns a measure of probes.
    pub(super) fn probes(
        &self,
        handle: &RowsHandle,
        view: View<'_>,
        (accumulator, hours): (usize, &Arc<OpenHours>),
        method: ProbeMethod,
        max_gap: Option<i64>,
    ) -> Reading {
        let Some(extent) = self.extent(handle, view, hours) else {
            return Reading::absent(no_time(handle));
        };
        let store = self.store(handle, accumulator);
        let Kept::Probes(stores) = &store.cells else {
            unreachable!("the accumulator keeps probes")
        };
        let gross = View {
            scenario: Scenario::Gross,
            ..view
        };
        let mut series: BTreeMap<&str, Vec<Probe>> = BTreeMap::new();
        for chosen in self.chosen(handle, gross) {
            let slot = self.interval_slot(handle, store, view, chosen.group);
            for (name, probes) in stores.get(slot).into_iter().flat_map(|store| &store.series) {
                let probes = probes.iter().map(|(at, up)| (*at, *up, chosen.group));
                series.entry(name).or_default().extend(probes);
            }
        }
        for probes in series.values_mut() {
            probes.sort_unstable();
        }
        let parts = Parts::Probes {
            probes: accumulator,
            hours: hours.clone(),
            method,
            max_gap,
        };
        let mut reading = match method {
            ProbeMethod::State => self.states(handle, view, &extent, &series, max_gap),
            ProbeMethod::Samples => self.samples(handle, view, &extent, &series),
        };
        reading.left_out = self.left_out(handle, &parts, view, &[]);
        reading
    }

    /// A probe's state holds until the next; the times of all series are summed.
    fn states(
        &self,
        handle: &RowsHandle,
        view: View<'_>,
        extent: &Extent,
        series: &BTreeMap<&str, Vec<Probe>>,
        max_gap: Option<i64>,
    ) -> Reading {
        let mut total = Tally::default();
        let (mut unmeasured, mut probes) = (0, 0u64);
        let mut excluded: Vec<Excluded> = Vec::new();
        for all in series.values() {
            let next = all.iter().skip(1).map(|probe| probe.0).chain([extent.to]);
            let held: Vec<(i64, i64, bool, usize)> = all
                .iter()
                .zip(next)
                .map(|(&(at, up, group), next)| {
                    let end = max_gap.map_or(next, |gap| next.min(at.saturating_add(gap)));
                    (at, end, up, group)
                })
                .collect();
            let measured = Intervals::union_of(held.iter().map(|(from, to, ..)| (*from, *to)));
            // Of several probes at one instant the last in order holds: an up one, for something answered.
            let down = held
                .iter()
                .filter(|(_, _, up, _)| !up)
                .map(|(from, to, ..)| (*from, *to));
            let down = Down::whole(Intervals::union_of(down));
            let scheduled = extent.scheduled.intersect(&measured);
            let rows = |place: usize| {
                let own = held
                    .iter()
                    .filter(|(_, _, _, group)| self.is_covered(handle, view, *group, place));
                Intervals::union_of(own.map(|(from, to, ..)| (*from, *to)))
            };
            let own = self.tally(view, extent, &scheduled, &down, &rows);
            unmeasured += extent.scheduled.clip(extent.from, extent.to).length() - own.scheduled;
            probes += all
                .iter()
                .filter(|(at, ..)| extent.from <= *at && *at < extent.to)
                .count() as u64;
            total.scheduled += own.scheduled;
            total.removed += own.removed;
            total.down = &total.down + &own.down;
            total.deemed = &total.deemed + &own.deemed;
            total.events += own.events;
            if excluded.is_empty() {
                excluded = own.clauses;
            } else {
                for (all, own) in excluded.iter_mut().zip(own.clauses) {
                    all.windows = all.windows.union(&own.windows);
                    all.down = &all.down + &own.down;
                    all.refused += own.refused;
                }
            }
            if series.len() == 1 {
                total.scheduled_time = own.scheduled_time;
                total.excluded_time = own.excluded_time;
                total.down_time = own.down_time;
            }
        }
        if series.is_empty() {
            unmeasured = extent.scheduled.clip(extent.from, extent.to).length();
        }
        let base = total.scheduled - total.removed;
        let up = Rational::integer(base) - total.down.clone();
        total.events = probes;
        let measured = or(quotient(up, Rational::integer(base), probes), "nothing was measured");
        let mut reading = Reading::of(measured, detail(&total, unmeasured));
        if series.len() == 1 {
            reading.days = days(view, &total);
        }
        if view.scenario == Scenario::Net {
            reading.exclusions = self.exclusions(view, excluded.iter(), |_| 0);
        }
        reading
    }

    /// The share of probes; one that a carve-out covers leaves both sides, whatever its mode.
    fn samples(
        &self,
        handle: &RowsHandle,
        view: View<'_>,
        extent: &Extent,
        series: &BTreeMap<&str, Vec<Probe>>,
    ) -> Reading {
        let none = |_: usize| Intervals::empty();
        let tally = self.tally(view, extent, &extent.scheduled, &Down::default(), &none);
        let carve_outs = view.kpi.carve_outs.iter();
        let carve_outs: Vec<_> = carve_outs
            .filter(|id| view.terms.carve_outs.contains_key(*id))
            .collect();
        let mut excluded = vec![0u64; carve_outs.len()];
        let (mut hits, mut rows) = (0u64, 0u64);
        for (at, up, group) in series.values().flatten() {
            if !tally.scheduled_time.contains(*at) {
                continue;
            }
            let by = (0..carve_outs.len()).find(|place| {
                let windows = tally
                    .clauses
                    .get(*place)
                    .is_some_and(|clause| clause.windows.contains(*at));
                windows || (view.scenario != Scenario::Gross && self.is_covered(handle, view, *group, *place))
            });
            match by {
                Some(place) => excluded[place] += 1,
                None => {
                    rows += 1;
                    hits += u64::from(*up);
                }
            }
        }
        let measured = quotient(Rational::integer(hits), Rational::integer(rows), rows);
        let mut reading = Reading::of(or(measured, "no probes"), Detail::Rows { hits, rows });
        if view.scenario == Scenario::Net {
            let clauses = tally.clauses.iter();
            reading.exclusions = self.exclusions(view, clauses, |place| excluded.get(place).copied().unwrap_or(0));
        }
        reading
    }
}

fn no_time(handle: &RowsHandle) -> Absence {
    Absence::NoData(format!("`{}` covers no part of the period", handle.source))
}

fn or(measured: Option<Measured>, reason: &str) -> Measured {
    measured.unwrap_or_else(|| Measured::Absent(Absence::NotApplicable(reason.to_owned())))
}

fn detail(tally: &Tally, unmeasured: i64) -> Detail {
    Detail::Time {
        scheduled: tally.scheduled,
        removed: tally.removed,
        down: tally.down.clone(),
        deemed: tally.deemed.clone(),
        unmeasured,
        events: tally.events,
    }
}

/// Splits the reported period's time by the days of the card's zone.
fn days(view: View<'_>, tally: &Tally) -> Vec<Day> {
    let zone = &view.terms.time_zone;
    let first = view.period.first_day();
    let all = first
        .series(jiff::ToSpan::days(1))
        .take_while(|day| *day <= view.period.last_day());
    all.map(|day| {
        let start = instant(zone, day.at(0, 0, 0, 0)).unwrap_or(i64::MAX);
        let end = crate::measure::carve_out::day_end(day, zone);
        Day {
            day,
            scheduled: tally.scheduled_time.clip(start, end).length(),
            excluded: tally.excluded_time.clip(start, end).length(),
            down: weighed(tally, start, end),
        }
    })
    .collect()
}

/// Returns a day's weighted downtime in whole microseconds.
fn weighed(tally: &Tally, start: i64, end: i64) -> i64 {
    let down = tally.weigh(&tally.down_time.clip(start, end));
    i64::try_from(down.scaled(0, Rounding::HalfAwayFromZero)).unwrap_or(i64::MAX)
}
