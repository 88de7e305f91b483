use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use super::goal::{shown, value_text};
use super::status::Status;
use super::wording::{flag_word, grade_word};
use crate::assess::Outcome;
use crate::assess::outcome::{Grade, KpiOutcome, Verdict};
use crate::quantity::Rational;
use crate::report::display::{self, Shown};

/// Of fewer entities no counts are shown to those who must not know the entities: "1 of 2 missed" names one.
const FEWEST: usize = 5;

/// The entities of a `for_each` card.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Team {
    /// What an entity is called, such as `technician`.
    pub name: String,
    /// The KPIs of the table's columns: id and title.
    pub kpis: Vec<(String, String)>,
    /// How many entities there are.
    pub size: usize,
    /// How many of them have enough data for a place.
    pub ranked: usize,
    /// The card itself: the sums over all rows, one panel per column.
    pub total: Vec<Panel>,
    /// The card's score.
    pub score: Option<Shown>,
    /// One per entity in list order, where the audience gets them.
    pub members: Vec<Member>,
    /// How many entities came out how, where the audience gets no names.
    pub spread: Vec<Spread>,
    /// Why there are no counts either.
    pub withheld: Option<String>,
}

/// One entity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Member {
    /// What people call it.
    pub title: String,
    /// Its place by score from 1; equal scores share one.
    pub rank: Option<usize>,
    /// Its place in the table: by rank, the unranked last, else as the list has them.
    pub order: usize,
    /// Why it has no place.
    pub unranked: Option<String>,
    /// Its score.
    pub score: Option<Shown>,
    /// Difference from the period before.
    pub change: Option<String>,
    /// Its grade.
    pub grade: Option<Grade>,
    /// One per KPI of the team's columns.
    pub kpis: Vec<Panel>,
    /// Where coaching gains most.
    pub focus: Option<Focus>,
    /// Score of each trend period, oldest first.
    pub trend: Vec<Option<Shown>>,
}

/// The KPI with the largest weighted shortfall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Focus {
    /// The KPI.
    pub kpi: String,
    /// Its title.
    pub title: String,
    /// The value.
    pub value: String,
    /// What it should reach.
    pub target: Option<String>,
    /// Points lost, signed.
    pub points: String,
}

/// One KPI of an entity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Panel {
    /// The verdict.
    pub status: Status,
    /// The value.
    pub value: Option<Shown>,
    /// As text, or a dash.
    pub display: String,
    /// Flags.
    pub flags: Vec<&'static str>,
    /// Rows behind it.
    pub rows: u64,
}

/// How many entities came out how for one KPI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Spread {
    /// The KPI's title.
    pub title: String,
    /// Met.
    pub met: usize,
    /// At risk.
    pub below_target: usize,
    /// Missed.
    pub missed: usize,
    /// Too few rows, nothing to judge, or no data.
    pub unjudged: usize,
}

pub(super) fn build(context: &Context<'_>) -> Option<Team> {
    let for_each = context.terms.for_each.as_ref()?;
    let now: Vec<&Outcome> = context
        .input
        .entities
        .iter()
        .filter_map(|outcomes| outcomes.iter().rfind(|it| it.period == context.outcome.period))
        .collect();
    if now.is_empty() {
        return None;
    }
    let columns: Vec<&str> = context
        .outcome
        .kpis
        .iter()
        .map(|kpi| kpi.id.as_str())
        .filter(|id| context.may_see(id) && context.terms.kpis.get(*id).is_some_and(|kpi| !kpi.team_level))
        .collect();
    let mut team = Team {
        name: for_each.name.clone(),
        kpis: columns
            .iter()
            .map(|id| ((*id).to_owned(), context.kpi_title(id)))
            .collect(),
        size: now.len(),
        ranked: now.iter().filter(|outcome| place_score(outcome).is_some()).count(),
        total: columns.iter().map(|id| panel(context, context.outcome, id)).collect(),
        score: context.outcome.score.as_ref().map(score),
        members: Vec::new(),
        spread: Vec::new(),
        withheld: None,
    };
    if context.sees.entities {
        team.members = members(context, &columns);
    } else if now.len() < FEWEST {
        team.withheld = Some(format!(
            "Fewer than {FEWEST} {}s: counts would tell who is who",
            for_each.name
        ));
    } else {
        team.spread = columns.iter().filter_map(|id| spread(context, &now, id)).collect();
    }
    Some(team)
}

fn score(score: &Rational) -> Shown {
    Shown::number(score, 1)
}

/// The score that an entity is placed by; none where too little of its weight is measured to compare it.
fn place_score(outcome: &Outcome) -> Option<&Rational> {
    outcome.score.as_ref().filter(|_| !outcome.incomplete)
}

fn members(context: &Context<'_>, columns: &[&str]) -> Vec<Member> {
    let mut members: Vec<(Member, Option<Rational>)> = context
        .input
        .entities
        .iter()
        .filter_map(|outcomes| member(context, outcomes, columns))
        .collect();
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by(|&a, &b| members[b].1.cmp(&members[a].1).then(a.cmp(&b)));
    for (place, &index) in order.iter().enumerate() {
        let better = |score: &Rational| {
            members
                .iter()
                .filter(|(_, other)| other.as_ref().is_some_and(|other| other > score))
                .count()
        };
        members[index].0.rank = members[index].1.as_ref().map(|score| better(score) + 1);
        members[index].0.order = place + 1;
    }
    members.into_iter().map(|(member, _)| member).collect()
}

fn member(context: &Context<'_>, outcomes: &[Outcome], columns: &[&str]) -> Option<(Member, Option<Rational>)> {
    let now = outcomes.iter().rfind(|it| it.period == context.outcome.period)?;
    let entity = now.entity.as_ref()?;
    let at = |period| outcomes.iter().find(|it| it.period == period)?.score.as_ref();
    let place = place_score(now).cloned();
    let member = Member {
        title: entity.title.clone(),
        rank: None,
        order: 0,
        unranked: place.is_none().then(|| match &now.score {
            Some(_) => format!(
                "no place: {} of the weight is measured",
                display::percent(&now.coverage, 0)
            ),
            None => "no place: nothing that counts could be judged".to_owned(),
        }),
        score: now.score.as_ref().map(score),
        change: at(now.period.offset(-1))
            .zip(now.score.as_ref())
            .map(|(before, now)| display::signed(&(now - before), 1)),
        grade: now.grade,
        kpis: columns.iter().map(|id| panel(context, now, id)).collect(),
        focus: focus(context, now),
        trend: context
            .input
            .outcomes
            .iter()
            .map(|outcome| at(outcome.period).map(score))
            .collect(),
    };
    Some((member, place))
}

fn find<'a>(outcome: &'a Outcome, id: &str) -> Option<&'a KpiOutcome> {
    outcome.kpis.iter().find(|kpi| kpi.id == id)
}

fn panel(context: &Context<'_>, outcome: &Outcome, id: &str) -> Panel {
    let kpi = find(outcome, id);
    let terms = &context.terms.kpis[id];
    let rows = kpi.and_then(|kpi| kpi.fact.as_ref()).map_or(0, |fact| fact.net.rows());
    let value = kpi.and_then(|kpi| kpi.value.as_ref());
    let value = value.map(|value| shown(terms, value, context.currency));
    Panel {
        status: Status::of(kpi.map_or(Verdict::NotApplicable, |kpi| kpi.verdict)),
        display: value
            .as_ref()
            .map_or_else(|| "–".to_owned(), |value| value.display.clone()),
        value,
        flags: kpi.map_or_else(Vec::new, |kpi| kpi.flags.iter().map(|&flag| flag_word(flag)).collect()),
        rows,
    }
}

/// Where coaching gains most. A KPI that is not in the sum, as with too few rows, loses no points.
fn focus(context: &Context<'_>, outcome: &Outcome) -> Option<Focus> {
    let lost = |kpi: &KpiOutcome| Some(kpi.points_available.as_ref()? - kpi.points.as_ref()?);
    let mut worst: Option<(&KpiOutcome, Rational)> = None;
    for kpi in &outcome.kpis {
        let Some(points) = lost(kpi).filter(|points| *points > Rational::zero()) else {
            continue;
        };
        // The first in file order wins a tie.
        if worst.as_ref().is_none_or(|(_, most)| points > *most) {
            worst = Some((kpi, points));
        }
    }
    let (kpi, points) = worst?;
    let terms = context.terms.kpis.get(&kpi.id)?;
    let style = display::Style::of(terms, context.currency);
    Some(Focus {
        kpi: kpi.id.clone(),
        title: context.kpi_title(&kpi.id),
        value: kpi.value.as_ref().map_or_else(
            || "no data".to_owned(),
            |value| value_text(terms, value, context.currency),
        ),
        target: terms.target.as_ref().map(|goal| style.goal(goal).0),
        points: display::signed(&-points, 1),
    })
}

/// Counts how a KPI came out; `None` where too few entities were judged to hide one among them.
fn spread(context: &Context<'_>, now: &[&Outcome], id: &str) -> Option<Spread> {
    let of = |verdict: Verdict| {
        now.iter()
            .filter_map(|outcome| find(outcome, id))
            .filter(|kpi| kpi.verdict == verdict && kpi.in_sum)
            .count()
    };
    let (met, below_target, missed) = (of(Verdict::Met), of(Verdict::BelowTarget), of(Verdict::Default));
    let judged = met + below_target + missed;
    (judged >= FEWEST).then(|| Spread {
        title: context.kpi_title(id),
        met,
        below_target,
        missed,
        unjudged: now.len() - judged,
    })
}

/// The grade's word, for templates and the terminal.
pub(crate) fn grade(grade: Option<Grade>) -> Option<&'static str> {
    grade.map(grade_word)
}
