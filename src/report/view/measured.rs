//! How a KPI is measured, in words.

use crate::quantity::{Rational, format_duration};
use crate::report::display::{deadline, share};
use crate::resolve::terms::{FailureMean, Function, Measure, Operand, Outage, Overdue, ProbeMethod, Within};

/// The sources of a measure, each once.
pub(crate) fn sources(measure: &Measure) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for rows in measure.rows() {
        if !sources.contains(&rows.source) {
            sources.push(rows.source.clone());
        }
    }
    sources
}

/// Says how a value is measured: the form first, then its population.
pub(crate) fn measured_by(measure: &Measure) -> Vec<String> {
    let mut lines = vec![form(measure)];
    if let Measure::Formula { parts, .. } = measure {
        for (name, part) in parts {
            lines.extend(measured_by(part).into_iter().map(|line| format!("  {name}: {line}")));
        }
        return lines;
    }
    for rows in measure.rows() {
        let mut conditions: Vec<String> = rows.filter.iter().map(|filter| filter.text.to_string()).collect();
        conditions.extend(rows.each.iter().map(|(column, value)| format!("{column} = '{value}'")));
        let conditions = match conditions.is_empty() {
            true => "every row".to_owned(),
            false => conditions.join(" AND "),
        };
        lines.push(format!("over {}: {conditions}", rows.source));
    }
    lines
}

fn form(measure: &Measure) -> String {
    match measure {
        Measure::Ratio { hit, .. } => format!("share of rows where {}", hit.text),
        Measure::OnTime {
            clock,
            within,
            calendar,
            overdue,
            leave_out_not_due,
            ..
        } => {
            let limit = match within {
                Within::Same(limit) => deadline(limit),
                Within::By { column, limits } => {
                    let limits: Vec<String> = limits
                        .iter()
                        .map(|(value, limit)| format!("{value} {}", deadline(limit)))
                        .collect();
                    format!("a limit by {column} ({})", limits.join(", "))
                }
            };
            let mode = match (overdue, leave_out_not_due) {
                (Overdue::CountUntilResolved, _) => "an overdue case counts until it is resolved",
                (Overdue::ResolvedOnly, _) => "only resolved cases count",
                (Overdue::OpenedInPeriod, true) => "cases opened in the period, without those not yet due",
                (Overdue::OpenedInPeriod, false) => "cases opened in the period",
            };
            format!("clock {clock} within {limit}, calendar {calendar}; {mode}")
        }
        Measure::Availability { outage, .. } => format!("availability, {}", scheduled(outage)),
        Measure::Probes {
            up, method, calendar, ..
        } => {
            let method = match method {
                ProbeMethod::State => "time in state",
                ProbeMethod::Samples => "share of probes with",
            };
            format!("{method} {}, calendar {calendar}", up.text)
        }
        Measure::Aggregate { function, of, .. } => {
            let of = match of {
                Operand::Expression(expression) => expression.text.to_string(),
                Operand::Clock { clock, calendar } => format!("clock {clock}, calendar {calendar}"),
            };
            let function = match function {
                Function::Mean => "mean".to_owned(),
                Function::Median => "median".to_owned(),
                Function::Min => "smallest".to_owned(),
                Function::Max => "largest".to_owned(),
                Function::Sum => "sum".to_owned(),
                Function::Percentile(p) => format!("{} percentile", share(p)),
            };
            format!("{function} of {of}")
        }
        Measure::Count { .. } => "number of rows".to_owned(),
        Measure::Distinct { of, .. } => format!("number of different {}", of.text),
        Measure::Nps { of, .. } => format!("net promoter score of {}", of.text),
        Measure::Share { part, whole, .. } => format!("sum of {} / sum of {}", part.text, whole.text),
        Measure::Failures { is, outage, .. } => {
            let name = match is {
                FailureMean::Mtbf => "mean time between failures",
                FailureMean::Mtrs => "mean time to restore",
                FailureMean::Mtbsi => "mean time between incidents",
            };
            format!("{name}, {}", scheduled(outage))
        }
        Measure::Formula { is, .. } => is.text.to_string(),
        Measure::Value { of, .. } => format!("{} as measured elsewhere", of.text),
        Measure::Attested => "attested by a person".to_owned(),
    }
}

fn scheduled(outage: &Outage) -> String {
    let mut text = format!("calendar {}", outage.calendar);
    if outage.whole_minutes {
        text.push_str(", whole minutes only");
    }
    if let Some(micros) = outage.ignore_shorter {
        let shortest = format_duration(&Rational::integer(micros), 0);
        text = format!("{text}, outages shorter than {shortest} ignored");
    }
    if let Some(weight) = &outage.weight {
        text = format!("{text}, weighted by {}", weight.text);
    }
    text
}
