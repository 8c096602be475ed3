//! One line of a text file.

/// A line that is not blank, without the blanks at its ends.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub(super) bytes: &'a [u8],
    /// Number of the line in the file, counted from 1.
    pub(super) number: u64,
}

impl<'a> Line<'a> {
    /// The fields of a line whose separator is any number of blanks; at least one.
    pub(super) fn words(self) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.bytes
            .split(u8::is_ascii_whitespace)
            .filter(|field| !field.is_empty())
    }
}
