use serde::Serialize;

use super::Context;
use super::goal::value_text;
use super::status::Status;
use super::wording::{flag_word, grade_word};
use crate::assess::Outcome;
use crate::assess::outcome::{Grade, KpiOutcome};
use crate::quantity::Rational;
use crate::report::display::{self, Shown};

/// The entities of a `for_each` card.
#[derive(Clone, Debug, Serialize)]
pub struct Team {
    /// What an entity is called, such as `technician`.
    pub name: String,
    /// The KPIs of the table's columns: id and title.
    pub kpis: Vec<(String, String)>,
    /// One per entity in list order.
    pub members: Vec<Member>,
}

/// One entity.
#[derive(Clone, Debug, Serialize)]
pub struct Member {
    /// What people call it.
    pub title: String,
    /// Its score.
    pub score: Option<Shown>,
    /// Difference from the period before.
    pub change: Option<String>,
    /// Its grade.
    pub grade: Option<Grade>,
    /// One per KPI of the team's columns.
    pub kpis: Vec<Panel>,
    /// The KPI with the largest shortfall: title and points lost.
    pub focus: Option<(String, String)>,
    /// Score of each trend period, oldest first.
    pub trend: Vec<Option<Shown>>,
    /// The card's score of the reported period, for comparison.
    pub team_score: Option<Shown>,
}

/// One KPI of an entity.
#[derive(Clone, Debug, Serialize)]
pub struct Panel {
    /// The verdict.
    pub status: Status,
    /// The value, or a dash.
    pub display: String,
    /// Flags.
    pub flags: Vec<&'static str>,
    /// Rows behind it.
    pub rows: u64,
}

pub(super) fn build(context: &Context<'_>) -> Option<Team> {
    let for_each = context.terms.for_each.as_ref()?;
    if !context.sees.entities || context.input.entities.is_empty() {
        return None;
    }
    let columns: Vec<&String> = context
        .outcome
        .kpis
        .iter()
        .map(|kpi| &kpi.id)
        .filter(|id| context.terms.kpis.get(*id).is_some_and(|kpi| !kpi.team_level))
        .collect();
    let members = context
        .input
        .entities
        .iter()
        .filter_map(|outcomes| member(context, outcomes, &columns))
        .collect();
    Some(Team {
        name: for_each.name.clone(),
        kpis: columns
            .iter()
            .map(|id| ((*id).clone(), context.kpi_title(id)))
            .collect(),
        members,
    })
}

fn member(context: &Context<'_>, outcomes: &[Outcome], columns: &[&String]) -> Option<Member> {
    let now = outcomes.iter().rfind(|it| it.period == context.outcome.period)?;
    let entity = now.entity.as_ref()?;
    let score = |score: &Rational| Shown::number(score, 1);
    let at = |period| outcomes.iter().find(|it| it.period == period)?.score.as_ref();
    Some(Member {
        title: entity.title.clone(),
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
        team_score: context.outcome.score.as_ref().map(score),
    })
}

fn panel(context: &Context<'_>, outcome: &Outcome, id: &str) -> Panel {
    let kpi = outcome.kpis.iter().find(|kpi| kpi.id == id);
    let terms = &context.terms.kpis[id];
    let verdict = kpi.map_or(crate::assess::outcome::Verdict::NotApplicable, |kpi| kpi.verdict);
    Panel {
        status: Status::of(verdict),
        display: kpi
            .and_then(|kpi| kpi.value.as_ref())
            .map_or_else(|| "–".to_owned(), |value| value_text(terms, value, context.currency)),
        flags: kpi.map_or_else(Vec::new, |kpi| kpi.flags.iter().map(|&flag| flag_word(flag)).collect()),
        rows: kpi.and_then(|kpi| kpi.fact.as_ref()).map_or(0, |fact| fact.net.rows()),
    }
}

/// The largest weighted shortfall: where coaching gains most.
fn focus(context: &Context<'_>, outcome: &Outcome) -> Option<(String, String)> {
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
    worst.map(|(kpi, points)| (context.kpi_title(&kpi.id), display::signed(&-points, 1)))
}

/// The grade's word, for templates and the terminal.
pub(crate) fn grade(grade: Option<Grade>) -> Option<&'static str> {
    grade.map(grade_word)
}
