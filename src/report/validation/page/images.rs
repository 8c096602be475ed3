//! Rows as pictures within the page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use linfa::Float;
use ndarray::{ArrayView2, s};

use crate::report::plot::{GreyScale, ImageGrid, png};
use crate::report::validation::error::ReportError;
use crate::{ImageShape, Result};

/// The records and how a row of them is drawn.
#[derive(Debug, Clone)]
pub(in super::super) struct Images<'a, F> {
    records: ArrayView2<'a, F>,
    shape: ImageShape,
    scale: GreyScale<F>,
}

impl<'a, F: Float> Images<'a, F> {
    /// Records (`n x d`, at least one row) with images of this shape.
    ///
    /// # Errors
    ///
    /// Those of drawing the first row.
    pub(in super::super) fn new(
        records: ArrayView2<'a, F>,
        shape: ImageShape,
        scale: GreyScale<F>,
    ) -> Result<Self> {
        let images = Self {
            records,
            shape,
            scale,
        };
        images.png(0)?;
        Ok(images)
    }

    /// Height and width of an image.
    pub(super) fn shape(&self) -> ImageShape {
        self.shape
    }

    /// The image of a row as a PNG file.
    fn png(&self, row: usize) -> Result<Vec<u8>> {
        let record = self.records.slice(s![row..=row, ..]);
        let image = ImageGrid::new(record, self.shape)?.scale(self.scale);
        let file = png(&image.grey()?);
        Ok(file.map_err(|source| ReportError::Picture { row, source })?)
    }
}

/// Images for a part of the page, as long as there is room for them.
pub(super) struct Album<'i, 'a, F> {
    images: Option<&'i Images<'a, F>>,
    /// Bytes of PNG files that there is still room for.
    room: usize,
}

impl<'i, 'a, F: Float> Album<'i, 'a, F> {
    /// An album for so many bytes of PNG files.
    pub(super) fn new(images: Option<&'i Images<'a, F>>, room: usize) -> Self {
        Self { images, room }
    }

    /// Whether rows are images.
    pub(super) fn has_images(&self) -> bool {
        self.images.is_some()
    }

    /// The image of a row as a data URI; `None` without images or room.
    pub(super) fn data_uri(&mut self, row: usize) -> Result<Option<String>> {
        let Some(images) = self.images else {
            return Ok(None);
        };
        let file = images.png(row)?;
        let Some(room) = self.room.checked_sub(file.len()) else {
            return Ok(None);
        };
        self.room = room;
        let base64 = STANDARD.encode(file);
        Ok(Some(format!("data:image/png;base64,{base64}")))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn an_album_ends_where_its_room_does() {
        let records = array![[0.0, 1.0], [1.0, 0.0]];
        let images = Images::new(records.view(), ImageShape::new(1, 2), GreyScale::unit()).unwrap();
        let size = images.png(0).unwrap().len();
        let mut album = Album::new(Some(&images), 2 * size - 1);
        let uri = album.data_uri(0).unwrap().unwrap();
        let file = uri.strip_prefix("data:image/png;base64,").unwrap();
        assert_eq!(STANDARD.decode(file).unwrap(), images.png(0).unwrap());
        assert_eq!(album.data_uri(1).unwrap(), None);
        let none: Option<&Images<f64>> = None;
        assert_eq!(Album::new(none, 1000).data_uri(0).unwrap(), None);
    }

    #[test]
    fn images_have_the_width_of_the_records() {
        let records = array![[0.0, 1.0]];
        let fault = Images::new(records.view(), ImageShape::new(2, 2), GreyScale::unit());
        let fault = fault.unwrap_err().to_string();
        assert!(
            fault.starts_with("the images have 2 pixels, expected 4"),
            "{fault}"
        );
    }
}
