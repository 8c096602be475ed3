//! What comes of all parts: features in the order of the images, the accuracy, a comparison.

use std::fmt;
use std::io::Write;
use std::path::Path;

use linfa::ParamGuard;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::classification::{RidgeClassifier, RidgeMoments};
use linfa_fisher::fisher::{FisherKernel, LandmarkFeatures};
use ndarray::{Array1, Array2, Axis, concatenate};
use ndarray_npy::WriteNpyExt;
use tempfile::NamedTempFile;

use super::Result;
use super::accuracy::accuracy;
use super::files::Files;
use super::job::Machine;
use super::options::Options;

/// What rounding may make of features in single precision, relative to the largest one.
const ROUNDING: f32 = 1e-3;

/// The features of the test images, and what a ridge classifier makes of them.
pub(super) struct Results {
    /// `n x r`.
    features: Array2<f32>,
    accuracy: f32,
}

impl Results {
    /// The test images' features and classes, in the order of the parts, and the classifier of the
    /// training images' moments.
    pub(super) fn new(
        moments: &RidgeMoments<usize>,
        parts: Vec<(Array2<f32>, Array1<usize>)>,
        penalty: f64,
    ) -> Result<Self> {
        let records: Vec<_> = parts.iter().map(|part| part.0.view()).collect();
        let targets: Vec<_> = parts.iter().map(|part| part.1.view()).collect();
        let features = concatenate(Axis(0), &records)?;
        let predicted = classifier(moments, penalty)?.try_predict(&features)?;
        Ok(Self {
            accuracy: accuracy(&predicted, &concatenate(Axis(0), &targets)?),
            features,
        })
    }

    /// Compares the features with those of the same machine by one process that reads all images.
    pub(super) fn check(
        &self,
        fitted: &LandmarkFeatures<f32, Machine>,
        files: &Files,
        options: &Options,
        rows: usize,
    ) -> Result<()> {
        let (train, test) = (
            files.train.read(0..rows)?,
            files.test.read(0..files.test.len()?)?,
        );
        let kernel = FisherKernel::new(fitted.kernel().model().clone()).cosine();
        let alone = LandmarkFeatures::params(kernel)
            .landmarks(options.fit.landmarks.min(rows))
            .rank(options.fit.rank)
            .damping(options.fit.damping)
            .fit(&train)?;
        let expected = alone.transform(&test.records)?;
        if fitted.landmarks() != alone.landmarks() || expected.dim() != self.features.dim() {
            return Err("one process has other landmarks or another number of features".into());
        }
        let largest = |values: &Array2<f32>| values.fold(0.0_f32, |most, x| most.max(x.abs()));
        let (difference, size) = (largest(&(&self.features - &expected)), largest(&expected));
        println!(
            "largest difference from one process: {difference:.2e}, of features up to {size:.2}"
        );
        match difference <= ROUNDING * size {
            true => Ok(()),
            false => {
                Err(format!("expected a difference of at most {:.2e}", ROUNDING * size).into())
            }
        }
    }

    /// Writes the features beside the file and renames them: a file is whole or not there.
    pub(super) fn write(&self, path: Option<&Path>) -> Result<()> {
        let Some(path) = path else { return Ok(()) };
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        self.features.write_npy(&mut file)?;
        file.flush()?;
        file.persist(path)?;
        Ok(())
    }
}

/// The ridge classifier with a penalty relative to the mean variance of the features.
fn classifier(moments: &RidgeMoments<usize>, penalty: f64) -> Result<RidgeClassifier<f32, usize>> {
    let variance = moments.variances().mean().unwrap_or_default();
    let alpha = penalty * variance * moments.weight();
    let params = RidgeClassifier::params().alpha(alpha).check()?;
    Ok(params.fit_moments(moments)?)
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (images, features) = self.features.dim();
        let accuracy = self.accuracy;
        write!(
            f,
            "ridge classifier on {features} features: {accuracy:.2} % of {images} test images"
        )
    }
}
