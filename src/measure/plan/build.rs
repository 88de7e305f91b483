use std::collections::HashMap;

use indexmap::IndexMap;

use super::{
    AmountPlan, BatchColumn, CardPlan, Cells, ClockPlan, Grouping, HoursCache, Join, JoinerPlan, Keep, Kind, KpiPlan,
    LastPlan, ListPlan, Moment, Out, PlaceBy, Placement, Plan, Request, ScanPlan, SourcePlan, TickPlan, Variant,
};
use crate::measure::axis::Axis;
use crate::measure::bind::{Bound, BoundAt, BoundEnd, BoundSource, BoundTick, BoundVersion, Use};
use crate::measure::carve_out::{claims, day_end};
use crate::measure::input::Options;
use crate::quantity::Period;
use crate::resolve::terms::{Covers, Id, Source, Terms, Version};
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
    let mut builder = Builder {
        scans: Vec::new(),
        scans_by_name: HashMap::new(),
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

pub(super) struct Builder<'b> {
    pub(super) scans: Vec<ScanPlan>,
    /// The scans by their source's id and the folder that its path is relative to.
    scans_by_name: HashMap<(Id, String), Vec<usize>>,
    pub(super) hours: HoursCache,
    pub(super) base: &'b dyn Fn(&Source) -> String,
    pub(super) options: Options,
}

/// What a card's version brings to everything planned under it.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) terms: &'a Terms,
    pub(super) bound: &'a BoundVersion,
    /// The last period that is reported.
    pub(super) last: Period,
}

/// A source of a version within its scan.
pub(super) struct Reading<'a> {
    pub(super) scan: usize,
    pub(super) variant: usize,
    pub(super) scope: u32,
    pub(super) source: &'a Source,
    pub(super) bound: &'a BoundSource,
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
        for kpi in terms.kpis.values() {
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
        for (owner, amount) in &context.bound.amounts {
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
        self.others(context, plan);
    }

    /// Adds the sources that are read for others only: their files are part of what the numbers rest on.
    fn others(&self, context: Context<'_>, plan: &mut CardPlan<'_>) {
        for id in context
            .bound
            .sources
            .keys()
            .filter(|id| !plan.sources.contains_key(*id))
            .cloned()
            .collect::<Vec<_>>()
        {
            let source = context.terms.sources.get(&id);
            let scan = source.and_then(|source| self.scan_of(&id, source, &(self.base)(source)));
            let is_read = |scan: &usize| !self.scans[*scan].joiners.is_empty() || !self.scans[*scan].rests.is_empty();
            if let Some(scan) = scan.filter(is_read) {
                let source = SourcePlan {
                    scan,
                    scope: 0,
                    outside: None,
                    last: None,
                    scoped: None,
                    entities: None,
                };
                plan.sources.insert(id, source);
            }
        }
    }

    /// Finds or makes the scan and variant that read a source; `None` when its columns are not known.
    pub(super) fn reading<'a>(
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
            let entity = reading.bound.entity.filter(|_| context.terms.for_each.is_some());
            let entities = entity.zip(outside).map(|(entity, outside)| {
                let entity = self.out(&reading, entity);
                ScanPlan::intern(&mut self.scans[reading.scan].entities, (entity, outside))
            });
            plan.sources.insert(
                id.to_owned(),
                SourcePlan {
                    scan: reading.scan,
                    scope: reading.scope,
                    outside,
                    last,
                    scoped: (reading.scope != 0).then_some(reading.variant),
                    entities,
                },
            );
        }
        Some(reading)
    }

    pub(super) fn read<'a>(&mut self, context: Context<'a>, id: &str) -> Option<Reading<'a>> {
        let source = context.terms.sources.get(id)?;
        let bound = context.bound.sources.get(id).filter(|bound| bound.known)?;
        let base = (self.base)(source);
        let scan = self.scan_of(id, source, &base).unwrap_or_else(|| {
            let alike = self.scans_by_name.entry((id.to_owned(), base.clone())).or_default();
            alike.push(self.scans.len());
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

    /// Returns the scan that reads a source already.
    fn scan_of(&self, id: &str, source: &Source, base: &str) -> Option<usize> {
        let alike = self.scans_by_name.get(&(id.to_owned(), base.to_owned()))?;
        alike.iter().copied().find(|scan| self.scans[*scan].reads(source))
    }

    /// Adds the periods whose files a `{period}` path reads: from the contract's start, so that what is
    /// measured does not depend on which periods are asked for beside it.
    fn files(&mut self, context: Context<'_>, scan: usize) {
        if !self.scans[scan].source.path.contains("{period}") {
            return;
        }
        let scheme = context.last.scheme();
        let first = match &context.terms.contract {
            Some(contract) => scheme.containing(contract.starts).max(context.last.memory()),
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

    pub(super) fn out(&mut self, reading: &Reading<'_>, number: Use) -> Out {
        self.out_of(reading, number, reading.scope)
    }

    pub(super) fn out_for_all(&mut self, reading: &Reading<'_>, number: Use) -> Out {
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

    pub(super) fn tick(&mut self, reading: &Reading<'_>, tick: BoundTick) -> TickPlan {
        match tick {
            BoundTick::Value(number) => TickPlan::Value(self.out(reading, number)),
            BoundTick::First(number) => TickPlan::First(self.condition(reading, number)),
            BoundTick::Last(number) => TickPlan::Last(self.condition(reading, number)),
        }
    }

    pub(super) fn condition(&mut self, reading: &Reading<'_>, number: Use) -> usize {
        let out = self.out(reading, number);
        ScanPlan::intern(&mut self.scans[reading.scan].conditions, out)
    }

    pub(super) fn place_by(&mut self, context: Context<'_>, reading: &Reading<'_>, at: BoundAt) -> PlaceBy {
        let zone = context.terms.time_zone.clone();
        let tick = match at {
            BoundAt::Nothing => return PlaceBy::Nothing,
            BoundAt::Period(period) => return PlaceBy::Period(period),
            BoundAt::Value(number) => self.tick(reading, BoundTick::Value(number)),
            BoundAt::Clock(end) => self.end(context, reading, end),
        };
        PlaceBy::Moment(Moment { tick, zone })
    }

    /// Plans an end of a clock: rests do not move it, reopening does.
    pub(super) fn end(&mut self, context: Context<'_>, reading: &Reading<'_>, end: BoundEnd) -> TickPlan {
        if let Some(number) = end.value() {
            return self.tick(reading, BoundTick::Value(number));
        }
        let plan = ClockPlan {
            start: self.tick(reading, end.start),
            stop: self.tick(reading, end.stop),
            rest: None,
            reopen: end.reopen,
            zone: context.terms.time_zone.clone(),
        };
        let number = ScanPlan::intern(&mut self.scans[reading.scan].clocks, plan);
        if end.is_stop {
            TickPlan::Stop(number)
        } else {
            TickPlan::Start(number)
        }
    }

    pub(super) fn axis(&mut self, context: Context<'_>, reading: &Reading<'_>) -> usize {
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

    pub(super) fn place(&mut self, context: Context<'_>, reading: &Reading<'_>, at: BoundAt) -> Option<usize> {
        let by = self.place_by(context, reading, at);
        if by == PlaceBy::Nothing {
            return None;
        }
        let axis = self.axis(context, reading);
        let placements = &mut self.scans[reading.scan].placements;
        Some(ScanPlan::intern(placements, Placement { axis, by }))
    }

    pub(super) fn last(&mut self, context: Context<'_>, reading: &Reading<'_>) -> Option<usize> {
        let by = self.place_by(context, reading, reading.bound.at);
        let zone = context.terms.time_zone.clone();
        (by != PlaceBy::Nothing).then(|| ScanPlan::intern(&mut self.scans[reading.scan].lasts, LastPlan { by, zone }))
    }
}

/// Returns the periods that values of `periods` reach back to; none from before the contract.
pub(in crate::measure) fn needed(terms: &Terms, periods: &[Period], window: u32) -> Vec<Period> {
    let starts = terms.contract.as_ref().map(|contract| contract.starts);
    let back = i32::try_from(window.max(1)).unwrap_or(i32::MAX);
    let all = periods.iter().flat_map(|period| (0..back).map(|n| period.offset(-n)));
    let mut needed: Vec<_> = all
        .filter(|period| starts.is_none_or(|starts| period.last_day() >= starts) || periods.contains(period))
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}
