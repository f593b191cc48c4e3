//! A sheet of a workbook that people hand on: a head that stays, numbers and dates that are such, columns as
//! wide as they need, filters, and a print that fits the page.

use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook, Worksheet, XlsxError,
};
use tariff::{Cents, Day};

/// The most rows of a sheet, its head among them.
const ROWS_MAX: usize = 1_048_576;

/// The most characters that a cell holds.
const CELL_MAX: usize = 32_767;

/// What stands in a cell.
pub enum Cell {
    Blank,
    Text(String),
    Money(Cents),
    Count(i64),
    Date(Day),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    pub fn money(amount: Option<Cents>) -> Cell {
        amount.map_or(Cell::Blank, Cell::Money)
    }

    pub fn date(day: Option<Day>) -> Cell {
        day.map_or(Cell::Blank, Cell::Date)
    }

    /// Money that is there only where it is not nothing.
    pub fn some_money(amount: Cents) -> Cell {
        if amount == Cents::ZERO { Cell::Blank } else { Cell::Money(amount) }
    }
}

/// A column: its head, and how wide it is in letters. Texts that are longer are wrapped.
pub type Column = (&'static str, u16);

/// The looks of cells.
pub struct Looks {
    title: Format,
    head: Format,
    text: Format,
    formula_like: Format,
    running: Format,
    running_formula: Format,
    money: Format,
    count: Format,
    date: Format,
}

impl Looks {
    pub fn new() -> Looks {
        let top = || Format::new().set_align(FormatAlign::Top);
        let text = || top().set_text_wrap();
        Looks {
            title: Format::new().set_bold().set_font_size(14),
            head: text()
                .set_bold()
                .set_background_color(0x00DD_E8F0)
                .set_border_bottom(FormatBorder::Thin),
            text: text(),
            // Shown as it is, and never taken for a formula when somebody edits the cell.
            formula_like: text().set_quote_prefix(),
            running: top(),
            running_formula: top().set_quote_prefix(),
            money: top().set_num_format("#,##0.00;[Red]-#,##0.00"),
            count: top().set_num_format("#,##0;[Red]-#,##0"),
            date: top().set_num_format("yyyy-mm-dd"),
        }
    }

    pub fn put(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &Cell,
    ) -> Result<(), XlsxError> {
        match cell {
            Cell::Blank => {}
            Cell::Text(text) if text.is_empty() => {}
            Cell::Text(text) => {
                let look = if is_formula_like(text) { &self.formula_like } else { &self.text };
                let text: String = text.chars().take(CELL_MAX).collect();
                sheet.write_string_with_format(row, column, text, look)?;
            }
            Cell::Money(amount) => {
                // A number of Excel has fifteen digits; a longer amount stays whole as text.
                let plain = amount.to_string();
                match plain.parse::<f64>() {
                    Ok(number) if plain.len() <= 15 => {
                        sheet.write_number_with_format(row, column, number, &self.money)?;
                    }
                    _ => {
                        sheet.write_string_with_format(row, column, plain, &self.text)?;
                    }
                }
            }
            Cell::Count(count) => {
                sheet.write_number_with_format(row, column, *count as f64, &self.count)?;
            }
            Cell::Date(day) => {
                let date = ExcelDateTime::parse_from_str(&day.to_string())?;
                sheet.write_datetime_with_format(row, column, &date, &self.date)?;
            }
        }
        Ok(())
    }

    /// Writes a text that runs on over the cells beside it.
    pub fn running(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        text: &str,
    ) -> Result<(), XlsxError> {
        let look = if is_formula_like(text) { &self.running_formula } else { &self.running };
        sheet.write_string_with_format(row, column, text, look)?;
        Ok(())
    }

    /// Writes a title.
    pub fn title(&self, sheet: &mut Worksheet, row: u32, text: &str) -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, text, &self.title)?;
        Ok(())
    }

    /// Writes the heads of columns.
    pub fn head(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        heads: &[&'static str],
    ) -> Result<(), XlsxError> {
        for (at, head) in heads.iter().enumerate() {
            sheet.write_string_with_format(row, at as u16, *head, &self.head)?;
        }
        Ok(())
    }
}

/// Whether a spreadsheet would take a text for a formula.
fn is_formula_like(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Page, foot and width: what every sheet shares.
pub fn set_up<'a>(
    book: &'a mut Workbook,
    name: &str,
    widths: impl Iterator<Item = u16>,
) -> Result<&'a mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    for (at, width) in widths.enumerate() {
        sheet.set_column_width(at as u16, f64::from(width))?;
    }
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_footer("&L&F, &A&RPage &P of &N");
    Ok(sheet)
}

/// Writes a table with filters and a head that stays. More rows than a sheet holds go on in others:
/// `lines`, `lines 2` …
pub fn table(
    book: &mut Workbook,
    looks: &Looks,
    name: &str,
    columns: &[Column],
    rows: Vec<Vec<Cell>>,
) -> Result<(), XlsxError> {
    let heads: Vec<&str> = columns.iter().map(|(head, _)| *head).collect();
    let mut parts = rows.chunks(ROWS_MAX - 1).collect::<Vec<_>>();
    if parts.is_empty() {
        parts.push(&[]);
    }
    for (part, rows) in parts.into_iter().enumerate() {
        let name = if part == 0 { name.to_owned() } else { format!("{name} {}", part + 1) };
        let sheet = set_up(book, &name, columns.iter().map(|(_, width)| *width))?;
        looks.head(sheet, 0, &heads)?;
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_repeat_rows(0, 0)?;
        for (at, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                looks.put(sheet, (at as u32 + 1, column as u16), cell)?;
            }
        }
        let (last, right) = (rows.len() as u32, columns.len() as u16 - 1);
        sheet.autofilter(0, 0, last, right)?;
        // Numbers of entries, lines and ports are texts: their zeros count.
        sheet.ignore_error_range(0, 0, last, right, IgnoreError::NumberStoredAsText)?;
    }
    Ok(())
}
