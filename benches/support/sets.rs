//! The training images and the test images of MNIST, with their classes.

use std::path::Path;

use linfa::Dataset;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::Dbm;
use linfa_fisher::datasets;
use linfa_fisher::fisher::LandmarkFeatures;
use ndarray::{Array1, ArrayView2, Axis, Ix1, s};

use super::{Fault, npy};

/// Epochs of each stage of a machine's training.
const EPOCHS: usize = 2;
/// Landmarks of the features, of which there are no more.
const LANDMARKS: usize = 4096;

/// Records of the training images and of the test images.
#[derive(Debug)]
pub(crate) struct Sets {
    pub(crate) train: Dataset<f32, usize, Ix1>,
    pub(crate) test: Dataset<f32, usize, Ix1>,
}

impl Sets {
    /// The images, of which the first `fitted` are for training.
    pub(crate) fn of_images(
        images: ArrayView2<f32>,
        fitted: usize,
        data_dir: &Path,
    ) -> Result<Self, Fault> {
        let mnist = datasets::mnist::<f32>(data_dir)?;
        let (train, test) = images.split_at(Axis(0), fitted);
        let targets = mnist.train.targets.slice_move(s![..fitted]);
        Ok(Self {
            train: Dataset::new(train.to_owned(), targets),
            test: Dataset::new(test.to_owned(), mnist.test.targets),
        })
    }

    /// A machine that has learnt the training images for a short time.
    pub(crate) fn machine(&self, hidden: &[usize]) -> Result<Dbm<f32>, Fault> {
        let params = Dbm::params(hidden)
            .pretraining_epochs(EPOCHS)
            .epochs(EPOCHS);
        Ok(params.fit(&self.train)?)
    }

    /// At most `rank` improved Fisher vectors' features of a machine in place of the images.
    pub(crate) fn features(self, machine: Dbm<f32>, rank: usize) -> Result<Self, Fault> {
        eprintln!("  the features are fitted");
        let fitted = self.train.records.nrows();
        let features = LandmarkFeatures::idfk(machine)
            .landmarks(LANDMARKS.min(fitted))
            .rank(rank.min(fitted))
            .damping(1e-4)
            .fit(&self.train)?;
        Ok(Self {
            train: features.transform(self.train)?,
            test: features.transform(self.test)?,
        })
    }

    /// Writes records and classes for the peer.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Fault> {
        for (name, set) in [("train", &self.train), ("test", &self.test)] {
            npy::write(&folder.join(format!("{name}.npy")), set.records.view())?;
            let classes = set.targets.mapv(|class| class as f32).insert_axis(Axis(0));
            npy::write(&folder.join(format!("{name}_classes.npy")), classes.view())?;
        }
        Ok(())
    }

    /// The share of the test images that are predicted rightly, in per cent.
    pub(crate) fn accuracy(&self, predicted: &Array1<usize>) -> f64 {
        let pairs = predicted.iter().zip(&self.test.targets);
        let right = pairs.filter(|(a, b)| a == b).count();
        100.0 * right as f64 / predicted.len() as f64
    }
}
