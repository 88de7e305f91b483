//! Every period of the trend: values, then verdicts and targets, a row per KPI and a column per period.

use rust_xlsxwriter::XlsxError;

use super::cell::Cell;
use super::page::Head::{Left, Right};
use super::page::{Head, Page};
use crate::report::view::{Kpi, Point, ScorePoint, View, grade};

pub(super) fn sheet(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    let mut widths = vec![36];
    widths.extend(view.score_trend.iter().map(|_| 13));
    page.widths(&widths)?;
    page.keep_columns(1)?;
    let currency = view.money.as_ref().map_or("", |money| &money.currency);

    page.title("Values")?;
    page.header(&header(view, Right))?;
    let score = |point: &ScorePoint| point.score.as_ref().map_or(Cell::Empty, Cell::number);
    page.total(&row("Score", view.score_trend.iter().map(score)))?;
    for kpi in &view.kpis {
        let value = |point: &Point| {
            let value = point.value.as_ref();
            value.map_or(Cell::Empty, |value| Cell::of(value, kpi.unit, currency))
        };
        page.row(&row(&kpi.title, kpi.trend.iter().map(value)))?;
    }

    page.gap();
    page.title("Verdicts")?;
    page.header(&header(view, Left))?;
    let grades = view.score_trend.iter().map(|point| Cell::maybe(grade(point.grade)));
    page.total(&row("Grade", grades))?;
    for kpi in &view.kpis {
        page.row(&row(&kpi.title, kpi.trend.iter().map(verdict)))?;
    }

    page.gap();
    page.title("Targets")?;
    page.header(&header(view, Left))?;
    let target = |point: &Point| Cell::maybe(point.target.as_ref().map(|goal| goal.display.as_str()));
    let targeted = |kpi: &&Kpi| kpi.trend.iter().any(|point| point.target.is_some());
    for kpi in view.kpis.iter().filter(targeted) {
        page.row(&row(&kpi.title, kpi.trend.iter().map(target)))?;
    }
    Ok(())
}

fn header<'v>(view: &'v View, side: fn(&'v str) -> Head<'v>) -> Vec<Head<'v>> {
    let periods = view.score_trend.iter().map(|point| side(&point.period));
    std::iter::once(Left("KPI")).chain(periods).collect()
}

fn row(name: &str, cells: impl Iterator<Item = Cell>) -> Vec<Cell> {
    std::iter::once(Cell::text(name)).chain(cells).collect()
}

fn verdict(point: &Point) -> Cell {
    match point.verdict {
        Some(verdict) => Cell::status(verdict).with(&point.flags),
        None => Cell::text(point.word),
    }
}
