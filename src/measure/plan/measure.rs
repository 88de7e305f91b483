use std::sync::Arc;

use super::build::{Builder, Context, Reading, needed};
use super::{
    Accumulator, CardPlan, Cells, ClockPlan, Grouping, Handle, Keep, Kind, LastPlan, Limit, LimitTable, Moment, Out,
    Parts, PlaceBy, Placement, RestPlan, RestsPlan, RowsHandle, ScanPlan, Variants,
};
use crate::measure::bind::{BoundAt, BoundClock, BoundEnd, BoundMeasure, BoundOperand, BoundRest, BoundRows, Form};
use crate::measure::carve_out::{ClaimState, business_days_calendar, clock_windows, has_windows};
use crate::measure::interval::Intervals;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Calendar, Function, Goal, Id, Kpi, Overdue, ProbeMethod, Terms, Within};

impl Builder<'_> {
    /// Plans what all measures over rows have in common: grouping, axis, placement and filter.
    ///
    /// `clock` is set for measures that place rows by a clock. `None`: nothing says which period a row
    /// belongs to.
    #[expect(clippy::too_many_arguments, reason = "one private step of planning")]
    pub(super) fn rows(
        &mut self,
        context: Context<'_>,
        reading: &Reading<'_>,
        rows: &BoundRows,
        grouping: Grouping,
        window: u32,
        periods: &[Period],
        own: Option<PlaceBy>,
    ) -> Option<(RowsHandle, usize, Option<Out>)> {
        let axis = self.axis(context, reading);
        let by = match own {
            Some(by) => by,
            None => Some(self.place_by(context, reading, rows.at)).filter(|by| *by != PlaceBy::Nothing)?,
        };
        let filter = rows.filter.map(|filter| self.out(reading, filter));
        let last = match self.last(context, reading) {
            Some(last) => Some(last),
            None => match &by {
                PlaceBy::Moment(_) | PlaceBy::Period(_) => {
                    let zone = context.terms.time_zone.clone();
                    let last = LastPlan { by: by.clone(), zone };
                    Some(ScanPlan::intern(&mut self.scans[reading.scan].lasts, last))
                }
                _ => None,
            },
        };
        let scan = &mut self.scans[reading.scan];
        scan.axes[axis].add(needed(context.terms, periods, window));
        let placement = ScanPlan::intern(&mut scan.placements, Placement { axis, by });
        let entity = grouping.entity.is_some();
        let number = scan.groupings.iter().position(|known| known.is(&grouping));
        let number = number.unwrap_or_else(|| {
            scan.groupings.push(grouping);
            scan.groupings.len() - 1
        });
        let handle = RowsHandle {
            source: rows.source.clone(),
            scan: reading.scan,
            grouping: number,
            axis,
            scope: reading.scope,
            each: 0,
            entity,
            covers: reading.source.covers,
            wheres: Vec::new(),
            tickets: Vec::new(),
            window,
            last,
        };
        Some((handle, placement, filter))
    }

    #[expect(clippy::too_many_arguments, reason = "one private step of planning")]
    pub(super) fn accumulator(
        &mut self,
        handle: &RowsHandle,
        placement: usize,
        filter: Option<Out>,
        incident: Option<Out>,
        kind: Kind,
        periods: &[Period],
        terms: &Terms,
    ) -> usize {
        let accumulators = &mut self.scans[handle.scan].accumulators;
        let known = accumulators.iter().position(|other| {
            (other.grouping, other.placement, other.filter, other.incident)
                == (handle.grouping, placement, filter, incident)
                && other.kind == kind
        });
        let number = known.unwrap_or_else(|| {
            accumulators.push(Accumulator {
                grouping: handle.grouping,
                placement,
                filter,
                incident,
                kind,
                asked: Default::default(),
            });
            accumulators.len() - 1
        });
        let asked = accumulators[number]
            .asked
            .entry((handle.scope, handle.each))
            .or_default();
        asked.extend(needed(terms, periods, handle.window));
        asked.sort_unstable();
        asked.dedup();
        number
    }

    #[expect(clippy::too_many_arguments, reason = "one private step of planning")]
    pub(super) fn measure<'a>(
        &mut self,
        context: Context<'a>,
        kpi: &'a Kpi,
        claims: &[ClaimState],
        measure: &'a BoundMeasure,
        periods: &[Period],
        reader: &str,
        plan: &mut CardPlan<'a>,
    ) -> Handle<'a> {
        let (rows, form) = match measure {
            BoundMeasure::Attested => return Handle::Attested,
            BoundMeasure::Formula(is, parts) => {
                let parts = parts.iter().map(|(name, part)| {
                    let part = self.measure(context, kpi, claims, part, periods, reader, plan);
                    (name.clone(), part)
                });
                return Handle::Formula(is, parts.collect());
            }
            BoundMeasure::Rows(rows, form) => (rows, form),
        };
        let Some(reading) = self.reading(context, &rows.source, reader, plan) else {
            return Handle::Nothing(format!("no file of `{}` is there", rows.source));
        };
        let mut grouping = Grouping {
            scoped: (reading.scope != 0).then_some(reading.variant),
            each: rows.each.as_ref().map(|(column, _)| self.out(&reading, *column)),
            ..Grouping::default()
        };
        if context.terms.for_each.is_some() && !kpi.team_level {
            grouping.entity = reading.bound.entity.map(|entity| self.out(&reading, entity));
        }
        let mut wheres = Vec::new();
        for (place, condition) in &rows.wheres {
            let out = self.out(&reading, *condition);
            wheres.push((*place, ScanPlan::intern(&mut grouping.wheres, out)));
        }
        let over_tickets = claims.iter().any(|claim| !claim.tickets.is_empty());
        if over_tickets {
            grouping.ticket = reading.bound.key.map(|key| self.out(&reading, key));
        }
        let own = self.own_placement(context, &reading, rows, form);
        let Some((mut handle, placement, filter)) =
            self.rows(context, &reading, rows, grouping, kpi.window.max(1), periods, own)
        else {
            return Handle::Nothing("nothing says which period a row belongs to".into());
        };
        handle.wheres = wheres;
        let grouping = &mut self.scans[handle.scan].groupings[handle.grouping];
        if let Some((_, value)) = &rows.each {
            let next = grouping.values.len() as u32 + 1;
            handle.each = *grouping.values.entry(value.clone()).or_insert(next);
        }
        if grouping.ticket.is_some() {
            for (number, claim) in claims.iter().enumerate().filter(|(_, claim)| !claim.tickets.is_empty()) {
                let own = grouping.claims;
                grouping.claims += 1;
                for ticket in &claim.tickets {
                    let key = (handle.scope, ticket.clone());
                    grouping.tickets.entry(key).or_default().push(own);
                }
                handle.tickets.push((number, own));
            }
        }
        let planned = Planned {
            context,
            kpi,
            claims,
            periods,
            reading,
            handle: &handle,
            placement,
            filter,
        };
        let parts = self.parts(&planned, form);
        Handle::Rows(Box::new(handle), parts)
    }

    /// Returns how a form places rows, where it is not by `at`.
    fn own_placement(
        &mut self,
        context: Context<'_>,
        reading: &Reading<'_>,
        rows: &BoundRows,
        form: &Form,
    ) -> Option<PlaceBy> {
        match form {
            Form::OnTime { .. } => Some(PlaceBy::Clock),
            Form::Availability(_) | Form::Failures(..) | Form::Probes { .. } => Some(PlaceBy::Nothing),
            Form::Aggregate(_, BoundOperand::Clock(clock, _)) if rows.at == BoundAt::Nothing => {
                let tick = self.end(
                    context,
                    reading,
                    BoundEnd {
                        start: clock.start,
                        stop: clock.stop,
                        reopen: clock.reopen,
                        is_stop: true,
                    },
                );
                let zone = context.terms.time_zone.clone();
                Some(PlaceBy::Moment(Moment { tick, zone }))
            }
            _ => None,
        }
    }

    fn clock(&mut self, context: Context<'_>, reading: &Reading<'_>, clock: &BoundClock) -> usize {
        let rest = clock.rest.as_ref().map(|rest| match rest {
            BoundRest::Minutes(number) => RestPlan::Minutes(self.out(reading, *number)),
            BoundRest::Span(from, to) => RestPlan::Span(self.out(reading, *from), self.out(reading, *to)),
            BoundRest::While(number) => RestPlan::While(self.condition(reading, *number)),
            BoundRest::Source {
                source,
                here,
                there,
                span,
            } => {
                let here = self.out(reading, *here);
                match self.read(context, source) {
                    None => RestPlan::Nothing,
                    Some(other) => {
                        let rests = RestsPlan {
                            key: self.out_for_all(&other, *there),
                            from: self.out_for_all(&other, span.0),
                            to: self.out_for_all(&other, span.1),
                            zone: context.terms.time_zone.clone(),
                        };
                        let number = ScanPlan::intern(&mut self.scans[other.scan].rests, rests);
                        RestPlan::Source(here, other.scan, number)
                    }
                }
            }
        });
        let plan = ClockPlan {
            start: self.tick(reading, clock.start),
            stop: self.tick(reading, clock.stop),
            rest,
            reopen: clock.reopen,
            zone: context.terms.time_zone.clone(),
        };
        ScanPlan::intern(&mut self.scans[reading.scan].clocks, plan)
    }

    /// Plans a clock under the windows that stop it; `kind` makes the accumulator's kind of a table.
    fn variants(
        &mut self,
        planned: &Planned<'_, '_>,
        calendar: &Id,
        within: Option<&Within>,
        kind: &dyn Fn(usize) -> Kind,
        incident: Option<Out>,
    ) -> Variants {
        let Planned {
            context, kpi, claims, ..
        } = planned;
        let terms = context.terms;
        let always = Calendar::always();
        let calendar = terms.calendars.get(calendar).unwrap_or(&always);
        let hours = self.hours.of(calendar);
        let days = self.hours.of(&business_days_calendar(terms, Some(calendar)));
        let mut with = |windows: Intervals| {
            let limit = Limit {
                within: within.cloned(),
                hours: hours.clone(),
                days: days.clone(),
                windows: Arc::new(windows),
            };
            let slot = (planned.handle.scope, planned.handle.each);
            let tables = &mut self.scans[planned.handle.scan].tables;
            let table = tables.iter_mut().position(|table| table.take(slot, &limit));
            let table = table.unwrap_or_else(|| {
                let mut table = LimitTable::default();
                table.take(slot, &limit);
                tables.push(table);
                tables.len() - 1
            });
            self.accumulator(
                planned.handle,
                planned.placement,
                planned.filter,
                incident,
                kind(table),
                planned.periods,
                terms,
            )
        };
        let gross = with(Intervals::empty());
        if !has_windows(terms, kpi, claims) {
            return Variants {
                gross,
                net: gross,
                otherwise: Vec::new(),
            };
        }
        let to = context.last.ends_at(&terms.time_zone);
        let windows = |active: &dyn Fn(usize) -> bool| clock_windows(terms, kpi, claims, active, &hours, to);
        let net = with(windows(&|claim| claims[claim].applies()));
        let over_windows = claims.iter().enumerate().filter(|(_, claim)| claim.window.is_some());
        let otherwise = over_windows.map(|(number, _)| {
            let toggled = windows(&|claim| claims[claim].applies() != (claim == number));
            (number, with(toggled))
        });
        Variants {
            gross,
            net,
            otherwise: otherwise.collect(),
        }
    }

    fn parts(&mut self, planned: &Planned<'_, '_>, form: &Form) -> Parts {
        let Planned {
            context, kpi, reading, ..
        } = planned;
        let terms = context.terms;
        // Incidents matter for credits only: nothing is kept of them where none can be paid.
        let incident = reading.bound.incident.filter(|_| kpi.credit.is_some());
        let incident = incident.map(|incident| self.out(reading, incident));
        match form {
            Form::Ratio { hit } => {
                let hit = self.out(reading, *hit);
                // Where less is better, the rows that hit are the failing ones.
                let failing = matches!(kpi.target, Some(Goal::AtMost(_) | Goal::Below(_)));
                Parts::Ratio {
                    rows: self.add(planned, None, Kind::Count(None)),
                    hits: self.add(planned, None, Kind::Count(Some(hit))),
                    fails: incident.map(|incident| self.add(planned, Some(incident), Kind::Fails(hit, failing))),
                }
            }
            Form::OnTime {
                clock,
                within,
                by,
                calendar,
                overdue,
                leave_out_not_due,
            } => {
                let clock = self.clock(*context, reading, clock);
                let by = by.map(|by| self.out(reading, by));
                let overdue: Overdue = *overdue;
                let window = match overdue {
                    Overdue::OpenedInPeriod => planned.handle.window,
                    _ => 1,
                };
                let kind = |table| Kind::OnTime {
                    clock,
                    table,
                    by,
                    overdue,
                    window,
                };
                Parts::OnTime {
                    variants: self.variants(planned, calendar, Some(within), &kind, incident),
                    overdue,
                    leave_out_not_due: *leave_out_not_due,
                    fails: incident.is_some(),
                }
            }
            Form::Aggregate(function, BoundOperand::Clock(clock, calendar)) => {
                let clock = self.clock(*context, reading, clock);
                let keep = keep(function);
                let kind = |table| Kind::Elapsed { clock, table, keep };
                Parts::Clock {
                    variants: self.variants(planned, calendar, None, &kind, None),
                    function: function.clone(),
                }
            }
            Form::Aggregate(function, BoundOperand::Number(of, factor)) => {
                let of = self.out(reading, *of);
                Parts::Aggregate {
                    cells: self.add(planned, None, Kind::Cells(of, Cells::Kept(keep(function)))),
                    function: function.clone(),
                    factor: Rational::integer(*factor),
                }
            }
            Form::Availability(outage) | Form::Failures(_, outage) => {
                let (start, end) = reading.bound.span.expect("binding asked for a span");
                let kind = Kind::Outages {
                    start: self.out(reading, start),
                    end: self.out(reading, end),
                    weight: outage.weight.map(|weight| self.out(reading, weight)),
                    zone: terms.time_zone.clone(),
                };
                let mean = match form {
                    Form::Failures(mean, _) => Some(*mean),
                    _ => None,
                };
                Parts::Time {
                    outages: self.add(planned, incident, kind),
                    hours: self.calendar(terms, &outage.calendar),
                    whole_minutes: outage.whole_minutes,
                    ignore_shorter: outage.ignore_shorter,
                    mean,
                }
            }
            Form::Probes {
                up,
                method,
                calendar,
                max_gap,
                series,
            } => {
                let PlaceBy::Moment(at) = self.place_by(*context, reading, planned.at(reading)) else {
                    return Parts::Count(self.add(planned, None, Kind::Count(None)));
                };
                let kind = Kind::Probes {
                    at,
                    up: self.out(reading, *up),
                    series: series.map(|series| self.out(reading, series)),
                };
                let method: ProbeMethod = *method;
                Parts::Probes {
                    probes: self.add(planned, None, kind),
                    hours: self.calendar(terms, calendar),
                    method,
                    max_gap: *max_gap,
                }
            }
            Form::Count => Parts::Count(self.add(planned, None, Kind::Count(None))),
            Form::Distinct(of) => {
                let of = self.out(reading, *of);
                Parts::Distinct(self.add(planned, None, Kind::Cells(of, Cells::Distinct)))
            }
            Form::Nps(of) => {
                let of = self.out(reading, *of);
                Parts::Nps(self.add(planned, None, Kind::Cells(of, Cells::Nps)))
            }
            Form::Value(of) => {
                let of = self.out(reading, *of);
                Parts::Value(self.add(planned, None, Kind::Cells(of, Cells::One)))
            }
            Form::Share(part, whole) => {
                let (part, whole) = (self.out(reading, *part), self.out(reading, *whole));
                Parts::Share(self.add(planned, None, Kind::Pair(part, whole)))
            }
        }
    }

    fn calendar(&mut self, terms: &Terms, id: &Id) -> Arc<crate::measure::calendar::OpenHours> {
        let always = Calendar::always();
        self.hours.of(terms.calendars.get(id).unwrap_or(&always))
    }

    fn add(&mut self, planned: &Planned<'_, '_>, incident: Option<Out>, kind: Kind) -> usize {
        self.accumulator(
            planned.handle,
            planned.placement,
            planned.filter,
            incident,
            kind,
            planned.periods,
            planned.context.terms,
        )
    }
}

/// A KPI whose rows are planned and whose accumulators are not.
struct Planned<'p, 'a> {
    context: Context<'a>,
    kpi: &'a Kpi,
    claims: &'p [ClaimState],
    periods: &'p [Period],
    reading: Reading<'a>,
    handle: &'p RowsHandle,
    placement: usize,
    filter: Option<Out>,
}

impl Planned<'_, '_> {
    fn at(&self, reading: &Reading<'_>) -> BoundAt {
        let measure = self.context.bound.kpis.get(&self.kpi.id);
        match measure {
            Some(BoundMeasure::Rows(rows, _)) => rows.at,
            _ => reading.bound.at,
        }
    }
}

fn keep(function: &Function) -> Keep {
    match function {
        Function::Mean | Function::Sum => Keep::Sum,
        Function::Min | Function::Max => Keep::Extremes,
        Function::Median | Function::Percentile(_) => Keep::Values,
    }
}
