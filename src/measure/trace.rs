//! The rows behind a number, read again.

use super::fact::Answers;
use super::plan::Handle;
use super::run::Measured;
use super::scan::{self, Ask, RowVerdict};
use crate::diagnostics::Place;
use crate::quantity::Period;
use crate::resolve::terms::{Id, Timeline};
use crate::tables::{self, Failure, Position};

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

impl Measured<'_> {
    /// Reads again what a number comes from, and lists the rows behind it; none where it was not measured.
    ///
    /// # Errors
    /// When a source cannot be read again.
    pub fn trace(&self, question: Question<'_>) -> Result<Vec<Trace>, Failure> {
        let answers = Answers::new(&self.plan, &self.done, self.options);
        let mut cards = self.plan.cards.iter().filter(|card| card.card.id == question.card.id);
        let asked = cards.find_map(|card| {
            let mut kpis = card.kpis.iter();
            kpis.find(|plan| plan.kpi.id == question.kpi && plan.periods.contains(&question.period))
        });
        let Some(kpi) = asked else {
            return Ok(Vec::new());
        };
        let mut traces = Vec::new();
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
            let (data, options) = (self.inputs.data, self.options.read);
            let scan_plan = &self.plan.scans[handle.scan];
            let found = scan::trace(&self.plan, &self.done, &ask, data, options)?;
            let positions: Vec<Position> = found
                .by
                .values()
                .flat_map(|(rows, _)| rows)
                .map(|row| row.position)
                .collect();
            let places = tables::locate_all(&scan::request(scan_plan, options), data, &positions, None)?;
            let place = |position| match places.get(&position) {
                Some(Place::Data { path, line, .. }) => (path.clone(), *line),
                _ => (scan_plan.source.path.clone(), None),
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
}
