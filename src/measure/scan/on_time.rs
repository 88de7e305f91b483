use std::ops::Range;

use indexmap::IndexMap;

use super::Store;
use super::fold::{Adding, rest};
use super::group::Groups;
use super::rows::Rows;
use super::state::{Kept, at};
use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::measure::axis::Axis;
use crate::measure::clock::in_time;
use crate::measure::plan::Out;
use crate::measure::value::text;
use crate::resolve::terms::{Deadline, Overdue, Within};
use crate::source::Span;
use crate::tables::Rejected;
use arrow_buffer::BooleanBuffer;

impl Adding<'_, '_> {
    /// Adds the cases of a clock.
    pub(super) fn on_time(
        &mut self,
        groups: &Groups,
        store: &mut Store,
        (clock, table): (usize, usize),
        by: Option<Out>,
        (overdue, window): (Overdue, u32),
        mask: &BooleanBuffer,
    ) {
        let (clock, table) = (&self.plan.clocks[clock], &self.plan.tables[table]);
        let axis = &self.plan.axes[self.plan.placements[self.accumulator.placement].axis];
        let in_days = self.rows.is_in_days(clock);
        for row in mask.set_indices() {
            let group = self.slots.of[row] as usize;
            let key = groups.keys[group];
            let Some(limit) = table.slots.get(&(key.scope, key.each)).map(|n| &table.limits[*n]) else {
                continue;
            };
            let (start, stop, rests) = self.rows.clock(clock, row);
            let slot = |period: usize| group * store.periods + period;
            let Some(start) = start else {
                if let Some(period) = stop.and_then(|stop| axis.locate(stop)) {
                    store.left_out(slot(period)).null_value += 1;
                }
                continue;
            };
            let judged = Judged::of(axis, start, stop, (overdue, window), self.rows);
            if judged.is_nowhere() {
                continue;
            }
            let deadline = match (&limit.within, by) {
                (Some(Within::Same(deadline)), _) => deadline,
                (Some(Within::By { limits, .. }), Some(by)) => {
                    let value = text(self.rows.column(by), row);
                    match value.as_ref().and_then(|value| limits.get(&**value)) {
                        Some(deadline) => deadline,
                        None => {
                            let asked = &self.accumulator.asked;
                            let asked = asked.get(&(key.scope, key.each)).is_some_and(|asked| {
                                judged
                                    .periods()
                                    .any(|period| asked.binary_search(&axis.period(period)).is_ok())
                            });
                            if asked {
                                let place = self.plan.variants[by.variant].place(by.number, key.scope);
                                let place = place.unwrap_or(self.plan.source.declared_at);
                                self.first.offer(row, || unlisted(row, value.as_deref(), limits, place));
                            }
                            continue;
                        }
                    }
                }
                _ => continue,
            };
            let mut rests = rests;
            if rests.whole < 0 {
                self.negative_pause(key, clock, row, judged.periods().map(|period| axis.period(period)));
                continue;
            }
            if self.rows.pauses_backwards(clock, row) {
                let scoped = self.plan.groupings[self.accumulator.grouping].scoped;
                self.negative.mark(scoped, row);
            }
            rest(&mut rests, limit, in_days, start, stop);
            let good = |instant: i64| in_time(&limit.hours, &limit.days, deadline, start, instant, &rests);
            let incident = self.accumulator.incident;
            let name = || {
                let name = incident.and_then(|incident| text(self.rows.column(incident), row));
                name.map(std::borrow::Cow::into_owned)
            };
            let Kept::OnTime(cells) = &mut store.cells else {
                unreachable!("the store is the accumulator's")
            };
            if let Some(stop) = stop.filter(|_| !judged.stopped.is_empty()) {
                let is_good = good(stop);
                for period in judged.stopped.clone() {
                    let cell = at(cells, slot(period));
                    if is_good {
                        cell.in_time += 1;
                    } else {
                        cell.late += 1;
                        if incident.is_some() {
                            cell.fails.insert(name());
                        }
                    }
                    cell.negative += u64::from(stop < start);
                }
                if stop < start {
                    let scoped = self.plan.groupings[self.accumulator.grouping].scoped;
                    self.negative.mark(scoped, row);
                }
            }
            // Elapsed time only grows, so of the ends it is open at, those overdue are the last ones.
            let open = judged.open;
            let (mut low, mut high) = (open.start, open.end);
            while low < high {
                let middle = usize::midpoint(low, high);
                if good(axis.end(middle)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            let mut change = |range: Range<usize>, overdue: bool| {
                if range.is_empty() {
                    return;
                }
                let mut add = |period: usize, by: i64| {
                    let cell = at(cells, slot(period));
                    if overdue {
                        cell.overdue_change += by;
                    } else {
                        cell.not_due_change += by;
                    }
                };
                add(range.start, 1);
                // The next group's cells follow, so what is open at the last end changes nothing there.
                if range.end < store.periods {
                    add(range.end, -1);
                }
                if overdue && incident.is_some() {
                    for period in range {
                        at(cells, slot(period)).fails.insert(name());
                    }
                }
            };
            change(open.start..low, false);
            change(low..open.end, true);
        }
    }
}

/// In which periods a case counts.
pub(super) struct Judged {
    /// Where it counts as stopped.
    pub(super) stopped: Range<usize>,
    /// At whose ends it counts as open.
    pub(super) open: Range<usize>,
}

impl Judged {
    /// Judges a case; `window` is how many periods a value over opened cases reaches over.
    pub(super) fn of(
        axis: &Axis,
        start: i64,
        stop: Option<i64>,
        (overdue, window): (Overdue, u32),
        rows: &Rows<'_>,
    ) -> Self {
        let own = |period: usize| rows.is_judged(axis, period);
        let stopped = stop.and_then(|stop| axis.locate(stop)).filter(|period| own(*period));
        let stopped = stopped.map_or(0..0, |period| period..period + 1);
        let is_snapshot = rows.cases.is_some_and(|view| view.snapshot.end.is_some());
        match overdue {
            Overdue::ResolvedOnly => Self { stopped, open: 0..0 },
            Overdue::CountUntilResolved => {
                let mut open = axis.open_at_ends(start, stop);
                if is_snapshot {
                    open = open
                        .clone()
                        .find(|period| own(*period))
                        .map_or(0..0, |period| period..period + 1);
                }
                Self { stopped, open }
            }
            // A rolling window stands for the period: the case is one of every window it was opened in, and
            // is judged as of that window's end.
            Overdue::OpenedInPeriod => {
                let mut seen = axis.locate(start).map_or(0..0, |first| axis.window_from(first, window));
                if is_snapshot {
                    seen = seen
                        .clone()
                        .find(|period| own(*period))
                        .map_or(0..0, |period| period..period + 1);
                }
                let is_open = |period: &usize| stop.is_none_or(|stop| stop >= axis.end(*period));
                let stops = seen.start + seen.clone().take_while(is_open).count();
                Self {
                    stopped: stops..seen.end,
                    open: seen.start..stops,
                }
            }
        }
    }

    fn is_nowhere(&self) -> bool {
        self.stopped.is_empty() && self.open.is_empty()
    }

    fn periods(&self) -> impl Iterator<Item = usize> {
        self.stopped.clone().chain(self.open.clone())
    }
}

/// Returns the periods of a window in whose cells its cases stand: cases that count where they were opened
/// stand in the cell of the window's last period, for each window that they were opened in.
pub(in crate::measure) fn counted_at(overdue: Overdue, periods: &[usize]) -> impl Iterator<Item = usize> + '_ {
    let own = match overdue {
        Overdue::OpenedInPeriod => &periods[periods.len().saturating_sub(1)..],
        Overdue::CountUntilResolved | Overdue::ResolvedOnly => periods,
    };
    own.iter().copied()
}

fn unlisted(row: usize, value: Option<&str>, limits: &IndexMap<String, Deadline>, place: Span) -> Rejected {
    let shown = value.map_or("null".to_owned(), |value| format!("`{value}`"));
    let near = value.and_then(|value| did_you_mean(value, limits.keys().map(String::as_str)));
    let help = match near {
        Some(near) => {
            format!("`within` lists `{near}`: list the other value too, correct the row, or leave it out by `where`")
        }
        None => "list the value under `within`, or leave such rows out by `where`".into(),
    };
    Rejected {
        row,
        column: None,
        label: format!("the value is {shown}"),
        diagnostic: Box::new(
            Diagnostic::new("unlisted-value", place, format!("{shown} has no limit under `within`")).help(help),
        ),
    }
}
