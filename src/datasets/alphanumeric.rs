//! "Binary Alphadigits": handwritten digits and capital letters.

use std::path::Path;

use linfa::{Dataset, Float};
use ndarray::Ix1;

use super::dataset_file::DatasetFile;
use super::error::DataError;
use super::image_dataset::image_dataset;
use super::mat5::{self, MatArray, Variable};
use super::source::Source;
use crate::ImageShape;

/// Greater than the number of bytes that the arrays take up as doubles.
pub(super) const FILE_BYTES: u64 = 1 << 23;
const SHAPE: ImageShape = ImageShape::ALPHANUMERIC;
const LABELS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PER_CLASS: usize = 39;

/// 1,404 binary images of 20 x 16 pixels, 39 of each class: records (1404 x 320) of 0 and 1,
/// targets 0 to 35.
///
/// Classes 0 to 9 are the digits, classes 10 to 35 the letters A to Z ([`alphanumeric_label`]); the
/// rows are ordered by class. The shape of the images is [`ImageShape::ALPHANUMERIC`]. `folder`, or
/// its subfolder `alphanumeric`, holds `binaryalphadigs.mat`. The file is recognised by its
/// content, so that MATLAB may have stored it in any way: compressed or not, as integers or
/// doubles, in either byte order.
///
/// Source: "Binary Alphadigits", Sam Roweis's data page at New York University.
///
/// # Errors
///
/// - [`DataError::Missing`] when the file does not exist;
/// - [`DataError::Mat`] when it is not a MAT-file of level 5;
/// - [`DataError::Variable`], [`DataError::Array`], [`DataError::Pixel`], [`DataError::ClassLabel`]
///   or [`DataError::ClassCount`] when it holds something else.
///
/// # Example
///
/// ```no_run
/// use linfa_fisher::datasets::{self, ImageShape};
///
/// let folder = datasets::data_dir().unwrap_or_else(|| "data".into());
/// let dataset = datasets::alphanumeric::<f32>(folder)?;
/// println!("{}", ImageShape::ALPHANUMERIC.draw(dataset.records.row(0)));
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn alphanumeric<F: Float>(
    folder: impl AsRef<Path>,
) -> Result<Dataset<F, usize, Ix1>, DataError> {
    read(&dataset_file().find(folder.as_ref())?)
}

pub(super) fn read<F: Float>(path: &Path) -> Result<Dataset<F, usize, Ix1>, DataError> {
    let bytes = Source::open(path, FILE_BYTES)?.read_all()?;
    alphanumeric_from_bytes(&bytes, path)
}

pub(super) fn dataset_file() -> DatasetFile {
    DatasetFile {
        names: vec!["binaryalphadigs.mat".into()],
        subfolders: &["alphanumeric"],
        origin: "Sam Roweis's data page at New York University (\"Binary Alphadigits\")",
    }
}

/// The dataset of [`alphanumeric`] from the bytes of `binaryalphadigs.mat`; errors call them by
/// `name`.
///
/// # Errors
///
/// As [`alphanumeric`], but for [`DataError::Missing`].
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{alphanumeric_from_bytes, DataError};
///
/// let fault = alphanumeric_from_bytes::<f32>(b"<html>", "page.mat").unwrap_err();
/// assert_eq!(fault.to_string(), "page.mat: 6 bytes, expected a MAT-file header of 128 bytes");
/// ```
pub fn alphanumeric_from_bytes<F: Float>(
    bytes: &[u8],
    name: impl AsRef<Path>,
) -> Result<Dataset<F, usize, Ix1>, DataError> {
    let path = name.as_ref();
    let variables = mat5::read(bytes, FILE_BYTES as usize).map_err(|fault| DataError::Mat {
        path: path.to_path_buf(),
        fault,
    })?;
    let file = Alphadigits { path, variables };
    file.check_labels()?;
    file.check_counts()?;
    let images = file.cells("dat", &[LABELS.len(), PER_CLASS])?;
    let mut values = Vec::with_capacity(images.len() * SHAPE.pixels());
    let mut labels = Vec::with_capacity(images.len());
    for class in 0..LABELS.len() {
        for sample in 0..PER_CLASS {
            let image = &images[class + LABELS.len() * sample];
            file.push_image(image, class, sample, &mut values)?;
            labels.push(class);
        }
    }
    Ok(image_dataset(SHAPE, values, labels))
}

/// The character of a class of [`alphanumeric`]: '0' to '9' for 0 to 9, 'A' to 'Z' for 10 to 35,
/// otherwise `None`.
///
/// ```
/// use linfa_fisher::datasets::alphanumeric_label;
///
/// assert_eq!(alphanumeric_label(7), Some('7'));
/// assert_eq!(alphanumeric_label(10), Some('A'));
/// assert_eq!(alphanumeric_label(36), None);
/// ```
pub fn alphanumeric_label(class: usize) -> Option<char> {
    LABELS.get(class).map(|&label| label.into())
}

/// The content of a MAT-file, to be checked for being Binary Alphadigits.
struct Alphadigits<'a> {
    path: &'a Path,
    variables: Vec<Variable>,
}

impl Alphadigits<'_> {
    /// Checks that the classes are called '0' to '9' and 'A' to 'Z' in this order.
    fn check_labels(&self) -> Result<(), DataError> {
        let cells = self.cells("classlabels", &[1, LABELS.len()])?;
        for (class, (cell, &expected)) in cells.iter().zip(LABELS).enumerate() {
            let found = match cell {
                MatArray::Char { text, .. } => text.chars().take(8).collect(),
                other => other.describe(),
            };
            if found.as_bytes() != [expected] {
                return Err(DataError::ClassLabel {
                    path: self.path.to_path_buf(),
                    class,
                    found,
                    expected: expected.into(),
                });
            }
        }
        Ok(())
    }

    /// Checks that every class has 39 images.
    fn check_counts(&self) -> Result<(), DataError> {
        let cells = self.cells("classcounts", &[1, LABELS.len()])?;
        for (class, cell) in cells.iter().enumerate() {
            let name = format!("classcounts{{{}}}", class + 1);
            let found = self.numbers(cell, &name, &[1, 1])?[0];
            if found != PER_CLASS as f64 {
                return Err(DataError::ClassCount {
                    path: self.path.to_path_buf(),
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
    ) -> Result<(), DataError> {
        let name = format!("dat{{{},{}}}", class + 1, sample + 1);
        let pixels = self.numbers(image, &name, &[SHAPE.height, SHAPE.width])?;
        if let Some(pixel) = pixels.iter().position(|&p| p != 0.0 && p != 1.0) {
            return Err(DataError::Pixel {
                path: self.path.to_path_buf(),
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

    /// The cells of the variable `name`.
    fn cells(&self, name: &'static str, size: &[usize; 2]) -> Result<&[MatArray], DataError> {
        let variable = self.variables.iter().find(|v| v.name == name);
        match variable.map(|v| &v.array) {
            Some(MatArray::Cell { dims, cells }) if dims == size => Ok(cells),
            Some(other) => Err(self.other_array(other, name, "cell", size)),
            None => Err(DataError::Variable {
                path: self.path.to_path_buf(),
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
    ) -> Result<&'m [f64], DataError> {
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
    ) -> DataError {
        DataError::Array {
            path: self.path.to_path_buf(),
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

#[cfg(test)]
mod tests;
