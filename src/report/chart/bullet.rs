use super::axis::Axis;
use super::svg::{Anchor, Safe, Svg, Theme, at, class, shape, text_width};
use super::{number, trend};
use crate::report::view::{Goal, Kpi, verdict_code};

/// As wide as the narrowest page, so that it never scrolls.
const WIDTH: f64 = 288.0;
const LEFT: f64 = 8.0;
const RIGHT: f64 = WIDTH - LEFT;
/// Where the bar begins, and how tall it is.
const BAR: f64 = 20.0;
const TALL: f64 = 18.0;
const HEIGHT: f64 = 72.0;

/// Draws the value against target and minimum: bands from missed to met, a bar at the target, the verdict's shape
/// at the value.
pub(super) fn draw(kpi: &Kpi, theme: Theme) -> Option<Safe> {
    let value = kpi.value.as_ref()?;
    let target = kpi.target.as_ref()?;
    let bounds = |goal: &Goal| [goal.low.clone(), goal.high.clone()];
    let targets: Vec<_> = bounds(target).into_iter().flatten().collect();
    let minimums: Vec<_> = kpi
        .minimum
        .as_ref()
        .map(bounds)
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    // The same scale as the trend's, so that the two can be compared.
    let axis = trend::axis(kpi)?;
    let x = |number: f64| LEFT + (RIGHT - LEFT) * axis.share(number).clamp(0.0, 1.0);

    let title = format!("{} against its target", kpi.title);
    let description = format!(
        "Actual {}, target {}{}: {}.",
        value.display,
        target.words,
        kpi.minimum
            .as_ref()
            .map_or_else(String::new, |goal| format!(", minimum {}", goal.words)),
        kpi.status.word.to_lowercase()
    );
    let mut svg = Svg::new(theme, WIDTH, HEIGHT, &title, &description);
    bands(&mut svg, kpi, &x);
    for (value, class, beyond) in targets
        .iter()
        .map(|it| (it, "tm", 3.0))
        .chain(minimums.iter().map(|it| (it, "tick", 0.0)))
    {
        let place = x(number(value));
        let tall = TALL + 2.0 * beyond;
        svg.path(class, &format!("M{} {}v{}", at(place), at(BAR - beyond), at(tall)));
    }
    let code = verdict_code(kpi.verdict);
    let place = x(number(value));
    svg.path(class(code), &shape(code, place, BAR + TALL / 2.0, 5.5));
    let half = text_width(&value.display, 12.0) / 2.0;
    svg.text(inside(place, half), BAR - 7.0, Anchor::Middle, "b", &value.display);
    if !labels(&mut svg, kpi, &axis, &x) {
        svg.crop(0.0, 14.0);
    }
    Some(svg.finish())
}

/// Moves the middle of a text that is `2 * half` wide so that it does not leave the drawing.
fn inside(center: f64, half: f64) -> f64 {
    center.min(WIDTH - half).max(half)
}

/// Dark where the minimum is missed, lighter where the target is, lightest where it is reached.
fn bands(svg: &mut Svg, kpi: &Kpi, x: &dyn Fn(f64) -> f64) {
    let Some(target) = &kpi.target else { return };
    let edge = |goal: &Goal, low: bool| {
        let bound = if low { &goal.low } else { &goal.high };
        bound.as_ref().map(|bound| x(number(bound)))
    };
    let mut fill = |class: &str, from: f64, to: f64| {
        if to > from {
            svg.rect(class, from, BAR, to - from, TALL);
        }
    };
    let outer = kpi.minimum.as_ref().unwrap_or(target);
    let (low_target, high_target) = (edge(target, true), edge(target, false));
    let (low, high) = (edge(outer, true), edge(outer, false));
    fill("bd0", LEFT, low.unwrap_or(LEFT));
    fill("bd1", low.unwrap_or(LEFT), low_target.unwrap_or(LEFT));
    fill("bd2", low_target.unwrap_or(LEFT), high_target.unwrap_or(RIGHT));
    fill("bd1", high_target.unwrap_or(RIGHT), high.unwrap_or(RIGHT));
    fill("bd0", high.unwrap_or(RIGHT), RIGHT);
}

/// Names target, minimum, baseline and the ends below the bar; a name that would touch another is left out.
///
/// Returns whether that took two rows.
fn labels(svg: &mut Svg, kpi: &Kpi, axis: &Axis, x: &dyn Fn(f64) -> f64) -> bool {
    let mut wanted: Vec<(f64, String)> = Vec::new();
    let named = |name: &str, goal: &Goal, wanted: &mut Vec<(f64, String)>| {
        for bound in [&goal.low, &goal.high].into_iter().flatten() {
            wanted.push((number(bound), format!("{name} {}", bound.display)));
        }
    };
    if let Some(target) = &kpi.target {
        named("target", target, &mut wanted);
    }
    if let Some(minimum) = &kpi.minimum {
        named("minimum", minimum, &mut wanted);
    }
    if let Some(baseline) = &kpi.baseline {
        let value = number(&baseline.value);
        if axis.holds(value) {
            wanted.push((value, format!("baseline {}", baseline.value.display)));
        }
    }
    for (value, label) in [axis.ticks.first(), axis.ticks.last()].into_iter().flatten() {
        wanted.push((*value, format!("{label}{}", axis.unit)));
    }
    let mut taken: Vec<(usize, f64, f64)> = Vec::new();
    let mut placed: Vec<(f64, f64, &str)> = Vec::new();
    for (value, text) in &wanted {
        let half = text_width(text, 11.0) / 2.0;
        let center = inside(x(*value), half);
        let is_free = |row: usize| {
            taken
                .iter()
                .all(|(other, from, to)| *other != row || center + half < *from || center - half > *to)
        };
        let Some(row) = (0..2).find(|&row| is_free(row)) else {
            continue;
        };
        taken.push((row, center - half - 3.0, center + half + 3.0));
        placed.push((center, BAR + TALL + 14.0 + 13.0 * row as f64, text));
    }
    svg.texts(Anchor::Middle, "mut sm", &placed);
    taken.iter().any(|(row, ..)| *row > 0)
}
