use std::fmt::Write;

use super::number;
use super::svg::{Safe, Svg, Theme, at, class, shape};
use crate::report::view::{Kpi, verdict_code};

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 26.0;

/// Draws a KPI's trend as small as a word: value, stepped target and the last verdict's shape.
pub(super) fn draw(kpi: &Kpi, theme: Theme) -> Option<Safe> {
    let values: Vec<Option<f64>> = kpi.trend.iter().map(|point| point.value.as_ref().map(number)).collect();
    let targets: Vec<Option<f64>> = kpi
        .trend
        .iter()
        .map(|point| {
            point
                .target
                .as_ref()?
                .low
                .as_ref()
                .or(point.target.as_ref()?.high.as_ref())
                .map(number)
        })
        .collect();
    let text = |index: usize| kpi.trend[index].value.as_ref().map_or("", |value| &value.display);
    spark(&values, &targets, &text, verdict_code(kpi.verdict), theme)
}

/// Draws values and what they should reach, with the shape of the last verdict; `text` writes a value.
pub(super) fn spark<'a>(
    values: &[Option<f64>],
    targets: &[Option<f64>],
    text: &dyn Fn(usize) -> &'a str,
    code: &str,
    theme: Theme,
) -> Option<Safe> {
    let known: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(i, v)| Some((i, (*v)?)))
        .collect();
    if known.len() < 2 {
        return None;
    }
    let all = || {
        known
            .iter()
            .map(|(_, value)| *value)
            .chain(targets.iter().flatten().copied())
    };
    let (least, most) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    let span = if most > least { most - least } else { 1.0 };
    let slot = (WIDTH - 14.0) / (values.len().max(2) - 1) as f64;
    let x = |index: usize| (4.0 + slot * index as f64).round();
    let y = |value: f64| HEIGHT - 5.0 - (HEIGHT - 10.0) * (value - least) / span;

    let (mut line, mut pen_down) = (String::new(), false);
    for (index, value) in values.iter().enumerate() {
        if let Some(value) = value {
            let command = if pen_down { 'L' } else { 'M' };
            let _ = write!(line, "{command}{} {}", at(x(index)), at(y(*value)));
        }
        pen_down = value.is_some();
    }
    let (mut steps, mut before) = (String::new(), None);
    for (index, target) in targets.iter().enumerate() {
        if let Some(target) = target {
            let _ = match before {
                Some(was) if was == *target => Ok(()),
                Some(_) => write!(steps, "H{}V{}", at(x(index) - slot / 2.0), at(y(*target))),
                None => write!(steps, "M{} {}", at(x(index)), at(y(*target))),
            };
        } else if before.is_some() {
            let _ = write!(steps, "H{}", at(x(index) - slot / 2.0));
        }
        before = *target;
    }
    if before.is_some() {
        let _ = write!(steps, "H{}", at(x(values.len() - 1)));
    }
    let shown = |pick: &dyn Fn(f64, f64) -> bool| {
        let mut best: Option<(usize, f64)> = None;
        for &(index, value) in &known {
            if best.is_none_or(|(_, was)| pick(value, was)) {
                best = Some((index, value));
            }
        }
        best.map_or("", |(index, _)| text(index))
    };
    let latest = values.len() - 1;
    let description = format!(
        "{} periods: lowest {}, highest {}, latest {}.",
        values.len(),
        shown(&|a, b| a < b),
        shown(&|a, b| a > b),
        if values[latest].is_some() {
            text(latest)
        } else {
            "without a value"
        }
    );
    let mut svg = Svg::new(theme, WIDTH, HEIGHT, "Trend", &description);
    svg.path("tgt thin", &steps);
    svg.path("line thin", &line);
    if let Some(&(index, value)) = known.last() {
        let is_latest = index + 1 == values.len();
        let fill = if code == "score" { "dot" } else { class(code) };
        match is_latest {
            true => svg.path(fill, &shape(code, x(index), y(value), 3.6)),
            false => svg.path(fill, &shape(code, x(values.len() - 1), HEIGHT / 2.0, 3.6)),
        }
    }
    Some(svg.finish())
}
