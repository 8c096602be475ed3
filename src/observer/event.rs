//! The events of a computation.

use super::epoch_record::EpochRecord;
use super::figures::Figures;
use super::stage::{Stage, TerminationReason};

/// Something that has just happened in a long computation.
///
/// # Example
///
/// A model of your own reports an epoch:
///
/// ```
/// use linfa_fisher::observer::{Event, Figures, History, Observer, Stage};
///
/// let mut history = History::default();
/// history.observe(&Event::Epoch {
///     stage: Stage::named("EM"),
///     epoch: 1,
///     epochs: 20,
///     figures: Figures::default().with("log-likelihood", -20.5),
/// });
/// assert_eq!(history.values("log-likelihood").collect::<Vec<_>>(), [-20.5]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A training epoch has ended.
    Epoch {
        /// What is being trained.
        stage: Stage,
        /// The epoch, from 1 to `epochs`.
        epoch: usize,
        /// Epochs of this stage in all.
        epochs: usize,
        /// What was measured, the most telling figure first.
        figures: Figures,
    },
    /// A training continues from a checkpoint.
    Resumed {
        /// What is being trained.
        stage: Stage,
        /// Epochs of this stage that are done.
        epoch: usize,
        /// Epochs of this stage in all.
        epochs: usize,
        /// All epochs that are done, those of earlier stages first.
        records: Vec<EpochRecord>,
    },
    /// The state of a training could not be written to its checkpoint. Training goes on and tries
    /// again after the next epoch.
    NotSaved {
        /// What is being trained.
        stage: Stage,
        /// Epochs of this stage that are done.
        epoch: usize,
        /// Why it could not be written.
        fault: String,
    },
    /// A stage of training has ended.
    Finished {
        /// What was trained.
        stage: Stage,
        /// Why it has ended.
        reason: TerminationReason,
    },
    /// A block of rows has been processed while features were fitted.
    Rows {
        /// Blocks done, over all passes.
        done: usize,
        /// Blocks in all passes.
        total: usize,
    },
    /// A fold of a cross-validation has been validated.
    Fold {
        /// The fold, from 1 to `folds`.
        fold: usize,
        /// Folds in all.
        folds: usize,
        /// Share of the fold's rows that were predicted correctly.
        accuracy: f64,
    },
    /// A fold of a cross-validation could not be fitted or predicted.
    FoldFailed {
        /// The fold, from 1 to `folds`.
        fold: usize,
        /// Folds in all.
        folds: usize,
        /// What went wrong.
        fault: String,
    },
    /// A search has tried a setting on one fold of its training rows.
    Trial {
        /// Settings tried so far, each fold counted.
        done: usize,
        /// Settings to try, each fold counted.
        total: usize,
    },
    /// A piece of a file has been downloaded.
    Download {
        /// Name of the file.
        file: String,
        /// Bytes of the file on disk.
        done: u64,
        /// Size of the file in bytes, if the server has sent it.
        total: Option<u64>,
    },
    /// An attempt to download a file has failed.
    DownloadFailed {
        /// Address that was tried.
        url: String,
        /// Why it has failed.
        fault: String,
        /// Pause before the next attempt at this address; zero if there is none.
        pause: std::time::Duration,
    },
}
