//! The history of a training.

use super::epoch_record::EpochRecord;
use super::event::Event;
use super::observe::Observer;
use super::stage::TerminationReason;

/// Keeps the figures of every epoch, including those of earlier runs if the training continues
/// from a checkpoint.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::{figures::RECONSTRUCTION_ERROR, Rbm};
/// use linfa_fisher::datasets;
/// use linfa_fisher::observer::{History, TerminationReason};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let mut history = History::default();
/// Rbm::params(8).epochs(3).check()?.run(&digits).observer(&mut history).train()?;
/// let errors: Vec<f64> = history.values(RECONSTRUCTION_ERROR).collect();
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

    /// The values of one figure, of all epochs that have measured it.
    pub fn values<'a>(&'a self, figure: &'a str) -> impl Iterator<Item = f64> + 'a {
        self.epochs
            .iter()
            .filter_map(move |record| record.figures.get(figure))
    }

    /// Why the last stage has ended; `None` while it is under way.
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
                figures,
                ..
            } => {
                self.termination = None;
                self.epochs.push(EpochRecord {
                    stage: stage.clone(),
                    epoch: *epoch,
                    figures: figures.clone(),
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
