//! The height and width of images that are the rows of a matrix.

use std::fmt;

use linfa::Float;
use linfa::dataset::{DatasetBase, Records};
use ndarray::ArrayView1;

/// Height and width of an image, in pixels.
///
/// An image is one row of the records, with pixel (r, c) in column `r * width + c`. The loaders of
/// the module `datasets` name that column `pixel_r_c`, so that [`ImageShape::of`] can read the
/// shape back from a dataset.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::{datasets, ImageShape};
///
/// let digits = datasets::digits::<f32>()?;
/// assert_eq!(ImageShape::of(&digits), Some(ImageShape::DIGITS));
/// # Ok::<(), datasets::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct ImageShape {
    /// Number of rows of an image.
    pub height: usize,
    /// Number of columns of an image.
    pub width: usize,
}

impl ImageShape {
    /// Images of `datasets::digits`: 8 x 8.
    pub const DIGITS: Self = Self::new(8, 8);
    /// Images of `datasets::alphanumeric`: 20 x 16.
    pub const ALPHANUMERIC: Self = Self::new(20, 16);
    /// Images of `datasets::mnist` and the sets made after it: 28 x 28.
    pub const MNIST: Self = Self::new(28, 28);
    /// Images of `datasets::usps`: 16 x 16.
    pub const USPS: Self = Self::new(16, 16);

    /// A shape of `height` rows and `width` columns.
    pub const fn new(height: usize, width: usize) -> Self {
        Self { height, width }
    }

    /// Number of pixels, `height * width`, which is the number of columns of the records.
    ///
    /// Saturates at `usize::MAX`.
    pub const fn pixels(self) -> usize {
        self.height.saturating_mul(self.width)
    }

    /// Names of the columns, `pixel_r_c`, row by row.
    ///
    /// ```
    /// use linfa_fisher::ImageShape;
    ///
    /// let names = ImageShape::new(1, 2).feature_names();
    /// assert_eq!(names, ["pixel_0_0", "pixel_0_1"]);
    /// ```
    pub fn feature_names(self) -> Vec<String> {
        (0..self.height)
            .flat_map(|r| (0..self.width).map(move |c| format!("pixel_{r}_{c}")))
            .collect()
    }

    /// The shape of a dataset's images, read from the names of its columns.
    ///
    /// `None` when the columns are not named `pixel_r_c`, row by row, or are not a full image.
    pub fn of<R: Records, T>(dataset: &DatasetBase<R, T>) -> Option<Self> {
        let names = dataset.feature_names();
        let (row, column) = position(names.last()?)?;
        let shape = Self {
            height: row.checked_add(1)?,
            width: column.checked_add(1)?,
        };
        let in_order = |(i, name): (usize, &String)| {
            position(name) == Some((i / shape.width, i % shape.width))
        };
        let whole = shape.height.checked_mul(shape.width)? == names.len();
        (whole && names.iter().enumerate().all(in_order)).then_some(shape)
    }

    /// Draws one row of records (length `height * width`) as text when displayed, one line for each
    /// row of the image: `#` for a pixel above one half, `.` for the others. Pixels beyond `height
    /// * width` are not drawn.
    ///
    /// ```
    /// use linfa_fisher::ImageShape;
    /// use ndarray::array;
    ///
    /// let pixels = array![0.0, 1.0, 0.9, 0.2];
    /// assert_eq!(ImageShape::new(2, 2).draw(pixels.view()).to_string(), ".#\n#.\n");
    /// ```
    pub fn draw<F: Float>(self, pixels: ArrayView1<'_, F>) -> Drawing<'_, F> {
        Drawing {
            shape: self,
            pixels,
        }
    }
}

/// The row and the column of the pixel after which a column of the records is named.
fn position(name: &str) -> Option<(usize, usize)> {
    let (row, column) = name.strip_prefix("pixel_")?.split_once('_')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}

impl fmt::Display for ImageShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.height, self.width)
    }
}

/// An image as text; made by [`ImageShape::draw`].
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a, F> {
    shape: ImageShape,
    pixels: ArrayView1<'a, F>,
}

impl<F: Float> fmt::Display for Drawing<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pixels = self.pixels.iter().take(self.shape.pixels());
        for (i, &pixel) in pixels.enumerate() {
            f.write_str(if pixel > F::cast(0.5) { "#" } else { "." })?;
            if (i + 1) % self.shape.width == 0 {
                f.write_str("\n")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa::Dataset;
    use ndarray::{Array1, Array2, array};

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<ImageShape>();
        has_autotraits::<Drawing<f32>>();
    }

    #[test]
    fn the_shape_is_read_back_from_the_feature_names() {
        let shape = ImageShape::new(3, 2);
        let dataset = Dataset::new(Array2::<f32>::zeros((1, 6)), Array1::<usize>::zeros(1));
        assert_eq!(ImageShape::of(&dataset), None);
        let dataset = dataset.with_feature_names(shape.feature_names());
        assert_eq!(ImageShape::of(&dataset), Some(shape));
        let dataset = dataset.with_feature_names(vec!["a", "b", "c", "d", "e", "pixel_3_2"]);
        assert_eq!(ImageShape::of(&dataset), None);
        let mut shuffled = shape.feature_names();
        shuffled.swap(0, 1);
        assert_eq!(ImageShape::of(&dataset.with_feature_names(shuffled)), None);
    }

    #[test]
    fn drawing_stops_at_the_shape_and_at_the_pixels() {
        let pixels = array![1.0, 0.0, 1.0];
        let draw = |h, w| ImageShape::new(h, w).draw(pixels.view()).to_string();
        assert_eq!(draw(1, 2), "#.\n");
        assert_eq!(draw(2, 2), "#.\n#");
        assert_eq!(draw(0, 2), "");
        assert_eq!(draw(usize::MAX, usize::MAX), "#.#");
    }
}
