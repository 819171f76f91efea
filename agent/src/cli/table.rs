//! Tables that can be read at a hundred columns: the last column takes what is left and goes on
//! below itself.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::screen::clean;

/// Width where the terminal does not tell.
const WIDTH: usize = 100;
/// The last column never gets narrower than this.
const NARROWEST: usize = 20;
/// Other columns are cut at this.
const WIDEST: usize = 34;
/// Space between columns.
const GAP: usize = 2;

/// A table being filled.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    /// Lines across all columns, each below a row.
    notes: Vec<(usize, String)>,
}

impl Table {
    /// A table with these headings.
    #[must_use]
    pub fn new<'h>(headings: impl IntoIterator<Item = &'h str>) -> Self {
        Self {
            rows: vec![headings.into_iter().map(str::to_owned).collect()],
            notes: Vec::new(),
        }
    }

    /// One more row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|cell| clean(&cell)).collect());
    }

    /// A line across all columns, below the latest row.
    pub fn note(&mut self, line: String) {
        self.notes.push((self.rows.len(), line));
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let widths = self.widths();
        self.rows
            .iter()
            .zip(1..)
            .flat_map(|(row, number)| {
                let notes = self.notes.iter().filter(move |(below, _)| *below == number);
                row_lines(row, &widths)
                    .into_iter()
                    .chain(notes.map(|(_, line)| cut(line, WIDTH)))
            })
            .collect()
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let natural = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.width())
                .max()
                .unwrap_or_default()
        };
        let last = columns.saturating_sub(1);
        let mut widths: Vec<usize> = (0..last)
            .map(|column| natural(column).min(WIDEST))
            .collect();
        let taken: usize = widths.iter().map(|width| width + GAP).sum();
        widths.push(WIDTH.saturating_sub(taken).max(NARROWEST));
        widths
    }
}

fn row_lines(row: &[String], widths: &[usize]) -> Vec<String> {
    let Some((last, others)) = row.split_last() else {
        return Vec::new();
    };
    let mut start = String::new();
    for (cell, width) in others.iter().zip(widths) {
        let cell = cut(cell, *width);
        let space = width + GAP - cell.width();
        start.push_str(&cell);
        start.extend(std::iter::repeat_n(' ', space));
    }
    let indent = start.width();
    let width = widths.last().copied().unwrap_or(NARROWEST);
    wrap(last, width)
        .into_iter()
        .enumerate()
        .map(|(n, part)| {
            let line = if n == 0 {
                format!("{start}{part}")
            } else {
                format!("{:indent$}{part}", "")
            };
            line.trim_end().to_owned()
        })
        .collect()
}

/// Cut to a width, with a sign that it was.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let mut short = String::new();
    for c in text.chars() {
        let wide = c.width().unwrap_or_default();
        if wide > left {
            break;
        }
        left -= wide;
        short.push(c);
    }
    short.push('…');
    short
}

/// Broken at spaces into lines of that width; at least one line.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let room = lines
            .last()
            .map_or(0, |line| width.saturating_sub(line.width()));
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if room > word.width() => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_hundred_columns() {
        let mut table = Table::new(["order", "state", "why"]);
        table.row([
            "1".repeat(60),
            "held".to_owned(),
            "the VAT that the books would compute differs from what the shop charged ".repeat(4),
        ]);
        let lines = table.lines();
        assert!(lines.len() > 3);
        assert!(lines.iter().all(|line| line.width() <= 100), "{lines:#?}");
    }

    #[test]
    fn columns_stand_below_each_other() {
        let mut table = Table::new(["a", "b"]);
        table.row(["één".to_owned(), "x".to_owned()]);
        assert_eq!(table.lines(), ["a    b", "één  x"]);
    }
}
