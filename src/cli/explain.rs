use super::arguments::{Arguments, Explain};
use super::exit::Exit;
use super::opened::Opened;
use super::terminal::Terminal;
use crate::diagnostics::{RULES, did_you_mean};
use crate::error::Error;
use crate::evaluate::{Asked, evaluate};
use crate::report::{self, Input, Provenance};
use crate::tables::Data;

/// Explains a rule, or the derivation of a number.
///
/// # Errors
/// When nothing has the name, there is no workspace or a file cannot be read.
pub(super) fn run(command: &Explain, arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    match command.subject.split_once('/') {
        Some((card, kpi)) => number(command, (card, kpi), arguments, terminal),
        None => rule(&command.subject, terminal),
    }
}

fn rule(name: &str, terminal: &Terminal) -> Result<Exit, Error> {
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        let names = RULES.iter().map(|rule| rule.name);
        let known = did_you_mean(name, names).map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
        let help = "a number is named SCORECARD/KPI";
        return Err(Error::Unknown {
            message: format!("no rule is called `{name}`{known} ({help})"),
        });
    };
    terminal.print(rule.page);
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
        opened.complain(found, terminal);
        return Ok(Exit::Failed);
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
    let evaluated = evaluate(
        &[Asked { card, period }],
        trend,
        opened.inputs(&data),
        command.data_through,
    );
    let Some(evaluation) = opened.settle(evaluated, terminal)? else {
        return Ok(Exit::Failed);
    };
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
        facts: &evaluation.facts,
        provenance: &provenance,
    };
    let text = report::explain(&input, kpi, None).expect("the KPI is in the terms");
    terminal.print(&text);
    Ok(Exit::Clean)
}
