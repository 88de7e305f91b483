//! Measures: the form, the rows, the clock and the calendar.

use indexmap::IndexMap;

use super::name::{Kind, unknown};
use super::{Binder, Cursor, calendar};
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::resolve::terms::{
    At, Deadline, FailureMean, Function, Id, Measure, Operand, Outage, Overdue, ProbeMethod, Rows, Within,
};
use crate::source::Span;
use crate::syntax::Snippet;

/// What a measure takes from its KPI.
#[derive(Clone, Copy)]
pub(super) struct Owner<'k> {
    /// The KPI's id.
    pub(super) kpi: &'k str,
    /// The KPI's own `at`.
    pub(super) at: Option<&'k model::At>,
}

/// What an aggregate is of.
pub(super) enum Of<'w> {
    /// An expression.
    Expression(&'w Snippet),
    /// A clock, and the calendar said right beside it.
    Clock(&'w model::Id, Option<&'w model::Id>),
}

impl<'a> Binder<'a> {
    /// Binds a measure that stands at `at`; nothing where it names what is not there.
    pub(super) fn measure(&mut self, written: &model::Measure, owner: Owner<'_>, at: Cursor<'a>) -> Option<Measure> {
        use model::Measure as M;
        let form = at.node().and_then(|node| node.as_map()?.iter().next());
        let at = form.map_or(at, |(key, _)| at.step(&key.text));
        Some(match written {
            M::Ratio(ratio) => {
                let rows = self.rows(&ratio.rows, owner, at);
                Measure::Ratio {
                    rows: rows?,
                    hit: ratio.hit.clone()?,
                }
            }
            M::OnTime(on_time) => self.on_time(on_time, owner, at)?,
            M::Availability(availability) => {
                let rows = self.rows(&availability.rows, owner, at);
                let outage = self.outage(&availability.rows, &availability.outage, at);
                self.check_span(&availability.rows, "availability", at);
                Measure::Availability { rows: rows?, outage }
            }
            M::Probes(probes) => {
                let rows = self.rows(&probes.rows, owner, at);
                Measure::Probes {
                    rows: rows?,
                    up: probes.up.clone()?,
                    method: match probes.method? {
                        model::ProbeMethod::State => ProbeMethod::State,
                        model::ProbeMethod::Samples => ProbeMethod::Samples,
                    },
                    calendar: self.calendar(probes.rows.calendar.as_ref(), at),
                    every: probes.every.map(|every| every.0),
                    max_gap: probes.max_gap.map(|gap| gap.0),
                    series: probes.series.clone(),
                }
            }
            M::Mean(of) => self.aggregate(of, Function::Mean, owner, at)?,
            M::Median(of) => self.aggregate(of, Function::Median, owner, at)?,
            M::Min(of) => self.aggregate(of, Function::Min, owner, at)?,
            M::Max(of) => self.aggregate(of, Function::Max, owner, at)?,
            M::Sum(of) => self.aggregate(of, Function::Sum, owner, at)?,
            M::Percentile(percentile) => {
                let share = &percentile.p.as_ref()?.0;
                self.aggregate(&percentile.aggregate, Function::Percentile(share.clone()), owner, at)?
            }
            M::Count(rows) => Measure::Count {
                rows: self.rows(rows, owner, at)?,
            },
            M::Distinct(of) => Measure::Distinct {
                rows: self.rows(&of.rows, owner, at)?,
                of: of.of.clone()?,
            },
            M::Nps(of) => Measure::Nps {
                rows: self.rows(&of.rows, owner, at)?,
                of: of.of.clone()?,
            },
            M::Value(of) => Measure::Value {
                rows: self.rows(&of.rows, owner, at)?,
                of: of.of.clone()?,
            },
            M::Share(share) => Measure::Share {
                rows: self.rows(&share.rows, owner, at)?,
                part: share.part.clone()?,
                whole: share.whole.clone()?,
            },
            M::Failures(failures) => {
                let rows = self.rows(&failures.rows, owner, at);
                let outage = self.outage(&failures.rows, &failures.outage, at);
                self.check_span(&failures.rows, "failures", at);
                Measure::Failures {
                    rows: rows?,
                    is: match failures.is? {
                        model::FailureMean::Mtbf => FailureMean::Mtbf,
                        model::FailureMean::Mtrs => FailureMean::Mtrs,
                        model::FailureMean::Mtbsi => FailureMean::Mtbsi,
                    },
                    outage,
                }
            }
            M::Formula(formula) => self.formula(formula, owner, at)?,
            M::Attested(_) => Measure::Attested,
        })
    }

    fn formula(&mut self, written: &model::Formula, owner: Owner<'_>, at: Cursor<'a>) -> Option<Measure> {
        let mut parts = IndexMap::new();
        for (name, part) in &written.parts {
            let here = at.step(name);
            if matches!(part, model::Measure::Formula(_) | model::Measure::Attested(_)) {
                let message = format!("`{name}` is a measure that a formula cannot name");
                self.invalid(
                    here,
                    message,
                    "write its arithmetic into this formula, or measure it over a source",
                );
                continue;
            }
            if let Some(part) = self.measure(part, owner, here) {
                parts.insert(name.clone(), part);
            }
        }
        if written.parts.is_empty() {
            let finding = Diagnostic::new("missing-field", at.key_span(), "the formula names no measures");
            self.diagnostics
                .push(finding.help("add them beside `is`: `actual: { sum: { source: …, of: … } }`"));
        }
        (parts.len() == written.parts.len()).then_some(())?;
        Some(Measure::Formula {
            is: written.is.clone()?,
            parts,
        })
    }

    fn on_time(&mut self, written: &model::OnTime, owner: Owner<'_>, at: Cursor<'a>) -> Option<Measure> {
        let rows = self.rows(&written.rows, owner, at);
        let clock = self.clock(&written.rows, written.clock.as_ref(), at.step("clock").span());
        let own_days = clock
            .as_deref()
            .is_some_and(|clock| self.has_calendar(&written.rows, clock));
        let within = match written.within.as_ref()? {
            model::Within::Same(limit) => Within::Same(self.limit_of_clock(*limit, own_days, at.step("within"))),
            model::Within::By { by, limits } => {
                let at = at.step("within");
                let mut bound = IndexMap::new();
                for (value, limit) in limits {
                    bound.insert(value.clone(), self.limit_of_clock(*limit, own_days, at.step(value)));
                }
                if bound.is_empty() {
                    let finding = Diagnostic::new("missing-field", at.span(), "`within` has no limits");
                    self.diagnostics
                        .push(finding.help("add one per value of the column, such as `P1: 4h`"));
                }
                Within::By {
                    column: by.clone()?,
                    limits: bound,
                }
            }
        };
        let overdue = match written.overdue? {
            model::Overdue::CountUntilResolved => Overdue::CountUntilResolved,
            model::Overdue::ResolvedOnly => Overdue::ResolvedOnly,
            model::Overdue::OpenedInPeriod => Overdue::OpenedInPeriod,
        };
        if let Some(not_due) = written.not_due.filter(|_| overdue != Overdue::OpenedInPeriod) {
            let message = format!(
                "`not_due: {}` says something only under `opened_in_period`",
                not_due.word()
            );
            self.invalid(
                at.step("not_due"),
                message,
                "remove it, or write `overdue: opened_in_period`",
            );
        }
        let clock = clock?;
        let own = self.calendar_of(&written.rows, &clock, at);
        let in_business_days = match &within {
            Within::Same(limit) => matches!(limit, Deadline::BusinessDays(_)),
            Within::By { limits, .. } => limits.values().any(|limit| matches!(limit, Deadline::BusinessDays(_))),
        };
        // "3 business days" without a calendar of its own means the scorecard's business days.
        let business_days = || self.card.sections.business_days.as_ref().filter(|_| in_business_days);
        let calendar = own
            .or_else(|| business_days().map(ToString::to_string))
            .unwrap_or_else(|| calendar::ALWAYS.to_owned());
        Some(Measure::OnTime {
            rows: rows?,
            clock,
            within,
            calendar,
            overdue,
            leave_out_not_due: written.not_due == Some(model::NotDue::LeaveOut),
        })
    }

    /// Binds a clock's limit; `own_days` is whether its measure has a calendar whose days count.
    fn limit_of_clock(&mut self, limit: model::Deadline, own_days: bool, at: Cursor<'a>) -> Deadline {
        match limit {
            model::Deadline::BusinessDays(days) if own_days => Deadline::BusinessDays(days),
            _ => self.deadline(Some(limit), at).expect("a deadline of a deadline"),
        }
    }

    fn aggregate(
        &mut self,
        written: &model::Aggregate,
        function: Function,
        owner: Owner<'_>,
        at: Cursor<'a>,
    ) -> Option<Measure> {
        let rows = self.rows(&written.rows, owner, at);
        let of = match self.operand(written) {
            Some(Of::Clock(name, own)) => {
                let inner = match &written.of {
                    Some(model::AggregateOf::Clock(_)) => at.step("clock"),
                    _ => at.step("of"),
                };
                let place = if inner.step("clock").is_written() {
                    inner.step("clock")
                } else {
                    inner
                };
                let clock = self.clock(&written.rows, Some(name), place.span())?;
                let calendar = match own {
                    Some(own) => self.bound(Kind::Calendar, own, inner.step("calendar").span()),
                    None => self.calendar_of(&written.rows, &clock, at),
                };
                Operand::Clock {
                    clock,
                    calendar: calendar.unwrap_or_else(|| calendar::ALWAYS.to_owned()),
                }
            }
            Some(Of::Expression(of)) => Operand::Expression(of.clone()),
            None => return None,
        };
        Some(Measure::Aggregate {
            rows: rows?,
            function,
            of,
        })
    }

    /// Returns what an aggregate is of: a bare name that is one of the source's clocks means the clock.
    pub(super) fn operand<'w>(&self, written: &'w model::Aggregate) -> Option<Of<'w>>
    where
        'a: 'w,
    {
        Some(match written.of.as_ref()? {
            model::AggregateOf::Clock(clock) => Of::Clock(clock, None),
            model::AggregateOf::Of(model::Operand::Clock(operand)) => {
                Of::Clock(operand.clock.as_ref()?, operand.calendar.as_ref())
            }
            model::AggregateOf::Of(model::Operand::Expression(text)) => {
                let source = written
                    .rows
                    .source
                    .as_ref()
                    .and_then(|id| self.card.sections.sources.get(id));
                match source.and_then(|source| source.clocks.get_key_value(&*text.text)) {
                    Some((clock, _)) => Of::Clock(clock, None),
                    None => Of::Expression(text),
                }
            }
        })
    }

    fn rows(&mut self, written: &model::Rows, owner: Owner<'_>, at: Cursor<'a>) -> Option<Rows> {
        let source = written.source.as_ref()?;
        let row_time = self.at.step("kpis").step(owner.kpi).step("at");
        let own = self.row_time(owner.at, Some(source), row_time);
        let sources = &self.card.sections.sources;
        let inherited = match (own, sources.get(source)) {
            (Some(own), _) => Some(own),
            (None, Some(of_source)) => {
                let at = self.at.step("sources").step(source).step("at");
                self.row_time(of_source.at.as_ref(), Some(source), at)
            }
            (None, None) => None,
        };
        let row = self.rows.get(owner.kpi);
        Some(Rows {
            source: self.bound(Kind::Source, source, at.step("source").span())?,
            filter: written.r#where.clone(),
            each: row.map(|row| (row.column.clone(), row.value.clone())),
            at: inherited,
        })
    }

    /// Binds the clock `name` of the source that the rows are of.
    fn clock(&mut self, rows: &model::Rows, name: Option<&model::Id>, span: Span) -> Option<Id> {
        let (source, name) = (rows.source.as_ref()?, name?);
        // An unknown source has been reported where it is named.
        let clocks = &self.card.sections.sources.get(source)?.clocks;
        if clocks.contains_key(name) {
            return Some(name.to_string());
        }
        let known: Vec<&str> = clocks.keys().map(|id| &**id).collect();
        let section = format!("sources.{source}.clocks");
        self.diagnostics
            .push(unknown("unknown-reference", span, ("clock", &section), name, &known));
        None
    }

    /// Returns the calendar of the measure, else of its clock.
    fn calendar_of(&mut self, rows: &model::Rows, clock: &str, at: Cursor<'a>) -> Option<Id> {
        match &rows.calendar {
            Some(own) => self.bound(Kind::Calendar, own, at.step("calendar").span()),
            None => self.calendar_of_clock(rows, clock).map(ToString::to_string),
        }
    }

    fn calendar_of_clock(&self, rows: &model::Rows, clock: &str) -> Option<&model::Id> {
        let source = self.card.sections.sources.get(rows.source.as_ref()?)?;
        source.clocks.get(clock)?.calendar.as_ref()
    }

    /// Whether a calendar is written for a clock, on its measure or on itself, that has days to count.
    fn has_calendar(&self, rows: &model::Rows, clock: &str) -> bool {
        let written = rows.calendar.as_ref().or_else(|| self.calendar_of_clock(rows, clock));
        written.is_some_and(|calendar| &**calendar != calendar::ALWAYS)
    }

    fn calendar(&mut self, written: Option<&model::Id>, at: Cursor<'a>) -> Id {
        self.bound_field(Kind::Calendar, written, at, "calendar")
            .unwrap_or_else(|| calendar::ALWAYS.to_owned())
    }

    fn outage(&mut self, rows: &model::Rows, written: &model::Outage, at: Cursor<'a>) -> Outage {
        Outage {
            calendar: self.calendar(rows.calendar.as_ref(), at),
            whole_minutes: written.whole_minutes.unwrap_or(false),
            ignore_shorter: written.ignore_shorter.map(|shortest| shortest.0),
            weight: written.weight.clone(),
        }
    }

    /// Reports a measure over intervals whose source has none.
    fn check_span(&mut self, rows: &model::Rows, form: &str, at: Cursor<'a>) {
        let Some(id) = rows.source.as_ref() else { return };
        let Some(source) = self.card.sections.sources.get(id) else {
            return;
        };
        if source.span.is_none() {
            let source_at = self.at.step("sources").step(id);
            self.diagnostics.push(
                Diagnostic::new(
                    "missing-field",
                    source_at.key_span(),
                    format!("source `{id}` has no `span`"),
                )
                .also(at.step("source").span(), format!("`{form}` is measured from intervals"))
                .help("add `span: [started_at, ended_at]` with the columns of an outage's start and end"),
            );
        }
    }
}

/// Returns every source whose rows a measure counts.
pub(in crate::resolve) fn sources_of(measure: &Measure) -> Vec<&Id> {
    measure.rows().into_iter().map(|rows| &rows.source).collect()
}

/// Returns what puts a measure's rows in periods, by source.
pub(in crate::resolve) fn row_times(measure: &Measure) -> Vec<(&Id, Option<&At>)> {
    match measure {
        Measure::Ratio { rows, .. }
        | Measure::Aggregate { rows, .. }
        | Measure::Count { rows }
        | Measure::Distinct { rows, .. }
        | Measure::Nps { rows, .. }
        | Measure::Share { rows, .. }
        | Measure::Probes { rows, .. }
        | Measure::Value { rows, .. } => vec![(&rows.source, rows.at.as_ref())],
        Measure::Formula { parts, .. } => parts.values().flat_map(row_times).collect(),
        Measure::OnTime { .. } | Measure::Availability { .. } | Measure::Failures { .. } | Measure::Attested => {
            Vec::new()
        }
    }
}
