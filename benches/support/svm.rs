//! Linear support vector machines on improved Fisher vectors of MNIST.

use std::path::Path;
use std::time::Instant;

use linfa::ParamGuard;
use linfa::traits::Fit;
use linfa_fisher::classification::{LinearSvm, LinearSvmParams, Loss, Sgd, Solver};
use ndarray::ArrayView2;

use super::contender::{Check, Contender, Measurement};
use super::ours::ours;
use super::sets::Sets;
use super::work::{Machines, SGD_EPOCHS, SVM_COST, Work};
use super::{Fault, memory};

/// Features of the training images and of the test images, and their classes.
pub(crate) struct Task {
    solver: Machines,
    sets: Sets,
}

impl Task {
    /// Trains the Boltzmann machine on the first `fitted` of the images and takes the solver's
    /// features of all.
    pub(crate) fn new(
        work: Work,
        solver: Machines,
        (images, fitted): (ArrayView2<f32>, usize),
        data_dir: &Path,
    ) -> Result<Self, Fault> {
        let images = Sets::of_images(images, fitted, data_dir)?;
        let machine = images.machine(work.hidden())?;
        let sets = images.features(machine, solver.rank())?;
        Ok(Self { solver, sets })
    }

    /// Writes features and classes for the peer.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Fault> {
        self.sets.write(folder)
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
        let model = params.fit(&self.sets.train)?;
        let seconds = started.elapsed().as_secs_f64();
        let peak = memory::peak();
        let accuracy = self
            .sets
            .accuracy(&model.try_predict(&self.sets.test.records)?);
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

    /// The squared hinge's primal objective, summed over the classes.
    fn objective(&self, model: &LinearSvm<f32, usize>) -> f64 {
        let mut losses = 0.0;
        let values = self.sets.train.records.dot(model.coefficients());
        for ((row, class), &value) in values.indexed_iter() {
            let sign = if self.sets.train.targets[row] == class {
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
