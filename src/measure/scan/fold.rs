use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use arrow_buffer::BooleanBuffer;

use super::first::First;
use super::group::{GroupKey, Groups, NONE};
use super::observe::observe;
use super::rows::{Rows, Slots};
use super::state::{Kept, OutageRow, State, at};
use crate::diagnostics::Diagnostic;
use crate::expression::Output;
use crate::measure::cell::Decimal;
use crate::measure::clock::{Rests, elapsed};
use crate::measure::plan::{Accumulator, Cells, ClockPlan, Kind, Limit, Out, PlaceBy, RestPlan, ScanPlan};
use crate::measure::value::{holds, moment, nulls, number, text};
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{OnBadRow, Overdue};
use crate::source::Span;
use crate::tables::{Position, Rejected};

/// Rows of a batch that stopped or ended before they started, by the variant whose scope counts.
///
/// Several measures may read a row; a source's profile counts it once.
#[derive(Default)]
pub(super) struct Negative(BTreeMap<Option<usize>, BTreeSet<usize>>);

impl Negative {
    pub(super) fn mark(&mut self, scoped: Option<usize>, row: usize) {
        self.0.entry(scoped).or_default().insert(row);
    }

    fn count(self, state: &mut State, rows: &Rows<'_>) {
        for (scoped, marked) in self.0 {
            let scopes = scoped.and_then(|variant| rows.scopes[variant].as_ref());
            let counts = state.negative.entry(scoped).or_default();
            for row in marked {
                *at(counts, scopes.map_or(0, |scopes| scopes[row] as usize)) += 1;
            }
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
    let mut negative = Negative::default();
    for (number, accumulator) in plan.accumulators.iter().enumerate() {
        let count = state.stores[number].periods;
        let key = (accumulator.grouping, accumulator.placement);
        let slots = slots.entry(key).or_insert_with(|| {
            let by = &plan.placements[accumulator.placement].by;
            // A clock finds its periods itself: here only the group counts.
            let count = if *by == PlaceBy::Clock { 1 } else { count };
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
            negative: &mut negative,
        };
        adding.run(state);
    }
    negative.count(state, rows);
    observe(state, rows, &periods, &mut first);
    match first.0 {
        None => Ok(()),
        Some(rejected) => Err(rejected),
    }
}

/// One accumulator over one batch.
pub(super) struct Adding<'a, 'r> {
    pub(super) rows: &'a Rows<'r>,
    pub(super) plan: &'a ScanPlan,
    pub(super) number: usize,
    pub(super) accumulator: &'a Accumulator,
    pub(super) slots: &'a Slots,
    pub(super) position: &'a dyn Fn(usize) -> Position,
    pub(super) first: &'a mut First,
    pub(super) negative: &'a mut Negative,
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
        let scoped = self.plan.groupings[self.accumulator.grouping].scoped;
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
                let in_days = self.rows.is_in_days(clock);
                let table = &self.plan.tables[*table];
                let axis = &self.plan.axes[self.plan.placements[self.accumulator.placement].axis];
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
                    if rests.whole < 0 {
                        let period = axis.period(slot % store.periods);
                        self.negative_pause(key, clock, row, std::iter::once(period));
                        continue;
                    }
                    rest(&mut rests, limit, in_days, start, Some(stop));
                    if stop < start || self.rows.pauses_backwards(clock, row) {
                        self.negative.mark(scoped, row);
                    }
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
                window,
            } => self.on_time(groups, store, (*clock, *table), *by, (*overdue, *window), &mask),
            Kind::Outages {
                start: start_of,
                end,
                weight,
                zone,
            } => {
                let (starts, ends) = (self.rows.column(*start_of), self.rows.column(*end));
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
                        self.negative.mark(scoped, row);
                        store.left_out(slot).negative_elapsed += 1;
                        self.backwards(groups, store.periods, row, *start_of);
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
                                self.bad_weight(groups, store.periods, row, weight.expect("it has a value"), &value);
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

    /// Whether a slot says the period, not the group alone; intervals of a log have one at each end of a period.
    fn is_placed(&self) -> bool {
        match self.plan.placements[self.accumulator.placement].by {
            PlaceBy::Moment(_) | PlaceBy::Period(_) => true,
            PlaceBy::Nothing => self.plan.stands_at_each_end(),
            PlaceBy::Clock => false,
        }
    }

    /// Whether anything asks for what `row` is counted in.
    fn is_asked(&self, groups: &Groups, periods: usize, row: usize) -> bool {
        let placement = &self.plan.placements[self.accumulator.placement];
        let slot = self.slots.of[row];
        if slot == NONE {
            return false;
        }
        let (group, period) = if self.is_placed() {
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
        let slot = self.slots.of[row] as usize;
        let key = groups.keys[if self.is_placed() { slot / periods } else { slot }];
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

    /// Offers a row whose pause is negative, where one of `periods` is asked for: it would lengthen
    /// the time that it is there to shorten.
    pub(super) fn negative_pause(
        &mut self,
        key: GroupKey,
        clock: &ClockPlan,
        row: usize,
        mut periods: impl Iterator<Item = Period>,
    ) {
        let Some(RestPlan::Minutes(out)) = clock.rest else {
            return;
        };
        let asked = self.accumulator.asked.get(&(key.scope, key.each));
        if !asked.is_some_and(|asked| periods.any(|period| asked.binary_search(&period).is_ok())) {
            return;
        }
        let variant = &self.plan.variants[out.variant];
        let place = variant.place(out.number, key.scope);
        let place = place.unwrap_or(self.plan.source.declared_at);
        let value = number(self.rows.column(out), row).map_or(String::new(), |value| value.to_rational().to_exact());
        self.first.offer(row, || {
            let message = format!("a clock cannot pause for {value} minutes");
            let help = "correct the row; if negative pauses mean none, say so: `minutes: greatest(paused_minutes, 0)`";
            Rejected {
                row,
                column: variant.column(out.number).map(str::to_owned),
                label: format!("`{value}` in this row"),
                diagnostic: Box::new(Diagnostic::new("unreadable-value", place, message).help(help)),
            }
        });
    }

    /// Offers a row whose interval ends before it starts.
    ///
    /// It proves that something happened and not for how long: to count it as no time at all would
    /// take one party's side without a word. Where the source's bad rows are skipped, so is it.
    fn backwards(&mut self, groups: &Groups, periods: usize, row: usize, start: Out) {
        if self.plan.source.on_bad_row == OnBadRow::Skip || !self.is_asked(groups, periods, row) {
            return;
        }
        let place = self.place(groups, periods, row, start);
        self.first.offer(row, || {
            let help = "correct the row, or leave such rows out: `on_bad_row: skip` counts them in the data's quality";
            Rejected {
                row,
                column: None,
                label: "this row".into(),
                diagnostic: Box::new(
                    Diagnostic::new("unreadable-row", place, "a row ends before it starts").help(help),
                ),
            }
        });
    }

    fn bad_weight(&mut self, groups: &Groups, periods: usize, row: usize, out: Out, value: &Rational) {
        if !self.is_asked(groups, periods, row) {
            return;
        }
        let place = self.place(groups, periods, row, out);
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
}

/// Adds what a limit makes a clock rest: the windows between start and stop.
///
/// Between two days a clock that never closes counts days of 24 hours, whatever a clock change does
/// to one of them: nobody recorded an hour.
pub(super) fn rest(rests: &mut Rests, limit: &Limit, in_days: bool, start: i64, stop: Option<i64>) {
    const DAY: i64 = 86_400_000_000;
    if !limit.windows.is_empty() {
        let until = stop.unwrap_or(i64::MAX).max(start);
        rests.intervals = rests.intervals.union(&limit.windows.clip(start, until));
    }
    if let Some(stop) = stop.filter(|_| in_days && limit.hours.is_always()) {
        let apart = stop.saturating_sub(start);
        let days = apart.saturating_add(DAY / 2).div_euclid(DAY);
        rests.whole = rests.whole.saturating_add(apart - days * DAY);
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
