//! MNIST and the sets that are distributed like it.

use std::path::Path;

use linfa::Float;

use super::class_sizes::ClassSizes;
use super::error::DataError;
use super::idx::{IdxImages, Names};
use super::split::Split;
use crate::ImageShape;

const MNIST: ClassSizes = ClassSizes {
    name: "MNIST",
    train: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    test: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    sums: Some([1_567_298_545, 264_923_200]),
};

/// Names and places of the files of MNIST.
pub(super) const NAMES: Names = Names {
    prefix: "",
    subfolders: &["mnist", "MNIST/raw"],
    origin: "a mirror of MNIST such as https://ossci-datasets.s3.amazonaws.com/mnist/",
};

/// MNIST: 60,000 + 10,000 handwritten digits of 28 x 28 pixels, records in [0, 1], targets 0 to 9.
///
/// `folder`, or its subfolder `mnist` or `MNIST/raw`, holds the four official files
/// `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`. Each file may be plain or end in `.gz`, and may have `.idx` in place
/// of `-idx` in its name. The published values, 0 to 255, are divided by 255. The shape of the
/// images is [`ImageShape::MNIST`].
///
/// Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", 1998.
///
/// # Errors
///
/// - [`DataError::Missing`] when a file does not exist;
/// - [`DataError::Idx`] or [`DataError::LabelCount`] when the files are not IDX files of such
///   images;
/// - [`DataError::ClassSize`] or [`DataError::PixelSum`] when the images are those of another
///   dataset.
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
    read(&MNIST, folder.as_ref(), NAMES)
}

/// Fashion-MNIST: 60,000 + 10,000 articles of clothing of 28 x 28 pixels, of ten classes of equal
/// size.
///
/// As [`mnist`](mnist()), from the folder or its subfolder `fashion-mnist` or `FashionMNIST/raw`;
/// the files have the same names.
///
/// The sizes of the classes distinguish the set from MNIST, but not from [`kmnist`]; keep each set
/// in a subfolder of its own.
///
/// Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking
/// Machine Learning Algorithms", 2017.
///
/// # Errors
///
/// As [`mnist`](mnist()), but for [`DataError::PixelSum`].
///
/// # Example
///
/// ```no_run
/// let split = linfa_fisher::datasets::fashion_mnist::<f32>("data")?;
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
pub fn fashion_mnist<F: Float>(folder: impl AsRef<Path>) -> Result<Split<F>, DataError> {
    let names = Names {
        prefix: "",
        subfolders: &["fashion-mnist", "FashionMNIST/raw"],
        origin: "https://github.com/zalandoresearch/fashion-mnist",
    };
    read(&balanced("Fashion-MNIST"), folder.as_ref(), names)
}

/// Kuzushiji-MNIST: 60,000 + 10,000 cursive Japanese characters of 28 x 28 pixels, of ten classes
/// of equal size.
///
/// As [`mnist`](mnist()), from the folder or its subfolder `kmnist` or `KMNIST/raw`; the files have
/// the same names.
///
/// The sizes of the classes distinguish the set from MNIST, but not from [`fashion_mnist`]; keep
/// each set in a subfolder of its own.
///
/// Source: T. Clanuwat et al., "Deep Learning for Classical Japanese Literature", 2018.
///
/// # Errors
///
/// As [`mnist`](mnist()), but for [`DataError::PixelSum`].
///
/// # Example
///
/// ```no_run
/// let split = linfa_fisher::datasets::kmnist::<f32>("data")?;
/// # Ok::<(), linfa_fisher::datasets::DataError>(())
/// ```
pub fn kmnist<F: Float>(folder: impl AsRef<Path>) -> Result<Split<F>, DataError> {
    let names = Names {
        prefix: "",
        subfolders: &["kmnist", "KMNIST/raw"],
        origin: "https://github.com/rois-codh/kmnist",
    };
    read(&balanced("Kuzushiji-MNIST"), folder.as_ref(), names)
}

/// The groupings of EMNIST's images into classes.
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
    /// The same characters, where letters whose capitals look alike are merged: 47 classes.
    ByMerge,
    /// 131,600 characters of the 47 classes in equal shares.
    Balanced,
    /// 145,600 letters of 26 classes, labelled 1 to 26 in the files and 0 to 25 here.
    Letters,
    /// 280,000 digits of 10 classes.
    Digits,
    /// 70,000 digits of 10 classes, as many as MNIST has.
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

    /// Number of images of the training part and of the test part.
    fn images(self) -> [usize; 2] {
        match self {
            Self::ByClass | Self::ByMerge => [697_932, 116_323],
            Self::Balanced => [112_800, 18_800],
            Self::Letters => [124_800, 20_800],
            Self::Digits => [240_000, 40_000],
            Self::Mnist => [60_000, 10_000],
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

/// EMNIST: handwritten characters of 28 x 28 pixels in one of the groupings into classes.
///
/// `folder`, or its subfolder `emnist` or `EMNIST/raw`, holds
/// `emnist-letters-train-images-idx3-ubyte` and so on, plain or as `.gz`. The files store the
/// images transposed; this function returns them upright.
///
/// Source: G. Cohen, S. Afshar, J. Tapson, A. van Schaik, "EMNIST: an extension of MNIST to
/// handwritten letters", 2017.
///
/// # Errors
///
/// As [`mnist`](mnist()), but for [`DataError::ClassSize`] and [`DataError::PixelSum`].
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
    let names = Names {
        prefix: group.prefix(),
        subfolders: &["emnist", "EMNIST/raw"],
        origin: "the \"gzip\" archive of https://www.nist.gov/itl/products-and-services/emnist-dataset",
    };
    digit_shaped(group.classes())
        .first_label(group.first_label())
        .transposed(true)
        .read_split(folder.as_ref(), names, Some(group.images()))
}

fn digit_shaped(classes: usize) -> IdxImages {
    IdxImages::new(classes).shape(ImageShape::MNIST)
}

/// Ten classes of equal size, as many images as MNIST has.
fn balanced(name: &'static str) -> ClassSizes {
    ClassSizes {
        name,
        train: [6000; 10],
        test: [1000; 10],
        sums: None,
    }
}

/// Reads a set of ten classes whose files have the same names as those of MNIST.
fn read<F: Float>(
    sizes: &ClassSizes,
    folder: &Path,
    names: Names<'_>,
) -> Result<Split<F>, DataError> {
    let split = digit_shaped(10).read_split(folder, names, Some(sizes.images()))?;
    sizes.check(split, folder)
}

#[cfg(test)]
mod tests;
