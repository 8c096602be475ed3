//! Linear support vector machines on improved Fisher vectors of MNIST.

use std::path::Path;
use std::time::Instant;

use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, ParamGuard};
use linfa_fisher::Dbm;
use linfa_fisher::classification::{LinearSvm, LinearSvmParams, Loss, Sgd, Solver};
use linfa_fisher::datasets;
use linfa_fisher::fisher::LandmarkFeatures;
use ndarray::{Array1, ArrayView2, Axis, Ix1, s};

use super::contender::{Check, Contender, Measurement};
use super::ours::ours;
use super::work::{Machines, SGD_EPOCHS, SVM_COST, Work};
use super::{Fault, memory, npy};

/// Epochs of each stage of the machine's training.
const EPOCHS: usize = 2;
/// Landmarks of the features, of which there are no more.
const LANDMARKS: usize = 4096;

/// Features of the training images and of the test images, and their classes.
pub(crate) struct Task {
    solver: Machines,
    train: Dataset<f32, usize, Ix1>,
    test: Dataset<f32, usize, Ix1>,
}

impl Task {
    /// Trains the Boltzmann machine on the first `fitted` of the images and takes `rank` features of
    /// all.
    pub(crate) fn new(
        work: Work,
        solver: Machines,
        (images, fitted): (ArrayView2<f32>, usize),
        data_dir: &Path,
    ) -> Result<Self, Fault> {
        eprintln!("  the features are fitted");
        let mnist = datasets::mnist::<f32>(data_dir)?;
        let targets = mnist.train.targets.slice_move(s![..fitted]);
        let train = Dataset::new(images.slice(s![..fitted, ..]).to_owned(), targets);
        let test = Dataset::new(
            images.slice(s![fitted.., ..]).to_owned(),
            mnist.test.targets,
        );
        let machine = Dbm::params(work.hidden())
            .pretraining_epochs(EPOCHS)
            .epochs(EPOCHS);
        let features = LandmarkFeatures::idfk(machine.fit(&train)?)
            .landmarks(LANDMARKS.min(fitted))
            .rank(solver.rank().min(fitted))
            .damping(1e-4)
            .fit(&train)?;
        let (train, test) = (features.transform(train)?, features.transform(test)?);
        Ok(Self {
            solver,
            train,
            test,
        })
    }

    /// Writes features and classes for the peer.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Fault> {
        for (name, set) in [("train", &self.train), ("test", &self.test)] {
            npy::write(&folder.join(format!("{name}.npy")), set.records.view())?;
            let classes = set.targets.mapv(|class| class as f32).insert_axis(Axis(0));
            npy::write(&folder.join(format!("{name}_classes.npy")), classes.view())?;
        }
        Ok(())
    }

    /// This crate as a contender.
    pub(crate) fn contender<'a>(self) -> Contender<'a> {
        ours(Box::new(move || self.turn()))
    }

    fn params(&self) -> LinearSvmParams<f32, usize> {
        let params = LinearSvm::params().c(SVM_COST);
        match self.solver {
            Machines::Dual => params,
            Machines::Primal => params.solver(Solver::Primal),
            Machines::Sgd => {
                let sgd = Solver::Sgd(Sgd::new(SGD_EPOCHS));
                params.loss(Loss::Hinge).solver(sgd)
            }
        }
    }

    fn turn(&self) -> Result<Measurement, Fault> {
        let params = self.params().check()?;
        memory::begin();
        let started = Instant::now();
        let model = params.fit(&self.train)?;
        let seconds = started.elapsed().as_secs_f64();
        let peak = memory::peak();
        let accuracy = self.accuracy(&model)?;
        let value = match self.solver {
            Machines::Dual | Machines::Primal => self.objective(&model),
            Machines::Sgd => accuracy,
        };
        let check = Check {
            value,
            standard_error: None,
        };
        let note = format!(
            "{accuracy:.2} % of the test images, {} passes",
            model.passes()
        );
        Ok(Measurement::ours(seconds, check, Some(note)).with_peak(peak))
    }

    /// The share of the test images in per cent.
    fn accuracy(&self, model: &LinearSvm<f32, usize>) -> Result<f64, Fault> {
        let predicted: Array1<usize> = model.try_predict(&self.test.records)?;
        let pairs = predicted.iter().zip(&self.test.targets);
        let right = pairs.filter(|(a, b)| a == b).count();
        Ok(100.0 * right as f64 / predicted.len() as f64)
    }

    /// The squared hinge's primal objective, summed over the classes.
    fn objective(&self, model: &LinearSvm<f32, usize>) -> f64 {
        let mut losses = 0.0;
        let values = self.train.records.dot(model.coefficients());
        for ((row, class), &value) in values.indexed_iter() {
            let sign = if self.train.targets[row] == class {
                1.0
            } else {
                -1.0
            };
            let value = f64::from(value) + model.intercepts()[class];
            losses += Loss::SquaredHinge.value(sign * value);
        }
        let squares = |sum: f64, w: f64| sum + 0.5 * w * w;
        let weights = model.coefficients().iter().map(|&w| f64::from(w));
        let penalty = model.intercepts().iter().copied().fold(0.0, squares);
        weights.fold(penalty, squares) + SVM_COST * losses
    }
}
