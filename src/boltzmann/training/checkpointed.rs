//! Hyper-parameters whose trainings keep checkpoints, wherever they are run.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{ArrayBase, Data, Ix2};
use rand::Rng;
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;

use super::architecture::Architecture;
use super::checkpoint::Checkpoint;
use super::params::BoltzmannParams;
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Hyper-parameters and a [`Checkpoint`], for machines that are trained as a part of something
/// else: Fisher features, pipelines, cross-validations.
///
/// Made by [`BoltzmannParams::checkpointed`]. The folds of a cross-validation are trainings of
/// their own, so they want a checkpoint [in a folder](Checkpoint::in_folder).
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::boltzmann::Checkpoint;
/// use linfa_fisher::{datasets, prelude::*};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let folder = tempfile::tempdir().expect("a folder for the example");
/// let rbm = Rbm::params(8).epochs(2).checkpointed(Checkpoint::in_folder(folder.path()));
/// let pipeline = FisherFeatures::fk(rbm).then(KNearestNeighbors::params(1));
/// // run it again after a kill, and it goes on
/// let report = cross_validate(&digits, &pipeline, &StratifiedKFold::new(3))?;
/// assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 3);
/// # let again = cross_validate(&digits, &pipeline, &StratifiedKFold::new(3))?;
/// # assert_eq!(report, again);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpointed<A, F, R> {
    params: BoltzmannParams<A, F, R>,
    checkpoint: Checkpoint,
}

impl<A, F: Float, R> BoltzmannParams<A, F, R> {
    /// The same hyper-parameters, whose trainings resume from the checkpoint and keep it up to
    /// date.
    pub fn checkpointed(self, checkpoint: Checkpoint) -> Checkpointed<A, F, R> {
        Checkpointed {
            params: self,
            checkpoint,
        }
    }
}

impl<A, F, R> Checkpointed<A, F, R> {
    /// The hyper-parameters.
    pub fn params(&self) -> &BoltzmannParams<A, F, R> {
        &self.params
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

/// Trains on the records of the dataset, or goes on.
///
/// # Errors
///
/// Those of the hyper-parameters, of their [training](super::Run::train) and of the checkpoint.
impl<A, F, R, D, T> Fit<ArrayBase<D, Ix2>, T, Error> for Checkpointed<A, F, R>
where
    A: Architecture<F>,
    F: Float + Serialize + DeserializeOwned,
    R: Rng + Clone + Serialize + DeserializeOwned,
    D: Data<Elem = F>,
{
    type Object = A::Machine;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<A::Machine> {
        self.fit_observed(dataset, &mut ())
    }
}

impl<A, F, R, D, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for Checkpointed<A, F, R>
where
    A: Architecture<F>,
    F: Float + Serialize + DeserializeOwned,
    R: Rng + Clone + Serialize + DeserializeOwned,
    D: Data<Elem = F>,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<A::Machine> {
        let run = self.params.check_ref()?.run(dataset).observer(observer);
        run.checkpoint(&self.checkpoint).train()
    }
}
