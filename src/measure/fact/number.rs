use std::collections::HashSet;

use super::{Answers, Reading, Scenario, Twice, View, quotient, whole};
use crate::measure::cell::{Extremes, Sum, Values};
use crate::measure::facts::{Absence, Detail, Exclusion, Measured};
use crate::measure::plan::{Parts, RowsHandle, Variants};
use crate::measure::scan::{Incidents, Kept, counted_at};
use crate::quantity::Rational;
use crate::resolve::terms::{Function, Overdue};

/// Cases of a clock over some periods.
#[derive(Clone, Copy, Debug, Default)]
struct Cases {
    in_time: u64,
    late: u64,
    overdue_open: u64,
    open_not_due: u64,
}

impl Answers<'_> {
    /// Returns a measure of rows.
    pub(super) fn number(&self, handle: &RowsHandle, parts: &Parts, view: View<'_>) -> Reading {
        let periods = view.periods(handle.window);
        let mut reading = match parts {
            Parts::Ratio { rows, hits, fails } => {
                let rows = self.count(handle, *rows, view);
                let hits = self.count(handle, *hits, view);
                let measured = quotient(Rational::integer(hits), Rational::integer(rows), rows);
                let mut reading = Reading::of(or_empty(measured, "no rows"), Detail::Rows { hits, rows });
                if let Some(fails) = fails {
                    reading.fails = self.fails(handle, *fails, view);
                }
                reading
            }
            Parts::OnTime {
                variants,
                overdue,
                leave_out_not_due,
                fails,
            } => self.on_time(handle, view, variants, *overdue, *leave_out_not_due, *fails),
            Parts::Clock { variants, function } => {
                let cells = variant(variants, view.scenario);
                self.aggregate(handle, cells, function, &Rational::one(), view)
            }
            Parts::Aggregate {
                cells,
                function,
                factor,
            } => self.aggregate(handle, *cells, function, factor, view),
            Parts::Count(rows) => {
                let rows = self.count(handle, *rows, view);
                Reading::of(
                    whole(Rational::integer(rows), rows),
                    Detail::Values { count: rows, sum: None },
                )
            }
            Parts::Distinct(cells) => {
                let mut different: HashSet<&String> = HashSet::new();
                self.each(handle, *cells, view, |kept, slot| {
                    if let Kept::Distinct(sets) = kept
                        && let Some(set) = sets.get(slot)
                    {
                        different.extend(set);
                    }
                });
                let count = different.len() as u64;
                Reading::of(
                    whole(Rational::integer(count), count),
                    Detail::Values { count, sum: None },
                )
            }
            Parts::Nps(cells) => {
                let mut counts = [0u64; 3];
                self.each(handle, *cells, view, |kept, slot| {
                    if let Kept::Nps(cells) = kept
                        && let Some(cell) = cells.get(slot)
                    {
                        counts.iter_mut().zip(cell).for_each(|(total, n)| *total += n);
                    }
                });
                let [promoters, passives, detractors] = counts;
                let answers = promoters + passives + detractors;
                let balance = Rational::integer(promoters) - Rational::integer(detractors);
                let measured = quotient(balance * Rational::integer(100), Rational::integer(answers), answers);
                let detail = Detail::Nps {
                    promoters,
                    passives,
                    detractors,
                };
                Reading::of(or_empty(measured, "no answers"), detail)
            }
            Parts::Share(cells) => {
                let (mut rows, mut part, mut all) = (0, Sum::default(), Sum::default());
                self.each(handle, *cells, view, |kept, slot| {
                    if let Kept::Pairs(pairs) = kept
                        && let Some(pair) = pairs.get(slot)
                    {
                        rows += pair.0;
                        part.merge(&pair.1);
                        all.merge(&pair.2);
                    }
                });
                let (part, all) = (part.value(), all.value());
                let detail = Detail::Share {
                    part: part.clone(),
                    whole: all.clone(),
                };
                let reason = if rows == 0 { "no rows" } else { "the whole is zero" };
                Reading::of(or_empty(quotient(part, all, rows), reason), detail)
            }
            Parts::Value(cells) => self.one(handle, *cells, view),
            Parts::Time { .. } | Parts::Probes { .. } => unreachable!("they are measures of time"),
        };
        reading.left_out = self.left_out(handle, parts, view, &periods);
        if view.scenario == Scenario::Net {
            reading.exclusions = self.row_exclusions(handle, parts, view);
        }
        reading
    }

    /// Calls `f` with each slot of the measure that no carve-out takes out.
    fn each<'s>(&'s self, handle: &RowsHandle, accumulator: usize, view: View<'_>, mut f: impl FnMut(&'s Kept, usize)) {
        let store = self.store(handle, accumulator);
        let periods = self.periods(handle, &view.periods(handle.window));
        for chosen in self
            .chosen(handle, view)
            .iter()
            .filter(|chosen| chosen.excluded.is_none())
        {
            for &period in &periods {
                f(&store.cells, chosen.group * store.periods + period);
            }
        }
    }

    fn count(&self, handle: &RowsHandle, accumulator: usize, view: View<'_>) -> u64 {
        let mut total = 0;
        self.each(handle, accumulator, view, |kept, slot| {
            if let Kept::Counts(counts) = kept {
                total += counts.get(slot).copied().unwrap_or(0);
            }
        });
        total
    }

    fn fails(&self, handle: &RowsHandle, accumulator: usize, view: View<'_>) -> Incidents {
        let mut found = Incidents::new();
        self.each(handle, accumulator, view, |kept, slot| {
            if let Kept::Fails(fails) = kept
                && let Some(fails) = fails.get(slot)
            {
                found.extend(fails.iter().cloned());
            }
        });
        found
    }

    /// Returns the number of values and their sum.
    pub(super) fn sum(&self, handle: &RowsHandle, accumulator: usize, view: View<'_>) -> (u64, Rational) {
        let (mut count, mut sum) = (0, Sum::default());
        self.each(handle, accumulator, view, |kept, slot| {
            if let Kept::Sums(sums) = kept
                && let Some(cell) = sums.get(slot)
            {
                count += cell.0;
                sum.merge(&cell.1);
            }
        });
        (count, sum.value())
    }

    fn aggregate(
        &self,
        handle: &RowsHandle,
        cells: usize,
        function: &Function,
        factor: &Rational,
        view: View<'_>,
    ) -> Reading {
        let (count, sum, measured) = match function {
            Function::Mean | Function::Sum => {
                let (count, sum) = self.sum(handle, cells, view);
                let sum = &sum * factor;
                let measured = if *function == Function::Sum {
                    Some(whole(sum.clone(), count))
                } else {
                    quotient(sum.clone(), Rational::integer(count), count)
                };
                (count, Some(sum), measured)
            }
            Function::Min | Function::Max => {
                let mut extremes = Extremes::default();
                self.each(handle, cells, view, |kept, slot| {
                    if let Kept::Extremes(all) = kept
                        && let Some(cell) = all.get(slot)
                    {
                        extremes.merge(cell);
                    }
                });
                let end = extremes.ends.map(|(least, greatest)| {
                    let end = if *function == Function::Min { least } else { greatest };
                    whole(&end.to_rational() * factor, extremes.count)
                });
                (extremes.count, None, end)
            }
            Function::Median | Function::Percentile(_) => {
                let mut values = Values::default();
                self.each(handle, cells, view, |kept, slot| {
                    if let Kept::Values(all) = kept
                        && let Some(cell) = all.get(slot)
                    {
                        values.merge(cell);
                    }
                });
                let half = Rational::new(1, 2).expect("not zero");
                let share = match function {
                    Function::Percentile(share) => share,
                    _ => &half,
                };
                let count = values.count();
                let value = values.percentile(share).map(|value| whole(&value * factor, count));
                (count, None, value)
            }
        };
        Reading::of(or_empty(measured, "no values"), Detail::Values { count, sum })
    }

    /// Returns the value of the period's only row.
    fn one(&self, handle: &RowsHandle, cells: usize, view: View<'_>) -> Reading {
        let store = self.store(handle, cells);
        let Some(&period) = self.periods(handle, &[view.period]).first() else {
            return Reading::absent(no_row(handle, view));
        };
        let groups = &self.done[handle.scan].state.groups[handle.grouping];
        let mut rows = Vec::new();
        for chosen in self
            .chosen(handle, view)
            .iter()
            .filter(|chosen| chosen.excluded.is_none())
        {
            // The card's own value is the row without an entity: values measured elsewhere do not add up.
            if view.entity.is_none() && groups.keys[chosen.group].entity != 0 {
                continue;
            }
            if let Kept::Ones(ones) = &store.cells
                && let Some(ones) = ones.get(chosen.group * store.periods + period)
            {
                rows.extend(ones);
            }
        }
        rows.sort_unstable_by_key(|(_, position)| *position);
        if let [first, second, ..] = rows[..] {
            self.twice.borrow_mut().push(Twice {
                scan: handle.scan,
                kpi: view.kpi.id.clone(),
                place: view.kpi.declared_at,
                rows: (first.1, second.1),
            });
        }
        match rows.first() {
            Some((value, _)) => Reading::of(
                whole(value.clone(), 1),
                Detail::Values {
                    count: 1,
                    sum: Some(value.clone()),
                },
            ),
            None => Reading::absent(no_row(handle, view)),
        }
    }

    fn on_time(
        &self,
        handle: &RowsHandle,
        view: View<'_>,
        variants: &Variants,
        overdue: Overdue,
        leave_out_not_due: bool,
        fails: bool,
    ) -> Reading {
        let accumulator = variant(variants, view.scenario);
        let chosen = self.chosen(handle, view);
        let kept = chosen.iter().filter(|chosen| chosen.excluded.is_none());
        let cases = self.cases(handle, accumulator, view, overdue, kept.map(|chosen| chosen.group));
        let judged = match overdue {
            Overdue::CountUntilResolved => cases.in_time + cases.late + cases.overdue_open,
            Overdue::ResolvedOnly => cases.in_time + cases.late,
            Overdue::OpenedInPeriod => {
                let not_due = if leave_out_not_due { 0 } else { cases.open_not_due };
                cases.in_time + cases.late + cases.overdue_open + not_due
            }
        };
        let measured = quotient(Rational::integer(cases.in_time), Rational::integer(judged), judged);
        let detail = Detail::OnTime {
            in_time: cases.in_time,
            late: cases.late,
            overdue_open: cases.overdue_open,
            open_not_due: cases.open_not_due,
        };
        let mut reading = Reading::of(or_empty(measured, "no case to judge"), detail);
        if fails {
            let store = self.store(handle, accumulator);
            let periods = self.periods(handle, &view.periods(handle.window));
            for chosen in chosen.iter().filter(|chosen| chosen.excluded.is_none()) {
                for period in counted_at(overdue, &periods) {
                    if let Kept::OnTime(cells) = &store.cells
                        && let Some(cell) = cells.get(chosen.group * store.periods + period)
                    {
                        reading.fails.extend(cell.fails.iter().cloned());
                    }
                }
            }
        }
        reading
    }

    fn cases(
        &self,
        handle: &RowsHandle,
        accumulator: usize,
        view: View<'_>,
        overdue: Overdue,
        groups: impl Iterator<Item = usize>,
    ) -> Cases {
        let store = self.store(handle, accumulator);
        let Kept::OnTime(cells) = &store.cells else {
            unreachable!("the accumulator is of a clock")
        };
        let periods = self.periods(handle, &view.periods(handle.window));
        let Some(&last) = periods.last() else {
            return Cases::default();
        };
        let (mut cases, mut overdue_open, mut not_due) = (Cases::default(), 0i64, 0i64);
        for group in groups {
            let first = group * store.periods;
            for period in counted_at(overdue, &periods) {
                if let Some(cell) = cells.get(first + period) {
                    cases.in_time += cell.in_time;
                    cases.late += cell.late;
                }
            }
            // What is open is judged as of the end of the last period, and so counts once.
            for cell in (0..=last).filter_map(|period| cells.get(first + period)) {
                overdue_open += cell.overdue_change;
                not_due += cell.not_due_change;
            }
        }
        cases.overdue_open = u64::try_from(overdue_open).expect("as many close as open");
        cases.open_not_due = u64::try_from(not_due).expect("as many close as open");
        cases
    }

    /// Returns how many clocks stopped before they started.
    pub(super) fn negative(&self, handle: &RowsHandle, accumulator: usize, view: View<'_>, periods: &[usize]) -> u64 {
        let store = self.store(handle, accumulator);
        let Kept::OnTime(cells) = &store.cells else {
            return 0;
        };
        let chosen = self.chosen(handle, view);
        let slots = chosen
            .iter()
            .flat_map(|chosen| periods.iter().map(|period| chosen.group * store.periods + period));
        slots.filter_map(|slot| cells.get(slot)).map(|cell| cell.negative).sum()
    }

    /// Returns the rows of a measure in some groups.
    fn rows_in(&self, handle: &RowsHandle, parts: &Parts, view: View<'_>, groups: &[usize]) -> u64 {
        let accumulator = match parts {
            Parts::Ratio { rows, .. } | Parts::Count(rows) => *rows,
            Parts::OnTime { variants, overdue, .. } => {
                let accumulator = variant(variants, view.scenario);
                let cases = self.cases(handle, accumulator, view, *overdue, groups.iter().copied());
                return cases.in_time
                    + cases.late
                    + if *overdue == Overdue::ResolvedOnly {
                        0
                    } else {
                        cases.overdue_open
                    }
                    + if *overdue == Overdue::OpenedInPeriod {
                        cases.open_not_due
                    } else {
                        0
                    };
            }
            Parts::Clock { variants, .. } => variant(variants, view.scenario),
            Parts::Aggregate { cells, .. } => *cells,
            Parts::Distinct(cells) | Parts::Nps(cells) | Parts::Share(cells) | Parts::Value(cells) => *cells,
            Parts::Time { outages, .. } => *outages,
            Parts::Probes { probes, .. } => *probes,
        };
        let store = self.store(handle, accumulator);
        let periods = self.periods(handle, &view.periods(handle.window));
        let mut total = 0;
        for group in groups {
            for period in &periods {
                let slot = group * store.periods + period;
                total += match &store.cells {
                    Kept::Counts(cells) => cells.get(slot).copied().unwrap_or(0),
                    Kept::Sums(cells) => cells.get(slot).map_or(0, |cell| cell.0),
                    Kept::Pairs(cells) => cells.get(slot).map_or(0, |cell| cell.0),
                    Kept::Values(cells) => cells.get(slot).map_or(0, Values::count),
                    Kept::Extremes(cells) => cells.get(slot).map_or(0, |cell| cell.count),
                    Kept::Distinct(cells) => cells.get(slot).map_or(0, |cell| cell.len() as u64),
                    Kept::Nps(cells) => cells.get(slot).map_or(0, |cell| cell.iter().sum()),
                    Kept::Ones(cells) => cells.get(slot).map_or(0, |cell| cell.len() as u64),
                    Kept::Fails(_) | Kept::OnTime(_) | Kept::Outages(_) | Kept::Probes(_) => 0,
                };
            }
        }
        total
    }

    fn row_exclusions(&self, handle: &RowsHandle, parts: &Parts, view: View<'_>) -> Vec<Exclusion> {
        let chosen = self.chosen(handle, view);
        let carve_outs = view.kpi.carve_outs.iter().enumerate();
        carve_outs
            .map(|(place, id)| {
                let own = chosen.iter().filter(|chosen| chosen.excluded == Some(place));
                let groups: Vec<usize> = own.map(|chosen| chosen.group).collect();
                Exclusion {
                    carve_out: id.clone(),
                    time: 0,
                    down: Rational::zero(),
                    rows: self.rows_in(handle, parts, view, &groups),
                    windows: Vec::new(),
                    refused: 0,
                }
            })
            .collect()
    }

    /// Returns the rows that a claim over tickets names.
    pub(super) fn claimed_rows(&self, handle: &RowsHandle, parts: &Parts, view: View<'_>, claim: usize) -> u64 {
        let gross = View {
            scenario: Scenario::Gross,
            ..view
        };
        let chosen = self.chosen(handle, gross);
        let own = chosen.iter().map(|chosen| chosen.group);
        let groups: Vec<usize> = own.filter(|group| self.is_claimed(handle, *group, claim)).collect();
        if groups.is_empty() {
            return 0;
        }
        match parts {
            Parts::Time { outages, .. } => self.outages_in(handle, *outages, view, &groups),
            _ => self.rows_in(handle, parts, gross, &groups),
        }
    }
}

/// Returns the accumulator of a clock under a scenario.
fn variant(variants: &Variants, scenario: Scenario) -> usize {
    match scenario {
        Scenario::Gross => variants.gross,
        Scenario::Net => variants.net,
        Scenario::Toggled(claim) => {
            let own = variants.otherwise.iter().find(|(number, _)| *number == claim);
            own.map_or(variants.net, |(_, accumulator)| *accumulator)
        }
    }
}

fn no_row(handle: &RowsHandle, view: View<'_>) -> Absence {
    Absence::NoData(format!("`{}` has no row for {}", handle.source, view.period))
}

fn or_empty(measured: Option<Measured>, reason: &str) -> Measured {
    measured.unwrap_or_else(|| Measured::Absent(Absence::NotApplicable(reason.to_owned())))
}
