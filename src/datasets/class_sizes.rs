//! Datasets told apart by the numbers of images of their classes.

use std::path::Path;

use linfa::Float;
use ndarray::ArrayView1;

use super::error::DataError;
use super::split::Split;

/// Numbers of images of each class, in the training and in the test part.
pub(super) struct ClassSizes {
    pub(super) name: &'static str,
    pub(super) train: [usize; 10],
    pub(super) test: [usize; 10],
}

impl ClassSizes {
    /// Both parts have the classes' sizes. Sets made after MNIST share its file names and shapes, so that only their contents
    /// tell them apart.
    pub(super) fn check<F: Float>(
        &self,
        split: Split<F>,
        folder: &Path,
    ) -> Result<Split<F>, DataError> {
        self.check_part("training", &self.train, split.train.targets.view(), folder)?;
        self.check_part("test", &self.test, split.test.targets.view(), folder)?;
        Ok(split)
    }

    fn check_part(
        &self,
        part: &'static str,
        sizes: &[usize; 10],
        targets: ArrayView1<usize>,
        folder: &Path,
    ) -> Result<(), DataError> {
        for (class, &expected) in sizes.iter().enumerate() {
            let found = targets.iter().filter(|&&target| target == class).count();
            if found != expected {
                return Err(DataError::ClassSize {
                    folder: folder.to_path_buf(),
                    name: self.name,
                    part,
                    class,
                    found,
                    expected,
                });
            }
        }
        Ok(())
    }
}
