//! The view as a workbook: six sheets of typed cells, with the credit working as live formulas.
//!
//! Numbers are numbers, in the precision that the report shows; text is never taken for a formula. The
//! workbook is created on the period's last day, whenever it is made.

mod cell;
mod credits;
mod facts;
mod monthly;
mod page;
mod working;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::View;
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
    for (name, fill) in sheets {
        let sheet = book.add_worksheet().set_name(name)?;
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        fill(view, &mut Page::new(sheet))?;
    }
    book.save_to_buffer()
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
