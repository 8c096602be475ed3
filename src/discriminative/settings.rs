//! The settings of gradient descent.

use super::error::DiscriminativeError;
use crate::boltzmann::{HeldOut, LearningRate, Momentum, Training};
use crate::{Float, Result};

/// Settings of the descent that all classifiers of this module share.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::discriminative::ClassRbm;
///
/// let params = ClassRbm::<f32, _>::params(20).epochs(5).check()?;
/// assert_eq!((params.descent().epochs(), params.descent().batch_size()), (5, 10));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Descent<F> {
    /// Of which the descent uses the schedules, the penalty and the sizes.
    pub(super) training: Training<F>,
    pub(super) dropout: Dropout,
    pub(super) held_out: Option<HeldOut>,
}

/// Shares of units that are left out at random for each record of a batch (Srivastava et al. 2014);
/// the others count for more, so that predictions take all units as they are.
///
/// # Example
///
/// ```
/// use linfa_fisher::discriminative::Dropout;
///
/// assert_eq!(Dropout::default(), Dropout { visible: 0.0, hidden: 0.0 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Dropout {
    /// Share of inputs, in `[0, 1)`.
    pub visible: f64,
    /// Share of units of each hidden layer, in `[0, 1)`.
    pub hidden: f64,
}

impl<F: Float> Default for Descent<F> {
    fn default() -> Self {
        let mut training = Training::default();
        training.learning_rate = LearningRate::LinearToZero {
            initial: F::cast(0.1),
        };
        training.momentum = Momentum::Constant(F::cast(0.9));
        training.weight_decay = F::zero();
        training.batch_size = 10;
        Self {
            training,
            dropout: Dropout::default(),
            held_out: None,
        }
    }
}

impl<F: Float> Descent<F> {
    /// Passes over the records.
    pub fn epochs(&self) -> usize {
        self.training.epochs
    }

    /// Records of one step; the last batch of an epoch may be smaller.
    pub fn batch_size(&self) -> usize {
        self.training.batch_size
    }

    /// Schedule of the learning rate.
    pub fn learning_rate(&self) -> LearningRate<F> {
        self.training.learning_rate
    }

    /// Schedule of the momentum.
    pub fn momentum(&self) -> Momentum<F> {
        self.training.momentum
    }

    /// Coefficient `lambda` of the penalty `lambda / 2 |W|^2`.
    pub fn weight_decay(&self) -> F {
        self.training.weight_decay
    }

    /// Largest Euclidean norm of a unit's incoming weights, if there is a limit.
    pub fn max_norm(&self) -> Option<F> {
        self.training.max_norm
    }

    /// Shares of units that are left out.
    pub fn dropout(&self) -> Dropout {
        self.dropout
    }

    /// Share of the records that are held out, and epochs without a new best on them after which
    /// training stops, if it may stop early.
    pub fn early_stopping(&self) -> Option<(f64, usize)> {
        self.held_out.map(|it| (it.validation_share, it.patience))
    }

    /// Checks all settings; the error is that of the first one out of range.
    pub(super) fn check(&self) -> Result<()> {
        self.training.check()?;
        for share in [self.dropout.visible, self.dropout.hidden] {
            if !(0.0..1.0).contains(&share) {
                return Err(DiscriminativeError::InvalidDropout(share).into());
            }
        }
        self.held_out.map_or(Ok(()), |held_out| held_out.check())
    }
}
