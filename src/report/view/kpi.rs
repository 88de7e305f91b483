use schemars::JsonSchema;
use serde::Serialize;

use super::absence::{Absent, absent, left_out, prose};
use super::formula::{self, Formula};
use super::goal::{Goal, Reference, baseline_source, direction, is_lower_better, own_minimum, shown};
use super::points::{lost, points};
use super::status::{Marked, Status};
use super::trend::{Point, find, point};
use super::{Context, Exclusion, carve_out, measured_by};
use crate::assess::outcome::{KpiOutcome, ReasonCode, Verdict};
use crate::measure::facts::Coverage;
use crate::quantity::{Rational, Unit};
use crate::report::audience::Depth;
use crate::report::display::{self, Shown, Style};
use crate::resolve::terms::{self, Terms};

/// One KPI of the reported period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Kpi {
    /// The KPI; its anchor is `kpi-<id>`.
    pub id: String,
    /// The title.
    pub title: String,
    /// What it says.
    pub description: Option<String>,
    /// The title of its category.
    pub category: Option<String>,
    /// The title of the objective it serves.
    pub objective: Option<String>,
    /// Who is accountable.
    pub owner: Option<Person>,
    /// Who else has a part: `Responsible`, `Consulted` or `Informed`, and who.
    pub raci: Vec<(&'static str, String)>,
    /// How the value is measured, in words.
    pub measured_by: Vec<String>,
    /// Place in the order worst contribution first, from 1.
    pub rank: usize,
    /// The unit of its values.
    pub unit: Unit,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict's word and shape.
    pub status: Status,
    /// Flags beside the verdict.
    pub flags: Vec<Marked>,
    /// Why, in the order applied.
    pub reasons: Vec<String>,
    /// What kind each reason is, in the same order.
    pub reason_codes: Vec<ReasonCode>,
    /// The rule that decided in place of target and minimum.
    pub decided_by: Option<String>,
    /// What is worth knowing about gross and net.
    pub marks: Vec<String>,
    /// The value that counts.
    pub value: Option<Shown>,
    /// The value without carve-outs.
    pub gross: Option<Shown>,
    /// The verdict on it.
    pub gross_verdict: Status,
    /// Why there is no value.
    pub absent: Option<Absent>,
    /// Rows behind the value.
    pub rows: u64,
    /// What it should reach.
    pub target: Option<Goal>,
    /// What it must reach, where that is not the target.
    pub minimum: Option<Goal>,
    /// Where it stood before.
    pub baseline: Option<Reference>,
    /// Where others stand.
    pub benchmark: Option<Reference>,
    /// The difference of the value from the period before, and whether that is `better`, `worse` or `same`.
    pub change: Option<Shown>,
    /// See `change`.
    #[schemars(extend("enum" = ["better", "worse", "same", null]))]
    pub direction: Option<&'static str>,
    /// Score, 0..=100 or its limit.
    pub score: Option<Shown>,
    /// The scoring with its numbers.
    pub score_working: Option<String>,
    /// Effective weight in percent of the card.
    pub weight: Shown,
    /// Whether it is in the score's sum.
    pub in_sum: bool,
    /// Points of the card's score that it gave.
    pub points: Option<Shown>,
    /// Points that it could give.
    pub points_available: Option<Shown>,
    /// The difference.
    pub points_lost: Option<Shown>,
    /// How the value came about.
    pub formula: Option<Formula>,
    /// What each carve-out took.
    pub exclusions: Vec<Exclusion>,
    /// Up to when data cover the period, where they do not cover all of it.
    pub covered_until: Option<String>,
    /// Rows that were left out and why.
    pub left_out: Vec<String>,
    /// Per day: day, scheduled, excluded and down seconds.
    pub days: Vec<(String, i64, i64, i64)>,
    /// The credit it causes.
    pub credit: Option<Shown>,
    /// What happens on a miss.
    pub on_miss: Option<String>,
    /// What a miss costs the business.
    pub impact: Option<String>,
    /// The KPI that must hold for this one to count as met.
    pub guardrail: Option<String>,
    /// Internal remarks.
    pub notes: Option<String>,
    /// The trend periods, oldest first; the last is the reported one.
    pub trend: Vec<Point>,
    /// Name of the standalone chart beside the Markdown: for what went wrong, where there is something to see.
    pub figure: Option<String>,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Person {
    /// The id.
    pub id: String,
    /// The name or the role.
    pub name: String,
    /// The party.
    pub party: Option<String>,
}

/// Builds the view of one KPI.
pub(super) fn one(context: &Context<'_>, kpi: &KpiOutcome, rank: usize) -> Kpi {
    let terms = &context.terms.kpis[&kpi.id];
    let style = Style::of(terms, context.currency);
    let full = context.sees.detail == Depth::Full;
    let fact = kpi.fact.as_ref();
    let before = context
        .previous
        .and_then(|previous| find(previous, context.terms, &kpi.id));
    let difference = before
        .and_then(|before| before.value.as_ref())
        .and_then(|before| Some(kpi.value.as_ref()? - before));
    let trend: Vec<Point> = context
        .input
        .outcomes
        .iter()
        .map(|outcome| point(context, outcome, &kpi.id))
        .collect();
    let reference = |value: &crate::quantity::Quantity, source: Option<String>| Reference {
        value: Shown::new(&value.number, style.written(&value.number)),
        source,
    };
    Kpi {
        id: kpi.id.clone(),
        title: context.kpi_title(&kpi.id),
        description: terms.description.clone(),
        category: category(context.terms, terms),
        objective: terms
            .objective
            .as_ref()
            .and_then(|id| context.terms.objectives.get(id))
            .map(|objective| objective.title.clone()),
        owner: terms.owner.as_ref().map(|id| Person {
            id: id.clone(),
            name: context.person(id),
            party: context.terms.people.get(id).and_then(|person| person.party.clone()),
        }),
        raci: match full {
            true => raci(context, &terms.raci),
            false => Vec::new(),
        },
        measured_by: match context.sees.detail {
            Depth::Trend => Vec::new(),
            _ => measured_by(&terms.measure),
        },
        rank,
        unit: terms.unit,
        verdict: kpi.verdict,
        status: Status::of(kpi.verdict),
        flags: kpi.flags.iter().map(|&code| Marked::of(code)).collect(),
        reasons: kpi
            .reasons
            .iter()
            .map(|reason| reason_text(context, terms, reason))
            .collect(),
        reason_codes: kpi.reason_codes.clone(),
        decided_by: kpi
            .decided_by
            .as_deref()
            .map(|reason| reason_text(context, terms, reason)),
        marks: marks(terms, kpi),
        value: kpi.value.as_ref().map(|value| shown(terms, value, context.currency)),
        gross: kpi.gross.as_ref().map(|value| shown(terms, value, context.currency)),
        gross_verdict: Status::of(kpi.gross_verdict),
        absent: fact.and_then(|fact| absent(&fact.net)).or_else(|| {
            (fact.is_none() && kpi.value.is_none()).then(|| Absent {
                code: "no_data",
                reason: "nothing was measured".to_owned(),
            })
        }),
        rows: fact.map_or(0, |fact| fact.net.rows()),
        target: terms.target.as_ref().map(|goal| Goal::of(goal, &style)),
        minimum: own_minimum(terms, &style),
        baseline: terms
            .baseline
            .as_ref()
            .map(|baseline| reference(&baseline.value, baseline_source(baseline))),
        benchmark: terms
            .benchmark
            .as_ref()
            .map(|benchmark| reference(&benchmark.value, benchmark.source.clone())),
        direction: difference
            .as_ref()
            .and_then(|difference| direction(terms.target.as_ref(), difference)),
        change: difference.map(|difference| Shown::new(&difference, style.change(&difference))),
        score: kpi.score.as_ref().map(|score| Shown::number(score, 1)),
        score_working: kpi
            .score_working
            .clone()
            .filter(|_| context.sees.detail != Depth::Trend),
        weight: Shown::new(&kpi.weight, format!("{}%", display::counted(&kpi.weight, 2))),
        in_sum: kpi.in_sum,
        points: kpi.points.as_ref().map(points),
        points_available: kpi.points_available.as_ref().map(points),
        points_lost: lost(kpi).as_ref().map(points),
        formula: fact
            .filter(|_| context.sees.detail != Depth::Trend)
            .and_then(|fact| formula::of(&terms.measure, fact, &style, kpi.value.as_ref(), terms)),
        exclusions: match fact {
            Some(fact) if context.sees.detail != Depth::Trend => carve_out::exclusions(context, fact),
            _ => Vec::new(),
        },
        covered_until: match fact.map(|fact| fact.coverage) {
            Some(Coverage::Partial(until)) => Some(display::instant(until, &context.terms.time_zone)),
            _ => None,
        },
        left_out: fact
            .filter(|_| full)
            .map(|fact| left_out(&fact.left_out))
            .unwrap_or_default(),
        days: fact.filter(|_| full).map(days).unwrap_or_default(),
        credit: credit(context, &kpi.id),
        on_miss: terms.on_miss.as_ref().filter(|_| full).map(|on_miss| {
            let mut text = on_miss.action.clone();
            if let Some(owner) = &on_miss.owner {
                text = format!("{text} ({})", context.person(owner));
            }
            if !on_miss.notify.is_empty() {
                text = format!("{text}; told: {}", context.people(&on_miss.notify));
            }
            text
        }),
        impact: terms.impact.as_ref().map(|impact| {
            let costs = display::money(&impact.costs, context.currency, context.minor_units);
            match &impact.what {
                Some(what) => format!("{costs} per {}, {what}", impact.per),
                None => format!("{costs} per {}", impact.per),
            }
        }),
        guardrail: terms
            .guardrail
            .as_ref()
            .map(|guardrail| context.kpi_title(&guardrail.kpi)),
        notes: terms.notes.clone().filter(|_| context.sees.notes),
        figure: figure(kpi, &trend),
        trend,
    }
}

fn raci(context: &Context<'_>, raci: &terms::Raci) -> Vec<(&'static str, String)> {
    [
        ("Responsible", &raci.responsible),
        ("Consulted", &raci.consulted),
        ("Informed", &raci.informed),
    ]
    .into_iter()
    .filter(|(_, people)| !people.is_empty())
    .map(|(part, people)| (part, context.people(people)))
    .collect()
}

/// Writes a reason with the guardrail's title in place of its id.
fn reason_text(context: &Context<'_>, kpi: &terms::Kpi, reason: &str) -> String {
    match &kpi.guardrail {
        Some(guardrail) => prose(reason).replace(
            &format!("guardrail {} is", guardrail.kpi),
            &format!("guardrail {} is", context.kpi_title(&guardrail.kpi)),
        ),
        None => prose(reason),
    }
}

fn figure(kpi: &KpiOutcome, trend: &[Point]) -> Option<String> {
    let is_wrong = matches!(kpi.verdict, Verdict::Default | Verdict::BelowTarget);
    let has_course = trend.iter().filter(|point| point.value.is_some()).count() > 1;
    (is_wrong && has_course).then(|| format!("kpi-{}", kpi.id))
}

fn category(terms: &Terms, kpi: &terms::Kpi) -> Option<String> {
    let category = terms.categories.get(kpi.category.as_ref()?)?;
    Some(category.title.clone())
}

fn marks(terms: &terms::Kpi, kpi: &KpiOutcome) -> Vec<String> {
    let mut marks = Vec::new();
    if kpi.verdict == Verdict::Met && matches!(kpi.gross_verdict, Verdict::BelowTarget | Verdict::Default) {
        marks.push("met only with its carve-outs".to_owned());
    }
    if let (Some(net), Some(gross)) = (&kpi.value, &kpi.gross) {
        let lower_is_better = terms.target.as_ref().is_some_and(is_lower_better);
        let worse = if lower_is_better { net > gross } else { net < gross };
        if worse {
            marks.push("worse with its carve-outs than without: they also took good time or rows".to_owned());
        }
    }
    marks
}

fn days(fact: &crate::measure::facts::Fact) -> Vec<(String, i64, i64, i64)> {
    let seconds = |micros: i64| micros / crate::quantity::MICROS_PER_SECOND;
    fact.days
        .iter()
        .map(|day| {
            (
                day.day.to_string(),
                seconds(day.scheduled),
                seconds(day.excluded),
                seconds(day.down),
            )
        })
        .collect()
}

fn credit(context: &Context<'_>, kpi: &str) -> Option<Shown> {
    use crate::assess::outcome::LineKind;
    let statement = context.outcome.statement.as_ref()?;
    let amounts: Vec<&Rational> = statement
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Credit && line.kpi.as_deref() == Some(kpi))
        .map(|line| &line.amount)
        .collect();
    if amounts.is_empty() {
        return None;
    }
    let total: Rational = amounts.into_iter().cloned().sum();
    Some(Shown::money(&total, &statement.currency, statement.minor_units))
}
