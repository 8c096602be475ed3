//! Early stopping by a metric on held-out records.

use ndarray::ArrayView2;

use super::held_out::HeldOut;
use crate::boltzmann::inference::{MeanField, reconstruction_error};
use crate::boltzmann::likelihood::{
    UNDEFINED_PSEUDO_LIKELIHOOD, pseudo_log_likelihood, variational_free_energy,
};
use crate::boltzmann::machine::{Conditionals, Parameters, VisibleUnits};
use crate::{Float, Result};

/// Stops training once a metric on held-out records has not improved for some epochs, and takes the
/// parameters of the best epoch.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::{EarlyStopping, Metric, Rbm};
/// use linfa_fisher::datasets;
/// use linfa_fisher::observer::{History, TerminationReason};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let params = Rbm::params(8)
///     .epochs(200)
///     .learning_rate(linfa_fisher::boltzmann::LearningRate::Constant(0.5))
///     .early_stopping(Some(EarlyStopping::new(Metric::ReconstructionError).patience(3)))
///     .check()?;
/// let mut history = History::default();
/// params.run(&digits).observer(&mut history).train()?;
/// assert!(history.epochs().len() < 200);
/// assert!(matches!(history.termination(), Some(TerminationReason::EarlyStopped { .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct EarlyStopping {
    metric: Metric,
    #[cfg_attr(feature = "serde", serde(flatten))]
    held_out: HeldOut,
}

/// The metric of early stopping, computed on records held out from training.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::{Dbm, EarlyStopping, Metric};
///
/// let early = EarlyStopping::new(Metric::PseudoLogLikelihood);
/// assert!(Dbm::<f32>::params(&[4, 2]).early_stopping(Some(early)).check().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Metric {
    /// Mean squared difference between the records and their mean-field reconstruction; less is
    /// better.
    ReconstructionError,
    /// Mean [pseudo-log-likelihood](crate::boltzmann::Rbm::pseudo_log_likelihood), for restricted
    /// machines with binary units only; more is better.
    PseudoLogLikelihood,
}

impl EarlyStopping {
    /// Early stopping by a metric on a tenth of the records, with a patience of 5 epochs.
    pub fn new(metric: Metric) -> Self {
        Self {
            metric,
            held_out: HeldOut {
                validation_share: 0.1,
                patience: 5,
            },
        }
    }

    /// Share of the records that are held out, in `(0, 1)`, chosen at random.
    pub fn validation_share(mut self, share: f64) -> Self {
        self.held_out.validation_share = share;
        self
    }

    /// Number of epochs without a new best after which training stops, at least 1.
    pub fn patience(mut self, epochs: usize) -> Self {
        self.held_out.patience = epochs;
        self
    }

    /// The metric.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// What is held out, and for how long training goes on.
    pub(crate) fn held_out(&self) -> HeldOut {
        self.held_out
    }
}

impl Metric {
    /// Checks that the metric is defined for machines of so many hidden layers with visible units
    /// of this kind.
    pub(crate) fn check(self, hidden: usize, visible: VisibleUnits) -> Result<()> {
        match (self, visible) {
            (Self::PseudoLogLikelihood, VisibleUnits::Gaussian) => {
                Err(UNDEFINED_PSEUDO_LIKELIHOOD.into())
            }
            (Self::PseudoLogLikelihood, VisibleUnits::Binary) if hidden > 1 => {
                Err(UNDEFINED_PSEUDO_LIKELIHOOD.into())
            }
            _ => Ok(()),
        }
    }

    /// Whether the records must be states, 0 or 1.
    pub(crate) fn needs_states(self) -> bool {
        self == Self::PseudoLogLikelihood
    }

    /// The metric's value on `records`.
    pub(crate) fn of<F: Float>(
        self,
        theta: &Parameters<F>,
        mean_field: MeanField<F>,
        records: ArrayView2<F>,
    ) -> f64 {
        match self {
            Self::ReconstructionError => {
                let layers = mean_field.infer(Conditionals::of(theta), records);
                to_f64(reconstruction_error(Conditionals::of(theta), &layers))
            }
            Self::PseudoLogLikelihood => to_f64(
                pseudo_log_likelihood(theta, records)
                    .mean()
                    .unwrap_or(F::nan()),
            ),
        }
    }

    /// Whether `value` is better than `best`; any number is better than NaN.
    pub(crate) fn is_better(self, value: f64, best: f64) -> bool {
        match self {
            _ if best.is_nan() => !value.is_nan(),
            Self::ReconstructionError => value < best,
            Self::PseudoLogLikelihood => value > best,
        }
    }
}

/// Mean free energy; for a deep machine, the mean of its variational bound.
pub(crate) fn mean_free_energy<F: Float>(
    theta: &Parameters<F>,
    mean_field: MeanField<F>,
    records: ArrayView2<F>,
) -> f64 {
    let energies = variational_free_energy(theta, mean_field, records);
    energies.iter().map(|&x| to_f64(x)).sum::<f64>() / energies.len() as f64
}

fn to_f64<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_is_better_than_none() {
        for metric in [Metric::ReconstructionError, Metric::PseudoLogLikelihood] {
            assert!(metric.is_better(1.0, f64::NAN));
            assert!(!metric.is_better(f64::NAN, 1.0));
            assert!(!metric.is_better(f64::NAN, f64::NAN));
        }
        assert!(Metric::ReconstructionError.is_better(0.1, 0.2));
        assert!(Metric::PseudoLogLikelihood.is_better(-1.0, -2.0));
    }
}
