//! Hyper-parameters of all classifiers of this module.

use linfa::ParamGuard;
use rand::Rng;

use super::architecture::Architecture;
use super::settings::{Descent, Dropout};
use crate::boltzmann::{HeldOut, LearningRate, Momentum};
use crate::{Error, Float, Result};

/// Checked hyper-parameters, from [`ClassifierParams`]; only these can train, by linfa's `Fit` or
/// by a [`run`](Self::run).
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::discriminative::DeepBeliefNetwork;
///
/// let params = DeepBeliefNetwork::<f32, _>::params(&[30, 20]).check()?;
/// assert_eq!(params.architecture().hidden(), [30, 20]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct ClassifierValidParams<A, F, R> {
    architecture: A,
    descent: Descent<F>,
    rng: R,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    ClassifierValidParams<A, F, R> { architecture, descent, rng } => {
        ClassifierParams(Self { architecture, descent, rng }).check()
    };
    where
        A: Architecture<F> + serde_crate::Deserialize<'de>,
        F: Float + serde_crate::Deserialize<'de>,
        R: Rng + Clone + serde_crate::Deserialize<'de>
}

impl<A, F, R> ClassifierValidParams<A, F, R> {
    /// The settings of this kind of classifier alone.
    pub fn architecture(&self) -> &A {
        &self.architecture
    }

    /// The settings of the descent.
    pub fn descent(&self) -> &Descent<F> {
        &self.descent
    }

    /// The random-number generator in its initial state.
    pub fn rng(&self) -> &R {
        &self.rng
    }
}

/// Hyper-parameters of a classifier that starts as a Boltzmann machine, from
/// [`ClassRbm::params`], [`DeepBeliefNetwork::params`] or [`DbmClassifier::params`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::discriminative::{ClassRbm, DeepBeliefNetwork};
///
/// let params = DeepBeliefNetwork::<f32, _>::params(&[30, 20])
///     .epochs(20)
///     .dropout(0.2, 0.5)
///     .early_stopping(0.1, 5);
/// assert!(params.check_ref().is_ok());
/// assert!(params.dropout(0.2, 1.0).check().is_err());
/// assert!(ClassRbm::<f32, _>::params(0).check().is_err());
/// ```
///
/// [`ClassRbm::params`]: super::ClassRbm::params
/// [`DeepBeliefNetwork::params`]: super::DeepBeliefNetwork::params
/// [`DbmClassifier::params`]: super::DbmClassifier::params
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            deserialize = "A: Architecture<F> + serde_crate::Deserialize<'de>, F: Float + serde_crate::Deserialize<'de>, R: Rng + Clone + serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct ClassifierParams<A, F, R>(ClassifierValidParams<A, F, R>);

impl<A, F: Float, R> ClassifierParams<A, F, R> {
    pub(super) fn new(architecture: A, descent: Descent<F>, rng: R) -> Self {
        Self(ClassifierValidParams {
            architecture,
            descent,
            rng,
        })
    }

    fn with_descent(mut self, set: impl FnOnce(&mut Descent<F>)) -> Self {
        set(&mut self.0.descent);
        self
    }

    pub(super) fn with_architecture(mut self, set: impl FnOnce(&mut A)) -> Self {
        set(&mut self.0.architecture);
        self
    }

    /// Passes over the records, at least 1. Defaults to 30.
    pub fn epochs(self, epochs: usize) -> Self {
        self.with_descent(|descent| descent.training.epochs = epochs)
    }

    /// Records of one step, at least 1. Defaults to 10; of many thousand records, 100 at a rate of
    /// 0.5 learn a network as well in less time.
    pub fn batch_size(self, batch_size: usize) -> Self {
        self.with_descent(|descent| descent.training.batch_size = batch_size)
    }

    /// Schedule of the learning rate. Defaults to a linear decay from 0.1 to zero.
    pub fn learning_rate(self, learning_rate: LearningRate<F>) -> Self {
        self.with_descent(|descent| descent.training.learning_rate = learning_rate)
    }

    /// Momentum, the fraction of the previous update that is added to the next one: a number in
    /// `[0, 1)`, or a schedule. Defaults to 0.9.
    pub fn momentum(self, momentum: impl Into<Momentum<F>>) -> Self {
        self.with_descent(|descent| descent.training.momentum = momentum.into())
    }

    /// Coefficient `lambda` of the penalty `lambda / 2 |W|^2`; at least 0. Defaults to 0.
    pub fn weight_decay(self, weight_decay: F) -> Self {
        self.with_descent(|descent| descent.training.weight_decay = weight_decay)
    }

    /// Largest Euclidean norm of a unit's incoming weights (Srivastava et al. 2014), a positive
    /// number. Defaults to no limit.
    pub fn max_norm(self, max_norm: Option<F>) -> Self {
        self.with_descent(|descent| descent.training.max_norm = max_norm)
    }

    /// Shares of inputs and of hidden units that are left out for each record of a batch, in
    /// `[0, 1)`. Defaults to none.
    pub fn dropout(self, visible: f64, hidden: f64) -> Self {
        self.with_descent(|descent| descent.dropout = Dropout { visible, hidden })
    }

    /// Holds out a share of the records, in `(0, 1)`, and stops once so many epochs, at least 1,
    /// have not misclassified fewer of them, or as many with a smaller loss; the best epoch counts.
    /// Defaults to training for all epochs on all records.
    pub fn early_stopping(self, validation_share: f64, patience: usize) -> Self {
        self.with_descent(|descent| {
            descent.held_out = Some(HeldOut {
                validation_share,
                patience,
            });
        })
    }

    /// The same hyper-parameters with another random-number generator.
    pub fn with_rng<R2: Rng + Clone>(self, rng: R2) -> ClassifierParams<A, F, R2> {
        ClassifierParams::new(self.0.architecture, self.0.descent, rng)
    }
}

impl<A: Architecture<F>, F: Float, R: Rng + Clone> ParamGuard for ClassifierParams<A, F, R> {
    type Checked = ClassifierValidParams<A, F, R>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        self.0.architecture.check(&self.0.descent)?;
        self.0.descent.check()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
