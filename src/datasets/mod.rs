//! Image sets as linfa datasets, with values in [0, 1].
//!
//! | function | images | shape | classes | from |
//! |---|---|---|---|---|
//! | [`digits`] | 1,797 | 8 x 8 | 10 | the crate itself |
//! | [`alphanumeric`] | 1,404 | 20 x 16 | 36 | `binaryalphadigs.mat` |
//! | [`usps`] | 7,291 + 2,007 | 16 x 16 | 10 | `zip.train.gz`, `zip.test.gz`, LIBSVM's, HDF5 |
//! | [`usps_resampled`] | 4,649 + 4,649 | 16 x 16 | 10 | `usps_resampled.mat` |
//! | [`usps_all`] | 11,000 | 16 x 16 | 10 | `usps_all.mat` |
//! | [`mnist`](mnist()) | 60,000 + 10,000 | 28 x 28 | 10 | `train-images-idx3-ubyte.gz` etc. |
//! | [`fashion_mnist`], [`kmnist`], [`emnist`] | | 28 x 28 | 10 to 62 | the same kind of files |
//!
//! Every loader returns a `Dataset<F, usize, Ix1>`, or two of them in a [`Split`] where the
//! publisher made one. A record is one image: pixel (r, c) is in column `r * width + c`, which is
//! named `pixel_r_c`; [`ImageShape::of`] reads the shape back from these names. Except for
//! [`digits`], which is embedded in the crate, the sets are read from a folder; [`data_dir`] is the
//! usual one.
//!
//! With the feature `download`, `Downloader` fetches the sets that are available on the web into
//! that folder and verifies them.
//!
//! Binary units require binary pixels: [`Binarize`], [`OtsuBinarize`] and [`StochasticBinarize`]
//! make them. [`deskew`], [`on_canvas`] and [`with_classes`] change the images of any set;
//! [`Augment`] makes more images for training.
//!
//! [`CsvImages`], [`TextImages`], [`LibsvmImages`] and [`IdxImages`] read other sets in these
//! formats. With the feature `npy`, `NpyImages` reads what NumPy stores; with the feature `hdf5`,
//! `Hdf5Images` reads arrays in HDF5 files. Files may be plain, or compressed by gzip or bzip2.
//! With the feature `mnist`, [`Split`] is made from what the crate `mnist` has read.
//!
//! The loaders can be given files from untrusted sources. A file that is not the dataset causes a
//! [`DataError`], which names the file and says what is wrong where. Memory is taken for bytes that
//! exist, never for what a header claims.
//!
//! ```
//! use linfa::traits::Transformer;
//! use linfa_fisher::datasets::{self, Binarize, ImageShape};
//!
//! let digits = Binarize::new(0.5_f32)?.transform(datasets::digits()?);
//! let drawing = ImageShape::DIGITS.draw(digits.records.row(1)).to_string();
//! assert_eq!(drawing.lines().next(), Some("...##..."));
//! # Ok::<(), datasets::DataError>(())
//! ```

mod alphanumeric;
#[cfg(any(feature = "hdf5", feature = "npy"))]
mod arrays;
mod augment;
mod binarize;
mod class_sizes;
mod data_dir;
mod dataset_file;
mod digits;
#[cfg(feature = "download")]
mod download;
mod error;
#[cfg(test)]
mod fixtures;
mod foreign;
#[cfg(feature = "hdf5")]
mod hdf5;
mod idx;
mod image_dataset;
mod images;
mod interpolation;
mod limits;
pub mod mat5;
mod mat_set;
mod mnist;
#[cfg(feature = "mnist")]
mod mnist_crate;
#[cfg(feature = "mnist")]
mod mnist_error;
#[cfg(test)]
mod mutation;
#[cfg(feature = "npy")]
mod npy;
mod records;
mod rows;
mod source;
mod split;
mod usps;
mod value_range;

pub use self::alphanumeric::{alphanumeric, alphanumeric_from_bytes, alphanumeric_label};
#[cfg(any(feature = "hdf5", feature = "npy"))]
pub use self::arrays::{ArrayError, ArrayReader};
pub use self::augment::{Augment, AugmentSource, Augmented};
pub use self::binarize::{Binarize, OtsuBinarize, StochasticBinarize, otsu_threshold};
pub use self::data_dir::data_dir;
pub use self::digits::digits;
#[cfg(feature = "download")]
pub use self::download::{
    DownloadError, Downloader, FailedAttempt, RemoteFile, RemoteSet, TransferError,
};
pub use self::error::DataError;
#[cfg(feature = "hdf5")]
pub use self::hdf5::{Hdf5Arrays, Hdf5Images};
pub use self::idx::{IdxError, IdxImages, IdxSource};
pub use self::images::{deskew, on_canvas, with_classes};
pub use self::mat_set::MatSetError;
pub use self::mnist::{Emnist, emnist, fashion_mnist, kmnist, mnist};
#[cfg(feature = "mnist")]
pub use self::mnist_error::MnistError;
#[cfg(feature = "npy")]
pub use self::npy::{NpyArrays, NpyImages};
pub use self::rows::{
    CsvImages, CsvRows, LibsvmImages, LibsvmRows, RowFormat, RowReader, TextError, TextImages,
    TextRows,
};
pub use self::split::Split;
pub use self::usps::{usps, usps_all, usps_resampled};
pub use crate::image_shape::{Drawing, ImageShape};
