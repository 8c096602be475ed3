//! The files of MNIST, of which every worker reads its own rows.

use std::ops::Range;
use std::path::{Path, PathBuf};

use linfa::Dataset;
use linfa::traits::Transformer;
use linfa_fisher::datasets::{Binarize, IdxImages};
use ndarray::Ix1;

use super::Result;

/// Number of classes.
pub(super) const CLASSES: usize = 10;

pub(super) type Images = Dataset<f32, usize, Ix1>;

/// A file of images, and that of their labels.
pub(super) struct Pair {
    images: PathBuf,
    labels: PathBuf,
}

/// The files of the training images and of the test images.
pub(super) struct Files {
    pub(super) train: Pair,
    pub(super) test: Pair,
}

impl Files {
    /// The files in the folder or in its subfolder `mnist`, compressed or not.
    pub(super) fn find(folder: &Path) -> Result<Self> {
        let pair = |part| -> Result<Pair> {
            Ok(Pair {
                images: find(folder, &format!("{part}-images-idx3-ubyte"))?,
                labels: find(folder, &format!("{part}-labels-idx1-ubyte"))?,
            })
        };
        Ok(Self {
            train: pair("train")?,
            test: pair("t10k")?,
        })
    }
}

fn find(folder: &Path, name: &str) -> Result<PathBuf> {
    let folders = [folder.join("mnist"), folder.to_path_buf()];
    let paths = folders.map(|folder| [folder.join(format!("{name}.gz")), folder.join(name)]);
    let found = paths.into_iter().flatten().find(|path| path.is_file());
    found.ok_or_else(|| format!("{} has no {name}: see --data-dir", folder.display()).into())
}

impl Pair {
    /// Number of images.
    pub(super) fn len(&self) -> Result<usize> {
        Ok(IdxImages::new(CLASSES).nimages(&self.images)?)
    }

    /// Some of the images, binarised.
    pub(super) fn read(&self, rows: Range<usize>) -> Result<Images> {
        let reader = IdxImages::new(CLASSES).rows(rows);
        let images = reader.read::<f32>(&self.images, &self.labels)?;
        Ok(Binarize::new(0.5)?.transform(images))
    }
}

/// The rows of one of `number` workers, as many for each but for one.
pub(super) fn share(rows: usize, index: usize, number: usize) -> Range<usize> {
    rows * index / number..rows * (index + 1) / number
}
