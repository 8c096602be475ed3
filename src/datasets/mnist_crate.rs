//! Conversions from what the crate `mnist` reads.

use linfa::{Dataset, Float};
use mnist::{Mnist, NormalizedMnist};
use ndarray::Ix1;

use super::error::DataError;
use super::image_dataset::image_dataset;
use super::mnist_error::MnistError;
use super::split::Split;
use crate::ImageShape;

/// Number of classes.
const CLASSES: usize = 10;

/// The training and the test images that the crate `mnist` has read: records in [0, 1] (n x 784),
/// targets 0 to 9. Validation images are left out; a builder makes none unless it is told to.
///
/// # Errors
///
/// [`DataError::Mnist`] when the vectors are not those of a set of digits.
impl<F: Float> TryFrom<Mnist> for Split<F> {
    type Error = DataError;

    fn try_from(read: Mnist) -> Result<Self, DataError> {
        let level = |&byte: &u8| F::cast(f64::from(byte) / 255.0);
        let part = |images: &[u8], labels: &[u8], part| {
            dataset(images.iter().map(level).collect(), labels, part)
        };
        Ok(Self {
            train: part(&read.trn_img, &read.trn_lbl, "training")?,
            test: part(&read.tst_img, &read.tst_lbl, "test")?,
        })
    }
}

/// As from [`Mnist`], with the values that the crate has scaled to [0, 1].
///
/// # Errors
///
/// [`DataError::Mnist`] when the vectors are not those of a set of digits.
impl<F: Float> TryFrom<NormalizedMnist> for Split<F> {
    type Error = DataError;

    fn try_from(read: NormalizedMnist) -> Result<Self, DataError> {
        let part = |images: &[f32], labels: &[u8], part| {
            check_pixels(images).map_err(|fault| DataError::Mnist { part, fault })?;
            let values = images.iter().map(|&value| F::cast(value));
            dataset(values.collect(), labels, part)
        };
        Ok(Self {
            train: part(&read.trn_img, &read.trn_lbl, "training")?,
            test: part(&read.tst_img, &read.tst_lbl, "test")?,
        })
    }
}

fn dataset<F: Float>(
    values: Vec<F>,
    labels: &[u8],
    part: &'static str,
) -> Result<Dataset<F, usize, Ix1>, DataError> {
    let classes =
        classes(values.len(), labels).map_err(|fault| DataError::Mnist { part, fault })?;
    Ok(image_dataset(ImageShape::MNIST, values, classes))
}

fn check_pixels(values: &[f32]) -> Result<(), MnistError> {
    let pixels = ImageShape::MNIST.pixels();
    match values.iter().position(|value| !(0.0..=1.0).contains(value)) {
        None => Ok(()),
        Some(place) => Err(MnistError::Pixel {
            image: place / pixels,
            pixel: place % pixels,
            found: values[place],
        }),
    }
}

/// The classes that the labels of images with so many values name.
fn classes(values: usize, labels: &[u8]) -> Result<Vec<usize>, MnistError> {
    let pixels = ImageShape::MNIST.pixels();
    let images = values / pixels;
    let one_hot = labels.len() == CLASSES * images;
    if !values.is_multiple_of(pixels) || !(one_hot || labels.len() == images) {
        return Err(MnistError::Lengths {
            values,
            labels: labels.len(),
        });
    }
    let digits = labels.iter().enumerate();
    match one_hot {
        true => labels.chunks(CLASSES).enumerate().map(marked).collect(),
        false => digits.map(digit).collect(),
    }
}

fn digit((index, &found): (usize, &u8)) -> Result<usize, MnistError> {
    let class = usize::from(found);
    match class < CLASSES {
        true => Ok(class),
        false => Err(MnistError::Label { index, found }),
    }
}

/// The class that a one-hot label marks.
fn marked((index, label): (usize, &[u8])) -> Result<usize, MnistError> {
    if let Some(&found) = label.iter().find(|&&mark| mark > 1) {
        return Err(MnistError::Label { index, found });
    }
    let marks: Vec<usize> = (0..label.len())
        .filter(|&class| label[class] != 0)
        .collect();
    match marks[..] {
        [class] => Ok(class),
        _ => Err(MnistError::Label {
            index,
            found: marks.len() as u8,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use mnist::MnistBuilder;

    use super::*;
    use crate::datasets::fixtures::Folder;
    use crate::datasets::source::Source;

    fn digits(images: usize, labels: &[u8]) -> Mnist {
        Mnist {
            trn_img: (0..images * 784).map(|i| (i % 256) as u8).collect(),
            trn_lbl: labels.to_vec(),
            val_img: Vec::new(),
            val_lbl: Vec::new(),
            tst_img: vec![255; 784],
            tst_lbl: vec![9],
        }
    }

    #[test]
    fn every_form_gives_the_same_dataset() {
        let one_hot = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let split = Split::<f64>::try_from(digits(2, &[3, 0])).unwrap();
        assert_eq!(split.train.targets.to_vec(), [3, 0]);
        assert_eq!(split.train.records[[1, 0]], 16.0 / 255.0);
        assert_eq!(ImageShape::of(&split.test), Some(ImageShape::MNIST));
        assert_eq!(Split::try_from(digits(2, &one_hot)).unwrap(), split);
        let normalized = Split::<f64>::try_from(digits(2, &[3, 0]).normalize()).unwrap();
        approx::assert_abs_diff_eq!(
            normalized.train.records,
            split.train.records,
            epsilon = 1e-7
        );
    }

    #[test]
    fn faults_are_named() {
        let fault = |digits: Mnist| Split::<f32>::try_from(digits).unwrap_err().to_string();
        assert_eq!(
            fault(digits(2, &[3])),
            "the training set of the crate mnist: 1568 pixels and 1 labels, expected 784 pixels and one \
             label (or ten, one-hot) for each image"
        );
        let mut two = digits(1, &[0, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
        assert!(fault(two).contains("label 0 is 2, expected 0 to 9"));
        two = digits(1, &[10]);
        assert!(fault(two).contains("label 0 is 10, expected 0 to 9"));
        let mut dark = digits(1, &[1]).normalize();
        dark.trn_img[5] = f32::NAN;
        let fault = Split::<f32>::try_from(dark).unwrap_err().to_string();
        assert!(fault.ends_with("pixel 5 of image 0 is NaN, expected a value in [0, 1]"));
    }

    #[test]
    fn both_readers_give_the_same_mnist() {
        let Some(folder) = std::env::var_os("LINFA_FISHER_DATA") else {
            eprintln!("skipped: LINFA_FISHER_DATA is not set");
            return;
        };
        let plain = Folder::new();
        for part in ["train", "t10k"] {
            for kind in ["images-idx3-ubyte", "labels-idx1-ubyte"] {
                let name = format!("{part}-{kind}");
                let file = Path::new(&folder).join(format!("mnist/{name}.gz"));
                let bytes = Source::open(&file, 1 << 26).and_then(Source::read_all);
                plain.write(&name, &bytes.unwrap());
            }
        }
        let path = plain.0.to_str().unwrap();
        let mut builder = MnistBuilder::new();
        let read = builder.base_path(path).training_set_length(60_000);
        let read = read.validation_set_length(0).test_set_length(10_000);
        let ours = crate::datasets::mnist::<f32>(&folder).unwrap();
        assert_eq!(Split::try_from(read.finalize()).unwrap(), ours);
        assert_eq!(Split::try_from(read.finalize().normalize()).unwrap(), ours);
    }
}
