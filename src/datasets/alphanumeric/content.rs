//! The content of the MAT-file of Binary Alphadigits.

use linfa::Float;

use crate::ImageShape;
use crate::datasets::mat_set::{MatSet, MatSetError, numbers};
use crate::datasets::mat5::MatArray;

const SHAPE: ImageShape = ImageShape::ALPHANUMERIC;
/// Labels of the classes, in their order.
pub(super) const LABELS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Number of images of each class.
const PER_CLASS: usize = 39;

/// The content of a MAT-file, to be checked for being Binary Alphadigits.
pub(super) struct Alphadigits {
    pub(super) set: MatSet,
}

impl Alphadigits {
    /// The pixels and the classes of all images, ordered by class.
    pub(super) fn images<F: Float>(&self) -> Result<(Vec<F>, Vec<usize>), MatSetError> {
        self.check_labels()?;
        self.check_counts()?;
        let images = self.set.cells("dat", &[LABELS.len(), PER_CLASS])?;
        let mut values = Vec::with_capacity(images.len() * SHAPE.pixels());
        let mut labels = Vec::with_capacity(images.len());
        for class in 0..LABELS.len() {
            for sample in 0..PER_CLASS {
                let image = &images[class + LABELS.len() * sample];
                push_image(image, class, sample, &mut values)?;
                labels.push(class);
            }
        }
        Ok((values, labels))
    }

    /// Checks that the classes are called '0' to '9' and 'A' to 'Z' in this order.
    fn check_labels(&self) -> Result<(), MatSetError> {
        let cells = self.vector("classlabels")?;
        for (class, (cell, &expected)) in cells.iter().zip(LABELS).enumerate() {
            let found = match cell {
                MatArray::Char { text, .. } => text.chars().take(8).collect(),
                other => other.describe(),
            };
            if found.as_bytes() != [expected] {
                return Err(MatSetError::ClassLabel {
                    class,
                    found,
                    expected: expected.into(),
                });
            }
        }
        Ok(())
    }

    /// Checks that every class has 39 images.
    fn check_counts(&self) -> Result<(), MatSetError> {
        let cells = self.vector("classcounts")?;
        for (class, cell) in cells.iter().enumerate() {
            let name = format!("classcounts{{{}}}", class + 1);
            let found = numbers(cell, &name, &[1, 1])?[0];
            if found != PER_CLASS as f64 {
                return Err(MatSetError::ClassCount {
                    class,
                    found,
                    expected: PER_CLASS,
                });
            }
        }
        Ok(())
    }

    /// The cells of the variable `name`, one for each class: a row, or a column as SciPy saves it.
    fn vector(&self, name: &'static str) -> Result<&[MatArray], MatSetError> {
        let column = self.set.cells(name, &[LABELS.len(), 1]);
        column.or_else(|_| self.set.cells(name, &[1, LABELS.len()]))
    }
}

/// Appends an image row by row, which MATLAB stores column by column.
fn push_image<F: Float>(
    image: &MatArray,
    class: usize,
    sample: usize,
    values: &mut Vec<F>,
) -> Result<(), MatSetError> {
    let name = format!("dat{{{},{}}}", class + 1, sample + 1);
    let pixels = numbers(image, &name, &[SHAPE.height, SHAPE.width])?;
    if let Some(pixel) = pixels.iter().position(|&p| p != 0.0 && p != 1.0) {
        return Err(MatSetError::Pixel {
            name,
            pixel,
            found: pixels[pixel],
            expected: "0 or 1".into(),
        });
    }
    for row in 0..SHAPE.height {
        let columns = (0..SHAPE.width).map(|column| pixels[row + SHAPE.height * column]);
        values.extend(columns.map(F::cast));
    }
    Ok(())
}
