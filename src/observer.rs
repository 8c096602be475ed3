//! What a long computation reports while it runs.
//!
//! Library code prints nothing: it hands [`Event`]s to an [`Observer`]. `()` ignores them;
//! a closure, a history or [`ProgressBar`] (feature `progress`) makes something of them.

#[cfg(feature = "progress")]
mod progress_bar;

#[cfg(feature = "progress")]
pub use progress_bar::ProgressBar;

/// The part of a training that an epoch belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        /// Mean squared difference between the last batch and its mean-field reconstruction.
        reconstruction_error: f64,
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

/// Receives the events of a computation; every method has an empty default.
///
/// # Example
///
/// ```
/// use linfa_fisher::observer::{Event, Observer};
///
/// #[derive(Default)]
/// struct History(Vec<f64>);
///
/// impl Observer for History {
///     fn observe(&mut self, event: &Event) {
///         if let Event::Epoch { reconstruction_error, .. } = event {
///             self.0.push(*reconstruction_error);
///         }
///     }
/// }
/// # let mut history = History::default();
/// # history.observe(&Event::Rows { done: 1, total: 2 });
/// # assert!(history.0.is_empty());
/// ```
pub trait Observer {
    /// Called after each event, on the thread that called `fit`.
    fn observe(&mut self, event: &Event) {
        let _ = event;
    }
}

impl Observer for () {}

impl<C: FnMut(&Event)> Observer for C {
    fn observe(&mut self, event: &Event) {
        self(event);
    }
}
