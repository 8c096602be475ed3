//! What tells one text format of images from another.

use linfa::Float;

use super::error::TextError;
use super::image_row::ImageRow;
use super::line::Line;

/// A text format of one image a line; it says where the label and the pixels stand in a line.
///
/// [`RowReader`](super::RowReader) is generic over the format. This trait is implemented by
/// [`CsvRows`](super::CsvRows), [`TextRows`](super::TextRows) and
/// [`LibsvmRows`](super::LibsvmRows), and cannot be implemented outside this crate.
pub trait RowFormat {
    /// Appends the pixels of a line to `image` and returns the class that its label names.
    #[doc(hidden)]
    fn parse<F: Float>(
        &self,
        line: Line<'_>,
        image: &mut ImageRow<'_, F>,
    ) -> Result<usize, TextError>;
}
