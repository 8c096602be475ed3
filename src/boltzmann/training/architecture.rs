//! What tells the training of one kind of machine from that of another.

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
    /// The machine that comes of it.
    type Machine;

    /// Units of each hidden layer, the one next to the visible units first.
    fn hidden(&self) -> &[usize];

    /// Whether there is such a machine, and it can be trained so.
    ///
    /// # Errors
    ///
    /// The first setting that is out of range.
    fn check(&self, training: &Training<F>) -> Result<()>;

    /// The stages of a training, of which a trained machine goes through the last one again.
    fn stages(&self, training: &Training<F>) -> Vec<StagePlan<F>>;

    /// The machine of trained parameters.
    fn machine(&self, theta: Parameters<F>, training: &Training<F>) -> Self::Machine;

    /// The parameters of a machine.
    fn theta(machine: Self::Machine) -> Parameters<F>;

    /// Units of all layers, the visible one first.
    fn layers(&self, visible: usize) -> Vec<usize> {
        [&[visible], self.hidden()].concat()
    }
}
