use jiff::civil::Date;

use super::axis::Axis;
use super::svg::{Anchor, Safe, Svg, Theme, at, text_width};
use crate::quantity::{Rational, Unit};
use crate::report::display::{Shown, goal_bounds};
use crate::resolve::terms::Goal;

const WIDTH: f64 = 720.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 160.0;
const HEIGHT: f64 = 190.0;

/// A target or minimum for a stretch of days.
#[derive(Clone, Debug)]
pub struct Step {
    /// The first day.
    pub from: Date,
    /// The last day; `None` while it is open.
    pub to: Option<Date>,
    /// What holds.
    pub goal: Goal,
    /// The same in words, with its unit.
    pub label: String,
    /// Whether the record still says so; else it is drawn dotted.
    pub stands: bool,
}

/// A target or minimum over time.
#[derive(Clone, Debug)]
pub struct Steps {
    /// What it counts.
    pub unit: Unit,
    /// What was recorded.
    pub steps: Vec<Step>,
}

/// Draws a target over the days it was in force, as steps; what was once recorded and stands no longer is dotted.
///
/// `None` where there is nothing to draw.
pub(super) fn draw(title: &str, Steps { unit, steps }: &Steps, theme: Theme) -> Option<Safe> {
    let first = steps.iter().map(|step| step.from).min()?;
    let ends = steps.iter().flat_map(|step| [Some(step.from), step.to]);
    let last = ends.flatten().max()?;
    let days = |day: Date| f64::from((day - first).get_days());
    // An open end has room to be seen as one.
    let is_open = steps.iter().any(|step| step.to.is_none());
    let span = (days(last) * if is_open { 1.2 } else { 1.0 }).max(30.0);
    let number = |bound: &Rational| super::number(&Shown::new(bound, ""));
    let bounds = |step: &Step| {
        let (_, low, high) = goal_bounds(&step.goal);
        [low, high]
            .into_iter()
            .flatten()
            .map(|bound| number(&bound))
            .collect::<Vec<_>>()
    };
    let values: Vec<f64> = steps.iter().flat_map(bounds).collect();
    let axis = Axis::around(&values, *unit, 4.0)?;
    let left = axis.label_width() + 12.0;
    let right = WIDTH - 12.0;
    let x = |day: f64| left + (right - left) * (day / span).min(1.0);
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * axis.share(value);
    let said: Vec<String> = steps
        .iter()
        .map(|step| {
            let until = step.to.map_or_else(|| "open".to_owned(), |to| to.to_string());
            let stands = if step.stands { "" } else { ", superseded" };
            format!("{} from {} to {until}{stands}", step.label, step.from)
        })
        .collect();
    let mut svg = Svg::new(theme, WIDTH, HEIGHT, title, &format!("{}.", said.join("; ")));
    axis.draw_left(&mut svg, left, right, &y);
    if let Some(note) = axis.note() {
        svg.text(right, HEIGHT - 2.0, Anchor::End, "mut sm", &note);
    }
    // What stands is drawn over what does not.
    let mut ordered: Vec<&Step> = steps.iter().collect();
    ordered.sort_by_key(|step| (step.stands, step.from));
    let mut before: Option<(f64, Vec<f64>)> = None;
    let mut labelled = f64::MIN;
    let mut dated = f64::MIN;
    for step in ordered {
        let start = x(days(step.from));
        let end = x(step.to.map_or(span, |to| days(to) + 1.0));
        let values = bounds(step);
        let class = if step.stands { "line" } else { "low" };
        for (index, value) in values.iter().enumerate() {
            let mut d = format!("M{} {}H{}", at(start), at(y(*value)), at(end));
            let joins = before
                .as_ref()
                .filter(|(joint, _)| step.stands && (joint - start).abs() < 0.5);
            if let Some(from) = joins.and_then(|(_, values)| values.get(index)) {
                d = format!("M{} {}V{}H{}", at(start), at(y(*from)), at(y(*value)), at(end));
            }
            svg.path(class, &d);
        }
        if step.stands {
            let above = values.iter().copied().fold(f64::MIN, f64::max);
            if start >= labelled {
                svg.text(start + 3.0, y(above) - 6.0, Anchor::Start, "sm b", &step.label);
                labelled = start + 3.0 + text_width(&step.label, 11.0);
            }
            let date = step.from.to_string();
            if start >= dated {
                svg.path("tick", &format!("M{} {}v5", at(start), at(BOTTOM)));
                svg.text(start, BOTTOM + 17.0, Anchor::Start, "mut sm", &date);
                dated = start + text_width(&date, 11.0) + 6.0;
            }
            before = Some((end, values));
        }
    }
    Some(svg.finish())
}
