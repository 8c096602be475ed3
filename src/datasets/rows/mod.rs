//! Text files that hold one image a line: one reader for all formats, one file for each format.
//!
//! A [`Source`](super::source) gives bytes, `Lines` cuts them into lines, a [`RowFormat`] says
//! where the label and the pixels stand in a line, and `ImageRow` turns these fields into a class
//! and values in [0, 1]. To add a format, add a file beside `csv` that implements [`RowFormat`].

mod csv;
mod error;
mod field;
mod format;
mod image_row;
mod libsvm;
mod line;
mod lines;
mod options;
mod reader;
mod short_lines;
mod text;

pub use self::csv::{CsvImages, CsvRows};
pub use self::error::TextError;
pub use self::format::RowFormat;
pub use self::libsvm::{LibsvmImages, LibsvmRows};
pub use self::reader::RowReader;
pub use self::text::{TextImages, TextRows};
