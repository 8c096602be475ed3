//! Early stopping by a metric on held-out records.

use ndarray::ArrayView2;
use rand::Rng;

use crate::boltzmann::inference::{MeanField, reconstruction_error};
use crate::boltzmann::likelihood::{
    UNDEFINED_PSEUDO_LIKELIHOOD, pseudo_log_likelihood, variational_free_energy,
};
use crate::boltzmann::machine::{Conditionals, Parameters, VisibleUnits};
use crate::error::TrainingError;
use crate::numerics::random::shuffled;
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
    validation_share: f64,
    patience: usize,
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
            validation_share: 0.1,
            patience: 5,
        }
    }

    /// Share of the records that are held out, in `(0, 1)`, chosen at random.
    pub fn validation_share(mut self, share: f64) -> Self {
        self.validation_share = share;
        self
    }

    /// Number of epochs without a new best after which training stops, at least 1.
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = epochs;
        self
    }

    /// The metric.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// Checks both numbers; the error is that of the first one out of range.
    pub(crate) fn check(&self) -> Result<()> {
        if self.patience == 0 {
            Err(TrainingError::InvalidPatience(0).into())
        } else if !(self.validation_share > 0.0 && self.validation_share < 1.0) {
            Err(TrainingError::InvalidValidationShare(self.validation_share).into())
        } else {
            Ok(())
        }
    }

    /// Rows to train on and rows to hold out, each in ascending order.
    pub(crate) fn split<R: Rng>(&self, rows: usize, rng: &mut R) -> Result<[Vec<usize>; 2]> {
        let held_out = (rows as f64 * self.validation_share).round() as usize;
        if held_out == 0 || held_out == rows {
            return Err(TrainingError::ValidationRows {
                share: self.validation_share,
                records: rows,
            }
            .into());
        }
        let mut order = shuffled(rows, rng);
        let mut training = order.split_off(held_out);
        training.sort_unstable();
        order.sort_unstable();
        Ok([training, order])
    }

    /// Whether training ends after `epoch` if the best one was `best`.
    pub(crate) fn is_over(&self, epoch: usize, best: usize) -> bool {
        epoch.saturating_sub(best) >= self.patience
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
    use crate::Error;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    #[test]
    fn every_row_is_on_one_side() {
        let early = EarlyStopping::new(Metric::ReconstructionError).validation_share(0.25);
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let [training, held_out] = early.split(20, &mut rng).unwrap();
        assert_eq!((training.len(), held_out.len()), (15, 5));
        let mut all = [training, held_out].concat();
        all.sort_unstable();
        assert_eq!(all, (0..20).collect::<Vec<_>>());
        let none = early.split(1, &mut rng);
        assert!(matches!(
            none,
            Err(Error::Training(TrainingError::ValidationRows {
                records: 1,
                ..
            }))
        ));
    }

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

    #[test]
    fn numbers_out_of_range_are_named() {
        let early = EarlyStopping::new(Metric::ReconstructionError);
        assert!(early.check().is_ok());
        assert!(matches!(
            early.patience(0).check(),
            Err(Error::Training(TrainingError::InvalidPatience(0)))
        ));
        for share in [0.0, 1.0, f64::NAN] {
            let check = early.validation_share(share).check();
            assert!(matches!(
                check,
                Err(Error::Training(TrainingError::InvalidValidationShare(_)))
            ));
        }
    }

    #[test]
    fn patience_counts_epochs_after_the_best() {
        let early = EarlyStopping::new(Metric::ReconstructionError).patience(2);
        assert!(!early.is_over(4, 3));
        assert!(early.is_over(5, 3));
        assert!(!early.patience(usize::MAX).is_over(5, 3));
        assert!(Metric::PseudoLogLikelihood.is_better(-1.0, -2.0));
        assert!(!Metric::ReconstructionError.is_better(f64::NAN, 1.0));
    }
}
