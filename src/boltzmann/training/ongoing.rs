//! A machine whose training goes on, batch by batch.

use super::carried::Carried;

/// A machine with the state of its training: chains, velocity, offsets and the source of random
/// numbers. It is what [`FitWith`](linfa::traits::FitWith) takes and gives back, so that records
/// can come in parts: training on one part after another is like training on all of them. What
/// differs is the order in which they are shown, the initial biases, which come from the first
/// part, and the schedules of learning rate and momentum, which count the epochs of each call from
/// the first: use constant ones. If early stopping chooses an epoch before the last, chains and
/// velocity start anew.
///
/// A machine alone becomes one [`from`](From) it: its chains then start at random states.
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::Rbm;
/// use ndarray::array;
///
/// let batches = [array![[0.0, 1.0], [1.0, 1.0]], array![[1.0, 0.0], [0.0, 1.0]]];
/// let params = Rbm::params(2).epochs(1).check()?;
/// let mut ongoing = None;
/// for batch in batches {
///     ongoing = Some(params.fit_with(ongoing, &DatasetBase::from(batch))?);
/// }
/// let rbm: Option<Rbm<f64>> = ongoing.map(|ongoing| ongoing.into_machine());
/// assert!(rbm.is_some());
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the training goes on from it"]
pub struct Ongoing<M, F, R> {
    pub(super) machine: M,
    /// Chains, velocity and offsets, if there are any to go on with.
    pub(super) carried: Option<Carried<F>>,
    /// The source of random numbers, of a machine that has been trained.
    pub(super) rng: Option<R>,
}

impl<M, F, R> Ongoing<M, F, R> {
    /// The machine as it has been trained so far.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The machine, without the state of its training.
    pub fn into_machine(self) -> M {
        self.machine
    }
}

impl<M, F, R> From<M> for Ongoing<M, F, R> {
    fn from(machine: M) -> Self {
        Self {
            machine,
            carried: None,
            rng: None,
        }
    }
}
