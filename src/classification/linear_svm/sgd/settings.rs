//! Settings of stochastic gradient descent.

use super::schedule::Schedule;
use crate::Result;
use crate::error::ClassificationError;

/// Settings of stochastic gradient descent for a [`LinearSvm`](super::super::LinearSvm).
///
/// Every epoch is reported to an observer of `fit_observed`: the objective `P`, the accuracy on the
/// training records and, of [held-out](Self::held_out) ones, that too.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{Schedule, Sgd};
///
/// let sgd = Sgd::new(20).schedule(Schedule::Constant(0.01)).averaged(false).held_out(0.1);
/// assert_eq!(sgd.epochs(), 20);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Sgd {
    pub(super) epochs: usize,
    pub(super) schedule: Schedule,
    pub(super) averaged: bool,
    pub(super) held_out: f64,
}

impl Sgd {
    /// This number of passes over the records, at least 1, with the optimal schedule, averaged.
    pub fn new(epochs: usize) -> Self {
        Self {
            epochs,
            schedule: Schedule::Optimal,
            averaged: true,
            held_out: 0.0,
        }
    }

    /// The learning rates. Defaults to the optimal schedule.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Whether the result is the mean of the weights after each step (Polyak and Juditsky 1992; Xu
    /// 2011), from the second epoch on if there is one. Defaults to true.
    pub fn averaged(mut self, averaged: bool) -> Self {
        self.averaged = averaged;
        self
    }

    /// Share of the records, in `[0, 1)`, chosen at random, that is not learnt from but measures
    /// the accuracy after each epoch. Defaults to 0.
    pub fn held_out(mut self, share: f64) -> Self {
        self.held_out = share;
        self
    }

    /// Passes over the records.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// Share of the records that is held out.
    pub fn held_out_share(&self) -> f64 {
        self.held_out
    }

    /// # Errors
    ///
    /// [`InvalidPasses`](ClassificationError::InvalidPasses),
    /// [`InvalidSchedule`](ClassificationError::InvalidSchedule),
    /// [`InvalidShare`](ClassificationError::InvalidShare).
    pub(crate) fn check(&self) -> Result<()> {
        if self.epochs == 0 {
            Err(ClassificationError::InvalidPasses(0).into())
        } else if !(0.0..1.0).contains(&self.held_out) {
            Err(ClassificationError::InvalidShare(self.held_out).into())
        } else {
            self.schedule.check()
        }
    }
}
