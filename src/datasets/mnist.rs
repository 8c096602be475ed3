//! MNIST and the sets that are distributed like it.

use std::path::Path;

use linfa::Float;

use super::class_sizes::ClassSizes;
use super::error::DataError;
use super::idx::IdxImages;
use super::split::Split;
use crate::ImageShape;

const MNIST: ClassSizes = ClassSizes {
    name: "MNIST",
    train: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    test: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
};

/// MNIST: 60,000 + 10,000 handwritten digits of 28 x 28 pixels, records in [0, 1], targets 0 to 9.
///
/// `folder`, or its subfolder `mnist`, holds the four official files `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, plain or as `.gz`. The publisher's values, 0 to 255, are divided by
/// 255. The shape of the images is [`ImageShape::MNIST`].
///
/// Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", 1998.
///
/// # Errors
///
/// [`DataError::Missing`] when a file is not there, [`DataError::Idx`] or [`DataError::LabelCount`] when it is no IDX file of
/// such images, [`DataError::ClassSize`] when the images are those of another dataset.
///
/// # Example
///
/// ```no_run
/// use linfa_fisher::datasets;
///
/// let folder = datasets::data_dir().unwrap_or_else(|| "data".into());
/// let split = datasets::mnist::<f32>(folder)?;
/// assert_eq!(split.train.records.dim(), (60_000, 784));
/// assert_eq!(split.test.records.dim(), (10_000, 784));
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn mnist<F: Float>(folder: impl AsRef<Path>) -> Result<Split<F>, DataError> {
    let origin = "a mirror of MNIST such as https://ossci-datasets.s3.amazonaws.com/mnist/";
    let split = digit_shaped(10).read_split(folder.as_ref(), "", "mnist", origin)?;
    MNIST.check(split, folder.as_ref())
}

/// Fashion-MNIST: 60,000 + 10,000 articles of clothing of 28 x 28 pixels, of ten classes of equal size.
///
/// As [`mnist`], from the folder or its subfolder `fashion-mnist`; the files have the same names.
///
/// Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
/// 2017.
///
/// # Errors
///
/// As [`mnist`].
///
/// # Example
///
/// ```no_run
/// let split = linfa_fisher::datasets::fashion_mnist::<f32>("data")?;
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
pub fn fashion_mnist<F: Float>(folder: impl AsRef<Path>) -> Result<Split<F>, DataError> {
    let origin = "https://github.com/zalandoresearch/fashion-mnist";
    balanced("Fashion-MNIST", folder.as_ref(), "fashion-mnist", origin)
}

/// Kuzushiji-MNIST: 60,000 + 10,000 cursive Japanese characters of 28 x 28 pixels, of ten classes of equal size.
///
/// As [`mnist`], from the folder or its subfolder `kmnist`; the files have the same names.
///
/// Source: T. Clanuwat et al., "Deep Learning for Classical Japanese Literature", 2018.
///
/// # Errors
///
/// As [`mnist`].
///
/// # Example
///
/// ```no_run
/// let split = linfa_fisher::datasets::kmnist::<f32>("data")?;
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
pub fn kmnist<F: Float>(folder: impl AsRef<Path>) -> Result<Split<F>, DataError> {
    let origin = "https://github.com/rois-codh/kmnist";
    balanced("Kuzushiji-MNIST", folder.as_ref(), "kmnist", origin)
}

/// The ways in which EMNIST's images are grouped into classes.
///
/// ```
/// use linfa_fisher::datasets::Emnist;
///
/// assert_eq!(Emnist::Letters.classes(), 26);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Emnist {
    /// 814,255 characters of 62 classes: 0-9, A-Z, a-z.
    ByClass,
    /// The same with the letters merged whose capitals look alike: 47 classes.
    ByMerge,
    /// 131,600 characters of the 47 classes in equal shares.
    Balanced,
    /// 145,600 letters of 26 classes, labelled 1 to 26 in the files and 0 to 25 here.
    Letters,
    /// 280,000 digits of 10 classes.
    Digits,
    /// 70,000 digits of 10 classes, in the number of MNIST's.
    Mnist,
}

impl Emnist {
    /// Number of classes.
    pub fn classes(self) -> usize {
        match self {
            Self::ByClass => 62,
            Self::ByMerge | Self::Balanced => 47,
            Self::Letters => 26,
            Self::Digits | Self::Mnist => 10,
        }
    }

    /// Start of the names of the files.
    fn prefix(self) -> &'static str {
        match self {
            Self::ByClass => "emnist-byclass-",
            Self::ByMerge => "emnist-bymerge-",
            Self::Balanced => "emnist-balanced-",
            Self::Letters => "emnist-letters-",
            Self::Digits => "emnist-digits-",
            Self::Mnist => "emnist-mnist-",
        }
    }

    /// Label of class 0 in the files.
    fn first_label(self) -> usize {
        usize::from(self == Self::Letters)
    }
}

/// EMNIST: handwritten characters of 28 x 28 pixels, grouped into classes as `group` says.
///
/// `folder`, or its subfolder `emnist`, holds `emnist-letters-train-images-idx3-ubyte` and so on, plain or as `.gz`. The files
/// store the images transposed; here they stand upright.
///
/// Source: G. Cohen, S. Afshar, J. Tapson, A. van Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017.
///
/// # Errors
///
/// As [`mnist`], but for [`DataError::ClassSize`].
///
/// # Example
///
/// ```no_run
/// use linfa_fisher::datasets::{self, Emnist};
///
/// let split = datasets::emnist::<f32>("data", Emnist::Letters)?;
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn emnist<F: Float>(folder: impl AsRef<Path>, group: Emnist) -> Result<Split<F>, DataError> {
    let origin =
        "the \"gzip\" archive of https://www.nist.gov/itl/products-and-services/emnist-dataset";
    digit_shaped(group.classes())
        .first_label(group.first_label())
        .transposed(true)
        .read_split(folder.as_ref(), group.prefix(), "emnist", origin)
}

fn digit_shaped(classes: usize) -> IdxImages {
    IdxImages::new(classes).shape(ImageShape::MNIST)
}

fn balanced<F: Float>(
    name: &'static str,
    folder: &Path,
    subfolder: &'static str,
    origin: &'static str,
) -> Result<Split<F>, DataError> {
    let sizes = ClassSizes {
        name,
        train: [6000; 10],
        test: [1000; 10],
    };
    let split = digit_shaped(10).read_split(folder, "", subfolder, origin)?;
    sizes.check(split, folder)
}

#[cfg(test)]
mod tests;
