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
mod sparkline;
mod strip;
mod svg;
mod trend;
mod waterfall;

pub use svg::Safe;
pub(super) use svg::Theme;

use super::view::{Shown, View};

/// Reads a number of the view for drawing.
pub(super) fn number(shown: &Shown) -> f64 {
    shown.raw.parse().unwrap_or(0.0)
}

/// Draws the chart `name` of the KPI or subject `id`; `None` where there is nothing to draw.
pub(super) fn draw(view: &View, name: &str, id: &str, theme: Theme) -> Option<Safe> {
    let kpi = || view.kpis.iter().find(|kpi| kpi.id == id);
    match name {
        "trend" => trend::draw(kpi()?, theme),
        "score_trend" => trend::score(view, theme),
        "sparkline" => sparkline::draw(kpi()?, theme),
        "bullet" => bullet::draw(kpi()?, theme),
        "strip" => strip::draw(kpi()?, theme),
        "waterfall" => waterfall::draw(view, theme),
        "multiples" => multiples::draw(view, theme),
        "mark" => svg::mark(id),
        "style" => Some(svg::page_style()),
        _ => None,
    }
}

/// Names of the charts that [`draw`] knows.
pub(super) const NAMES: [&str; 9] = [
    "trend",
    "score_trend",
    "sparkline",
    "bullet",
    "strip",
    "waterfall",
    "multiples",
    "mark",
    "style",
];

/// The charts that stand beside the Markdown: file name without ending, and drawing.
pub(super) fn standalone(view: &View) -> Vec<(String, Safe)> {
    let mut charts = Vec::new();
    let mut add = |name: String, chart: Option<Safe>| charts.extend(chart.map(|chart| (name, chart)));
    add("score".to_owned(), draw(view, "score_trend", "", Theme::Standalone));
    add("points".to_owned(), draw(view, "waterfall", "", Theme::Standalone));
    for kpi in &view.kpis {
        if let Some(figure) = &kpi.figure {
            add(figure.clone(), draw(view, "trend", &kpi.id, Theme::Standalone));
        }
    }
    charts
}
