use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use super::goal::{Goal, own_minimum, shown};
use super::points::points;
use super::wording::{flag_word, verdict_word};
use crate::assess::outcome::{KpiOutcome, Outcome, Verdict};
use crate::quantity::{Period, Rational};
use crate::report::display::{Shown, Style};
use crate::resolve::terms::Terms;

/// One period of a trend.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Point {
    /// The period's label.
    pub period: String,
    /// The value.
    pub value: Option<Shown>,
    /// The value without carve-outs, where that differs.
    pub gross: Option<Shown>,
    /// The target of that period.
    pub target: Option<Goal>,
    /// The minimum of that period, where it is not the target.
    pub minimum: Option<Goal>,
    /// The verdict.
    pub verdict: Option<Verdict>,
    /// Its word, or why there is none.
    pub word: &'static str,
    /// Flags.
    pub flags: Vec<&'static str>,
    /// Points of the card's score.
    pub points: Option<String>,
}

/// Finds a KPI in an earlier outcome, also under the id it had before.
pub(crate) fn find<'a>(outcome: &'a Outcome, terms: &Terms, id: &str) -> Option<&'a KpiOutcome> {
    let by = |id: &str| outcome.kpis.iter().find(|kpi| kpi.id == id);
    by(id).or_else(|| by(terms.kpis.get(id)?.renamed_from.as_deref()?))
}

pub(super) fn point(context: &Context<'_>, outcome: &Outcome, id: &str) -> Point {
    let period: Period = outcome.period;
    let then = context.input.timeline.terms(period);
    let old_id = context.terms.kpis[id].renamed_from.as_deref();
    let kpi_then = then.kpis.get(id).or_else(|| then.kpis.get(old_id?));
    let kpi = find(outcome, context.terms, id).filter(|_| outcome.in_force);
    let style = kpi_then.map(|kpi| Style::of(kpi, context.currency));
    let gross = kpi.and_then(|kpi| kpi.gross.clone().filter(|gross| kpi.value.as_ref() != Some(gross)));
    let show = |number: &Rational| {
        let terms = kpi_then.unwrap_or(&context.terms.kpis[id]);
        shown(terms, number, context.currency)
    };
    Point {
        period: period.to_string(),
        value: kpi.and_then(|kpi| kpi.value.as_ref()).map(show),
        gross: gross.as_ref().map(show),
        target: kpi_then
            .filter(|_| kpi.is_some())
            .zip(style)
            .and_then(|(kpi, style)| Some(Goal::of(kpi.target.as_ref()?, &style))),
        minimum: kpi_then
            .filter(|_| kpi.is_some())
            .zip(style)
            .and_then(|(kpi, style)| own_minimum(kpi, &style)),
        verdict: kpi.map(|kpi| kpi.verdict),
        word: kpi.map_or("Not in force", |kpi| verdict_word(kpi.verdict)),
        flags: kpi.map_or_else(Vec::new, |kpi| kpi.flags.iter().map(|&flag| flag_word(flag)).collect()),
        points: kpi
            .and_then(|kpi| kpi.points.as_ref())
            .map(|number| points(number).display),
    }
}
