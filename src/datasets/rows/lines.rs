//! The lines of a text file, one in memory at a time.

use std::io::{BufRead, BufReader};
use std::path::Path;

use super::line::Line;
use super::short_lines::ShortLines;
use crate::datasets::error::DataError;
use crate::datasets::source::{Source, data_error};

/// The byte-order mark that some editors start a file with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the lines of a file that are not blank.
pub(super) struct Lines<'a, R: BufRead> {
    path: &'a Path,
    reader: BufReader<ShortLines<Source<R>>>,
    bytes: Vec<u8>,
    /// Number of lines read, blank ones included.
    number: u64,
}

impl<'a, R: BufRead> Lines<'a, R> {
    /// The lines of `source`, none of which may be longer than `limit` bytes.
    pub(super) fn new(source: Source<R>, path: &'a Path, limit: usize) -> Self {
        Self {
            path,
            reader: BufReader::new(ShortLines::new(path, source, limit)),
            bytes: Vec::new(),
            number: 0,
        }
    }

    /// The next line that is not blank; `None` at the end of the file.
    pub(super) fn next_line(&mut self) -> Result<Option<Line<'_>>, DataError> {
        loop {
            if !self.read_line()? {
                return Ok(None);
            }
            if !self.trimmed().is_empty() {
                break;
            }
        }
        Ok(Some(Line {
            bytes: self.trimmed(),
            number: self.number,
        }))
    }

    /// Reads one line, blank or not; `false` at the end of the file.
    fn read_line(&mut self) -> Result<bool, DataError> {
        self.bytes.clear();
        let count = self
            .reader
            .read_until(b'\n', &mut self.bytes)
            .map_err(|error| data_error(self.path, error))?;
        self.number += 1;
        Ok(count > 0)
    }

    /// The line without the byte-order mark of the file and without blanks at its ends.
    fn trimmed(&self) -> &[u8] {
        let mark = if self.number == 1 { MARK } else { b"" };
        let line = self.bytes.strip_prefix(mark).unwrap_or(&self.bytes);
        line.trim_ascii()
    }
}
