//! A limit on the length of lines.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::TextError;
use crate::datasets::error::DataError;

/// Passes bytes on while no line is longer than `limit` bytes, so that a reader of lines holds no
/// more than that.
pub(super) struct ShortLines<R> {
    reader: R,
    path: PathBuf,
    limit: usize,
    line: u64,
    length: usize,
}

impl<R: Read> ShortLines<R> {
    pub(super) fn new(path: &Path, reader: R, limit: usize) -> Self {
        Self {
            reader,
            path: path.to_path_buf(),
            limit,
            line: 1,
            length: 0,
        }
    }

    fn long_line(&self) -> io::Error {
        let fault = TextError::LongLine {
            line: self.line,
            limit: self.limit,
        };
        io::Error::other(DataError::text(&self.path, fault))
    }
}

impl<R: Read> Read for ShortLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        for &byte in &buffer[..count] {
            self.length += 1;
            if self.length > self.limit {
                return Err(self.long_line());
            }
            if byte == b'\n' {
                self.line += 1;
                self.length = 0;
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::source::data_error;

    #[test]
    fn long_lines_are_refused_where_they_start() {
        let read = |text: &[u8], limit| {
            let mut out = String::new();
            ShortLines::new(Path::new("x"), text, limit)
                .read_to_string(&mut out)
                .map_err(|error| data_error(Path::new("x"), error))
        };
        assert_eq!(read(b"ab\nab\nab", 3).unwrap(), 8);
        let fault = TextError::LongLine { line: 2, limit: 3 };
        assert!(
            matches!(read(b"ab\nabcd", 3), Err(DataError::Text { fault: f, .. }) if f == fault)
        );
    }
}
