//! The course of a training.

use super::{EpochStatistics, Event, Observer, Stage, TerminationReason};

/// One epoch in a [`History`].
///
/// # Example
///
/// ```
/// use linfa_fisher::observer::{EpochRecord, History};
///
/// let best = |history: &History| -> Option<EpochRecord> {
///     let error = |record: &EpochRecord| record.statistics.reconstruction_error;
///     history.epochs().iter().copied().min_by(|a, b| error(a).total_cmp(&error(b)))
/// };
/// assert_eq!(best(&History::default()), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub struct EpochRecord {
    /// What was trained.
    pub stage: Stage,
    /// The epoch of the stage, from 1.
    pub epoch: usize,
    /// What was measured.
    pub statistics: EpochStatistics,
}

/// Keeps the statistics of every epoch. Of a training that goes on from a checkpoint it has those of
/// earlier runs, too.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::datasets;
/// use linfa_fisher::observer::{History, TerminationReason};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let mut history = History::default();
/// Rbm::params(8).epochs(3).check()?.run(&digits).observer(&mut history).train()?;
/// let errors: Vec<f64> =
///     history.epochs().iter().map(|epoch| epoch.statistics.reconstruction_error).collect();
/// assert_eq!(errors.len(), 3);
/// assert_eq!(history.termination(), Some(TerminationReason::Epochs));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct History {
    epochs: Vec<EpochRecord>,
    termination: Option<TerminationReason>,
}

impl History {
    /// All epochs, those of a deep machine's pretraining first.
    pub fn epochs(&self) -> &[EpochRecord] {
        &self.epochs
    }

    /// Why the last stage has ended; `None` while it has not.
    pub fn termination(&self) -> Option<TerminationReason> {
        self.termination
    }
}

impl Observer for History {
    fn observe(&mut self, event: &Event) {
        match event {
            Event::Epoch {
                stage,
                epoch,
                statistics,
                ..
            } => {
                self.termination = None;
                self.epochs.push(EpochRecord {
                    stage: *stage,
                    epoch: *epoch,
                    statistics: *statistics,
                });
            }
            Event::Resumed { records, .. } => {
                self.termination = None;
                self.epochs.clone_from(records);
            }
            Event::Finished { reason, .. } => self.termination = Some(*reason),
            _ => {}
        }
    }
}
