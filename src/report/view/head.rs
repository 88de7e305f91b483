use serde::Serialize;

use super::wording::{grade_word, verdict_word};
use super::{CarveOuts, Context};
use crate::assess::Outcome;
use crate::assess::outcome::{Flag, Grade, Verdict};
use crate::measure::facts::Coverage;
use crate::quantity::{Every, Rational};
use crate::report::display::{self, Shown, Style, count};

/// The scorecard.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
}

/// The reported period.
#[derive(Clone, Debug, Serialize)]
pub struct PeriodHead {
    /// Its label, such as `2026-10`.
    pub label: String,
    /// Its name, such as `October 2026`.
    pub title: String,
    /// `week`, `month`, `quarter` or `year`.
    pub every: &'static str,
    /// Its first day.
    pub first_day: String,
    /// Its last day, inclusive.
    pub last_day: String,
    /// The zone it starts and ends in.
    pub time_zone: String,
    /// The name of the period before, where it is compared with.
    pub previous: Option<String>,
}

/// The parties and the term.
#[derive(Clone, Debug, Serialize)]
pub struct Contract {
    /// The parties' reference.
    pub reference: Option<String>,
    /// Who buys.
    pub customer: Option<String>,
    /// Who sells.
    pub provider: Option<String>,
    /// First day.
    pub starts: String,
    /// Last day, inclusive.
    pub ends: Option<String>,
    /// When the report is due after the period's end.
    pub report_due: Option<String>,
}

/// Which terms are in force.
#[derive(Clone, Debug, Serialize)]
pub struct TermsInForce {
    /// As a phrase, such as `amendment-1 (CR-112), in force since 2025-01-01`.
    pub text: String,
    /// The amendment, where it is not the base.
    pub amendment: Option<String>,
    /// The parties' reference of it.
    pub reference: Option<String>,
    /// First day it holds.
    pub effective: Option<String>,
    /// Why it was made.
    pub reason: Option<String>,
}

/// Whether anything may still change.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    /// `final`, `provisional` or `restated`.
    pub code: &'static str,
    /// The edition of a sealed period.
    pub edition: Option<u32>,
    /// Why it may still change or was restated.
    pub reasons: Vec<String>,
    /// Less than 70 % of the weight is measured.
    pub incomplete: bool,
    /// Data that must be there are missing: no score, no credit.
    pub failed: bool,
}

/// The card's score.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// After gates.
    pub value: Shown,
    /// Its grade.
    pub grade: Option<Grade>,
    /// Before gates.
    pub ungated: Option<Shown>,
    /// What values without carve-outs would give, before gates.
    pub gross: Option<Shown>,
    /// Difference from the period before.
    pub change: Option<Shown>,
    /// Share of the weight that is measured.
    pub coverage: Shown,
    /// Gates that capped it.
    pub gates: Vec<Gate>,
}

/// A gate that capped the score.
#[derive(Clone, Debug, Serialize)]
pub struct Gate {
    /// The KPI.
    pub kpi: String,
    /// Its title.
    pub title: String,
    /// The cap.
    pub cap: Shown,
}

/// The score of one trend period.
#[derive(Clone, Debug, Serialize)]
pub struct ScorePoint {
    /// The period's label.
    pub period: String,
    /// The score.
    pub score: Option<Shown>,
    /// Its grade.
    pub grade: Option<Grade>,
}

/// How many KPIs came out how.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// Met.
    pub met: usize,
    /// Below target, minimum held.
    pub below_target: usize,
    /// Default.
    pub missed: usize,
    /// Nothing to judge.
    pub not_applicable: usize,
    /// No data.
    pub no_data: usize,
    /// Those with a verdict on a value: met, at risk, missed.
    pub judged: usize,
    /// All.
    pub total: usize,
}

/// A number at the top.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// Which: `score`, `met`, `credit`, `excluded` or `coverage`.
    pub id: &'static str,
    /// Its name.
    pub label: &'static str,
    /// The number.
    pub value: String,
    /// What to know about it.
    pub note: String,
}

pub(super) fn card(context: &Context<'_>) -> Card {
    Card {
        id: context.input.timeline.id.clone(),
        title: context.terms.title.clone(),
        description: context.terms.description.clone(),
    }
}

pub(super) fn period(context: &Context<'_>) -> PeriodHead {
    let period = context.outcome.period;
    PeriodHead {
        label: period.to_string(),
        title: display::period(period),
        every: match period.scheme().every {
            Every::Week => "week",
            Every::Month => "month",
            Every::Quarter => "quarter",
            Every::Year => "year",
        },
        first_day: period.first_day().to_string(),
        last_day: period.last_day().to_string(),
        time_zone: context.terms.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        previous: context.previous.map(|previous| display::period(previous.period)),
    }
}

pub(super) fn contract(context: &Context<'_>) -> Option<Contract> {
    let contract = context.terms.contract.as_ref()?;
    Some(Contract {
        reference: contract.reference.clone(),
        customer: contract.customer.clone(),
        provider: contract.provider.clone(),
        starts: contract.starts.to_string(),
        ends: contract.ends.map(|day| day.to_string()),
        report_due: contract
            .report_due
            .as_ref()
            .map(|due| format!("{} after the period", display::deadline(due))),
    })
}

pub(super) fn terms_in_force(context: &Context<'_>) -> TermsInForce {
    let amendment = context.version.amendment.as_ref();
    TermsInForce {
        text: match amendment {
            None => "original terms".to_owned(),
            Some(it) => match &it.reference {
                Some(reference) => format!("{} ({reference}), in force since {}", it.id, it.effective),
                None => format!("{}, in force since {}", it.id, it.effective),
            },
        },
        amendment: amendment.map(|it| it.id.clone()),
        reference: amendment.and_then(|it| it.reference.clone()),
        effective: amendment.map(|it| it.effective.to_string()),
        reason: amendment.and_then(|it| it.reason.clone()),
    }
}

pub(super) fn state(context: &Context<'_>) -> State {
    let outcome = context.outcome;
    let mut reasons = Vec::new();
    let visible = || outcome.kpis.iter().filter(|kpi| context.may_see(&kpi.id));
    let until = visible()
        .filter_map(|kpi| match kpi.fact.as_ref()?.coverage {
            Coverage::Partial(until) => Some(until),
            _ => None,
        })
        .min();
    if let Some(until) = until {
        let at = display::instant(until, &context.terms.time_zone);
        reasons.push(format!("data cover the period only until {at}"));
    }
    let disputed = visible().filter(|kpi| kpi.flags.contains(&Flag::Disputed)).count();
    if disputed > 0 {
        reasons.push(format!(
            "{} under an undecided claim",
            count(disputed as u64, "KPI is", "KPIs are")
        ));
    }
    let money = outcome.statement.as_ref().is_some_and(|it| it.provisional);
    if money && reasons.is_empty() {
        reasons.push("a credit may still change".to_owned());
    }
    let flagged = visible().any(|kpi| kpi.flags.contains(&Flag::Provisional));
    if flagged && reasons.is_empty() {
        reasons.push("a value may still change".to_owned());
    }
    let edition = context.input.provenance.edition.as_ref();
    let restated = edition.filter(|edition| edition.number > 1);
    reasons.extend(restated.and_then(|edition| edition.reason.clone()));
    State {
        code: match (restated, reasons.is_empty()) {
            (Some(_), _) => "restated",
            (None, false) => "provisional",
            (None, true) => "final",
        },
        edition: edition.map(|edition| edition.number),
        reasons,
        incomplete: outcome.incomplete,
        failed: outcome.failed,
    }
}

/// Writes a score so that it never looks like a grade's bound that it misses.
pub(crate) fn score_text(context: &Context<'_>, score: &Rational) -> String {
    let bounds: Vec<Rational> = context
        .terms
        .grades
        .iter()
        .flat_map(|grades| [grades.green.clone(), grades.amber.clone()])
        .chain([Rational::integer(100)])
        .collect();
    let style = Style {
        unit: crate::quantity::Unit::Number,
        decimals: 1,
        currency: "",
    };
    style.value(score, &bounds)
}

pub(super) fn score(context: &Context<'_>) -> Option<Score> {
    let outcome = context.outcome;
    let shown = |score: &Rational| Shown::new(score, score_text(context, score));
    let value = outcome.score.as_ref()?;
    let change = context
        .previous
        .and_then(|previous| previous.score.as_ref())
        .map(|before| value - before);
    Some(Score {
        value: shown(value),
        grade: outcome.grade,
        ungated: outcome
            .ungated_score
            .as_ref()
            .filter(|_| !outcome.gates.is_empty())
            .map(shown),
        gross: outcome.gross_score.as_ref().map(shown),
        change: change.map(|change| Shown::new(&change, display::signed(&change, 1))),
        coverage: Shown::percent(&outcome.coverage, 0),
        gates: outcome
            .gates
            .iter()
            .map(|(kpi, cap)| Gate {
                kpi: kpi.clone(),
                title: context.kpi_title(kpi),
                cap: Shown::new(cap, display::counted(cap, 2)),
            })
            .collect(),
    })
}

pub(super) fn score_trend(context: &Context<'_>) -> Vec<ScorePoint> {
    context
        .input
        .outcomes
        .iter()
        .map(|outcome| ScorePoint {
            period: outcome.period.to_string(),
            score: outcome
                .score
                .as_ref()
                .map(|score| Shown::new(score, score_text(context, score))),
            grade: outcome.grade,
        })
        .collect()
}

pub(super) fn tally(context: &Context<'_>) -> Tally {
    tally_of(context.outcome)
}

pub(crate) fn tally_of(outcome: &Outcome) -> Tally {
    let of = |verdict| outcome.kpis.iter().filter(|kpi| kpi.verdict == verdict).count();
    let (met, below_target, missed) = (of(Verdict::Met), of(Verdict::BelowTarget), of(Verdict::Default));
    Tally {
        met,
        below_target,
        missed,
        not_applicable: of(Verdict::NotApplicable),
        no_data: of(Verdict::NoData),
        judged: met + below_target + missed,
        total: outcome.kpis.len(),
    }
}

/// The verdict in sentences: the score, the KPIs and the money, what may still change.
pub(super) fn headline(context: &Context<'_>, tally: &Tally, state: &State) -> Vec<String> {
    let outcome = context.outcome;
    if !outcome.in_force {
        return vec![format!(
            "The contract is not in force in {}.",
            display::period(outcome.period)
        )];
    }
    let mut sentences = vec![score_sentence(context), kpi_sentence(context, tally)];
    if outcome.incomplete && !outcome.failed {
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
            false => "There is no score: no KPI could be judged.".to_owned(),
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
        (0, ..) => "No KPI could be judged".to_owned(),
        (1, 0, 0) => "The one KPI that could be judged met its target".to_owned(),
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
    if let Some(statement) = context.outcome.statement.as_ref() {
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

pub(super) fn tiles(
    context: &Context<'_>,
    score: Option<&Score>,
    tally: &Tally,
    carve_outs: Option<&CarveOuts>,
) -> Vec<Tile> {
    if !context.outcome.in_force {
        return Vec::new();
    }
    let mut tiles = vec![score_tile(context, score), met_tile(tally)];
    tiles.extend(credit_tile(context));
    tiles.extend(carve_outs.map(excluded_tile));
    if tiles.len() < 4 {
        tiles.push(Tile {
            id: "coverage",
            label: "Measured",
            value: display::percent(&context.outcome.coverage, 0),
            note: match context.outcome.incomplete {
                true => "of the weight: incomplete".to_owned(),
                false => "of the weight".to_owned(),
            },
        });
    }
    tiles
}

fn score_tile(context: &Context<'_>, score: Option<&Score>) -> Tile {
    let mut note = vec!["of 100".to_owned()];
    if let Some(score) = score {
        note.extend(score.grade.map(|grade| grade_word(grade).to_owned()));
        if let (Some(change), Some(previous)) = (&score.change, context.previous) {
            note.push(format!("{} on {}", change.display, display::period(previous.period)));
        }
        note.extend(
            score
                .gates
                .iter()
                .map(|gate| format!("capped at {} by {}", gate.cap.display, gate.title)),
        );
    }
    Tile {
        id: "score",
        label: "Score",
        value: score.map_or_else(|| "none".to_owned(), |score| score.value.display.clone()),
        note: note.join(", "),
    }
}

fn met_tile(tally: &Tally) -> Tile {
    let note: Vec<String> = [
        (tally.below_target, Verdict::BelowTarget),
        (tally.missed, Verdict::Default),
        (tally.no_data, Verdict::NoData),
        (tally.not_applicable, Verdict::NotApplicable),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, verdict)| format!("{n} {}", verdict_word(verdict).to_lowercase()))
    .collect();
    Tile {
        id: "met",
        label: "KPIs met",
        value: format!("{} of {}", tally.met, tally.judged),
        note: match note.is_empty() {
            true => "all of them".to_owned(),
            false => note.join(", "),
        },
    }
}

fn credit_tile(context: &Context<'_>) -> Option<Tile> {
    let statement = context.outcome.statement.as_ref()?;
    let money = |amount| display::money(amount, &statement.currency, statement.minor_units);
    let mut note = Vec::new();
    if let Some(share) = statement
        .charge
        .as_ref()
        .and_then(|charge| statement.credit.checked_div(charge))
        .filter(|share| !share.is_zero())
    {
        note.push(format!("{} of the charge", display::percent(&share, 1)));
    }
    if let Some(at_risk) = &statement.at_risk {
        note.push(format!("at most {}", money(at_risk)));
    }
    if statement.provisional {
        note.push("provisional".to_owned());
    }
    Some(Tile {
        id: "credit",
        label: "Service credit due",
        value: money(&statement.credit),
        note: note.join(", "),
    })
}

fn excluded_tile(carve_outs: &CarveOuts) -> Tile {
    let totals = &carve_outs.totals;
    let rows = count(totals.rows, "row", "rows");
    let (value, mut note) = match (&totals.time, totals.rows) {
        (Some(time), 0) => (time.display.clone(), vec![]),
        (Some(time), _) => (time.display.clone(), vec![rows]),
        (None, 0) => ("nothing".to_owned(), vec![]),
        (None, _) => (rows, vec![]),
    };
    if totals.windows > 0 {
        note.insert(0, count(totals.windows as u64, "window", "windows"));
    }
    for (n, what) in [(totals.pending, "undecided"), (totals.refused, "not applied")] {
        if n > 0 {
            note.push(format!("{} {what}", count(n as u64, "claim", "claims")));
        }
    }
    if note.is_empty() {
        note.push(count(totals.carve_outs as u64, "carve-out", "carve-outs"));
    }
    Tile {
        id: "excluded",
        label: "Excluded",
        value,
        note: note.join(", "),
    }
}
