//! Tables and wrapped text for a terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

/// The width that output is laid out for where the terminal does not say.
pub const WIDTH: u16 = 110;

/// How a column of a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Left,
    Right,
    /// Left, and wrapped to what is left of the line.
    Wrap,
}

/// A table without lines: columns two blanks apart, indented by two.
pub fn table(columns: &[Column], head: Option<&[&str]>, rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH);
    if let Some(head) = head {
        table.set_header(head.iter().map(|h| (*h).to_owned()).collect::<Vec<String>>());
    }
    for row in rows {
        table.add_row(row.clone());
    }
    for (at, column) in columns.iter().enumerate() {
        let of_cell = |cell: &String| cell.lines().map(|l| l.chars().count()).max().unwrap_or(0);
        let longest = rows.iter().map(|row| row.get(at).map_or(0, of_cell));
        let head_width = head.and_then(|h| h.get(at)).map_or(0, |h| h.chars().count());
        let width = longest.max().unwrap_or(0).max(head_width) as u16;
        let Some(cells) = table.column_mut(at) else { continue };
        cells.set_padding((if at == 0 { 2 } else { 0 }, 2));
        if *column == Column::Right {
            cells.set_cell_alignment(CellAlignment::Right);
        }
        if *column != Column::Wrap {
            let padding = if at == 0 { 4 } else { 2 };
            cells.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width + padding)));
        }
    }
    let mut out = String::new();
    for line in table.to_string().lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Text wrapped to the width, every line after the first indented by `indent`.
pub fn wrapped(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut width = indent;
    for word in text.split_whitespace() {
        let long = word.chars().count();
        if width + long + 1 > usize::from(WIDTH) && width > indent {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            width = indent;
        } else if !out.is_empty() {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += long;
    }
    out
}

/// `1,234`.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// An address by its site, another source to its first comma or semicolon.
pub fn source(source: &str) -> String {
    match source.strip_prefix("https://").or_else(|| source.strip_prefix("http://")) {
        Some(rest) => rest.split('/').next().unwrap_or(rest).trim_start_matches("www.").to_owned(),
        None => source.split([',', ';']).next().unwrap_or(source).to_owned(),
    }
}

/// A text as a cell of a file that people open in a spreadsheet: one that would begin a formula there
/// is kept from doing so by an apostrophe.
pub fn escaped(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}
