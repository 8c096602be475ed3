//! The content of the MAT-file of Binary Alphadigits.

use linfa::Float;

use super::error::AlphanumericError;
use crate::ImageShape;
use crate::datasets::mat5::{MatArray, Variable};

const SHAPE: ImageShape = ImageShape::ALPHANUMERIC;
/// Labels of the classes, in their order.
pub(super) const LABELS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Number of images of each class.
const PER_CLASS: usize = 39;

/// The content of a MAT-file, to be checked for being Binary Alphadigits.
pub(super) struct Alphadigits {
    pub(super) variables: Vec<Variable>,
}

impl Alphadigits {
    /// The pixels and the classes of all images, ordered by class.
    pub(super) fn images<F: Float>(&self) -> Result<(Vec<F>, Vec<usize>), AlphanumericError> {
        self.check_labels()?;
        self.check_counts()?;
        let images = self.cells("dat", &[LABELS.len(), PER_CLASS])?;
        let mut values = Vec::with_capacity(images.len() * SHAPE.pixels());
        let mut labels = Vec::with_capacity(images.len());
        for class in 0..LABELS.len() {
            for sample in 0..PER_CLASS {
                let image = &images[class + LABELS.len() * sample];
                self.push_image(image, class, sample, &mut values)?;
                labels.push(class);
            }
        }
        Ok((values, labels))
    }

    /// Checks that the classes are called '0' to '9' and 'A' to 'Z' in this order.
    fn check_labels(&self) -> Result<(), AlphanumericError> {
        let cells = self.vector("classlabels")?;
        for (class, (cell, &expected)) in cells.iter().zip(LABELS).enumerate() {
            let found = match cell {
                MatArray::Char { text, .. } => text.chars().take(8).collect(),
                other => other.describe(),
            };
            if found.as_bytes() != [expected] {
                return Err(AlphanumericError::ClassLabel {
                    class,
                    found,
                    expected: expected.into(),
                });
            }
        }
        Ok(())
    }

    /// Checks that every class has 39 images.
    fn check_counts(&self) -> Result<(), AlphanumericError> {
        let cells = self.vector("classcounts")?;
        for (class, cell) in cells.iter().enumerate() {
            let name = format!("classcounts{{{}}}", class + 1);
            let found = self.numbers(cell, &name, &[1, 1])?[0];
            if found != PER_CLASS as f64 {
                return Err(AlphanumericError::ClassCount {
                    class,
                    found,
                    expected: PER_CLASS,
                });
            }
        }
        Ok(())
    }

    /// Appends an image row by row, which MATLAB stores column by column.
    fn push_image<F: Float>(
        &self,
        image: &MatArray,
        class: usize,
        sample: usize,
        values: &mut Vec<F>,
    ) -> Result<(), AlphanumericError> {
        let name = format!("dat{{{},{}}}", class + 1, sample + 1);
        let pixels = self.numbers(image, &name, &[SHAPE.height, SHAPE.width])?;
        if let Some(pixel) = pixels.iter().position(|&p| p != 0.0 && p != 1.0) {
            return Err(AlphanumericError::Pixel {
                name,
                pixel,
                found: pixels[pixel],
            });
        }
        for row in 0..SHAPE.height {
            let columns = (0..SHAPE.width).map(|column| pixels[row + SHAPE.height * column]);
            values.extend(columns.map(F::cast));
        }
        Ok(())
    }

    /// The cells of the variable `name`, one for each class: a row, or a column as SciPy saves it.
    fn vector(&self, name: &'static str) -> Result<&[MatArray], AlphanumericError> {
        let column = self.cells(name, &[LABELS.len(), 1]);
        column.or_else(|_| self.cells(name, &[1, LABELS.len()]))
    }

    /// The cells of the variable `name`.
    fn cells(
        &self,
        name: &'static str,
        size: &[usize; 2],
    ) -> Result<&[MatArray], AlphanumericError> {
        let variable = self.variables.iter().find(|v| v.name == name);
        match variable.map(|v| &v.array) {
            Some(MatArray::Cell { dims, cells }) if dims == size => Ok(cells),
            Some(other) => Err(self.other_array(other, name, "cell", size)),
            None => Err(AlphanumericError::Variable {
                found: self.variable_names(),
                expected: name,
            }),
        }
    }

    /// The numbers of an array.
    fn numbers<'m>(
        &self,
        array: &'m MatArray,
        name: &str,
        size: &[usize; 2],
    ) -> Result<&'m [f64], AlphanumericError> {
        match array {
            MatArray::Numeric { dims, values } if dims == size => Ok(values),
            other => Err(self.other_array(other, name, "numeric", size)),
        }
    }

    fn other_array(
        &self,
        array: &MatArray,
        name: &str,
        kind: &str,
        size: &[usize; 2],
    ) -> AlphanumericError {
        AlphanumericError::Array {
            name: name.to_string(),
            found: array.describe(),
            expected: format!("{}x{} {kind} array", size[0], size[1]),
        }
    }

    fn variable_names(&self) -> Vec<String> {
        let start = |v: &Variable| v.name.chars().take(64).collect();
        self.variables.iter().take(10).map(start).collect()
    }
}
