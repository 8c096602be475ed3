//! Tables.

use std::fmt;

use serde_crate::Serialize;

use crate::metrics::padding;

/// What stands where there is no number.
pub(super) const DASH: &str = "–";

/// A table whose first column names the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(caption: impl Into<String>, header: &[&str]) -> Self {
        Self {
            caption: caption.into(),
            header: header.iter().map(|&name| name.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// With one more row.
    pub(super) fn row(mut self, cells: impl IntoIterator<Item = String>) -> Self {
        self.rows.push(cells.into_iter().collect());
        self
    }

    /// Its caption and its cells in Markdown, in which no cell is taken for markup.
    pub(super) fn markdown(&self) -> String {
        let escaped = |cells: &Vec<String>| cells.iter().map(|cell| escape(cell)).collect();
        let table = Table {
            caption: format!("**{}**", escape(&self.caption)),
            header: escaped(&self.header),
            rows: self.rows.iter().map(escaped).collect(),
        };
        table.to_string()
    }

    /// The greatest number of characters of each column.
    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| {
            let cells = self.lines().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0).max(3)
        };
        (0..self.header.len()).map(width).collect()
    }

    fn lines(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.header).chain(&self.rows)
    }
}

/// The caption and the cells between bars, in aligned columns.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        writeln!(f, "{}\n", one_line(&self.caption))?;
        for (place, row) in self.lines().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                write!(f, "| {}{} ", one_line(cell), padding(cell, *width))?;
            }
            writeln!(f, "|")?;
            if place == 0 {
                widths
                    .iter()
                    .try_for_each(|width| write!(f, "|{}", "-".repeat(width + 2)))?;
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// Text without line breaks, which would end a line of a table, or a heading; nor other control
/// characters, which a terminal obeys.
pub(super) fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(breaks, " ")
}

/// Text in one line that Markdown shows as it is.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in one_line(text).chars() {
        match c {
            '\\' | '|' | '*' | '_' | '`' | '~' | '[' | ']' | '#' => escaped.extend(['\\', c]),
            '<' => escaped += "&lt;",
            '&' => escaped += "&amp;",
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Four decimals, or a dash for what is not a number.
pub(super) fn number(value: f64) -> String {
    match value.is_nan() {
        true => DASH.to_owned(),
        false => format!("{value:.4}"),
    }
}

/// [`number`] with its sign.
pub(super) fn signed(value: f64) -> String {
    match value.is_nan() {
        true => DASH.to_owned(),
        false => format!("{value:+.4}"),
    }
}

/// Both ends of an interval, or a dash if there is none.
pub(super) fn interval((low, high): (f64, f64), number: impl Fn(f64) -> String) -> String {
    match low.is_nan() || high.is_nan() {
        true => DASH.to_owned(),
        false => format!("{} to {}", number(low), number(high)),
    }
}

/// [`number`], or a bound for a p-value that would be 0.
pub(super) fn p_value(value: f64) -> String {
    match value < 5e-5 {
        true => "< 0.0001".to_owned(),
        false => number(value),
    }
}

/// Seconds with as many decimals as help.
pub(super) fn seconds(value: f64) -> String {
    match value {
        10.0.. => format!("{value:.1}"),
        0.1.. => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_cells_are_no_markup() {
        let cells = |cells: [&str; 2]| cells.map(str::to_owned);
        let table = Table::new("A caption", &["name", "n"])
            .row(cells(["one", "1"]))
            .row(cells(["a|b <i>", "1234"]));
        let expected = "\
A caption

| name    | n    |
|---------|------|
| one     | 1    |
| a|b <i> | 1234 |
";
        assert_eq!(table.to_string(), expected);
        let expected = "\
**A caption**

| name        | n    |
|-------------|------|
| one         | 1    |
| a\\|b &lt;i> | 1234 |
";
        assert_eq!(table.markdown(), expected);
    }

    /// A line feed, a carriage return, a terminal's escape and a separator of lines.
    #[test]
    fn a_cell_is_one_line() {
        let table = Table::new("two\nlines", &["name"]);
        let table = table.row(["a\nb\r\u{1b}[1m\u{2028}c".to_owned()]);
        let expected = "\
two lines

| name       |
|------------|
| a b  [1m c |
";
        assert_eq!(table.to_string(), expected);
        assert_eq!(escape("# a\n- b ~~c~~"), "\\# a - b \\~\\~c\\~\\~");
    }

    /// A width in a format has 16 bits.
    #[test]
    fn a_cell_may_be_long() {
        let long = "x".repeat(70_000);
        let table = Table::new("A caption", &["name"]).row([long.clone()]);
        assert!(table.to_string().ends_with(&format!("|\n| {long} |\n")));
    }

    #[test]
    fn what_is_not_a_number_is_a_dash() {
        assert_eq!(number(f64::NAN), DASH);
        assert_eq!(signed(f64::NAN), DASH);
        assert_eq!(signed(0.5), "+0.5000");
        assert_eq!(p_value(f64::NAN), DASH);
        assert_eq!(
            [1e-9, 1e-4, 1.0].map(p_value),
            ["< 0.0001", "0.0001", "1.0000"]
        );
        assert_eq!(interval((f64::NAN, f64::NAN), number), DASH);
        assert_eq!(interval((0.5, 0.75), number), "0.5000 to 0.7500");
    }

    #[test]
    fn seconds_have_three_digits_or_so() {
        let shown = [123.456, 1.2345, 0.001_23, 0.0].map(seconds);
        assert_eq!(shown, ["123.5", "1.23", "0.0012", "0.0000"]);
    }
}
