use indexmap::IndexMap;

use super::{Binder, BoundAmount, BoundAt, BoundMeasure, BoundOperand, BoundOutage, BoundRows, Form};
use crate::diagnostics::Diagnostic;
use crate::expression::{Expected, Type, check_formula, parse};
use crate::measure::carve_out::schedule_start;
use crate::measure::recurrence;
use crate::quantity::Unit;
use crate::resolve::terms::{CarveOutBy, Kpi, Measure, Operand, Outage, Rows, Within};
use crate::syntax::Snippet;

const CONDITION: Expected = Expected::Is(Type::Boolean);
const NUMBER: Expected = Expected::Is(Type::Number);

impl Binder<'_> {
    /// Binds a KPI; `None` when a finding was made.
    pub(super) fn kpi(&mut self, kpi: &Kpi) -> Option<BoundMeasure> {
        for carve_out in kpi
            .carve_outs
            .iter()
            .filter_map(|id| self.version.terms.carve_outs.get(id))
        {
            if let CarveOutBy::Schedule { rrule, .. } = &carve_out.by
                && let Some(rule) = recurrence::parse(rrule, self.diagnostics)
            {
                let first = schedule_start(carve_out, &self.version.terms);
                if !rule.occurs(first, &self.version.terms.time_zone) {
                    let place = rrule.locate(0, rrule.text.len());
                    let message = format!("this never comes about from {first} on");
                    let help = "write days that exist, such as `FREQ=MONTHLY;BYMONTHDAY=-1` for the last of each month";
                    self.diagnostics
                        .push(Diagnostic::new("invalid-value", place, message).help(help));
                }
            }
        }
        self.measure(kpi, &kpi.measure)
    }

    fn measure(&mut self, kpi: &Kpi, measure: &Measure) -> Option<BoundMeasure> {
        let rows = match measure {
            Measure::Formula { is, parts } => return self.formula(kpi, is, parts),
            Measure::Attested => return Some(BoundMeasure::Attested),
            over_rows => *over_rows.rows().first()?,
        };
        // A source that is not there has been reported, and nothing can be bound to it.
        self.open(&rows.source)?;
        let bound = self.rows(kpi, rows);
        let form = self.form(kpi, measure, &rows.source);
        Some(BoundMeasure::Rows(Box::new(bound?), form?))
    }

    fn formula(&mut self, kpi: &Kpi, is: &Snippet, parts: &IndexMap<String, Measure>) -> Option<BoundMeasure> {
        let expression = parse(is, self.diagnostics);
        let sound = expression
            .as_ref()
            .is_some_and(|is| check_formula(is, parts.keys().map(String::as_str), self.diagnostics));
        let mut bound = IndexMap::new();
        for (name, part) in parts {
            bound.insert(name.clone(), self.measure(kpi, part));
        }
        let bound: Option<IndexMap<_, _>> = bound.into_iter().map(|(name, part)| Some((name, part?))).collect();
        Some(BoundMeasure::Formula(expression.filter(|_| sound)?, bound?))
    }

    fn form(&mut self, kpi: &Kpi, measure: &Measure, source: &str) -> Option<Form> {
        Some(match measure {
            Measure::Ratio { hit, .. } => Form::Ratio {
                hit: self.expression(source, hit, CONDITION)?,
            },
            Measure::OnTime {
                clock,
                within,
                calendar,
                overdue,
                leave_out_not_due,
                ..
            } => {
                let by = match within {
                    Within::Same(_) => None,
                    Within::By { column, .. } => {
                        let base = kpi.each.as_ref().map_or(&kpi.id, |(base, _)| base);
                        let path = ["kpis", base, "measure", "on_time", "within", "by"];
                        let place = self.place(&path, kpi.declared_at);
                        Some(self.column(source, column, Expected::Any, place)?)
                    }
                };
                Form::OnTime {
                    clock: self.named_clock(source, clock)?,
                    within: within.clone(),
                    by,
                    calendar: calendar.clone(),
                    overdue: *overdue,
                    leave_out_not_due: *leave_out_not_due,
                }
            }
            Measure::Availability { outage, .. } => Form::Availability(self.outage(kpi, source, outage)?),
            Measure::Failures { is, outage, .. } => Form::Failures(*is, self.outage(kpi, source, outage)?),
            Measure::Probes {
                up,
                method,
                calendar,
                max_gap,
                series,
                ..
            } => Form::Probes {
                up: self.expression(source, up, CONDITION)?,
                method: *method,
                calendar: calendar.clone(),
                max_gap: *max_gap,
                series: match series {
                    None => None,
                    Some(series) => {
                        let path = ["kpis", &kpi.id, "measure", "probes", "series"];
                        let place = self.place(&path, kpi.declared_at);
                        Some(self.column(source, series, Expected::Any, place)?)
                    }
                },
            },
            Measure::Aggregate { function, of, .. } => Form::Aggregate(
                function.clone(),
                match of {
                    Operand::Clock { clock, calendar } => {
                        BoundOperand::Clock(self.named_clock(source, clock)?, calendar.clone())
                    }
                    Operand::Expression(of) => {
                        let number = self.expression(source, of, NUMBER)?;
                        BoundOperand::Number(number, self.base_factor(kpi, of)?)
                    }
                },
            ),
            Measure::Count { .. } => Form::Count,
            Measure::Distinct { of, .. } => Form::Distinct(self.expression(source, of, Expected::Any)?),
            Measure::Nps { of, .. } => Form::Nps(self.expression(source, of, NUMBER)?),
            Measure::Share { part, whole, .. } => {
                let part = self.expression(source, part, NUMBER);
                Form::Share(part?, self.expression(source, whole, NUMBER)?)
            }
            Measure::Value { of, .. } => Form::Value(self.expression(source, of, NUMBER)?),
            Measure::Formula { .. } | Measure::Attested => unreachable!("they have no rows"),
        })
    }

    /// Returns what a number is multiplied by to be in the base of the KPI's unit.
    ///
    /// A plain number has no unit, so a duration must come from a function that says which it counts.
    fn base_factor(&mut self, kpi: &Kpi, of: &Snippet) -> Option<i64> {
        if kpi.unit != Unit::Duration || matches!(kpi.measure, Measure::Formula { .. }) {
            return Some(1);
        }
        let text = of.text.trim().to_lowercase();
        let units = [
            ("minutes_between", 60_000_000),
            ("hours_between", 3_600_000_000),
            ("days_between", 86_400_000_000),
        ];
        let call = units.iter().find(|(name, _)| {
            let rest = text.strip_prefix(name).map(str::trim_start);
            rest.is_some_and(|rest| rest.starts_with('(') && rest.find(')') == Some(rest.len() - 1))
        });
        if call.is_none() {
            let place = of.locate(0, of.text.len());
            let message = "a plain number is no duration";
            let help = "use a clock, or `minutes_between(a, b)`, `hours_between(a, b)`, `days_between(a, b)`";
            self.diagnostics
                .push(Diagnostic::new("wrong-unit", place, message).help(help));
        }
        call.map(|(_, factor)| *factor)
    }

    fn outage(&mut self, kpi: &Kpi, source: &str, outage: &Outage) -> Option<BoundOutage> {
        if self.version.terms.sources.get(source)?.span.is_none() {
            let place = self.version.terms.sources[source].declared_at;
            let message = format!(
                "source `{source}` has no `span`, but `{}` measures intervals of it",
                kpi.id
            );
            let help = "say which columns hold start and end: `span: [started_at, ended_at]`";
            let finding = Diagnostic::new("missing-field", place, message);
            self.diagnostics
                .push(finding.also(kpi.declared_at, "measured here").help(help));
            return None;
        }
        Some(BoundOutage {
            calendar: outage.calendar.clone(),
            whole_minutes: outage.whole_minutes,
            ignore_shorter: outage.ignore_shorter,
            weight: match &outage.weight {
                None => None,
                Some(weight) => Some(self.expression(source, weight, NUMBER)?),
            },
        })
    }

    fn named_clock(&mut self, source: &str, name: &str) -> Option<super::BoundClock> {
        // One that is not there, or could not be read, has been reported.
        let clock = self.version.terms.sources.get(source)?.clocks.get(name)?;
        self.clock(source, name, clock)
    }

    fn rows(&mut self, kpi: &Kpi, rows: &Rows) -> Option<BoundRows> {
        self.open(&rows.source)?;
        let mut bound = self.population(&rows.source, rows.filter.as_ref())?;
        if let Some(at) = &rows.at {
            let own = self.version.terms.sources[&rows.source].at.as_ref() == Some(at);
            if !own {
                let base = kpi.each.as_ref().map_or(&kpi.id, |(base, _)| base);
                let place = self.place(&["kpis", base, "at"], kpi.declared_at);
                let source = self.version.terms.sources[&rows.source].clone();
                bound.at = self.at(&rows.source, &source, at, place);
            }
        }
        if let Some((column, value)) = &rows.each {
            let base = kpi.each.as_ref().map_or(&kpi.id, |(base, _)| base);
            let place = self.place(&["kpis", base, "each", "column"], kpi.declared_at);
            let column = self.column(&rows.source, column, Expected::Any, place)?;
            bound.each = Some((column, value.clone()));
        }
        for (index, id) in kpi.carve_outs.iter().enumerate() {
            let Some(carve_out) = self.version.terms.carve_outs.get(id) else {
                continue;
            };
            if let CarveOutBy::Where(text) = &carve_out.by {
                bound
                    .wheres
                    .push((index, self.expression(&rows.source, text, CONDITION)?));
            }
        }
        Some(bound)
    }

    /// Binds a source's rows and the condition that chooses some.
    fn population(&mut self, source: &str, filter: Option<&Snippet>) -> Option<BoundRows> {
        self.open(source)?;
        let filter = match filter {
            None => None,
            Some(filter) => Some(self.expression(source, filter, CONDITION)?),
        };
        let at = self.gathered.get(source).and_then(|gathered| gathered.at);
        Some(BoundRows {
            source: source.to_owned(),
            filter,
            each: None,
            at: at.unwrap_or(BoundAt::Nothing),
            wheres: Vec::new(),
        })
    }

    pub(super) fn amount(&mut self, source: &str, filter: Option<&Snippet>, sum: &Snippet) -> Option<BoundAmount> {
        let rows = self.population(source, filter)?;
        Some(BoundAmount {
            rows,
            sum: self.expression(source, sum, NUMBER)?,
        })
    }
}
