//! Every period of the trend: values, then verdicts, one column per KPI.

use rust_xlsxwriter::XlsxError;

use super::cell::Cell;
use super::page::Page;
use crate::report::view::{Point, View, grade};

pub(super) fn sheet(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    let mut widths = vec![12u16, 10, 10];
    widths.extend(view.kpis.iter().map(|_| 14));
    page.widths(&widths)?;
    let currency = view.money.as_ref().map_or("", |money| &money.currency);
    let titles: Vec<&str> = view.kpis.iter().map(|kpi| kpi.title.as_str()).collect();
    let header =
        |first: &[&'static str]| -> Vec<&str> { first.iter().copied().chain(titles.iter().copied()).collect() };

    page.title("Values")?;
    page.header(&header(&["Period", "Score", "Grade"]))?;
    for (index, point) in view.score_trend.iter().enumerate() {
        let mut cells = vec![
            Cell::text(&point.period),
            point.score.as_ref().map_or(Cell::Empty, Cell::number),
            Cell::maybe(grade(point.grade)),
        ];
        cells.extend(view.kpis.iter().map(|kpi| {
            let value = kpi.trend.get(index).and_then(|point| point.value.as_ref());
            value.map_or(Cell::Empty, |value| Cell::of(value, kpi.unit, currency))
        }));
        page.row(&cells)?;
    }
    let mut texts = |title: &str, of: fn(&Point) -> Option<String>| -> Result<(), XlsxError> {
        page.gap();
        page.title(title)?;
        page.header(&header(&["Period", "", ""]))?;
        for (index, point) in view.score_trend.iter().enumerate() {
            let mut cells = vec![Cell::text(&point.period), Cell::Empty, Cell::Empty];
            cells.extend(
                view.kpis
                    .iter()
                    .map(|kpi| Cell::maybe(kpi.trend.get(index).and_then(of).as_deref())),
            );
            page.row(&cells)?;
        }
        Ok(())
    };
    texts("Verdicts", |point| {
        let flags = point.flags.iter().map(|flag| format!(", {flag}"));
        Some(format!("{}{}", point.word, flags.collect::<String>()))
    })?;
    texts("Targets", |point| Some(point.target.as_ref()?.display.clone()))
}
