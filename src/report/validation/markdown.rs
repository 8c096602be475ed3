//! A report as text and as Markdown.

use std::fmt::{self, Write};

use super::contents::Contents;
use super::table::{Table, escape, one_line};
use super::tables;

/// The tables that a terminal has room for: data, summary, comparison, times.
pub(super) fn write_text(contents: &Contents, f: &mut impl Write) -> fmt::Result {
    writeln!(f, "{}", one_line(&contents.name))?;
    for table in main_tables(contents) {
        write!(f, "\n{table}")?;
    }
    Ok(())
}

/// All tables, under headings.
pub(super) fn markdown(contents: &Contents) -> String {
    let mut text = format!("# {}\n", escape(&contents.name));
    for table in main_tables(contents) {
        text += &format!("\n{}", table.markdown());
    }
    for pipeline in &contents.pipelines {
        text += &format!("\n## {}\n", escape(&pipeline.name));
        if !pipeline.parameters.is_empty() {
            text += &format!("\nParameters: {}\n", escape(&pipeline.parameters));
        }
        for table in [
            tables::class_scores(contents, pipeline),
            tables::folds(contents, pipeline),
        ] {
            text += &format!("\n{}", table.markdown());
        }
    }
    text + &format!("\n## Classes\n\n{}", tables::classes(contents).markdown())
}

/// The tables of all pipelines together, without those that would be empty.
fn main_tables(contents: &Contents) -> Vec<Table> {
    let mut all = vec![tables::data(contents), tables::summary(contents)];
    all.push(tables::undefined(contents));
    all.push(tables::failures(contents));
    for comparison in contents.comparisons.iter().flatten() {
        all.push(tables::ranks(contents, comparison));
        all.push(tables::pairs(contents, comparison));
    }
    all.push(tables::times(contents));
    all.retain(|table| !table.rows.is_empty());
    all
}
