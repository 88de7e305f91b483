use super::Context;
use super::head::{State, Tally, known_statement, not_in_force, score_text};
use super::wording::grade_word;
use crate::report::display::{self, count};

/// The verdict in sentences: the score, the KPIs and the money, what may still change.
pub(super) fn headline(context: &Context<'_>, tally: &Tally, state: &State) -> Vec<String> {
    let outcome = context.outcome;
    if !outcome.in_force {
        return vec![not_in_force(context.terms.contract.as_ref(), outcome.period)];
    }
    let mut sentences = Vec::new();
    // Where no KPI could be judged, the sentence on the KPIs says both.
    if outcome.score.is_some() || outcome.failed || tally.judged > 0 {
        sentences.push(score_sentence(context));
    }
    sentences.push(kpi_sentence(context, tally));
    if outcome.incomplete && !outcome.failed && outcome.score.is_some() {
        sentences.push(format!(
            "Only {} of the weight is measured: the score is incomplete.",
            display::percent(&outcome.coverage, 0)
        ));
    }
    if state.code == "provisional" {
        sentences.push(format!("Provisional: {}.", display::sentence_list(&state.reasons)));
    }
    sentences
}

fn score_sentence(context: &Context<'_>) -> String {
    let outcome = context.outcome;
    let subject = match context.terms.contract {
        Some(_) => "The service scored",
        None => "The score is",
    };
    let Some(score) = &outcome.score else {
        return match outcome.failed {
            true => "There is no score: data that the contract demands are missing.".to_owned(),
            false => "There is no score: no KPI that counts could be judged.".to_owned(),
        };
    };
    let mut text = format!("{subject} {} of 100", score_text(context, score));
    if let Some(grade) = outcome.grade {
        text = format!("{text} ({})", grade_word(grade));
    }
    let before = context
        .previous
        .and_then(|previous| Some((previous.period, previous.score.as_ref()?)));
    if let Some((period, before)) = before {
        let difference = score - before;
        let amount = display::signed(&difference.abs(), 1);
        let amount = amount.trim_start_matches('+');
        let name = display::period(period);
        text = match (difference.is_zero(), difference.is_negative()) {
            (true, _) => format!("{text}, the same as in {name}"),
            (_, true) => format!("{text}, down {amount} on {name}"),
            (_, false) => format!("{text}, up {amount} on {name}"),
        };
    }
    if let Some((kpi, cap)) = outcome.gates.first() {
        text = format!(
            "{text}, capped at {} by {}",
            display::counted(cap, 2),
            context.kpi_title(kpi)
        );
    }
    format!("{text}.")
}

fn kpi_sentence(context: &Context<'_>, tally: &Tally) -> String {
    let mut text = match (tally.judged, tally.missed, tally.below_target) {
        (0, ..) if context.outcome.score.is_none() && !context.outcome.failed => {
            "No KPI could be judged, so there is no score".to_owned()
        }
        (0, ..) => "No KPI could be judged".to_owned(),
        (1, 0, 0) => "The one KPI that could be judged met its target".to_owned(),
        (1, 1, 0) => "The one KPI that could be judged is missed".to_owned(),
        (1, 0, 1) => "The one KPI that could be judged is at risk".to_owned(),
        (judged, 0, 0) => format!("All {judged} KPIs that could be judged met their targets"),
        (judged, missed, 0) => format!("{missed} of {judged} KPIs {} missed", is_are(missed)),
        (judged, 0, risk) => format!("{risk} of {judged} KPIs {} at risk and none is missed", is_are(risk)),
        (judged, missed, risk) => {
            format!(
                "{missed} of {judged} KPIs {} missed and {risk} {} at risk",
                is_are(missed),
                is_are(risk)
            )
        }
    };
    if tally.no_data > 0 {
        text = format!("{text}; {} no data", count(tally.no_data as u64, "has", "have"));
    }
    if let Some(statement) = known_statement(context.outcome) {
        text = match statement.credit.is_zero() {
            true => format!("{text}; no service credit is due"),
            false => format!(
                "{text}; service credits of {} are due",
                display::money(&statement.credit, &statement.currency, statement.minor_units)
            ),
        };
    }
    format!("{text}.")
}

fn is_are(n: usize) -> &'static str {
    if n == 1 { "is" } else { "are" }
}
