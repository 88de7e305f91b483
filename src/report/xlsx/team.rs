//! The entities of a `for_each` card: a row each where the audience gets them, else how many came out how.

use rust_xlsxwriter::XlsxError;

use super::cell::Cell;
use super::page::Head::{Left, Right};
use super::page::{Head, Page};
use crate::quantity::Unit;
use crate::report::view::{Panel, Team, View, grade};

pub(super) fn sheet(view: &View, team: &Team, page: &mut Page<'_>) -> Result<(), XlsxError> {
    if team.members.is_empty() {
        return counts(team, page);
    }
    let units: Vec<Unit> = team
        .kpis
        .iter()
        .map(|(id, _)| {
            view.kpis
                .iter()
                .find(|kpi| kpi.id == *id)
                .map_or(Unit::Number, |kpi| kpi.unit)
        })
        .collect();
    let currency = view.money.as_ref().map_or("", |money| &money.currency);
    let values = |panels: &[Panel]| -> Vec<Cell> {
        let cells = panels.iter().zip(&units).map(|(panel, unit)| {
            let value = panel.value.as_ref();
            value.map_or(Cell::Empty, |value| Cell::of(value, *unit, currency))
        });
        cells.collect()
    };
    let verdicts = |panels: &[Panel]| -> Vec<Cell> {
        let cells = panels
            .iter()
            .map(|panel| Cell::status(panel.status.code).with(&panel.flags));
        cells.collect()
    };
    let mut widths = vec![30, 8, 8, 10, 30];
    widths.extend(team.kpis.iter().map(|_| 14));
    page.widths(&widths)?;
    page.keep_columns(1)?;

    page.title("Values")?;
    let mut header = vec![
        Left(&team.name),
        Right("Place"),
        Right("Score"),
        Left("Grade"),
        Left("Focus"),
    ];
    header.extend(titles(team, Right));
    page.header(&header)?;
    let mut total = vec![
        Cell::text("Team"),
        Cell::Empty,
        team.score.as_ref().map_or(Cell::Empty, Cell::number),
        Cell::Empty,
        Cell::Empty,
    ];
    total.extend(values(&team.total));
    page.total(&total)?;
    for member in &team.members {
        let mut cells = vec![
            Cell::text(&member.title),
            member.rank.map_or(Cell::Empty, |rank| Cell::count(rank as u64)),
            member.score.as_ref().map_or(Cell::Empty, Cell::number),
            Cell::maybe(grade(member.grade)),
            Cell::maybe(member.focus.as_ref().map(|focus| focus.title.as_str())),
        ];
        cells.extend(values(&member.kpis));
        page.row(&cells)?;
    }

    page.gap();
    page.title("Verdicts")?;
    let mut header = vec![Left(team.name.as_str()), Left(""), Left(""), Left(""), Left("")];
    header.extend(titles(team, Left));
    page.header(&header)?;
    let row = |name: &str, panels: &[Panel]| {
        let mut cells = vec![Cell::text(name), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
        cells.extend(verdicts(panels));
        cells
    };
    page.total(&row("Team", &team.total))?;
    for member in &team.members {
        page.row(&row(&member.title, &member.kpis))?;
    }
    Ok(())
}

fn titles<'t>(team: &'t Team, side: fn(&'t str) -> Head<'t>) -> impl Iterator<Item = Head<'t>> {
    team.kpis.iter().map(move |(_, title)| side(title))
}

fn counts(team: &Team, page: &mut Page<'_>) -> Result<(), XlsxError> {
    page.widths(&[40, 12, 12, 12, 14])?;
    page.fact(&format!("Size: one {} each", team.name), Cell::count(team.size as u64))?;
    if let Some(why) = &team.withheld {
        return page.note(why);
    }
    page.gap();
    page.header(&[
        Left("KPI"),
        Right("Met"),
        Right("At risk"),
        Right("Missed"),
        Right("Not judged"),
    ])?;
    for row in &team.spread {
        let counts = [row.met, row.below_target, row.missed, row.unjudged];
        let mut cells = vec![Cell::text(&row.title)];
        cells.extend(counts.map(|count| Cell::count(count as u64)));
        page.row(&cells)?;
    }
    Ok(())
}
