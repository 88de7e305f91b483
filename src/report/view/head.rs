use jiff::Span;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use crate::assess::Outcome;
use crate::assess::deadline;
use crate::assess::outcome::{Flag, Grade, Statement, Verdict};
use crate::measure::facts::Coverage;
use crate::quantity::{Every, Period, Rational};
use crate::report::display::{self, Shown, Style, count};
use crate::resolve::terms;

/// The scorecard.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
}

/// The reported period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PeriodHead {
    /// Its label, such as `2026-10`.
    pub label: String,
    /// Its name, such as `October 2026`.
    pub title: String,
    /// `week`, `month`, `quarter` or `year`.
    #[schemars(extend("enum" = ["week", "month", "quarter", "year"]))]
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
#[derive(Clone, Debug, Serialize, JsonSchema)]
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
    /// The day on which that is.
    pub report_due_on: Option<String>,
}

/// The rhythm of reviews.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Review {
    /// Such as `every 3 months`.
    pub every: String,
    /// The last one.
    pub last: Option<String>,
    /// By when the next one is due.
    pub next: Option<String>,
}

/// Something that the customer owes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Obligation {
    /// The title.
    pub title: String,
    /// Who owes it.
    pub owner: Option<String>,
    /// By when, as written.
    pub due: Option<String>,
}

/// Which terms are in force.
#[derive(Clone, Debug, Serialize, JsonSchema)]
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
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct State {
    /// `complete` or `provisional`; `no_data` where nothing is known, `not_in_force` outside the term.
    #[schemars(extend("enum" = ["complete", "provisional", "no_data", "not_in_force"]))]
    pub code: &'static str,
    /// Why it may still change.
    pub reasons: Vec<String>,
    /// Less than 70 % of the weight is measured.
    pub incomplete: bool,
    /// Data that must be there are missing: no score, no credit.
    pub failed: bool,
}

/// The card's score.
#[derive(Clone, Debug, Serialize, JsonSchema)]
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
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Gate {
    /// The KPI.
    pub kpi: String,
    /// Its title.
    pub title: String,
    /// The cap.
    pub cap: Shown,
}

/// The score of one trend period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScorePoint {
    /// The period's label.
    pub period: String,
    /// The score.
    pub score: Option<Shown>,
    /// Its grade.
    pub grade: Option<Grade>,
    /// The bounds of that period's grades, where it has any.
    pub bounds: Option<Bounds>,
}

/// From which score on a grade holds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Bounds {
    /// Green.
    pub green: Shown,
    /// Amber; below is red.
    pub amber: Shown,
}

/// How many KPIs came out how.
#[derive(Clone, Debug, Serialize, JsonSchema)]
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
        report_due_on: contract
            .report_due
            .as_ref()
            .map(|due| deadline::after(context.terms, context.outcome.period.last_day(), due).to_string()),
    })
}

pub(super) fn review(context: &Context<'_>) -> Option<Review> {
    let review = context.terms.review.as_ref()?;
    Some(Review {
        every: match review.every_months {
            1 => "every month".to_owned(),
            months => format!("every {months} months"),
        },
        last: review.last.map(|day| day.to_string()),
        next: next_review(review).map(|day| day.to_string()),
    })
}

/// By when the next review is due.
pub(super) fn next_review(review: &terms::Review) -> Option<Date> {
    let months = Span::new().try_months(i64::from(review.every_months)).ok()?;
    review.last?.checked_add(months).ok()
}

pub(super) fn obligations(context: &Context<'_>) -> Vec<Obligation> {
    let obligations = context.terms.obligations.values();
    obligations
        .map(|it| Obligation {
            title: it.title.clone(),
            owner: it.owner.as_ref().map(|id| context.person(id)),
            due: it.due.clone(),
        })
        .collect()
}

pub(super) fn terms_in_force(context: &Context<'_>) -> TermsInForce {
    let is_in_force = context.outcome.in_force;
    let amendment = context.version.amendment.as_ref().filter(|_| is_in_force);
    TermsInForce {
        text: match amendment {
            None if !is_in_force => "not in force".to_owned(),
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
    State {
        code: match reasons.is_empty() {
            _ if !outcome.in_force => "not_in_force",
            _ if is_unknown(outcome) => "no_data",
            false => "provisional",
            true => "complete",
        },
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
            bounds: bounds(context.input.timeline.terms(outcome.period)),
        })
        .collect()
}

fn bounds(terms: &terms::Terms) -> Option<Bounds> {
    let shown = |bound: &Rational| Shown::new(bound, display::counted(bound, 2));
    terms.grades.as_ref().map(|grades| Bounds {
        green: shown(&grades.green),
        amber: shown(&grades.amber),
    })
}

/// Whether nothing is known of a period: data are missing, and no KPI could be judged.
pub(crate) fn is_unknown(outcome: &Outcome) -> bool {
    let tally = tally_of(outcome);
    outcome.in_force && tally.judged == 0 && tally.no_data > 0
}

/// The money of a period of which anything is known, or money that is due all the same.
///
/// A credit of zero that only follows from missing data is no statement that none is due.
pub(crate) fn known_statement(outcome: &Outcome) -> Option<&Statement> {
    let statement = outcome.statement.as_ref()?;
    let pays = [
        &statement.credit,
        &statement.bonus,
        &statement.earned_back,
        &statement.adjusted,
    ]
    .into_iter()
    .any(|sum| !sum.is_zero());
    (pays || !is_unknown(outcome)).then_some(statement)
}

/// Says that there is no scorecard for `period`, and the contract's term.
pub(crate) fn not_in_force(contract: Option<&terms::Contract>, period: Period) -> String {
    let name = display::period(period);
    let Some(contract) = contract else {
        return format!("The contract is not in force in {name}.");
    };
    let is_partly = contract.starts <= period.last_day() && contract.ends.is_none_or(|ends| period.first_day() <= ends);
    let term = term(contract);
    match is_partly {
        true => format!("The contract covers only a part of {name} and has no scorecard for it: it {term}."),
        false => format!("The contract is not in force in {name}: it {term}."),
    }
}

/// Writes a contract's term, such as `runs from 2024-07-01 to 2027-06-30`.
pub(crate) fn term(contract: &terms::Contract) -> String {
    match contract.ends {
        Some(ends) => format!("runs from {} to {ends}", contract.starts),
        None => format!("runs from {}", contract.starts),
    }
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
