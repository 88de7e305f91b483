use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

use super::cell::Cell;
use crate::report::chart::palette::light;

/// Height of a line of text, in points.
const LINE: u32 = 15;

/// Characters that text keeps off the edge of its cell.
const INDENT: u8 = 1;

/// Lines that a row shows at most; Excel's rows end at 409 points.
const MOST_LINES: u32 = 27;

/// A sheet that is filled from the top.
pub(super) struct Page<'a> {
    sheet: &'a mut Worksheet,
    /// Index of the next row.
    row: u32,
    /// Widths of the columns, in characters.
    widths: Vec<u16>,
}

/// The name of a column, and on which side what stands below it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Head<'a> {
    /// Text.
    Left(&'a str),
    /// Numbers.
    Right(&'a str),
}

impl<'a> Page<'a> {
    pub(super) fn new(sheet: &'a mut Worksheet) -> Self {
        Self {
            sheet,
            row: 0,
            widths: Vec::new(),
        }
    }

    /// The number of the next row as a formula has it, from 1.
    pub(super) fn next(&self) -> u32 {
        self.row + 1
    }

    /// Sets the widths of the columns from the first on, in characters.
    pub(super) fn widths(&mut self, widths: &[u16]) -> Result<(), XlsxError> {
        for (column, width) in (0..).zip(widths) {
            self.sheet.set_column_width(column, *width)?;
        }
        self.widths = widths.to_vec();
        Ok(())
    }

    /// Writes a heading, over as many columns as it needs.
    pub(super) fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        let style = left(Format::new()).set_bold().set_font_size(13);
        if let Cell::Text(text) = Cell::text(text) {
            self.sheet.write_string_with_format(self.row, 0, text, &style)?;
        }
        self.sheet.set_row_height(self.row, LINE + 5)?;
        self.row += 1;
        Ok(())
    }

    /// Writes the names of columns.
    pub(super) fn header(&mut self, names: &[Head<'_>]) -> Result<(), XlsxError> {
        let style = Format::new()
            .set_bold()
            .set_background_color(color("surface"))
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(color("muted"))
            .set_align(FormatAlign::Bottom);
        let texts: Vec<Cell> = names
            .iter()
            .map(|(Head::Left(name) | Head::Right(name))| Cell::text(name))
            .collect();
        let right = style.clone().set_align(FormatAlign::Right);
        let left = left(style);
        for (column, (name, text)) in (0..).zip(names.iter().zip(&texts)) {
            let format = match name {
                Head::Left(_) => left.clone(),
                Head::Right(_) => right.clone(),
            };
            match text {
                Cell::Text(text) => {
                    let format = format.set_text_wrap();
                    self.sheet.write_string_with_format(self.row, column, text, &format)?;
                }
                _ => {
                    self.sheet.write_blank(self.row, column, &format)?;
                }
            }
        }
        self.end_row(&texts)
    }

    /// Writes a sentence, over as many columns as it needs.
    pub(super) fn note(&mut self, text: &str) -> Result<(), XlsxError> {
        if let Cell::Text(text) = Cell::text(text) {
            self.sheet
                .write_string_with_format(self.row, 0, text, &left(Format::new()))?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes a row.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        self.styled(cells, &Format::new())
    }

    /// Writes the name of a fact and, right beside it, the fact.
    pub(super) fn fact(&mut self, name: &str, value: Cell) -> Result<(), XlsxError> {
        self.styled(&[Cell::text(name), value], &left(Format::new()))
    }

    /// Writes a row of sums.
    pub(super) fn total(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        self.styled(cells, &Format::new().set_bold())
    }

    /// Leaves a row empty.
    pub(super) fn gap(&mut self) {
        self.row += 1;
    }

    /// Keeps the first columns in sight, on paper too.
    pub(super) fn keep_columns(&mut self, columns: u16) -> Result<(), XlsxError> {
        self.sheet.set_freeze_panes(0, columns)?;
        self.sheet.set_repeat_columns(0, columns - 1)?;
        Ok(())
    }

    /// Keeps the header and the first columns in sight, on paper too, and lets the rows of the table below the
    /// `header` rows be filtered.
    pub(super) fn filter(&mut self, header: u32, columns: usize, kept: u16) -> Result<(), XlsxError> {
        let last = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
        self.keep_columns(kept)?;
        self.sheet.set_freeze_panes(header, kept)?;
        self.sheet.set_repeat_rows(header - 1, header - 1)?;
        // A table without rows has nothing to filter.
        if self.row > header {
            self.sheet.autofilter(header - 1, 0, self.row - 1, last)?;
        }
        Ok(())
    }

    /// Prints as many sheets of paper beside each other as it takes to be read.
    pub(super) fn print_wide(&mut self, pages: u16) {
        self.sheet.set_print_fit_to_pages(pages, 0);
    }

    fn styled(&mut self, cells: &[Cell], style: &Format) -> Result<(), XlsxError> {
        let style = style.clone().set_align(FormatAlign::Top);
        for (column, cell) in (0..).zip(cells) {
            let number = |format: &str| style.clone().set_num_format(format);
            let sheet = &mut *self.sheet;
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    let format = left(style.clone()).set_text_wrap();
                    sheet.write_string_with_format(self.row, column, text, &format)?;
                }
                Cell::Status(token, text) => {
                    let format = left(style.clone()).set_text_wrap().set_font_color(color(token));
                    sheet.write_string_with_format(self.row, column, text, &format)?;
                }
                Cell::Number(value, format) => {
                    // A spreadsheet's cells are floating point; this is the last thing done to a number.
                    let value = value.to_f64_for_drawing();
                    sheet.write_number_with_format(self.row, column, value, &number(format))?;
                }
                Cell::Instant(at, format) => {
                    let part = |part: i8| u8::try_from(part).unwrap_or(0);
                    let year = u16::try_from(at.year()).unwrap_or(0);
                    let instant = ExcelDateTime::from_ymd(year, part(at.month()), part(at.day()))?.and_hms(
                        u16::from(part(at.hour())),
                        part(at.minute()),
                        part(at.second()),
                    )?;
                    let format = left(number(format));
                    sheet.write_datetime_with_format(self.row, column, &instant, &format)?;
                }
                Cell::Formula(text, result, format) => {
                    // The result is for programs that show formulas without computing them.
                    let formula = Formula::new(text).set_result(result.to_f64_for_drawing().to_string());
                    sheet.write_formula_with_format(self.row, column, formula, &number(format))?;
                }
            }
        }
        self.end_row(cells)
    }

    /// Gives the row the height of its longest text: not every program measures text when it opens a workbook.
    fn end_row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let lines = cells.iter().enumerate().map(|(column, cell)| match cell {
            Cell::Text(text) | Cell::Status(_, text) => lines(text, self.widths.get(column).copied().unwrap_or(8)),
            _ => 1,
        });
        let lines = lines.max().unwrap_or(1).min(MOST_LINES);
        if lines > 1 {
            self.sheet.set_row_height(self.row, LINE * lines)?;
        }
        self.row += 1;
        Ok(())
    }
}

/// On the left, off the number in the column before.
fn left(format: Format) -> Format {
    format.set_align(FormatAlign::Left).set_indent(INDENT)
}

/// How many lines a text takes in a column of so many characters, broken between words.
fn lines(text: &str, width: u16) -> u32 {
    let width = usize::from(width.max(1));
    let (mut lines, mut used) = (1, 0);
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines += 1;
            used = 0;
        }
        used += length + usize::from(used > 0);
        // A word longer than the column is broken anywhere.
        lines += used.saturating_sub(1) / width;
        used = if used > width { (used - 1) % width + 1 } else { used };
    }
    u32::try_from(lines).unwrap_or(MOST_LINES)
}

/// A colour of the light palette by the name of its token.
fn color(token: &str) -> Color {
    let digits = light(token).trim_start_matches('#');
    Color::RGB(u32::from_str_radix(digits, 16).unwrap_or(0))
}

/// The letters of a column, from 0: `A`, `Z`, `AA`.
pub(super) fn letters(column: usize) -> String {
    let mut rest = column;
    let mut text = String::new();
    loop {
        let letter = u8::try_from(rest % 26).expect("below 26");
        text.insert(0, char::from(b'A' + letter));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_high_as_its_longest_text() {
        assert_eq!(lines("one two", 8), 1);
        assert_eq!(lines("one two three", 8), 2);
        // A word of seventeen characters takes three lines, and what does not fit behind its end one more.
        assert_eq!(lines("aaaaaaaabbbbbbbbc dddddddd", 8), 4);
        assert_eq!(lines("", 8), 1);
    }

    #[test]
    fn columns_have_letters() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].into_iter().map(letters).collect();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
