//! What a long computation reports while it runs.
//!
//! Library code prints nothing: it hands [`Event`]s to an [`Observer`]. `()` ignores them;
//! a closure, a [`History`] or a `ProgressBar` (feature `progress`) makes something of them.

mod history;
#[cfg(feature = "progress")]
mod progress_bar;

pub use history::{EpochRecord, History};
#[cfg(feature = "progress")]
pub use progress_bar::ProgressBar;

/// The part of a training that an epoch belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Stage {
    /// The training of a restricted Boltzmann machine.
    Rbm,
    /// The greedy pretraining of a deep Boltzmann machine's layer, counted from 1.
    Pretraining {
        /// Hidden layer, 1 for the one next to the visible units.
        layer: usize,
    },
    /// The joint training of all layers of a deep Boltzmann machine.
    Joint,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Stage::Rbm => f.write_str("RBM"),
            Stage::Pretraining { layer } => write!(f, "pretraining of layer {layer}"),
            Stage::Joint => f.write_str("joint training"),
        }
    }
}

/// What is measured in an epoch of training.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub struct EpochStatistics {
    /// Mean squared difference between as many records as a batch has, chosen at random, and their
    /// mean-field reconstruction.
    pub reconstruction_error: f64,
    /// The learning rate.
    pub learning_rate: f64,
    /// The most mean-field sweeps that a sample took; 0 for a restricted machine, whose inference
    /// is exact.
    pub mean_field_sweeps: usize,
    /// Share of the samples whose mean-field inference had not converged when the sweeps were used
    /// up.
    pub unconverged_share: f64,
    /// What was measured on records held out for early stopping, if there are any.
    pub validation: Option<Validation>,
    /// Time that the epoch took, without the validation.
    pub seconds: f64,
}

/// What is measured on records that are held out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub struct Validation {
    /// The metric of early stopping.
    pub metric: f64,
    /// Mean free energy of the records held out less that of as many training records (a deep
    /// machine's by its variational bound): it grows as a machine overfits (Hinton 2010,
    /// section 6).
    pub free_energy_gap: f64,
}

/// Why a stage of training has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum TerminationReason {
    /// All epochs are done.
    Epochs,
    /// The metric on records held out has become no better for some epochs.
    EarlyStopped {
        /// The epoch whose parameters were taken, counted from 1; 0 is the model that a training
        /// went on from.
        best_epoch: usize,
    },
    /// The observer has asked to stop. With early stopping, the parameters of the best epoch so far
    /// are taken, otherwise those of the last one.
    Interrupted,
}

/// Something that has just happened.
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
        /// What was measured.
        statistics: EpochStatistics,
    },
    /// A training goes on from a checkpoint.
    Resumed {
        /// What is being trained.
        stage: Stage,
        /// Epochs of this stage done.
        epoch: usize,
        /// Epochs of this stage in all.
        epochs: usize,
        /// The epochs of all stages done.
        records: Vec<EpochRecord>,
    },
    /// A stage of training has ended.
    Finished {
        /// What was trained.
        stage: Stage,
        /// Why it has ended.
        reason: TerminationReason,
    },
    /// Rows of the data have been passed over while features were fitted.
    Rows {
        /// Passes of blocks of rows done.
        done: usize,
        /// Passes of blocks of rows in all.
        total: usize,
    },
    /// A fold of a cross-validation has been validated.
    Fold {
        /// The fold, from 1 to `folds`.
        fold: usize,
        /// Folds in all.
        folds: usize,
        /// Share of the fold's rows that were predicted rightly.
        accuracy: f64,
    },
    /// A piece of a file has been fetched.
    Download {
        /// Name of the file.
        file: String,
        /// Bytes of it on disk.
        done: u64,
        /// Bytes of it in all, if the server has told.
        total: Option<u64>,
    },
    /// An attempt to fetch a file has failed.
    DownloadFailed {
        /// Address that was tried.
        url: String,
        /// What went wrong.
        fault: String,
        /// Pause before the next attempt at this address; zero if there is none.
        pause: std::time::Duration,
    },
}

/// Receives the events of a computation; every method has a default that does nothing.
///
/// A pair of observers is one, too.
///
/// # Example
///
/// A training that ends as soon as the reconstruction is good enough:
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::observer::{Event, History, Observer, TerminationReason};
/// # use linfa::prelude::*;
/// # use linfa_fisher::{boltzmann::Rbm, datasets};
///
/// #[derive(Default)]
/// struct GoodEnough(bool);
///
/// impl Observer for GoodEnough {
///     fn observe(&mut self, event: &Event) {
///         if let Event::Epoch { statistics, .. } = event {
///             self.0 = statistics.reconstruction_error < 0.1;
///         }
///     }
///
///     fn should_stop(&self) -> bool {
///         self.0
///     }
/// }
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let mut observer = (GoodEnough::default(), History::default());
/// Rbm::params(16).check()?.run(&digits).observer(&mut observer).train()?;
/// assert_eq!(observer.1.termination(), Some(TerminationReason::Interrupted));
/// # Ok(())
/// # }
/// ```
pub trait Observer {
    /// Called after each event, on the thread that called `fit`.
    fn observe(&mut self, event: &Event) {
        let _ = event;
    }

    /// Whether training should end with what it has reached, which with early stopping is the best
    /// epoch; asked after every epoch.
    fn should_stop(&self) -> bool {
        false
    }
}

impl Observer for () {}

impl<C: FnMut(&Event)> Observer for C {
    fn observe(&mut self, event: &Event) {
        self(event);
    }
}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn observe(&mut self, event: &Event) {
        self.0.observe(event);
        self.1.observe(event);
    }

    fn should_stop(&self) -> bool {
        self.0.should_stop() || self.1.should_stop()
    }
}
