//! The view as a workbook: six sheets of typed cells, with the credit working as live formulas, and one more for the
//! entities of a `for_each` card.
//!
//! Numbers are numbers, in the precision that the report shows; text is never taken for a formula. The
//! workbook is created on the period's last day, whenever it is made.

mod cell;
mod credits;
mod facts;
mod monthly;
mod page;
mod team;
mod working;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::View;
use super::escape::plain;
use page::Page;

/// Writes a view as a workbook.
pub(crate) fn workbook(view: &View) -> Vec<u8> {
    write(view).expect("a view has fewer rows than a sheet, and its texts are cut to what a cell holds")
}

fn write(view: &View) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let properties = DocProperties::new()
        .set_title(format!("{}, {}", view.card.title, view.period.title))
        .set_author(&view.stamp.program);
    book.set_properties(&match created(&view.period.last_day) {
        Some(day) => properties.set_creation_datetime(&day),
        None => properties,
    });
    let sheets: [(&str, Fill); 6] = [
        ("Summary", facts::summary),
        ("KPIs", facts::kpis),
        ("Monthly", monthly::sheet),
        ("Carve-outs", facts::carve_outs),
        ("Credits", credits::sheet),
        ("Provenance", facts::provenance),
    ];
    let footer = footer(view);
    for (name, fill) in sheets {
        fill(view, &mut Page::new(add(&mut book, name, &footer)?))?;
    }
    if let Some(team) = &view.team {
        team::sheet(view, team, &mut Page::new(add(&mut book, "Team", &footer)?))?;
    }
    book.save_to_buffer()
}

fn add<'b>(book: &'b mut Workbook, name: &str, footer: &str) -> Result<&'b mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet().set_name(name)?;
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    Ok(sheet.set_footer(footer))
}

/// What stands below each sheet of paper: which report it is of and whether it is published, and its number.
fn footer(view: &View) -> String {
    // Excel takes 255 characters, of which some are for codes.
    let title: String = plain(&view.card.title).chars().take(100).collect();
    let named = format!("{title}, {}, {}", view.period.title, view.publication.code);
    format!("&L{}&RPage &P of &N", named.replace('&', "&&"))
}

/// Writes one sheet of a view.
type Fill = fn(&View, &mut Page<'_>) -> Result<(), XlsxError>;

/// Excel's number of the paper size.
const A4: u8 = 9;

/// Reads `2026-10-31`; `None` before the year 1900, where spreadsheets have no dates.
fn created(day: &str) -> Option<ExcelDateTime> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let part = |part: i8| u8::try_from(part).ok();
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, part(day.month())?, part(day.day())?).ok()
}
