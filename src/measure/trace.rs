//! The rows behind a number, read again.

use std::cell::RefCell;

use super::fact::Answers;
use super::plan::{Handle, Request, build_only};
use super::run::{Inputs, Options, prepared};
use super::scan::{self, Ask};
use crate::diagnostics::Place;
use crate::quantity::Period;
use crate::resolve::terms::{Id, Timeline};
use crate::tables::{self, Failure};

/// Which number is traced.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The card.
    pub card: &'a Timeline,
    /// The KPI.
    pub kpi: &'a str,
    /// The entity; `None`: the card itself.
    pub entity: Option<&'a str>,
    /// The period.
    pub period: Period,
    /// Rows listed of each verdict; the others are counted.
    pub limit: usize,
}

/// The rows of one measure (of a formula: of one of its named measures).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Trace {
    /// The name within a formula.
    pub part: Option<String>,
    /// The source.
    pub source: Id,
    /// The columns that the measure uses.
    pub columns: Vec<String>,
    /// Rows by what they count as, those that decide the number first.
    pub verdicts: Vec<TracedRows>,
}

/// Rows that count as the same.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TracedRows {
    /// What they count as.
    pub verdict: RowVerdict,
    /// How many there are.
    pub count: u64,
    /// The first of them in file order.
    pub rows: Vec<TracedRow>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TracedRow {
    /// Path of its file relative to the workspace root.
    pub path: String,
    /// Its line, from 1, where the format has lines.
    pub line: Option<u64>,
    /// The value of the source's key.
    pub key: Option<String>,
    /// The text of each of the columns; `None` is null.
    pub values: Vec<Option<String>>,
    /// The elapsed time, or the value that was added up.
    pub note: Option<String>,
}

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

/// Reads again what a number comes from, and lists the rows behind it.
///
/// # Errors
/// As [`measure`](super::measure).
pub fn trace(question: Question<'_>, inputs: Inputs<'_>, options: Options) -> Result<Vec<Trace>, Failure> {
    let requests = [Request {
        card: question.card,
        periods: vec![question.period],
    }];
    let bounds = prepared(&requests, inputs)?;
    let base = |source: &crate::resolve::terms::Source| inputs.base(source);
    let plan = build_only(&requests, &bounds, &base, options, question.kpi);
    let done = scan::run(&plan, inputs.data, options.read)?;
    let answers = Answers::new(&plan, &done, options);
    let mut traces = Vec::new();
    let Some(kpi) = plan.cards.first().and_then(|card| card.kpis.first()) else {
        return Ok(traces);
    };
    let handles: Vec<(Option<String>, &Handle<'_>)> = match &kpi.handle {
        Handle::Formula(_, parts) => parts.iter().map(|(name, part)| (Some(name.clone()), part)).collect(),
        whole => vec![(None, whole)],
    };
    for (part, handle) in handles {
        let Handle::Rows(handle, parts) = handle else { continue };
        let (periods, time) = answers.traced(kpi, handle, question.period);
        let ask = Ask {
            handle,
            parts,
            kpi: kpi.kpi,
            claims: &kpi.claims,
            entity: question.entity,
            periods,
            time,
            limit: question.limit,
        };
        let scan_plan = &plan.scans[handle.scan];
        let found = scan::trace(&plan, &done, &ask, inputs.data, options.read)?;
        let request = scan::request(scan_plan, options.read);
        let failure: RefCell<Option<Failure>> = RefCell::new(None);
        let place = |position| match tables::locate(&request, inputs.data, position, None) {
            Ok(Place::Data { path, line, .. }) => (path, line),
            Ok(_) => (scan_plan.source.path.clone(), None),
            Err(other) => {
                failure.borrow_mut().get_or_insert(other);
                (String::new(), None)
            }
        };
        let mut verdicts: Vec<TracedRows> = found
            .by
            .into_iter()
            .map(|(verdict, (rows, count))| TracedRows {
                verdict,
                count,
                rows: rows
                    .into_iter()
                    .map(|row| {
                        let (path, line) = place(row.position);
                        TracedRow {
                            path,
                            line,
                            key: row.key,
                            values: row.values,
                            note: row.note,
                        }
                    })
                    .collect(),
            })
            .collect();
        if let Some(failure) = failure.into_inner() {
            return Err(failure);
        }
        verdicts.sort_by(|a, b| a.verdict.cmp(&b.verdict));
        let read = scan_plan.wanted.iter().map(|wanted| wanted.name.clone());
        let joined = scan_plan.joins.iter().map(|join| join.name.clone());
        traces.push(Trace {
            part,
            source: handle.source.clone(),
            columns: read.chain(joined).collect(),
            verdicts,
        });
    }
    Ok(traces)
}
