use std::sync::Arc;

use indexmap::IndexMap;

use super::{
    Accumulator, AmountPlan, BatchColumn, CardPlan, Cells, ClockPlan, Grouping, Handle, HoursCache, Join, JoinerPlan,
    Keep, Kind, KpiPlan, LastPlan, Limit, LimitTable, ListPlan, Moment, Out, Parts, PlaceBy, Placement, Plan, Request,
    RestPlan, RestsPlan, RowsHandle, ScanPlan, SourcePlan, TickPlan, Variant, Variants,
};
use crate::measure::axis::Axis;
use crate::measure::bind::{
    Bound, BoundAt, BoundClock, BoundMeasure, BoundOperand, BoundRest, BoundRows, BoundSource, BoundTick, BoundVersion,
    Form, Use,
};
use crate::measure::carve_out::{ClaimState, business_days_calendar, claims, clock_windows, day_end, has_windows};
use crate::measure::interval::Intervals;
use crate::measure::run::Options;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{
    Calendar, Covers, Function, Goal, Id, Kpi, Overdue, ProbeMethod, Source, Terms, Version, Within,
};
use crate::tables::Wanted;

/// Periods before the first one asked for whose files are read on a card without a contract's start,
/// for cases that are still open.
const FILES_BACK: i32 = 60;

/// Plans the requests; `bounds` are their bound expressions, `base` the folder of a source's path.
pub(in crate::measure) fn build<'a>(
    requests: &'a [Request<'a>],
    bounds: &'a [Bound],
    base: &dyn Fn(&Source) -> String,
    options: Options,
) -> Plan<'a> {
    planned(requests, bounds, base, options, None)
}

/// Plans one KPI of the requests alone.
pub(in crate::measure) fn build_only<'a>(
    requests: &'a [Request<'a>],
    bounds: &'a [Bound],
    base: &dyn Fn(&Source) -> String,
    options: Options,
    kpi: &str,
) -> Plan<'a> {
    planned(requests, bounds, base, options, Some(kpi))
}

fn planned<'a>(
    requests: &'a [Request<'a>],
    bounds: &'a [Bound],
    base: &dyn Fn(&Source) -> String,
    options: Options,
    only: Option<&str>,
) -> Plan<'a> {
    let mut builder = Builder {
        only,
        scans: Vec::new(),
        hours: HoursCache::default(),
        base,
        options,
    };
    let cards = requests
        .iter()
        .zip(bounds)
        .map(|(request, bound)| builder.card(request, bound));
    let cards = cards.collect();
    Plan {
        scans: builder.scans,
        cards,
    }
}

struct Builder<'b> {
    only: Option<&'b str>,
    scans: Vec<ScanPlan>,
    hours: HoursCache,
    base: &'b dyn Fn(&Source) -> String,
    options: Options,
}

/// What a card's version brings to everything planned under it.
#[derive(Clone, Copy)]
struct Context<'a> {
    terms: &'a Terms,
    bound: &'a BoundVersion,
    /// The last period that is reported.
    last: Period,
}

/// A source of a version within its scan.
struct Reading<'a> {
    scan: usize,
    variant: usize,
    scope: u32,
    source: &'a Source,
    bound: &'a BoundSource,
}

impl Builder<'_> {
    fn card<'a>(&mut self, request: &'a Request<'a>, bound: &'a Bound) -> CardPlan<'a> {
        let timeline = request.card;
        let mut by_version: Vec<(&'a Version, &'a BoundVersion, Vec<Period>)> = Vec::new();
        let mut periods = request.periods.clone();
        periods.sort_unstable();
        periods.dedup();
        for &period in &periods {
            let version = timeline.version_on(period.first_day());
            match by_version.last_mut() {
                Some((last, _, own)) if std::ptr::eq(*last, version) => own.push(period),
                _ => {
                    let number = timeline.versions.iter().position(|other| std::ptr::eq(other, version));
                    let bound = &bound.versions[number.expect("a version of the timeline")];
                    by_version.push((version, bound, vec![period]));
                }
            }
        }
        let mut plan = CardPlan {
            card: timeline,
            periods: periods.clone(),
            kpis: Vec::new(),
            amounts: Vec::new(),
            entities: None,
            sources: IndexMap::new(),
        };
        let Some(&last) = periods.last() else { return plan };
        for (version, bound, periods) in by_version {
            let context = Context {
                terms: &version.terms,
                bound,
                last,
            };
            self.version(context, timeline, &periods, &mut plan);
        }
        plan
    }

    fn version<'a>(
        &mut self,
        context: Context<'a>,
        timeline: &'a crate::resolve::terms::Timeline,
        periods: &[Period],
        plan: &mut CardPlan<'a>,
    ) {
        let terms = context.terms;
        let only = self.only;
        for kpi in terms.kpis.values().filter(|kpi| only.is_none_or(|only| kpi.id == only)) {
            let Some(measure) = context.bound.kpis.get(&kpi.id) else {
                continue;
            };
            let claims = claims(timeline, terms, kpi);
            let reader = format!("{}/{}", terms.id, kpi.id);
            let handle = self.measure(context, kpi, &claims, measure, periods, &reader, plan);
            plan.kpis.push(KpiPlan {
                terms,
                kpi,
                periods: periods.to_vec(),
                claims,
                handle,
            });
        }
        for (owner, amount) in context.bound.amounts.iter().filter(|_| only.is_none()) {
            let reader = format!("{}/{}", terms.id, owner.as_deref().unwrap_or("charge"));
            let Some(reading) = self.reading(context, &amount.rows.source, &reader, plan) else {
                continue;
            };
            let grouping = Grouping {
                scoped: (reading.scope != 0).then_some(reading.variant),
                ..Grouping::default()
            };
            let Some((handle, placement, filter)) =
                self.rows(context, &reading, &amount.rows, grouping, 1, periods, None)
            else {
                continue;
            };
            let of = self.out(&reading, amount.sum);
            let kind = Kind::Cells(of, Cells::Kept(Keep::Sum));
            let sum = self.accumulator(&handle, placement, filter, None, kind, periods, context.terms);
            plan.amounts.push(AmountPlan {
                terms,
                kpi: owner.clone(),
                periods: periods.to_vec(),
                rows: handle,
                sum,
            });
        }
        if let Some(list) = &context.bound.entities
            && let Some(reading) = self.reading(context, &list.source, &format!("{}/entities", terms.id), plan)
        {
            let list = ListPlan {
                scope: (reading.scope != 0).then_some((reading.variant, reading.scope)),
                key: self.out(&reading, list.key),
                title: list.title.map(|title| self.out(&reading, title)),
            };
            let number = ScanPlan::intern(&mut self.scans[reading.scan].lists, list);
            // The latest terms say who the entities are.
            plan.entities = Some((reading.scan, number));
        }
    }

    /// Finds or makes the scan and variant that read a source; `None` when its columns are not known.
    fn reading<'a>(
        &mut self,
        context: Context<'a>,
        id: &str,
        reader: &str,
        plan: &mut CardPlan<'a>,
    ) -> Option<Reading<'a>> {
        let reading = self.read(context, id)?;
        let scan = &mut self.scans[reading.scan];
        ScanPlan::intern(&mut scan.readers, reader.to_owned());
        if !plan.sources.contains_key(id) {
            let last = self.last(context, &reading);
            let outside = self.place(context, &reading, reading.bound.at).map(|placement| {
                let scoped = (reading.scope != 0).then_some(reading.variant);
                ScanPlan::intern(&mut self.scans[reading.scan].outside, (scoped, placement))
            });
            if let Some(outside) = outside {
                let scan = &mut self.scans[reading.scan];
                let axis = scan.placements[scan.outside[outside].1].axis;
                scan.axes[axis].add(plan.periods.iter().copied());
            }
            plan.sources.insert(
                id.to_owned(),
                SourcePlan {
                    scan: reading.scan,
                    scope: reading.scope,
                    outside,
                    last,
                },
            );
        }
        Some(reading)
    }

    fn read<'a>(&mut self, context: Context<'a>, id: &str) -> Option<Reading<'a>> {
        let source = context.terms.sources.get(id)?;
        let bound = context.bound.sources.get(id).filter(|bound| bound.known)?;
        let base = (self.base)(source);
        let known = self.scans.iter().position(|scan| scan.reads(id, source, &base));
        let scan = known.unwrap_or_else(|| {
            self.scans.push(ScanPlan::new(id, source, base));
            self.scans.len() - 1
        });
        self.files(context, scan);
        // The scope column is part of what a variant is, so it is found before the variant.
        let mut reading = Reading {
            scan,
            variant: usize::MAX,
            scope: 0,
            source,
            bound,
        };
        let scope_column = bound.scope.filter(|_| context.terms.scope.is_some());
        let column = scope_column
            .and_then(|number| bound.typed(number)?.as_column())
            .and_then(|column| self.batch_column(context, &reading, column));
        let variants = &mut self.scans[scan].variants;
        reading.variant = variants
            .iter()
            .position(|variant| variant.is_for(&bound.schema, column))
            .unwrap_or_else(|| {
                variants.push(Variant::new(bound.schema.clone(), column));
                variants.len() - 1
            });
        if let (Some(scope), Some(_)) = (&context.terms.scope, column) {
            let scopes = &mut self.scans[scan].scopes;
            let next = scopes.len() as u32 + 1;
            reading.scope = *scopes.entry(scope.clone()).or_insert(next);
        }
        // Columns of every expression that this version has bound, so that its variant is complete.
        for typed in bound.expressions.iter().flatten() {
            for column in typed.columns() {
                if self.scans[scan].variants[reading.variant].scanned[column].is_none() {
                    let found = self.batch_column(context, &reading, column);
                    self.scans[scan].variants[reading.variant].scanned[column] = found;
                }
            }
        }
        Some(reading)
    }

    /// Adds the periods whose files a `{period}` path reads: from the contract's start, so that what is
    /// measured does not depend on which periods are asked for beside it.
    fn files(&mut self, context: Context<'_>, scan: usize) {
        let scheme = context.last.scheme();
        let first = match &context.terms.contract {
            Some(contract) => scheme.containing(contract.starts),
            None => context.last.offset(-FILES_BACK),
        };
        let periods = &mut self.scans[scan].periods;
        let mut period = first.min(context.last);
        while period <= context.last {
            periods.push(period);
            period = period.offset(1);
        }
        periods.sort_unstable();
        periods.dedup();
    }

    /// Returns the batch column of a schema's column, asked for where it is new.
    fn batch_column(&mut self, context: Context<'_>, reading: &Reading<'_>, column: usize) -> Option<BatchColumn> {
        let (name, column) = reading.bound.schema.columns.get_index(column)?;
        let kind = column.kind.unwrap_or(crate::expression::Type::Text);
        if let Some(lookup) = reading.bound.lookups.iter().find(|lookup| lookup.name == *name) {
            let other = self.read(context, &lookup.from)?;
            let joiner = JoinerPlan {
                key: self.out_for_all(&other, lookup.matching),
                of: lookup.of.map(|of| self.out_for_all(&other, of)),
                reduce: lookup.reduce,
                kind,
            };
            let joiner = ScanPlan::intern(&mut self.scans[other.scan].joiners, joiner);
            let on = reading.bound.typed(lookup.on)?.as_column()?;
            let on = self.batch_column(context, reading, on)?;
            let join = Join {
                name: name.clone(),
                on,
                scan: other.scan,
                joiner,
            };
            return Some(BatchColumn::Joined(ScanPlan::intern(
                &mut self.scans[reading.scan].joins,
                join,
            )));
        }
        let wanted = Wanted {
            name: name.clone(),
            kind,
        };
        Some(BatchColumn::Read(ScanPlan::intern(
            &mut self.scans[reading.scan].wanted,
            wanted,
        )))
    }

    fn out(&mut self, reading: &Reading<'_>, number: Use) -> Out {
        self.out_of(reading, number, reading.scope)
    }

    fn out_for_all(&mut self, reading: &Reading<'_>, number: Use) -> Out {
        self.out_of(reading, number, 0)
    }

    fn out_of(&mut self, reading: &Reading<'_>, number: Use, scope: u32) -> Out {
        let typed = reading.bound.typed(number).expect("binding made no finding");
        let place = reading.bound.places[number];
        let variant = &mut self.scans[reading.scan].variants[reading.variant];
        Out {
            variant: reading.variant,
            number: variant.add(typed, scope, place),
        }
    }

    fn tick(&mut self, reading: &Reading<'_>, tick: BoundTick) -> TickPlan {
        match tick {
            BoundTick::Value(number) => TickPlan::Value(self.out(reading, number)),
            BoundTick::First(number) => TickPlan::First(self.condition(reading, number)),
            BoundTick::Last(number) => TickPlan::Last(self.condition(reading, number)),
        }
    }

    fn condition(&mut self, reading: &Reading<'_>, number: Use) -> usize {
        let out = self.out(reading, number);
        ScanPlan::intern(&mut self.scans[reading.scan].conditions, out)
    }

    fn place_by(&mut self, context: Context<'_>, reading: &Reading<'_>, at: BoundAt) -> PlaceBy {
        let zone = context.terms.time_zone.clone();
        let tick = match at {
            BoundAt::Nothing => return PlaceBy::Nothing,
            BoundAt::Period(period) => return PlaceBy::Period(period),
            BoundAt::Value(number) => BoundTick::Value(number),
            BoundAt::Tick(tick) => tick,
        };
        PlaceBy::Moment(Moment {
            tick: self.tick(reading, tick),
            zone,
        })
    }

    fn axis(&mut self, context: Context<'_>, reading: &Reading<'_>) -> usize {
        let zone = &context.terms.time_zone;
        let through = match reading.source.covers {
            Covers::Through(day) if !self.options.all_covered => Some(day),
            _ => None,
        };
        let last = [through, self.options.data_through].into_iter().flatten().min();
        let cutoff = last.map_or(i64::MAX, |day| day_end(day, zone));
        let scheme = context.last.scheme();
        let axes = &mut self.scans[reading.scan].axes;
        let known = axes
            .iter()
            .position(|axis| axis.zone == *zone && axis.scheme == scheme && axis.cutoff == cutoff);
        known.unwrap_or_else(|| {
            axes.push(Axis::new(zone.clone(), scheme, cutoff));
            axes.len() - 1
        })
    }

    fn place(&mut self, context: Context<'_>, reading: &Reading<'_>, at: BoundAt) -> Option<usize> {
        let by = self.place_by(context, reading, at);
        if by == PlaceBy::Nothing {
            return None;
        }
        let axis = self.axis(context, reading);
        let placements = &mut self.scans[reading.scan].placements;
        Some(ScanPlan::intern(placements, Placement { axis, by }))
    }

    fn last(&mut self, context: Context<'_>, reading: &Reading<'_>) -> Option<usize> {
        let by = self.place_by(context, reading, reading.bound.at);
        let zone = context.terms.time_zone.clone();
        (by != PlaceBy::Nothing).then(|| ScanPlan::intern(&mut self.scans[reading.scan].lasts, LastPlan { by, zone }))
    }

    /// Plans what all measures over rows have in common: grouping, axis, placement and filter.
    ///
    /// `clock` is set for measures that place rows by a clock. `None`: nothing says which period a row
    /// belongs to.
    #[expect(clippy::too_many_arguments, reason = "one private step of planning")]
    fn rows(
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
    fn accumulator(
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
    fn measure<'a>(
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
                let tick = self.tick(reading, clock.stop);
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
                let kind = |table| Kind::OnTime {
                    clock,
                    table,
                    by,
                    overdue,
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

/// Returns the periods that values of `periods` reach back to; none from before the contract.
pub(in crate::measure) fn needed(terms: &Terms, periods: &[Period], window: u32) -> Vec<Period> {
    let starts = terms.contract.as_ref().map(|contract| contract.starts);
    let back = i32::try_from(window.max(1)).unwrap_or(i32::MAX);
    let all = periods.iter().flat_map(|period| (0..back).map(|n| period.offset(-n)));
    let mut needed: Vec<_> = all
        .filter(|period| periods.contains(period) || starts.is_none_or(|starts| period.last_day() >= starts))
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}
