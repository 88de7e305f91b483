use std::fmt::Write;

use super::axis::Axis;
use super::number;
use super::svg::{Anchor, Safe, Svg, Theme, at, class, fit, shape};
use crate::report::view::{Member, View, grade_code};

const PANEL: f64 = 176.0;
const TALL: f64 = 84.0;
const COLUMNS: usize = 4;
const PLOT: f64 = 116.0;

/// Draws every member's score on one scale, with the team's score as the dashed line.
pub(super) fn draw(view: &View, theme: Theme) -> Option<Safe> {
    let team = view.team.as_ref()?;
    let team_score = view.score.as_ref().map(|score| number(&score.value));
    let values: Vec<f64> = team
        .members
        .iter()
        .flat_map(|member| member.trend.iter().flatten().map(number))
        .chain(team_score)
        .collect();
    let mut members: Vec<_> = team
        .members
        .iter()
        .filter(|member| member.trend.iter().flatten().count() > 0)
        .collect();
    members.sort_by_key(|member| member.order);
    if members.is_empty() || members.iter().all(|member| member.trend.iter().flatten().count() < 2) {
        return None;
    }
    let axis = Axis::of_scores(&values, 3.0)?;
    let scale = match (axis.ticks.first(), axis.ticks.last()) {
        (Some((_, low)), Some((_, high))) => format!("one scale, {low} to {high}; dashed: the team"),
        _ => String::new(),
    };
    let title = format!("Score per {}, {}", team.name, view.period.title);
    let rows: Vec<&[&Member]> = members.chunks(COLUMNS).collect();
    // A drawing per row, so that a sheet of paper ends between two.
    let drawn = rows.iter().enumerate().map(|(index, row)| {
        let is_last = index + 1 == rows.len();
        self::row(row, &title, &scale, is_last, &axis, team_score, theme).into_string()
    });
    Some(Safe::drawn(drawn.collect()))
}

/// Draws a row of members; the last one says what the scale is.
fn row(
    members: &[&Member],
    title: &str,
    scale: &str,
    is_last: bool,
    axis: &Axis,
    team_score: Option<f64>,
    theme: Theme,
) -> Safe {
    let said: Vec<String> = members
        .iter()
        .filter_map(|member| Some(format!("{} {}", member.title, member.score.as_ref()?.display)))
        .collect();
    let height = if is_last { TALL + 18.0 } else { TALL };
    let description = format!("{scale}. Latest: {}.", said.join(", "));
    let mut svg = Svg::new(theme, PANEL * COLUMNS as f64, height, title, &description);
    for (index, member) in members.iter().enumerate() {
        let left = PANEL * index as f64 + 2.0;
        let y = |value: f64| 66.0 - 42.0 * axis.share(value);
        svg.text(left, 14.0, Anchor::Start, "b", &fit(&member.title, PANEL - 14.0, 12.0));
        if let Some(team_score) = team_score {
            svg.path("tgt thin", &format!("M{} {}h{}", at(left), at(y(team_score)), at(PLOT)));
        }
        let step = PLOT / (member.trend.len().max(2) - 1) as f64;
        let (mut line, mut pen_down) = (String::new(), false);
        for (period, score) in member.trend.iter().enumerate() {
            if let Some(score) = score {
                let command = if pen_down { 'L' } else { 'M' };
                let x = left + step * period as f64;
                let _ = write!(line, "{command}{} {}", at(x), at(y(number(score))));
            }
            pen_down = score.is_some();
        }
        svg.path("line thin", &line);
        if let Some(score) = &member.score {
            let place = y(number(score));
            let code = member.grade.map_or("score", grade_code);
            let fill = if code == "score" { "dot" } else { class(code) };
            svg.path(fill, &shape(code, left + PLOT, place, 3.6));
            svg.text(left + PLOT + 8.0, place + 4.0, Anchor::Start, "", &score.display);
        }
    }
    if is_last {
        svg.text(2.0, TALL + 12.0, Anchor::Start, "mut sm", scale);
    }
    svg.finish()
}
