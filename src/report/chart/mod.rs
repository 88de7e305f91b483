//! Draws a view as SVG: trend, sparkline, bullet, waterfall, daily strip, small multiples.
//!
//! Charts are functions of the [`View`](super::View) alone. This is the only place with floating point, and
//! only for coordinates, printed with one decimal; every number in a label comes ready-made from the view or
//! is a tick. Only `+ − × ÷` are used on floats, so coordinates are the same on every machine.
//!
//! Labels stand at what they name: no legends, no second axis. An axis that does not start at zero says so.

mod axis;
mod bullet;
mod multiples;
pub mod palette;
mod score;
mod sparkline;
mod steps;
mod strip;
mod svg;
mod trend;
mod waterfall;

use std::collections::BTreeMap;

pub(crate) use score::Scored;
pub use steps::{Step, Steps};
pub use svg::Safe;
use svg::Theme;

use super::view::{Kpi, Shown, View};

/// What charts are drawn from.
pub(crate) enum Drawn {
    /// One report.
    View(Box<View>),
    /// The scores of several scorecards, by id.
    Scores(BTreeMap<String, Vec<Scored>>),
    /// Targets and minimums over time, by name.
    Steps(BTreeMap<String, Steps>),
}

/// Reads a number of the view for drawing.
pub(super) fn number(shown: &Shown) -> f64 {
    shown.raw.parse().unwrap_or(0.0)
}

/// Draws for a page what a template asks for: a chart of the KPI or subject `id`, or the drawings' `style`.
///
/// `Ok(None)` where there is nothing to draw.
///
/// # Errors
/// When there is no chart of that name.
pub(super) fn draw(drawn: Option<&Drawn>, name: &str, id: &str) -> Result<Option<Safe>, String> {
    let view = match drawn {
        Some(Drawn::View(view)) => Some(&**view),
        _ => None,
    };
    let scores = |draw: fn(&[Scored], Theme) -> Option<Safe>| match drawn? {
        Drawn::View(view) => draw(&scores(view), Theme::Page),
        Drawn::Scores(cards) => draw(cards.get(id)?, Theme::Page),
        Drawn::Steps(_) => None,
    };
    let steps = match drawn {
        Some(Drawn::Steps(steps)) => steps.get(id),
        _ => None,
    };
    let kpi = |draw: fn(&Kpi, Theme) -> Option<Safe>| {
        let kpi = view?.kpis.iter().find(|kpi| kpi.id == id)?;
        draw(kpi, Theme::Page)
    };
    let card = |draw: fn(&View, Theme) -> Option<Safe>| draw(view?, Theme::Page);
    Ok(match name {
        "trend" => kpi(trend::draw),
        "score_trend" => scores(score::draw),
        "score_sparkline" => scores(score::small),
        "sparkline" => kpi(sparkline::draw),
        "bullet" => kpi(bullet::draw),
        "strip" => kpi(strip::draw),
        "steps" => steps.and_then(|it| steps::draw(id, it, Theme::Page)),
        "waterfall" => card(waterfall::draw),
        "multiples" => card(multiples::draw),
        "mark" => svg::mark(id),
        "marks" => Some(svg::marks()),
        "style" => Some(svg::page_style()),
        _ => {
            return Err(format!(
                "no chart `{name}`; there are trend, score_trend, sparkline, score_sparkline, bullet, strip, \
                 steps, waterfall, multiples, mark, marks and style"
            ));
        }
    })
}

fn scores(view: &View) -> Vec<Scored> {
    view.score_trend.iter().map(Scored::of).collect()
}

/// The charts that stand beside the Markdown: file name without ending, and drawing.
pub(super) fn standalone(view: &View) -> Vec<(String, Safe)> {
    let mut charts = Vec::new();
    let mut add = |name: String, chart: Option<Safe>| charts.extend(chart.map(|chart| (name, chart)));
    add("score".to_owned(), score::draw(&scores(view), Theme::Standalone));
    add("points".to_owned(), waterfall::draw(view, Theme::Standalone));
    for kpi in &view.kpis {
        if let Some(figure) = &kpi.figure {
            add(figure.clone(), trend::draw(kpi, Theme::Standalone));
        }
    }
    charts
}
