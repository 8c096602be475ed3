//! The nearest training image of every test image.

use std::path::Path;
use std::time::Instant;

use linfa::ParamGuard;
use linfa::traits::Fit;
use linfa_fisher::Dbm;
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::fisher::FisherKernel;
use linfa_fisher::fisher::compression::KNearestCodesParams;
use ndarray::{Array1, ArrayView2};

use super::contender::{Check, Contender, Measurement};
use super::ours::ours;
use super::sets::Sets;
use super::work::{RANK, Space, Work};
use super::{Fault, memory, npy};

/// Records, in which neighbours are near by their Euclidean distance or by that of the scores of a
/// machine.
pub(crate) struct Task {
    sets: Sets,
    machine: Option<Dbm<f32>>,
}

impl Task {
    /// The work on the images, of which the first `fitted` are for training.
    pub(crate) fn new(
        work: Work,
        space: Space,
        (images, fitted): (ArrayView2<f32>, usize),
        data_dir: &Path,
    ) -> Result<Self, Fault> {
        let sets = Sets::of_images(images, fitted, data_dir)?;
        let machine = sets.machine(work.hidden())?;
        Ok(match space {
            Space::Vectors => Self {
                sets: sets.features(machine, RANK)?,
                machine: None,
            },
            Space::Scores => Self {
                sets,
                machine: Some(machine),
            },
        })
    }

    /// Writes records, classes and the machine for the peer.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Fault> {
        if let Some(machine) = &self.machine {
            npy::write_machine(folder, machine.parameters())?;
        }
        self.sets.write(folder)
    }

    /// This crate as a contender.
    pub(crate) fn contender<'a>(self) -> Contender<'a> {
        ours(Box::new(move || self.turn()))
    }

    /// Predicts the test images; of scores, the states of all images are part of the work.
    fn turn(&self) -> Result<Measurement, Fault> {
        memory::begin();
        let started = Instant::now();
        let predicted: Array1<usize> = match &self.machine {
            None => {
                let model = KNearestNeighbors::params(1)
                    .check()?
                    .fit(&self.sets.train)?;
                model.try_predict(&self.sets.test.records)?
            }
            Some(machine) => {
                let params = KNearestCodesParams::new(1, FisherKernel::new(machine));
                let model = params.check()?.fit(&self.sets.train)?;
                model.try_predict(&self.sets.test.records)?
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        let check = Check {
            value: self.sets.accuracy(&predicted),
            standard_error: None,
        };
        Ok(Measurement::ours(seconds, check, None).with_peak(memory::peak()))
    }
}
