//! One pass over each source: batches of rows are added to everything that is asked of it.

mod first;
mod fold;
mod group;
mod observe;
mod on_time;
mod rows;
mod state;
mod trace;

use std::collections::HashMap;

use super::interval::Intervals;
use super::plan::{Plan, RestPlan, ScanPlan};
use crate::expression::{Batch, Column, Program};
use crate::tables::{Cases, Counts, Data, Failure, FileRead, Joined, Options, Position, Rejected, Request, Scanned};
use rows::{CasesView, Rows};

pub(super) use group::Groups;
pub(super) use on_time::counted_at;
pub(super) use state::{Incidents, Kept, OutageRow, State, Store, add_left_out};
pub use trace::RowVerdict;
pub(super) use trace::{Ask, Traced};

/// What one scan made.
pub(super) struct Done {
    pub(super) state: State,
    pub(super) files: Vec<FileRead>,
    pub(super) counts: Counts,
    joined: Vec<Joined>,
    rests: Vec<HashMap<String, Intervals>>,
}

/// What earlier scans made for this one.
pub(super) struct Others<'a> {
    done: Vec<Option<&'a Done>>,
}

impl Others<'_> {
    fn of(&self, scan: usize) -> &Done {
        self.done[scan].expect("what others need is read first")
    }

    fn joined(&self, scan: usize, joiner: usize) -> &Joined {
        &self.of(scan).joined[joiner]
    }

    fn rests(&self, scan: usize, number: usize) -> Option<&HashMap<String, Intervals>> {
        self.of(scan).rests.get(number)
    }
}

/// Runs every scan once, those that others need first.
pub(super) fn run(plan: &Plan<'_>, data: &Data, options: Options) -> Result<Vec<Done>, Failure> {
    let mut done: Vec<Option<Done>> = plan.scans.iter().map(|_| None).collect();
    for scan in order(&plan.scans) {
        let others = Others {
            done: done.iter().map(Option::as_ref).collect(),
        };
        let result = one(&plan.scans[scan], data, options, &others)?;
        done[scan] = Some(result);
    }
    Ok(done.into_iter().flatten().collect())
}

/// Returns the scans so that each stands behind those it looks up in.
fn order(scans: &[ScanPlan]) -> Vec<usize> {
    fn visit(scan: usize, scans: &[ScanPlan], seen: &mut [bool], order: &mut Vec<usize>) {
        if std::mem::replace(&mut seen[scan], true) {
            return;
        }
        let joins = scans[scan].joins.iter().map(|join| join.scan);
        let rests = scans[scan].clocks.iter().filter_map(|clock| match clock.rest {
            Some(RestPlan::Source(_, other, _)) => Some(other),
            _ => None,
        });
        for other in joins.chain(rests) {
            visit(other, scans, seen, order);
        }
        order.push(scan);
    }
    let (mut seen, mut found) = (vec![false; scans.len()], Vec::new());
    for scan in 0..scans.len() {
        visit(scan, scans, &mut seen, &mut found);
    }
    found
}

/// Returns the request that reads a scan's source.
pub(super) fn request<'a>(plan: &'a ScanPlan, options: Options) -> Request<'a> {
    Request {
        id: &plan.id,
        source: &plan.source,
        base: &plan.base,
        periods: &plan.periods,
        columns: &plan.wanted,
        options,
    }
}

/// The programs of a scan, one per variant.
pub(super) fn programs(plan: &ScanPlan) -> Vec<Program> {
    let (read, joined) = (plan.wanted.len(), plan.joins.len());
    let zone = &plan.source.time_zone;
    let variants = plan.variants.iter();
    variants
        .map(|variant| variant.program(zone.clone(), read, joined, plan.scopes.len() as u32))
        .collect()
}

/// Computes everything of a batch.
fn compute<'a>(
    plan: &'a ScanPlan,
    programs: &[Program],
    batch: &Batch,
    others: &'a Others<'a>,
    cases: Option<CasesView<'a>>,
) -> Rows<'a> {
    let wide;
    let batch = if plan.joins.is_empty() {
        batch
    } else {
        wide = Rows::widen(plan, batch, others);
        &wide
    };
    let scopes: Vec<Option<Vec<u32>>> = plan
        .variants
        .iter()
        .map(|variant| {
            let column = variant.scope?.at(plan.wanted.len());
            Some(rows::scopes(plan, &batch.columns[column]))
        })
        .collect();
    let outputs = programs
        .iter()
        .zip(&scopes)
        .map(|(program, scopes)| program.evaluate(batch, scopes.as_deref().unwrap_or(&[])))
        .collect();
    Rows {
        plan,
        len: batch.rows,
        batch: batch.clone(),
        outputs,
        scopes,
        others,
        cases,
    }
}

fn one(plan: &ScanPlan, data: &Data, options: Options, others: &Others<'_>) -> Result<Done, Failure> {
    let programs = programs(plan);
    let request = request(plan, options);
    let (state, files, counts) = if plan.source.events.is_some() {
        let scanned = cases(plan, &request, data, &programs, others)?;
        let state = snapshots(plan, &programs, &scanned.state, others).map_err(|(rejected, position)| {
            let place = crate::tables::locate(&request, data, position, rejected.column.as_deref());
            let finding = *rejected.diagnostic;
            Failure::from(match place {
                Ok(place) => finding.also(place, rejected.label),
                Err(_) => finding,
            })
        })?;
        (state, scanned.files, scanned.counts)
    } else {
        let scanned = crate::tables::scan(
            &request,
            data,
            || State::new(plan),
            |state, chunk| {
                let rows = compute(plan, &programs, chunk.batch, others, None);
                fold::fold(state, &rows, &|row| chunk.position(row))
            },
            |state, later| state.merge(later, plan),
        )?;
        (scanned.state, scanned.files, scanned.counts)
    };
    let mut state = state;
    let joiners = std::mem::take(&mut state.joiners).into_iter().zip(&plan.joiners);
    let joined = joiners.map(|(joiner, plan)| joiner.finish(plan.kind));
    let rests = std::mem::take(&mut state.rests).into_iter().map(rows::unioned);
    Ok(Done {
        joined: joined.collect(),
        rests: rests.collect(),
        state,
        files,
        counts,
    })
}

/// Reads an event log as it stood at the end of every period.
fn cases(
    plan: &ScanPlan,
    request: &Request<'_>,
    data: &Data,
    programs: &[Program],
    others: &Others<'_>,
) -> Result<Scanned<Cases>, Failure> {
    let mut ends: Vec<i64> = plan
        .axes
        .iter()
        .flat_map(|axis| (0..axis.len()).map(|period| axis.end(period)))
        .collect();
    ends.sort_unstable();
    ends.dedup();
    crate::tables::cases(request, data, &ends, |chunk| {
        let rows = compute(plan, programs, chunk.batch, others, None);
        let conditions = plan.conditions.iter().map(|condition| rows.column(*condition));
        Ok(conditions
            .map(|column| match column {
                Column::Boolean(held) => held.clone(),
                _ => unreachable!("binding asked for a condition"),
            })
            .collect())
    })
}

/// Adds up the rows of an event log's cases, as they stood at each end.
fn snapshots(
    plan: &ScanPlan,
    programs: &[Program],
    cases: &Cases,
    others: &Others<'_>,
) -> Result<State, (Rejected, Position)> {
    let mut state = State::new(plan);
    for (number, snapshot) in cases.snapshots.iter().enumerate() {
        let view = CasesView {
            cases,
            snapshot,
            is_last: number + 1 == cases.snapshots.len(),
        };
        let rows = compute(plan, programs, &snapshot.batch, others, Some(view));
        let position = |row: usize| -> Position { snapshot.positions[row] };
        fold::fold(&mut state, &rows, &position).map_err(|rejected| {
            let position = position(rejected.row);
            (rejected, position)
        })?;
    }
    Ok(state)
}

/// Reads a source again and collects the rows behind a number.
pub(super) fn trace(
    plan: &Plan<'_>,
    done: &[Done],
    ask: &Ask<'_>,
    data: &Data,
    options: Options,
) -> Result<Traced, Failure> {
    let others = Others {
        done: done.iter().map(Some).collect(),
    };
    let scan = &plan.scans[ask.handle.scan];
    let programs = programs(scan);
    let request = request(scan, options);
    if scan.source.events.is_some() {
        let cases = cases(scan, &request, data, &programs, &others)?;
        let mut traced = Traced::default();
        let snapshots = &cases.state.snapshots;
        for (number, snapshot) in snapshots.iter().enumerate() {
            let view = CasesView {
                cases: &cases.state,
                snapshot,
                is_last: number + 1 == snapshots.len(),
            };
            let rows = compute(scan, &programs, &snapshot.batch, &others, Some(view));
            trace::collect(&mut traced, &rows, ask, &|row| snapshot.positions[row]);
        }
        return Ok(traced);
    }
    let scanned = crate::tables::scan(
        &request,
        data,
        Traced::default,
        |traced, chunk| {
            let rows = compute(scan, &programs, chunk.batch, &others, None);
            trace::collect(traced, &rows, ask, &|row| chunk.position(row));
            Ok(())
        },
        |traced, later| {
            traced.merge(later, ask.limit);
            Ok(())
        },
    )?;
    Ok(scanned.state)
}
