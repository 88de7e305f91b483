use super::axis::Axis;
use super::number;
use super::sparkline::spark;
use super::svg::{Safe, Theme};
use super::trend::{Ends, Mark, periods, series};
use crate::report::view::{ScorePoint, grade_code};

/// A score of one period, ready to draw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scored {
    pub(crate) period: String,
    /// The number and its text.
    pub(crate) score: Option<(f64, String)>,
    /// The code of the verdict whose shape the grade has; `score` without a grade.
    pub(crate) code: &'static str,
    /// From where green and amber begin.
    pub(crate) bounds: [Option<(f64, String)>; 2],
}

impl Scored {
    pub(super) fn of(point: &ScorePoint) -> Self {
        let pair = |shown: &crate::report::view::Shown| (number(shown), shown.display.clone());
        Self {
            period: point.period.clone(),
            score: point.score.as_ref().map(pair),
            code: point.grade.map_or("score", grade_code),
            bounds: [
                point.bounds.as_ref().map(|bounds| pair(&bounds.green)),
                point.bounds.as_ref().map(|bounds| pair(&bounds.amber)),
            ],
        }
    }
}

/// Draws scores over time, with the bounds of their grades.
pub(super) fn draw(points: &[Scored], theme: Theme) -> Option<Safe> {
    let value = |bound: &Option<(f64, String)>| bound.as_ref().map(|(value, _)| *value);
    let marks: Vec<Mark<'_>> = points
        .iter()
        .map(|point| Mark {
            period: &point.period,
            value: value(&point.score),
            gross: None,
            target: [value(&point.bounds[0]), None],
            minimum: [value(&point.bounds[1]), None],
            verdict: point.score.as_ref().map(|_| point.code),
        })
        .collect();
    let known: Vec<f64> = marks.iter().filter_map(|mark| mark.value).collect();
    if known.len() < 2 {
        return None;
    }
    let last = points.last()?;
    let from =
        |word: &str, bound: &Option<(f64, String)>| bound.as_ref().map(|(_, text)| format!("{word} from {text}"));
    let ends = Ends {
        value: last.score.as_ref().map(|(_, text)| text.clone()),
        target: from("green", &last.bounds[0]),
        minimum: from("amber", &last.bounds[1]),
    };
    let said: Vec<String> = points
        .iter()
        .filter_map(|point| Some(format!("{} {}", point.period, point.score.as_ref()?.1)))
        .collect();
    let bounds = marks
        .iter()
        .flat_map(|mark| [mark.target[0], mark.minimum[0]])
        .flatten();
    let values: Vec<f64> = known.iter().copied().chain(bounds).collect();
    let axis = Axis::of_scores(&values, 4.0)?;
    let title = format!("Score, {}", periods(&marks));
    let svg = series(
        theme,
        &title,
        &format!("{}.", said.join(", ")),
        &marks,
        &axis,
        &ends,
        None,
    );
    Some(svg.finish())
}

/// Draws scores as small as a word.
pub(super) fn small(points: &[Scored], theme: Theme) -> Option<Safe> {
    let values: Vec<Option<f64>> = points
        .iter()
        .map(|point| point.score.as_ref().map(|(value, _)| *value))
        .collect();
    let bounds: Vec<Option<f64>> = points
        .iter()
        .map(|point| point.bounds[0].as_ref().map(|(value, _)| *value))
        .collect();
    let text = |index: usize| points[index].score.as_ref().map_or("", |(_, text)| text);
    spark(&values, &bounds, &text, points.last()?.code, theme)
}
