//! What distinguishes the training of one kind of machine from that of another.

use std::fmt::Debug;

use super::hyperparams::Training;
use super::stage::StagePlan;
use crate::boltzmann::machine::Parameters;
use crate::{Float, Result};

/// Which layers a machine has and in which stages they are trained: [`Restricted`] or [`Deep`].
///
/// [`Restricted`]: super::Restricted
/// [`Deep`]: super::Deep
pub trait Architecture<F: Float>: Clone + Debug + PartialEq + Send + Sync {
    /// The machine that is trained.
    type Machine;

    /// Number of units of each hidden layer, the one next to the visible units first.
    fn hidden(&self) -> &[usize];

    /// Checks that there is such a machine, and that it can be trained with these hyper-parameters.
    ///
    /// # Errors
    ///
    /// The first setting that is out of range.
    fn check(&self, training: &Training<F>) -> Result<()>;

    /// The stages of training; training that continues from a model repeats only the last one.
    fn stages(&self, training: &Training<F>) -> Vec<StagePlan<F>>;

    /// The machine with the trained parameters.
    fn machine(&self, theta: Parameters<F>, training: &Training<F>) -> Self::Machine;

    /// The parameters of a machine.
    fn theta(machine: Self::Machine) -> Parameters<F>;

    /// Number of units of each layer, the visible one first.
    fn layers(&self, visible: usize) -> Vec<usize> {
        [&[visible], self.hidden()].concat()
    }
}
