use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use arrow_buffer::BooleanBuffer;

use super::group::{Groups, NONE};
use super::rows::{Rows, Slots};
use super::state::{Kept, OutageRow, State, at};
use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::expression::Output;
use crate::measure::axis::Axis;
use crate::measure::cell::Decimal;
use crate::measure::clock::{elapsed, in_time};
use crate::measure::interval::Intervals;
use crate::measure::plan::{Accumulator, Cells, Kind, Out, PlaceBy, ScanPlan};
use crate::measure::value::{holds, moment, nulls, number, text};
use crate::quantity::Rational;
use crate::resolve::terms::{Overdue, Within};
use crate::source::Span;
use crate::tables::{Position, Rejected};

/// The first row, in the order of the batch, that a measure cannot take.
#[derive(Default)]
struct First(Option<Rejected>);

impl First {
    fn offer(&mut self, row: usize, make: impl FnOnce() -> Rejected) {
        if self.0.as_ref().is_none_or(|first| row < first.row) {
            self.0 = Some(make());
        }
    }
}

/// Adds a batch of rows to everything that is asked of the source.
pub(super) fn fold(state: &mut State, rows: &Rows<'_>, position: &dyn Fn(usize) -> Position) -> Result<(), Rejected> {
    let plan = rows.plan;
    let groups: Vec<Rc<Vec<u32>>> = plan
        .groupings
        .iter()
        .zip(&mut state.groups)
        .map(|(grouping, groups)| Rc::new(rows.groups(grouping, groups)))
        .collect();
    let periods: Vec<Rc<Vec<u32>>> = plan
        .placements
        .iter()
        .map(|placement| Rc::new(rows.periods(&placement.by, &plan.axes[placement.axis])))
        .collect();
    let mut slots: HashMap<(usize, usize), Rc<Slots>> = HashMap::new();
    let mut first = First::default();
    for (number, accumulator) in plan.accumulators.iter().enumerate() {
        let count = state.stores[number].periods;
        let key = (accumulator.grouping, accumulator.placement);
        let slots = slots.entry(key).or_insert_with(|| {
            let by = &plan.placements[accumulator.placement].by;
            // A clock and an interval find their periods themselves: here only the group counts.
            let count = if matches!(by, PlaceBy::Clock | PlaceBy::Nothing) {
                1
            } else {
                count
            };
            Rc::new(Rows::slots(
                &groups[accumulator.grouping],
                &periods[accumulator.placement],
                count,
            ))
        });
        let mut adding = Adding {
            rows,
            plan,
            number,
            accumulator,
            slots,
            position,
            first: &mut first,
        };
        adding.run(state);
    }
    observe(state, rows, &groups, &periods, &mut first);
    match first.0 {
        None => Ok(()),
        Some(rejected) => Err(rejected),
    }
}

/// One accumulator over one batch.
struct Adding<'a, 'r> {
    rows: &'a Rows<'r>,
    plan: &'a ScanPlan,
    number: usize,
    accumulator: &'a Accumulator,
    slots: &'a Slots,
    position: &'a dyn Fn(usize) -> Position,
    first: &'a mut First,
}

impl Adding<'_, '_> {
    fn run(&mut self, state: &mut State) {
        let groups = &state.groups[self.accumulator.grouping];
        let store = &mut state.stores[self.number];
        let mut mask = self.slots.present.clone();
        if let Some(filter) = self.accumulator.filter {
            let output = self.rows.output(filter);
            self.errors(groups, store.periods, output, filter, &mask);
            if let Some(nulls) = nulls(&output.column) {
                for row in (&mask & &nulls).set_indices() {
                    if let Some(slot) = self.slot(store.periods, row) {
                        store.left_out(slot).null_condition += 1;
                    }
                }
            }
            self.zero_divisions(store, output, &mask);
            mask = &mask & &holds(&output.column);
        }
        match &self.accumulator.kind {
            Kind::Count(strict) => {
                if let Some(hit) = strict {
                    mask = self.hits(groups, store.periods, *hit, &mask);
                }
                let Kept::Counts(counts) = &mut store.cells else {
                    unreachable!("the store is the accumulator's")
                };
                if let Some(slot) = self.slots.single {
                    *at(counts, slot as usize) += mask.count_set_bits() as u64;
                } else {
                    for row in mask.set_indices() {
                        *at(counts, self.slots.of[row] as usize) += 1;
                    }
                }
            }
            Kind::Fails(hit, failing) => {
                let held = holds(self.rows.column(*hit));
                let mask = if *failing { &mask & &held } else { &mask & &!&held };
                let incident = self.accumulator.incident;
                let Kept::Fails(fails) = &mut store.cells else {
                    unreachable!("the store is the accumulator's")
                };
                for row in mask.set_indices() {
                    let name = incident.and_then(|incident| text(self.rows.column(incident), row));
                    at(fails, self.slots.of[row] as usize).insert(name.map(Into::into));
                }
            }
            Kind::Cells(of, cells) => self.cells(groups, store, *of, *cells, &mask),
            Kind::Pair(part, whole) => {
                for out in [*part, *whole] {
                    let output = self.rows.output(out);
                    self.errors(groups, store.periods, output, out, &mask);
                    self.zero_divisions(store, output, &mask);
                }
                let (part, whole) = (self.rows.column(*part), self.rows.column(*whole));
                for row in mask.set_indices() {
                    let slot = self.slots.of[row] as usize;
                    let (Some(part), Some(whole)) = (number(part, row), number(whole, row)) else {
                        store.left_out(slot).null_value += 1;
                        continue;
                    };
                    let Kept::Pairs(pairs) = &mut store.cells else {
                        unreachable!("the store is the accumulator's")
                    };
                    let cell = at(pairs, slot);
                    cell.0 += 1;
                    cell.1.add(part);
                    cell.2.add(whole);
                }
            }
            Kind::Elapsed { clock, table, .. } => {
                let clock = &self.plan.clocks[*clock];
                let table = &self.plan.tables[*table];
                for row in mask.set_indices() {
                    let slot = self.slots.of[row] as usize;
                    let key = groups.keys[slot / store.periods];
                    let Some(limit) = table.slots.get(&(key.scope, key.each)).map(|n| &table.limits[*n]) else {
                        continue;
                    };
                    let (Some(start), Some(stop), mut rests) = self.rows.clock(clock, row) else {
                        store.left_out(slot).null_value += 1;
                        continue;
                    };
                    stop_in(&mut rests.intervals, &limit.windows, start, stop);
                    if stop < start {
                        store.left_out(slot).negative_elapsed += 1;
                    }
                    let value = Decimal::integer(elapsed(&limit.hours, start, stop, &rests));
                    keep(&mut store.cells, slot, value);
                }
            }
            Kind::OnTime {
                clock,
                table,
                by,
                overdue,
            } => self.on_time(groups, store, (*clock, *table), *by, *overdue, &mask),
            Kind::Outages {
                start,
                end,
                weight,
                zone,
            } => {
                let (starts, ends) = (self.rows.column(*start), self.rows.column(*end));
                if let Some(weight) = weight {
                    let output = self.rows.output(*weight);
                    self.errors(groups, store.periods, output, *weight, &mask);
                }
                let incident = self.accumulator.incident;
                for row in mask.set_indices() {
                    let slot = self.slots.of[row] as usize;
                    let Some(start) = moment(starts, row, zone, false) else {
                        store.left_out(slot).null_value += 1;
                        continue;
                    };
                    let end = moment(ends, row, zone, true);
                    if end.is_some_and(|end| end < start) {
                        store.left_out(slot).negative_elapsed += 1;
                        continue;
                    }
                    let weighs = weight.map(|weight| number(self.rows.column(weight), row).map(Decimal::to_rational));
                    let weight = match weighs {
                        None => None,
                        Some(None) => {
                            // An outage of unknown extent counts whole: leaving it out would hide it.
                            store.left_out(slot).null_value += 1;
                            None
                        }
                        Some(Some(value)) => {
                            if value.is_negative() || value > Rational::one() {
                                self.bad_weight(groups, slot, row, weight.expect("it has a value"), &value);
                            }
                            Some(value)
                        }
                    };
                    let incident = incident.and_then(|incident| text(self.rows.column(incident), row));
                    let Kept::Outages(outages) = &mut store.cells else {
                        unreachable!("the store is the accumulator's")
                    };
                    at(outages, slot).push(OutageRow {
                        start,
                        end,
                        weight: weight.filter(|weight| *weight != Rational::one()),
                        incident: incident.map(Arc::from),
                    });
                }
            }
            Kind::Probes { at: when, up, series } => {
                let moments = self.rows.moments(when);
                let ups = self.hits(groups, store.periods, *up, &mask);
                for row in mask.set_indices() {
                    let slot = self.slots.of[row] as usize;
                    let Some(instant) = moments[row] else {
                        store.left_out(slot).null_value += 1;
                        continue;
                    };
                    let name = series
                        .and_then(|series| text(self.rows.column(series), row))
                        .unwrap_or_default();
                    let Kept::Probes(probes) = &mut store.cells else {
                        unreachable!("the store is the accumulator's")
                    };
                    let rows = &mut at(probes, slot).series;
                    let up = ups.value(row);
                    match rows.get_mut(&*name) {
                        Some(rows) => rows.push((instant, up)),
                        None => {
                            rows.insert(name.into_owned(), vec![(instant, up)]);
                        }
                    }
                }
            }
        }
    }

    /// Returns the slot that something about `row` is counted at.
    fn slot(&self, periods: usize, row: usize) -> Option<usize> {
        let placement = &self.plan.placements[self.accumulator.placement];
        match &placement.by {
            PlaceBy::Moment(_) | PlaceBy::Period(_) => Some(self.slots.of[row] as usize),
            PlaceBy::Nothing => Some(self.slots.of[row] as usize),
            PlaceBy::Clock => {
                let Kind::OnTime { clock, overdue, .. } = self.accumulator.kind else {
                    return None;
                };
                let axis = &self.plan.axes[placement.axis];
                let (start, stop, _) = self.rows.clock(&self.plan.clocks[clock], row);
                let period = match overdue {
                    Overdue::OpenedInPeriod => axis.locate(start?),
                    _ => stop.and_then(|stop| axis.locate(stop)).or_else(|| axis.locate(start?)),
                };
                Some(self.slots.of[row] as usize * periods + period?)
            }
        }
    }

    fn zero_divisions(&self, store: &mut super::Store, output: &Output, mask: &BooleanBuffer) {
        let Some(divisions) = &output.zero_divisions else {
            return;
        };
        for row in (mask & divisions).set_indices() {
            if let Some(slot) = self.slot(store.periods, row) {
                store.left_out(slot).zero_division += 1;
            }
        }
    }

    /// Whether anything asks for what `row` is counted in.
    fn is_asked(&self, groups: &Groups, periods: usize, row: usize) -> bool {
        let placement = &self.plan.placements[self.accumulator.placement];
        let placed = matches!(placement.by, PlaceBy::Moment(_) | PlaceBy::Period(_));
        let slot = self.slots.of[row];
        if slot == NONE {
            return false;
        }
        let (group, period) = if placed {
            (slot as usize / periods, Some(slot as usize % periods))
        } else {
            (slot as usize, None)
        };
        let key = groups.keys[group];
        let axis = &self.plan.axes[placement.axis];
        self.accumulator
            .asked
            .get(&(key.scope, key.each))
            .is_some_and(|asked| period.is_none_or(|period| asked.binary_search(&axis.period(period)).is_ok()))
    }

    /// Offers the first row whose value could not be computed and that anything asks for.
    fn errors(&mut self, groups: &Groups, periods: usize, output: &Output, out: Out, mask: &BooleanBuffer) {
        if output.is_sound() {
            return;
        }
        let asked: BooleanBuffer = (0..self.rows.len)
            .map(|row| mask.value(row) && self.is_asked(groups, periods, row))
            .collect();
        if let Some(error) = output.error(Some(&asked)) {
            let place = self.place(groups, periods, error.row, out);
            self.first.offer(error.row, || Rejected {
                row: error.row,
                column: None,
                label: error.message.clone(),
                diagnostic: Box::new(Diagnostic::new(error.rule, place, error.message.clone())),
            });
        }
    }

    fn place(&self, groups: &Groups, periods: usize, row: usize, out: Out) -> Span {
        let placement = &self.plan.placements[self.accumulator.placement];
        let placed = matches!(placement.by, PlaceBy::Moment(_) | PlaceBy::Period(_));
        let slot = self.slots.of[row] as usize;
        let key = groups.keys[if placed { slot / periods } else { slot }];
        let place = self.plan.variants[out.variant].place(out.number, key.scope);
        place.unwrap_or(self.plan.source.declared_at)
    }

    /// Returns the rows of `mask` where a condition holds; where it is null is an error.
    fn hits(&mut self, groups: &Groups, periods: usize, hit: Out, mask: &BooleanBuffer) -> BooleanBuffer {
        let output = self.rows.output(hit);
        self.errors(groups, periods, output, hit, mask);
        if let Some(nulls) = nulls(&output.column) {
            let asked = |row: &usize| self.is_asked(groups, periods, *row) && output.is_sound();
            if let Some(row) = (mask & &nulls).set_indices().find(asked) {
                let place = self.place(groups, periods, row, hit);
                self.first.offer(row, || {
                    let message = "a condition that decides a hit is null for a row";
                    let help = "say what null means: `(…) IS TRUE` counts it as no, or leave such rows out by `where`";
                    Rejected {
                        row,
                        column: None,
                        label: "it is null for this row".into(),
                        diagnostic: Box::new(Diagnostic::new("null-in-condition", place, message).help(help)),
                    }
                });
            }
        }
        mask & &holds(&output.column)
    }

    fn bad_weight(&mut self, groups: &Groups, slot: usize, row: usize, out: Out, value: &Rational) {
        if !self.is_asked(groups, 1, row) {
            return;
        }
        let place = self.plan.variants[out.variant].place(out.number, groups.keys[slot].scope);
        let place = place.unwrap_or(self.plan.source.declared_at);
        self.first.offer(row, || {
            let message = format!("an outage weighs {}, not between 0 and 1", value.to_exact());
            let help = "divide what is affected by all there is, such as `affected_users / total_users`";
            Rejected {
                row,
                column: None,
                label: "of this row".into(),
                diagnostic: Box::new(Diagnostic::new("invalid-value", place, message).help(help)),
            }
        });
    }

    fn cells(&mut self, groups: &Groups, store: &mut super::Store, of: Out, cells: Cells, mask: &BooleanBuffer) {
        let output = self.rows.output(of);
        self.errors(groups, store.periods, output, of, mask);
        self.zero_divisions(store, output, mask);
        for row in mask.set_indices() {
            let slot = self.slots.of[row] as usize;
            if let Cells::Distinct = cells {
                match text(&output.column, row) {
                    None => store.left_out(slot).null_value += 1,
                    Some(value) => {
                        let Kept::Distinct(sets) = &mut store.cells else {
                            unreachable!("the store is the accumulator's")
                        };
                        let set = at(sets, slot);
                        if !set.contains(&*value) {
                            set.insert(value.into_owned());
                        }
                    }
                }
                continue;
            }
            let Some(value) = number(&output.column, row) else {
                store.left_out(slot).null_value += 1;
                continue;
            };
            match &mut store.cells {
                Kept::Nps(counts) => {
                    let answer = value.to_rational().to_i64().filter(|answer| (0..=10).contains(answer));
                    match answer {
                        Some(9..) => at(counts, slot)[0] += 1,
                        Some(7..) => at(counts, slot)[1] += 1,
                        Some(_) => at(counts, slot)[2] += 1,
                        None if self.is_asked(groups, store.periods, row) => {
                            let place = self.place(groups, store.periods, row, of);
                            self.first.offer(row, || {
                                let value = value.to_rational().to_exact();
                                let message = format!("`{value}` is no answer from 0 to 10");
                                Rejected {
                                    row,
                                    column: None,
                                    label: format!("the answer is `{value}`"),
                                    diagnostic: Box::new(
                                        Diagnostic::new("invalid-survey-answer", place, message)
                                            .help("correct the row, or leave it out by `where`"),
                                    ),
                                }
                            });
                        }
                        None => {}
                    }
                }
                Kept::Ones(ones) => at(ones, slot).push((value.to_rational(), (self.position)(row))),
                kept => keep(kept, slot, value),
            }
        }
    }

    fn on_time(
        &mut self,
        groups: &Groups,
        store: &mut super::Store,
        (clock, table): (usize, usize),
        by: Option<Out>,
        overdue: Overdue,
        mask: &BooleanBuffer,
    ) {
        let (clock, table) = (&self.plan.clocks[clock], &self.plan.tables[table]);
        let axis = &self.plan.axes[self.plan.placements[self.accumulator.placement].axis];
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
            let judged = Judged::of(axis, start, stop, overdue, self.rows);
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
            let until = stop.unwrap_or(i64::MAX).max(start);
            stop_in(&mut rests.intervals, &limit.windows, start, until);
            let good = |instant: i64| in_time(&limit.hours, &limit.days, deadline, start, instant, &rests);
            let incident = self.accumulator.incident;
            let name = || {
                let name = incident.and_then(|incident| text(self.rows.column(incident), row));
                name.map(std::borrow::Cow::into_owned)
            };
            let Kept::OnTime(cells) = &mut store.cells else {
                unreachable!("the store is the accumulator's")
            };
            if let (Some(period), Some(stop)) = (judged.stopped, stop) {
                let cell = at(cells, slot(period));
                if good(stop) {
                    cell.in_time += 1;
                } else {
                    cell.late += 1;
                    if incident.is_some() {
                        cell.fails.insert(name());
                    }
                }
                cell.negative += u64::from(stop < start);
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
            let mut change = |range: std::ops::Range<usize>, overdue: bool| {
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
    pub(super) stopped: Option<usize>,
    /// At whose ends it counts as open.
    pub(super) open: std::ops::Range<usize>,
}

impl Judged {
    pub(super) fn of(axis: &Axis, start: i64, stop: Option<i64>, overdue: Overdue, rows: &Rows<'_>) -> Self {
        let own = |period: usize| rows.is_judged(axis, period);
        let stopped = stop.and_then(|stop| axis.locate(stop)).filter(|period| own(*period));
        let none = 0..0;
        match overdue {
            Overdue::ResolvedOnly => Self { stopped, open: none },
            Overdue::CountUntilResolved => {
                let mut open = axis.open_at_ends(start, stop);
                if rows.cases.is_some_and(|view| view.snapshot.end.is_some()) {
                    let own = open.clone().find(|period| own(*period));
                    open = own.map_or(none, |period| period..period + 1);
                }
                Self { stopped, open }
            }
            Overdue::OpenedInPeriod => {
                let Some(period) = axis.locate(start).filter(|period| own(*period)) else {
                    return Self {
                        stopped: None,
                        open: none,
                    };
                };
                if stop.is_some_and(|stop| stop < axis.end(period)) {
                    Self {
                        stopped: Some(period),
                        open: none,
                    }
                } else {
                    Self {
                        stopped: None,
                        open: period..period + 1,
                    }
                }
            }
        }
    }

    fn is_nowhere(&self) -> bool {
        self.stopped.is_none() && self.open.is_empty()
    }

    fn periods(&self) -> impl Iterator<Item = usize> {
        self.stopped.into_iter().chain(self.open.clone())
    }
}

fn unlisted(
    row: usize,
    value: Option<&str>,
    limits: &indexmap::IndexMap<String, crate::resolve::terms::Deadline>,
    place: Span,
) -> Rejected {
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

/// Adds the windows between start and stop to what a clock rests.
fn stop_in(rests: &mut Intervals, windows: &Intervals, start: i64, stop: i64) {
    if !windows.is_empty() {
        *rests = rests.union(&windows.clip(start, stop));
    }
}

fn keep(kept: &mut Kept, slot: usize, value: Decimal) {
    match kept {
        Kept::Sums(sums) => {
            let cell = at(sums, slot);
            cell.0 += 1;
            cell.1.add(value);
        }
        Kept::Values(values) => at(values, slot).add(value),
        Kept::Extremes(extremes) => at(extremes, slot).add(value),
        _ => unreachable!("the store is the accumulator's"),
    }
}

/// Takes what is not a measure: lists, lookups, pauses, the last row, rows outside every period.
fn observe(state: &mut State, rows: &Rows<'_>, _groups: &[Rc<Vec<u32>>], periods: &[Rc<Vec<u32>>], first: &mut First) {
    let plan = rows.plan;
    // Of an event log only the rows as they stand at its end are looked at here.
    if rows.cases.is_some_and(|view| view.snapshot.end.is_some()) {
        return;
    }
    for (list, found) in plan.lists.iter().zip(&mut state.lists) {
        for row in 0..rows.len {
            let scope = list.scope.map(|(variant, scope)| (&rows.scopes[variant], scope));
            if scope.is_some_and(|(scopes, scope)| scopes.as_ref().is_none_or(|scopes| scopes[row] != scope)) {
                continue;
            }
            let Some(key) = text(rows.column(list.key), row) else {
                continue;
            };
            let title = list.title.and_then(|title| text(rows.column(title), row));
            let title = title.unwrap_or_else(|| key.clone()).into_owned();
            found.push((key.into_owned(), title));
        }
    }
    for (joiner, state) in plan.joiners.iter().zip(&mut state.joiners) {
        let values = joiner.of.map(|of| rows.column(of));
        if let Err(row) = state.add(rows.column(joiner.key), values) {
            first.offer(row, || {
                let message = "a looked-up sum has more than 38 digits";
                Rejected {
                    row,
                    column: None,
                    label: "it overflows here".into(),
                    diagnostic: Box::new(Diagnostic::new("number-overflow", plan.source.declared_at, message)),
                }
            });
        }
    }
    for (rest, state) in plan.rests.iter().zip(&mut state.rests) {
        for row in 0..rows.len {
            let from = moment(rows.column(rest.from), row, &rest.zone, false);
            let to = moment(rows.column(rest.to), row, &rest.zone, true);
            if let (Some(key), Some(from)) = (text(rows.column(rest.key), row), from) {
                let rest = (from, to.unwrap_or(i64::MAX));
                state.entry(key.into_owned()).or_default().push(rest);
            }
        }
    }
    for (last, state) in plan.lasts.iter().zip(&mut state.lasts) {
        let found = match &last.by {
            PlaceBy::Moment(at) => rows.moments(at).into_iter().flatten().max(),
            PlaceBy::Period(period) if rows.len > 0 => Some(period.starts_at(&last.zone)),
            _ => None,
        };
        *state = (*state).max(found);
    }
    for ((scoped, placement), counts) in plan.outside.iter().zip(&mut state.outside) {
        let scopes = scoped.and_then(|variant| rows.scopes[variant].as_ref());
        for (row, period) in periods[*placement].iter().enumerate() {
            if *period == NONE {
                counts[scopes.map_or(0, |scopes| scopes[row] as usize)] += 1;
            }
        }
    }
    if let Some(scopes) = rows.scopes.iter().flatten().next() {
        state.other_scopes += scopes.iter().filter(|scope| **scope == 0).count() as u64;
    }
}
