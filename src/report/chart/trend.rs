use std::fmt::Write;

use super::axis::{Axis, spread};
use super::number;
use super::svg::{Anchor, Safe, Svg, Theme, at, class, fit, shape, text_width};
use crate::report::view::{Kpi, Point, verdict_code};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 230.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 190.0;

/// One period of a series.
pub(super) struct Mark<'a> {
    pub(super) period: &'a str,
    pub(super) value: Option<f64>,
    pub(super) gross: Option<f64>,
    pub(super) target: [Option<f64>; 2],
    pub(super) minimum: [Option<f64>; 2],
    /// The verdict's code; `None` where the series did not exist.
    pub(super) verdict: Option<&'static str>,
}

/// What the right end of a series is labelled with.
pub(super) struct Ends {
    pub(super) value: Option<String>,
    pub(super) target: Option<String>,
    pub(super) minimum: Option<String>,
}

/// Draws a KPI over the trend periods: value, stepped target and minimum, what carve-outs account for.
pub(super) fn draw(kpi: &Kpi, theme: Theme) -> Option<Safe> {
    let marks: Vec<Mark<'_>> = kpi.trend.iter().map(mark).collect();
    if marks.iter().filter(|mark| mark.value.is_some()).count() < 2 {
        return None;
    }
    let last = kpi.trend.last()?;
    let goal = |goal: Option<&crate::report::view::Goal>| goal.map(|goal| goal.display.clone());
    let ends = Ends {
        value: last.value.as_ref().map(|value| value.display.clone()),
        target: goal(last.target.as_ref()).map(|text| format!("target {text}")),
        minimum: goal(last.minimum.as_ref()).map(|text| format!("minimum {text}")),
    };
    let title = format!("{}, {}", kpi.title, periods(&marks));
    let svg = series(
        theme,
        &title,
        &describe(kpi, &marks),
        &marks,
        &axis(kpi)?,
        &ends,
        Some(kpi),
    );
    Some(svg.finish())
}

/// The scale of everything that is drawn about a KPI: its values, targets and minimums, also without carve-outs.
pub(super) fn axis(kpi: &Kpi) -> Option<Axis> {
    let values: Vec<f64> = kpi
        .trend
        .iter()
        .map(mark)
        .flat_map(|mark| {
            let [low, high] = mark.target;
            let [least, most] = mark.minimum;
            [mark.value, mark.gross, low, high, least, most]
        })
        .flatten()
        .collect();
    Axis::around(&values, kpi.unit, 4.0)
}

fn mark(point: &Point) -> Mark<'_> {
    let bounds = |goal: Option<&crate::report::view::Goal>| match goal {
        Some(goal) => [goal.low.as_ref().map(number), goal.high.as_ref().map(number)],
        None => [None, None],
    };
    Mark {
        period: &point.period,
        value: point.value.as_ref().map(number),
        gross: point.gross.as_ref().map(number),
        target: bounds(point.target.as_ref()),
        minimum: bounds(point.minimum.as_ref()),
        verdict: point.verdict.map(verdict_code),
    }
}

/// Names the first and the last period.
pub(super) fn periods(marks: &[Mark<'_>]) -> String {
    match marks {
        [] => String::new(),
        [only] => only.period.to_owned(),
        [first, .., last] => format!("{} to {}", first.period, last.period),
    }
}

fn describe(kpi: &Kpi, marks: &[Mark<'_>]) -> String {
    let of = |code: &str| marks.iter().filter(|mark| mark.verdict == Some(code)).count();
    let latest = match (&kpi.value, &kpi.target) {
        (Some(value), Some(target)) => format!("Latest {}, target {}.", value.display, target.words),
        (Some(value), None) => format!("Latest {}.", value.display),
        _ => "Latest period without a value.".to_owned(),
    };
    format!(
        "{latest} Of {} periods: {} met, {} at risk, {} missed, {} without a value.",
        marks.len(),
        of("met"),
        of("below_target"),
        of("default"),
        of("no_data") + of("not_applicable")
    )
}

/// Draws a value over periods with what it is judged by.
pub(super) fn series(
    theme: Theme,
    title: &str,
    description: &str,
    marks: &[Mark<'_>],
    axis: &Axis,
    ends: &Ends,
    kpi: Option<&Kpi>,
) -> Svg {
    let labels = [&ends.value, &ends.target, &ends.minimum];
    let right_room = labels
        .into_iter()
        .flatten()
        .map(|label| text_width(label, 12.0))
        .fold(40.0, f64::max);
    let left = axis.label_width() + 12.0;
    let right = WIDTH - right_room.min(240.0) - 12.0;
    let slot = (right - left) / marks.len() as f64;
    // Whole pixels: the shortest file, and crisp lines.
    let x = |index: usize| (left + slot * (index as f64 + 0.5)).round();
    let y = |value: f64| (BOTTOM - (BOTTOM - TOP) * axis.share(value)).round();

    let mut svg = Svg::new(theme, WIDTH, HEIGHT, title, description);
    axis.draw_left(&mut svg, left, right, &y);
    match axis.note() {
        Some(note) => svg.text(0.0, HEIGHT - 4.0, Anchor::Start, "mut sm", &note),
        None => svg.crop(0.0, 18.0),
    }
    period_labels(&mut svg, marks, slot, &x);
    if !carve_outs(&mut svg, marks, slot, [left, right], &x, &y, kpi) {
        svg.crop(16.0, 0.0);
    }
    for (class, bounds) in [
        (
            "low",
            [0, 1].map(|side| marks.iter().map(|mark| mark.minimum[side]).collect::<Vec<_>>()),
        ),
        (
            "tgt",
            [0, 1].map(|side| marks.iter().map(|mark| mark.target[side]).collect::<Vec<_>>()),
        ),
    ] {
        for bound in &bounds {
            svg.path(class, &steps(bound, left, slot, &y));
        }
    }
    svg.path("line", &polyline(marks, &x, &y));
    gaps(&mut svg, marks, slot, &x);
    shapes(&mut svg, marks, &x, &y);
    end_labels(&mut svg, marks, ends, right, &y);
    svg
}

/// Labels every k-th period counted back from the last, as many as fit.
fn period_labels(svg: &mut Svg, marks: &[Mark<'_>], slot: f64, x: &dyn Fn(usize) -> f64) {
    let room = marks
        .iter()
        .map(|mark| text_width(mark.period, 12.0))
        .fold(0.0, f64::max)
        + 10.0;
    let every = [1usize, 2, 3, 4, 6, 12, 24, 48]
        .into_iter()
        .find(|&every| slot * every as f64 >= room)
        .unwrap_or(96);
    let named: Vec<(usize, &Mark<'_>)> = marks
        .iter()
        .enumerate()
        .filter(|(index, _)| (marks.len() - 1 - index).is_multiple_of(every))
        .collect();
    let ticks: String = named
        .iter()
        .map(|(index, _)| format!("M{} {}v4", at(x(*index)), at(BOTTOM)))
        .collect();
    svg.path("tick", &ticks);
    let labels: Vec<(f64, f64, &str)> = named
        .iter()
        .map(|(index, mark)| (x(*index), BOTTOM + 17.0, mark.period))
        .collect();
    svg.texts(Anchor::Middle, "mut", &labels);
}

/// Hatches from the value without carve-outs to the value that counts, and names the largest such stretch.
///
/// Returns whether it named one, above the plot.
fn carve_outs(
    svg: &mut Svg,
    marks: &[Mark<'_>],
    slot: f64,
    [left, right]: [f64; 2],
    x: &dyn Fn(usize) -> f64,
    y: &dyn Fn(f64) -> f64,
    kpi: Option<&Kpi>,
) -> bool {
    let width = (slot * 0.5).clamp(5.0, 16.0);
    let mut largest: Option<(usize, f64)> = None;
    let mut boxes = Vec::new();
    for (index, mark) in marks.iter().enumerate() {
        let (Some(net), Some(gross)) = (mark.value, mark.gross) else {
            continue;
        };
        let (top, bottom) = (y(net).min(y(gross)), y(net).max(y(gross)));
        if bottom - top < 2.0 {
            continue;
        }
        boxes.push([x(index) - width / 2.0, top, width, bottom - top]);
        if largest.is_none_or(|(_, most)| bottom - top > most) {
            largest = Some((index, bottom - top));
        }
    }
    svg.hatched(&boxes);
    let (Some((index, _)), Some(kpi)) = (largest, kpi) else {
        return false;
    };
    let Some(gross) = kpi.trend.get(index).and_then(|point| point.gross.as_ref()) else {
        return false;
    };
    let text = format!("{} without carve-outs: {}", marks[index].period, gross.display);
    let half = text_width(&text, 11.0) / 2.0;
    let center = x(index).clamp((left + half).min(right - half), (right - half).max(left + half));
    svg.text(center, TOP - 10.0, Anchor::Middle, "mut sm", &text);
    svg.path(
        "conn",
        &format!(
            "M{} {}V{}",
            at(x(index)),
            at(TOP - 6.0),
            at(y(number(gross)).min(y(marks[index].value.unwrap_or(0.0))))
        ),
    );
    true
}

/// A stepped line: flat over each period, broken where there is none.
fn steps(bound: &[Option<f64>], left: f64, slot: f64, y: &dyn Fn(f64) -> f64) -> String {
    let mut d = String::new();
    let mut before: Option<f64> = None;
    for (index, value) in bound.iter().enumerate() {
        let end = left + slot * (index as f64 + 1.0);
        match (before, value) {
            (Some(was), Some(is)) if was == *is => {}
            (Some(_), Some(is)) => {
                let _ = write!(d, "H{}V{}", at(end - slot), at(y(*is)));
            }
            (None, Some(is)) => {
                let _ = write!(d, "M{} {}", at(end - slot), at(y(*is)));
            }
            (Some(_), None) => {
                let _ = write!(d, "H{}", at(end - slot));
            }
            (None, None) => {}
        }
        before = *value;
    }
    if before.is_some() {
        let _ = write!(d, "H{}", at(left + slot * bound.len() as f64));
    }
    d
}

/// The line through the values, broken where there is none.
fn polyline(marks: &[Mark<'_>], x: &dyn Fn(usize) -> f64, y: &dyn Fn(f64) -> f64) -> String {
    let mut d = String::new();
    let mut pen_down = false;
    for (index, mark) in marks.iter().enumerate() {
        let Some(value) = mark.value else {
            pen_down = false;
            continue;
        };
        let command = if pen_down { 'L' } else { 'M' };
        let _ = write!(d, "{command}{} {}", at(x(index)), at(y(value)));
        pen_down = true;
    }
    d
}

/// Marks stretches without a value at the foot and names the longest.
fn gaps(svg: &mut Svg, marks: &[Mark<'_>], slot: f64, x: &dyn Fn(usize) -> f64) {
    let mut start = 0;
    while start < marks.len() {
        let length = marks[start..].iter().take_while(|mark| mark.value.is_none()).count();
        if length == 0 {
            start += 1;
            continue;
        }
        let verdict = marks[start].verdict.unwrap_or("none");
        let word = match verdict {
            "no_data" => "no data",
            "not_applicable" => "not applicable",
            _ => "not in force",
        };
        let middle = (x(start) + x(start + length - 1)) / 2.0;
        let room = slot * (length as f64 + 1.0);
        if text_width(word, 11.0) <= room {
            svg.text(middle, BOTTOM - 10.0, Anchor::Middle, "mut sm", word);
        } else if verdict != "none" {
            for index in start..start + length {
                svg.path(class(verdict), &shape(verdict, x(index), BOTTOM - 8.0, 3.4));
            }
        }
        start += length;
    }
}

/// The verdicts' shapes, one path for all of a kind; the last one larger.
///
/// Met periods are dots, drawn as points of a round pen: most marks are met, and this is short.
fn shapes(svg: &mut Svg, marks: &[Mark<'_>], x: &dyn Fn(usize) -> f64, y: &dyn Fn(f64) -> f64) {
    for code in ["met", "below_target", "default", "not_applicable", "score"] {
        let is_dot = matches!(code, "met" | "score");
        let fill = if code == "score" { "dot" } else { class(code) };
        let (mut dots, mut shapes) = (String::new(), String::new());
        for (index, mark) in marks.iter().enumerate().filter(|(_, mark)| mark.verdict == Some(code)) {
            let Some(value) = mark.value else { continue };
            let (x, y) = (x(index), y(value));
            match (index + 1 == marks.len(), is_dot) {
                (true, _) => shapes.push_str(&shape(code, x, y, 5.0)),
                (false, true) => {
                    let _ = write!(dots, "M{} {}h0", at(x), at(y));
                }
                (false, false) => shapes.push_str(&shape(code, x, y, 3.8)),
            }
        }
        svg.path(if code == "met" { "pen good" } else { "pen" }, &dots);
        svg.path(fill, &shapes);
    }
}

fn end_labels(svg: &mut Svg, marks: &[Mark<'_>], ends: &Ends, right: f64, y: &dyn Fn(f64) -> f64) {
    let Some(last) = marks.last() else { return };
    let place = |bounds: [Option<f64>; 2]| bounds[0].or(bounds[1]).map(y);
    let mut labels: Vec<(&str, &String, f64)> = Vec::new();
    for (class, text, place) in [
        ("b", &ends.value, last.value.map(y)),
        ("mut", &ends.target, place(last.target)),
        ("mut", &ends.minimum, place(last.minimum)),
    ] {
        if let (Some(text), Some(place)) = (text, place) {
            labels.push((class, text, place));
        }
    }
    let mut places: Vec<f64> = labels.iter().map(|(_, _, place)| *place).collect();
    spread(&mut places, 15.0, TOP, BOTTOM);
    for ((class, text, _), place) in labels.iter().zip(places) {
        let text = fit(text, WIDTH - right - 8.0, 12.0);
        svg.text(right + 8.0, place + 4.0, Anchor::Start, class, &text);
    }
}
