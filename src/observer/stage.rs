//! The stages of a training, and why they end.

use std::borrow::Cow;
use std::fmt;

/// The part of a training that an epoch belongs to.
///
/// # Example
///
/// ```
/// use linfa_fisher::observer::Stage;
///
/// assert_eq!(Stage::Pretraining { layer: 2 }.to_string(), "pretraining of layer 2");
/// assert_eq!(Stage::named("EM").to_string(), "EM");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Stage {
    /// The training of a restricted Boltzmann machine.
    Rbm,
    /// The greedy pretraining of one layer of a deep Boltzmann machine.
    Pretraining {
        /// The hidden layer, counted from 1 for the one next to the visible units.
        layer: usize,
    },
    /// The joint training of all layers of a deep Boltzmann machine.
    Joint,
    /// A stage in the training of any other model, by its name.
    Named(Cow<'static, str>),
}

impl Stage {
    /// A stage in the training of a model of your own.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Named(name.into())
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stage::Rbm => f.write_str("RBM"),
            Stage::Pretraining { layer } => write!(f, "pretraining of layer {layer}"),
            Stage::Joint => f.write_str("joint training"),
            Stage::Named(name) => f.write_str(name),
        }
    }
}

/// Why a stage of a training has ended.
///
/// # Example
///
/// ```
/// use linfa_fisher::observer::TerminationReason;
///
/// let reason = TerminationReason::EarlyStopped { best_epoch: 7 };
/// assert_ne!(reason, TerminationReason::Epochs);
/// ```
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
    /// The metric on the validation records has not improved for as many epochs as the patience.
    EarlyStopped {
        /// The epoch whose parameters were kept, counted from 1; 0 is the model that the training
        /// started from.
        best_epoch: usize,
    },
    /// The observer has asked to stop. With early stopping, the parameters of the best epoch so
    /// far are kept, otherwise those of the last one.
    Interrupted,
    /// The wanted accuracy was reached.
    Converged,
}
