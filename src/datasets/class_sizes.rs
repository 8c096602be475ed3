//! Datasets told apart by the number of images of each class and, where it is known, by the sum of
//! their pixels.

use std::path::Path;

use linfa::Float;
use ndarray::{ArrayView1, ArrayView2};

use super::error::DataError;
use super::split::Split;

/// Numbers of images of each class, in the training part and in the test part.
pub(super) struct ClassSizes {
    pub(super) name: &'static str,
    pub(super) train: [usize; 10],
    pub(super) test: [usize; 10],
    /// Sums of the pixels of the two parts, as stored bytes (0 to 255).
    pub(super) sums: Option<[u64; 2]>,
}

impl ClassSizes {
    /// Number of images of the two parts.
    pub(super) fn images(&self) -> [usize; 2] {
        [self.train.iter().sum(), self.test.iter().sum()]
    }

    /// Checks that both parts have the known sizes of classes and sums of pixels.
    ///
    /// Sets made after MNIST share its file names and shapes, so that only their contents tell them
    /// apart.
    pub(super) fn check<F: Float>(
        &self,
        split: Split<F>,
        folder: &Path,
    ) -> Result<Split<F>, DataError> {
        self.check_part("training", &self.train, split.train.targets.view(), folder)?;
        self.check_part("test", &self.test, split.test.targets.view(), folder)?;
        if let Some([train, test]) = self.sums {
            self.check_sum("training", train, split.train.records.view(), folder)?;
            self.check_sum("test", test, split.test.records.view(), folder)?;
        }
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

    fn check_sum<F: Float>(
        &self,
        part: &'static str,
        expected: u64,
        records: ArrayView2<F>,
        folder: &Path,
    ) -> Result<(), DataError> {
        let byte = |value: &F| (value.to_f64().unwrap_or(0.0) * 255.0).round() as u64;
        let found = records.iter().map(byte).sum();
        match found == expected {
            true => Ok(()),
            false => Err(DataError::PixelSum {
                folder: folder.to_path_buf(),
                name: self.name,
                part,
                found,
                expected,
            }),
        }
    }
}
