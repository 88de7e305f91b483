use schemars::JsonSchema;
use serde::Serialize;

use crate::quantity::Rational;
use crate::report::display::{self, Shown, Style};
use crate::resolve::terms;

/// A target or minimum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Goal {
    /// The language's word, such as `at_least`.
    #[schemars(extend("enum" = ["at_least", "above", "at_most", "below", "between", "within_band"]))]
    pub code: &'static str,
    /// As a table has it, such as `≥ 99.95%`.
    pub display: String,
    /// As a sentence has it, such as `at least 99.95%`.
    pub words: String,
    /// The lower bound.
    pub low: Option<Shown>,
    /// The upper bound.
    pub high: Option<Shown>,
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reference {
    /// The value.
    pub value: Shown,
    /// Where it is from.
    pub source: Option<String>,
}

impl Goal {
    pub(crate) fn of(goal: &terms::Goal, style: &Style<'_>) -> Self {
        let (code, low, high) = display::goal_bounds(goal);
        let (display, words) = style.goal(goal);
        let bound = |number: Option<Rational>| number.map(|number| Shown::new(&number, style.written(&number)));
        Self {
            code,
            display,
            words,
            low: bound(low),
            high: bound(high),
        }
    }
}

/// The numbers that a value must not look like: the bounds of its target and minimum.
pub(crate) fn thresholds(kpi: &terms::Kpi) -> Vec<Rational> {
    [&kpi.target, &kpi.minimum]
        .into_iter()
        .flatten()
        .flat_map(|goal| {
            let (_, low, high) = display::goal_bounds(goal);
            [low, high]
        })
        .flatten()
        .collect()
}

/// Writes a value of `kpi`.
pub(crate) fn value_text(kpi: &terms::Kpi, number: &Rational, currency: &str) -> String {
    value_apart(kpi, number, &[], currency)
}

/// Writes a value of `kpi` so that it looks like none of `others` that it is not equal to.
pub(super) fn value_apart(kpi: &terms::Kpi, number: &Rational, others: &[Rational], currency: &str) -> String {
    let style = Style::of(kpi, currency);
    match kpi.compare_rounding {
        Some(decimals) => style.fixed(number, decimals),
        None => style.value(number, &[&thresholds(kpi), others].concat()),
    }
}

pub(super) fn shown(kpi: &terms::Kpi, number: &Rational, currency: &str) -> Shown {
    Shown::new(number, value_text(kpi, number, currency))
}

pub(super) fn own_minimum(kpi: &terms::Kpi, style: &Style<'_>) -> Option<Goal> {
    kpi.minimum
        .as_ref()
        .filter(|_| kpi.own_minimum)
        .map(|goal| Goal::of(goal, style))
}

pub(super) fn baseline_source(baseline: &terms::Baseline) -> Option<String> {
    let over = baseline.over.map(|(first, last)| format!("{first} to {last}"));
    match (&baseline.source, over) {
        (Some(source), Some(over)) => Some(format!("{source}, {over}")),
        (Some(source), None) => Some(source.clone()),
        (None, over) => over,
    }
}

/// Whether the goal is reached by going down.
pub(super) fn is_lower_better(goal: &terms::Goal) -> bool {
    matches!(goal, terms::Goal::AtMost(_) | terms::Goal::Below(_))
}

pub(super) fn direction(goal: Option<&terms::Goal>, difference: &Rational) -> Option<&'static str> {
    use terms::Goal::{Between, WithinBand};
    let goal = goal?;
    match goal {
        Between(..) | WithinBand { .. } => None,
        _ if difference.is_zero() => Some("same"),
        _ if difference.is_negative() == is_lower_better(goal) => Some("better"),
        _ => Some("worse"),
    }
}
