use indexmap::IndexMap;

use super::fold::rest;
use super::group::{Groups, NONE};
use super::on_time::{Judged, counted_at};
use super::rows::Rows;
use crate::measure::carve_out::ClaimState;
use crate::measure::clock::{elapsed, in_time};
use crate::measure::plan::{Kind, Parts, PlaceBy, RowsHandle, ScanPlan};
use crate::measure::value::{holds, moment, nulls, number, text};
use crate::quantity::{Rational, format_duration};
use crate::resolve::terms::{Id, Kpi, Within};
use crate::tables::Position;

/// What a row counts as.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowVerdict {
    /// The case was stopped late.
    Late,
    /// The case is open and overdue.
    OverdueOpen,
    /// The condition does not hold.
    Missed,
    /// The outage touches the period.
    Down,
    /// The condition holds.
    Hit,
    /// The case was stopped in time.
    InTime,
    /// The case is open and not yet due.
    OpenNotDue,
    /// The value was added up.
    Counted,
    /// A carve-out takes the row out.
    Excluded(Id),
    /// The population's condition is null, which is no.
    NullCondition,
    /// The value is null.
    NullValue,
}

/// Whose rows are traced.
pub(in crate::measure) struct Ask<'a> {
    pub(in crate::measure) handle: &'a RowsHandle,
    pub(in crate::measure) parts: &'a Parts,
    pub(in crate::measure) kpi: &'a Kpi,
    pub(in crate::measure) claims: &'a [ClaimState],
    pub(in crate::measure) entity: Option<&'a str>,
    /// Indices of the value's periods on the axis, ascending.
    pub(in crate::measure) periods: Vec<usize>,
    /// The covered time of the periods.
    pub(in crate::measure) time: Vec<(i64, i64)>,
    /// Rows kept of each verdict.
    pub(in crate::measure) limit: usize,
}

/// One row as it was read.
#[derive(Clone, Debug)]
pub(in crate::measure) struct Found {
    pub(in crate::measure) position: Position,
    pub(in crate::measure) key: Option<String>,
    pub(in crate::measure) values: Vec<Option<String>>,
    pub(in crate::measure) note: Option<String>,
}

/// The rows found so far, by verdict: the first ones, and how many there are.
#[derive(Debug, Default)]
pub(in crate::measure) struct Traced {
    pub(in crate::measure) by: IndexMap<RowVerdict, (Vec<Found>, u64)>,
}

impl Traced {
    pub(super) fn merge(&mut self, later: Self, limit: usize) {
        for (verdict, (rows, count)) in later.by {
            let own = self.by.entry(verdict).or_default();
            own.1 += count;
            let room = limit.saturating_sub(own.0.len());
            own.0.extend(rows.into_iter().take(room));
        }
    }
}

/// Adds the rows of a batch that a number comes from.
pub(super) fn collect(traced: &mut Traced, rows: &Rows<'_>, ask: &Ask<'_>, position: &dyn Fn(usize) -> Position) {
    let plan = rows.plan;
    let mut groups = Groups::default();
    let of = rows.groups(&plan.groupings[ask.handle.grouping], &mut groups);
    let accumulator = &plan.accumulators[ask.parts.accumulator()];
    let placement = &plan.placements[accumulator.placement];
    let periods = rows.periods(&placement.by, &plan.axes[placement.axis]);
    let is_counted = |row: usize| match placement.by {
        PlaceBy::Moment(_) | PlaceBy::Period(_) => ask.periods.contains(&(periods[row] as usize)),
        PlaceBy::Nothing if plan.stands_at_each_end() => ask.periods.last() == Some(&(periods[row] as usize)),
        PlaceBy::Nothing | PlaceBy::Clock => true,
    };
    let filter = accumulator.filter.map(|filter| {
        let column = rows.column(filter);
        (holds(column), nulls(column))
    });
    for row in 0..rows.len {
        if of[row] == NONE || !is_own(ask, &groups, of[row] as usize) {
            continue;
        }
        if periods[row] == NONE || !is_counted(row) {
            continue;
        }
        let verdict = match &filter {
            Some((_, Some(nulls))) if nulls.value(row) => Some((RowVerdict::NullCondition, None)),
            Some((held, _)) if !held.value(row) => None,
            _ => match excluded(ask, &groups, of[row] as usize) {
                Some(id) => judge(rows, ask, row, plan).map(|(_, note)| (RowVerdict::Excluded(id), note)),
                None => judge(rows, ask, row, plan),
            },
        };
        let Some((verdict, note)) = verdict else { continue };
        let own = traced.by.entry(verdict).or_default();
        own.1 += 1;
        if own.0.len() < ask.limit {
            let key = key(plan, rows, row);
            own.0.push(Found {
                position: position(row),
                key,
                values: (0..plan.wanted.len() + plan.joins.len())
                    .map(|column| rows.batch.columns.get(column).and_then(|column| text(column, row)))
                    .map(|value| value.map(std::borrow::Cow::into_owned))
                    .collect(),
                note,
            });
        }
    }
}

/// Returns what tells a row from others: its case in a log, else the value of the source's key.
fn key(plan: &ScanPlan, rows: &Rows<'_>, row: usize) -> Option<String> {
    if let Some(view) = rows.cases {
        let case = *view.snapshot.cases.get(row)?;
        return view.cases.ids.get(case as usize).cloned();
    }
    let name = plan.source.key.as_ref()?;
    let column = plan
        .wanted
        .iter()
        .position(|wanted| wanted.name.eq_ignore_ascii_case(name))?;
    text(&rows.batch.columns[column], row).map(std::borrow::Cow::into_owned)
}

fn is_own(ask: &Ask<'_>, groups: &Groups, group: usize) -> bool {
    let key = groups.keys[group];
    let entity = ask
        .entity
        .is_none_or(|entity| groups.entities.get(entity) == Some(&key.entity));
    (key.scope, key.each) == (ask.handle.scope, ask.handle.each) && entity
}

fn excluded(ask: &Ask<'_>, groups: &Groups, group: usize) -> Option<String> {
    let (class, _) = groups.classes.get_index(groups.keys[group].class as usize)?;
    let covers = |place: usize| {
        let by_where = ask
            .handle
            .wheres
            .iter()
            .any(|(of, number)| *of == place && class.wheres.contains(number));
        let by_claim = ask.handle.tickets.iter().any(|(claim, number)| {
            let state = &ask.claims[*claim];
            state.carve_out == place && state.applies() && class.claims.contains(number)
        });
        by_where || by_claim
    };
    let place = (0..ask.kpi.carve_outs.len()).find(|place| covers(*place))?;
    Some(ask.kpi.carve_outs[place].clone())
}

/// Returns what a row counts as; `None` where it does not belong to the periods.
fn judge(rows: &Rows<'_>, ask: &Ask<'_>, row: usize, plan: &ScanPlan) -> Option<(RowVerdict, Option<String>)> {
    let value = |out| match number(rows.column(out), row) {
        Some(value) => (RowVerdict::Counted, Some(value.to_rational().to_exact())),
        None => (RowVerdict::NullValue, None),
    };
    Some(match ask.parts {
        Parts::Ratio { hits, .. } => {
            let Kind::Count(Some(hit)) = plan.accumulators[*hits].kind else {
                return None;
            };
            let hit = holds(rows.column(hit)).value(row);
            (if hit { RowVerdict::Hit } else { RowVerdict::Missed }, None)
        }
        Parts::OnTime { variants, .. } => return on_time(rows, ask, row, plan, variants.net),
        Parts::Clock { variants, .. } => {
            let accumulator = &plan.accumulators[variants.net];
            let Kind::Elapsed { clock, table, .. } = accumulator.kind else {
                return None;
            };
            let table = &plan.tables[table];
            let limit = &table.limits[*table.slots.get(&(ask.handle.scope, ask.handle.each))?];
            let (Some(start), Some(stop), mut rests) = rows.clock(&plan.clocks[clock], row) else {
                return Some((RowVerdict::NullValue, None));
            };
            rest(
                &mut rests,
                limit,
                rows.is_in_days(&plan.clocks[clock]),
                start,
                Some(stop),
            );
            (
                RowVerdict::Counted,
                Some(shown(elapsed(&limit.hours, start, stop, &rests))),
            )
        }
        Parts::Time { outages, .. } => {
            let Kind::Outages { start, end, zone, .. } = &plan.accumulators[*outages].kind else {
                return None;
            };
            let Some(start) = moment(rows.column(*start), row, zone, false) else {
                return Some((RowVerdict::NullValue, None));
            };
            let end = moment(rows.column(*end), row, zone, true);
            if !ask
                .time
                .iter()
                .any(|(from, to)| start < *to && end.is_none_or(|end| end > *from))
            {
                return None;
            }
            (RowVerdict::Down, end.map(|end| shown(end.saturating_sub(start))))
        }
        Parts::Probes { probes, .. } => {
            let Kind::Probes { at, up, .. } = &plan.accumulators[*probes].kind else {
                return None;
            };
            let instant = rows.moments(at)[row]?;
            if !ask.time.iter().any(|(from, to)| (*from..*to).contains(&instant)) {
                return None;
            }
            let up = holds(rows.column(*up)).value(row);
            (if up { RowVerdict::Hit } else { RowVerdict::Missed }, None)
        }
        Parts::Count(_) => (RowVerdict::Counted, None),
        Parts::Distinct(cells) => match plan.accumulators[*cells].kind {
            Kind::Cells(of, _) => match text(rows.column(of), row) {
                Some(value) => (RowVerdict::Counted, Some(value.into_owned())),
                None => (RowVerdict::NullValue, None),
            },
            _ => return None,
        },
        Parts::Aggregate { cells, .. } | Parts::Nps(cells) | Parts::Value(cells) => {
            let Kind::Cells(of, _) = plan.accumulators[*cells].kind else {
                return None;
            };
            value(of)
        }
        Parts::Share(cells) => {
            let Kind::Pair(part, whole) = plan.accumulators[*cells].kind else {
                return None;
            };
            match (value(part), value(whole)) {
                ((RowVerdict::Counted, Some(part)), (RowVerdict::Counted, Some(whole))) => {
                    (RowVerdict::Counted, Some(format!("{part} of {whole}")))
                }
                _ => (RowVerdict::NullValue, None),
            }
        }
    })
}

fn on_time(
    rows: &Rows<'_>,
    ask: &Ask<'_>,
    row: usize,
    plan: &ScanPlan,
    number: usize,
) -> Option<(RowVerdict, Option<String>)> {
    let accumulator = &plan.accumulators[number];
    let Kind::OnTime {
        clock,
        table,
        by,
        overdue,
        window,
    } = accumulator.kind
    else {
        return None;
    };
    let axis = &plan.axes[plan.placements[accumulator.placement].axis];
    let table = &plan.tables[table];
    let limit = &table.limits[*table.slots.get(&(ask.handle.scope, ask.handle.each))?];
    let (start, stop, mut rests) = rows.clock(&plan.clocks[clock], row);
    let Some(start) = start else {
        let placed = stop.and_then(|stop| axis.locate(stop));
        return placed
            .filter(|period| ask.periods.contains(period))
            .map(|_| (RowVerdict::NullValue, None));
    };
    let deadline = match (&limit.within, by) {
        (Some(Within::Same(deadline)), _) => deadline,
        (Some(Within::By { limits, .. }), Some(by)) => limits.get(&*text(rows.column(by), row)?)?,
        _ => return None,
    };
    rest(&mut rests, limit, rows.is_in_days(&plan.clocks[clock]), start, stop);
    let judged = Judged::of(axis, start, stop, (overdue, window), rows);
    let good = |at: i64| in_time(&limit.hours, &limit.days, deadline, start, at, &rests);
    let ran = |at: i64| Some(shown(elapsed(&limit.hours, start, at, &rests)));
    let mut counted = counted_at(overdue, &ask.periods);
    if let (true, Some(stop)) = (counted.any(|period| judged.stopped.contains(&period)), stop) {
        let verdict = if good(stop) {
            RowVerdict::InTime
        } else {
            RowVerdict::Late
        };
        return Some((verdict, ran(stop)));
    }
    let open = ask.periods.last().copied().filter(|last| judged.open.contains(last));
    let end = axis.end(open?);
    let verdict = if good(end) {
        RowVerdict::OpenNotDue
    } else {
        RowVerdict::OverdueOpen
    };
    Some((verdict, ran(end)))
}

fn shown(micros: i64) -> String {
    format_duration(&Rational::integer(micros), 0)
}
