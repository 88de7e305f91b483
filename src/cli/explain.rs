use serde_json::{Map, json};

use super::arguments::{Arguments, Explain, Output};
use super::exit::Exit;
use super::opened::Opened;
use super::terminal::Terminal;
use crate::diagnostics::{RULES, did_you_mean};
use crate::error::Error;
use crate::evaluate::{Asked, assessed, request};
use crate::measure::{self, Prepared, Question, RowVerdict};
use crate::report::{self, Input, Provenance, TraceRow};
use crate::tables::Data;

/// Explains a rule, or the derivation of a number.
///
/// # Errors
/// When nothing has the name, there is no workspace or a file cannot be read.
pub(super) fn run(command: &Explain, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    match command.subject.split_once('/') {
        Some((card, kpi)) => number(command, (card, kpi), arguments, terminal),
        None => rule(command, terminal),
    }
}

fn rule(command: &Explain, terminal: &Terminal) -> Result<Exit, Error> {
    let name = command.subject.as_str();
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        let names = RULES.iter().map(|rule| rule.name);
        let known = did_you_mean(name, names).map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
        let help = "a number is named SCORECARD/KPI";
        return Err(Error::Unknown {
            message: format!("no rule is called `{name}`{known} ({help})"),
        });
    };
    terminal.print(&match command.format {
        Output::Text => rule.page.to_owned(),
        Output::Json => Exit::Clean.document(Map::from_iter([
            ("rule".to_owned(), json!(rule.name)),
            ("level".to_owned(), json!(rule.level)),
            ("summary".to_owned(), json!(rule.summary)),
            ("page".to_owned(), json!(rule.page)),
        ])),
    });
    Ok(Exit::Clean)
}

fn number(
    command: &Explain,
    (id, kpi): (&str, &str),
    arguments: &Arguments,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let opened = Opened::here(arguments)?;
    let found = &opened.compiled.diagnostics;
    if found.has_errors() {
        return Ok(opened.refuse(found, terminal));
    }
    let card = opened.card(id)?;
    let Some(label) = &command.period else {
        return Err(Error::Unknown {
            message: format!("say which period: `scoreline explain {id}/{kpi} --period …`"),
        });
    };
    let period = card
        .latest()
        .period
        .parse(label)
        .ok_or_else(|| Opened::unfit(card, label))?;
    let terms = card.terms(period);
    if !terms.kpis.contains_key(kpi) {
        let ids: Vec<&str> = terms.kpis.keys().map(String::as_str).collect();
        let known = match did_you_mean(kpi, ids.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are: {}", ids.join(", ")),
        };
        return Err(Error::Unknown {
            message: format!("`{id}` has no KPI `{kpi}`; {known}"),
        });
    }
    let data = Data::folder(&opened.root);
    let trend = opened.compiled.workspace.settings.trend;
    let options = measure::Options {
        data_through: command.data_through,
        ..measure::Options::default()
    };
    let asked = [Asked { card, period }];
    let requests = [request(&asked[0], trend)];
    let Some(prepared) = opened.settle(Prepared::new(&requests, opened.inputs(&data), options), terminal)? else {
        return Ok(Exit::Failed);
    };
    let measured = prepared
        .measure()
        .and_then(|measured| Ok((measured.facts()?, measured)));
    let Some((facts, measured)) = opened.settle(measured, terminal)? else {
        return Ok(Exit::Failed);
    };
    let evaluation = assessed(&asked, trend, facts);
    let evaluated = &evaluation.cards[0];
    let outcomes = match &command.entity {
        None => &evaluated.outcomes,
        Some(key) => {
            let has_key = |outcomes: &&Vec<_>| {
                let last: Option<&crate::assess::Outcome> = outcomes.last();
                last.and_then(|outcome| outcome.entity.as_ref())
                    .is_some_and(|entity| entity.key == *key)
            };
            let missing = || Error::Unknown {
                message: format!("`{id}` has no entity `{key}`"),
            };
            evaluated.entities.iter().find(has_key).ok_or_else(missing)?
        }
    };
    let provenance = Provenance::default();
    let input = Input {
        timeline: card,
        outcomes,
        entities: &[],
        maturity: &[],
        facts: &evaluation.facts,
        provenance: &provenance,
    };
    let question = Question {
        card,
        kpi,
        entity: command.entity.as_deref(),
        period,
        limit: command.rows,
    };
    let Some(traces) = opened.settle(measured.trace(question), terminal)? else {
        return Ok(Exit::Failed);
    };
    let trace = listed(&traces, command.rows);
    let missing = || Error::Unknown {
        message: format!(
            "`{id}` judges no KPI `{kpi}` in {period}: see `scoreline show {id} --as-of {}`",
            period.first_day()
        ),
    };
    let trace = trace.as_ref();
    terminal.print(&match command.format {
        Output::Text => report::explain(&input, kpi, trace).ok_or_else(missing)?,
        Output::Json => Exit::Clean.document(report::explain_data(&input, kpi, trace).ok_or_else(missing)?),
    });
    Ok(Exit::Clean)
}

/// Lists at most `limit` rows, those that decide the number first; `None` where no rows stand behind it.
fn listed(traces: &[measure::Trace], limit: usize) -> Option<report::Trace> {
    let [first, others @ ..] = traces else { return None };
    // The measures of a formula have columns of their own: there each row is one text.
    let alone = others.is_empty();
    let columns = if alone {
        first.columns.clone()
    } else {
        vec!["of".to_owned(), "values".to_owned()]
    };
    let (mut rows, mut total) = (Vec::new(), 0);
    for trace in traces {
        for verdict in &trace.verdicts {
            total += verdict.count;
            let role = role(&verdict.verdict);
            rows.extend(verdict.rows.iter().map(|row| {
                let values = row
                    .values
                    .iter()
                    .map(|value| value.clone().unwrap_or_else(|| "–".to_owned()));
                let cells = if alone {
                    values.collect()
                } else {
                    let named: Vec<String> = trace
                        .columns
                        .iter()
                        .zip(values)
                        .map(|(name, value)| format!("{name} {value}"))
                        .collect();
                    vec![trace.part.clone().unwrap_or_default(), named.join(", ")]
                };
                let line = row.line.map_or(String::new(), |line| format!(":{line}"));
                let key = row.key.as_ref().map_or(String::new(), |key| format!(" {key}"));
                let note = row.note.as_ref().map_or(String::new(), |note| format!(", {note}"));
                TraceRow {
                    place: format!("{}{line}{key}", row.path),
                    cells,
                    role: format!("{role}{note}"),
                }
            }));
        }
    }
    rows.truncate(limit);
    let more = total - rows.len() as u64;
    (total > 0).then_some(report::Trace { columns, rows, more })
}

fn role(verdict: &RowVerdict) -> String {
    match verdict {
        RowVerdict::Late => "late".to_owned(),
        RowVerdict::OverdueOpen => "open and overdue".to_owned(),
        RowVerdict::Missed => "a miss".to_owned(),
        RowVerdict::Down => "down".to_owned(),
        RowVerdict::Hit => "a hit".to_owned(),
        RowVerdict::InTime => "in time".to_owned(),
        RowVerdict::OpenNotDue => "open, not yet due".to_owned(),
        RowVerdict::Counted => "counted".to_owned(),
        RowVerdict::Excluded(clause) => format!("excluded by {clause}"),
        RowVerdict::NullCondition => "left out: the condition is null".to_owned(),
        RowVerdict::NullValue => "left out: the value is null".to_owned(),
    }
}
