use rust_xlsxwriter::{Format, FormatAlign, Formula, Worksheet, XlsxError};

use super::cell::Cell;

/// A sheet that is filled from the top.
pub(super) struct Page<'a> {
    sheet: &'a mut Worksheet,
    /// Index of the next row.
    row: u32,
}

impl<'a> Page<'a> {
    pub(super) fn new(sheet: &'a mut Worksheet) -> Self {
        Self { sheet, row: 0 }
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
        Ok(())
    }

    /// Writes a heading.
    pub(super) fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        self.styled(&[Cell::text(text)], &Format::new().set_bold().set_font_size(13))
    }

    /// Writes the names of columns.
    pub(super) fn header(&mut self, names: &[&str]) -> Result<(), XlsxError> {
        let cells: Vec<Cell> = names.iter().map(|name| Cell::text(name)).collect();
        self.styled(&cells, &Format::new().set_bold().set_text_wrap())
    }

    /// Writes a row.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        self.styled(cells, &Format::new())
    }

    /// Writes a row of sums.
    pub(super) fn total(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        self.styled(cells, &Format::new().set_bold())
    }

    /// Leaves a row empty.
    pub(super) fn gap(&mut self) {
        self.row += 1;
    }

    /// Keeps everything above in sight, and lets the `rows` rows of a table below its header be filtered.
    pub(super) fn filter(&mut self, header: u32, columns: usize) -> Result<(), XlsxError> {
        let last = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
        self.sheet.set_freeze_panes(header, 1)?;
        // A table without rows has nothing to filter.
        if self.row > header {
            self.sheet.autofilter(header - 1, 0, self.row - 1, last)?;
        }
        Ok(())
    }

    fn styled(&mut self, cells: &[Cell], style: &Format) -> Result<(), XlsxError> {
        let style = style.clone().set_align(FormatAlign::Top);
        for (column, cell) in (0..).zip(cells) {
            let number = |format: &str| style.clone().set_num_format(format);
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    let format = style.clone().set_text_wrap();
                    self.sheet.write_string_with_format(self.row, column, text, &format)?;
                }
                Cell::Number(value, format) => {
                    // A spreadsheet's cells are floating point; this is the last thing done to a number.
                    let value = value.to_f64_for_drawing();
                    self.sheet
                        .write_number_with_format(self.row, column, value, &number(format))?;
                }
                Cell::Formula(text, result, format) => {
                    // The result is for programs that show formulas without computing them.
                    let formula = Formula::new(text).set_result(result.to_f64_for_drawing().to_string());
                    self.sheet
                        .write_formula_with_format(self.row, column, formula, &number(format))?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }
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
    fn columns_have_letters() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].into_iter().map(letters).collect();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
