//! Hyper-parameters of all Boltzmann machines.

use linfa::ParamGuard;
use rand::Rng;

use super::architecture::Architecture;
use super::hyperparams::Training;
use super::options::{
    EarlyStopping, LearningRate, Momentum, NegativePhase, Sparsity, VisibleInput,
};
use crate::boltzmann::machine::VisibleUnits;
use crate::{Error, Float, Result};

/// Checked hyper-parameters, from [`BoltzmannParams`]; only these can train, by linfa's `Fit` and
/// `FitWith` or by a [`run`](Self::run).
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::{Dbm, Rbm};
///
/// let params = Rbm::<f64>::params(10).check().unwrap();
/// assert_eq!(params.hidden(), [10]);
/// assert!(params.training().train_biases());
/// let params = Dbm::<f64>::params(&[20, 40]).check().unwrap();
/// assert_eq!(params.hidden(), [20, 40]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct BoltzmannValidParams<A, F, R> {
    architecture: A,
    training: Training<F>,
    rng: R,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    BoltzmannValidParams<A, F, R> { architecture, training, rng } => {
        BoltzmannParams(Self { architecture, training, rng }).check()
    };
    where
        A: Architecture<F> + serde_crate::Deserialize<'de>,
        F: Float + serde_crate::Deserialize<'de>,
        R: Rng + Clone + serde_crate::Deserialize<'de>
}

impl<A, F, R> BoltzmannValidParams<A, F, R> {
    /// The layers, and the settings of this kind of machine alone.
    pub fn architecture(&self) -> &A {
        &self.architecture
    }

    /// The training hyper-parameters; for a deep machine, those of the joint training.
    pub fn training(&self) -> &Training<F> {
        &self.training
    }

    /// The random-number generator in its initial state.
    pub fn rng(&self) -> &R {
        &self.rng
    }
}

impl<A: Architecture<F>, F: Float, R> BoltzmannValidParams<A, F, R> {
    /// Number of units of each hidden layer, the one next to the visible units first.
    pub fn hidden(&self) -> &[usize] {
        self.architecture.hidden()
    }
}

/// Hyper-parameters of a Boltzmann machine, from [`Rbm::params`] or [`Dbm::params`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::{Dbm, LearningRate, NegativePhase, Rbm};
///
/// let params = Rbm::<f32>::params(10)
///     .epochs(20)
///     .negative_phase(NegativePhase::ContrastiveDivergence { steps: 1 });
/// assert!(params.check_ref().is_ok());
/// assert!(params.epochs(0).check_ref().is_err());
///
/// let params = Dbm::<f32>::params(&[40, 80])
///     .pretraining_epochs(20)
///     .epochs(40)
///     .learning_rate(LearningRate::LinearToZero { initial: 0.02 });
/// assert!(params.check_ref().is_ok());
/// assert!(Dbm::<f32>::params(&[40]).check_ref().is_err());
/// ```
///
/// [`Rbm::params`]: crate::boltzmann::Rbm::params
/// [`Dbm::params`]: crate::boltzmann::Dbm::params
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
pub struct BoltzmannParams<A, F, R>(BoltzmannValidParams<A, F, R>);

impl<A, F: Float, R> BoltzmannParams<A, F, R> {
    pub(super) fn new(architecture: A, negative_phase: NegativePhase, rng: R) -> Self {
        Self(BoltzmannValidParams {
            architecture,
            training: Training {
                negative_phase,
                ..Training::default()
            },
            rng,
        })
    }

    pub(super) fn with_training(mut self, set: impl FnOnce(&mut Training<F>)) -> Self {
        set(&mut self.0.training);
        self
    }

    pub(super) fn with_architecture(mut self, set: impl FnOnce(&mut A)) -> Self {
        set(&mut self.0.architecture);
        self
    }

    /// Number of units of each hidden layer, the one next to the visible units first.
    pub fn hidden(&self) -> &[usize]
    where
        A: Architecture<F>,
    {
        self.0.hidden()
    }

    /// The same hyper-parameters with another random-number generator.
    pub fn with_rng<R2: Rng + Clone>(self, rng: R2) -> BoltzmannParams<A, F, R2> {
        BoltzmannParams(BoltzmannValidParams {
            architecture: self.0.architecture,
            training: self.0.training,
            rng,
        })
    }

    /// Passes over the data, at least 1. Defaults to 30.
    pub fn epochs(self, epochs: usize) -> Self {
        self.with_training(|training| training.epochs = epochs)
    }

    /// Number of samples per gradient step, at least 1. Defaults to 100.
    pub fn batch_size(self, batch_size: usize) -> Self {
        self.with_training(|training| training.batch_size = batch_size)
    }

    /// Schedule of the learning rate. Defaults to a linear decay from 0.05 to zero.
    pub fn learning_rate(self, learning_rate: LearningRate<F>) -> Self {
        self.with_training(|training| training.learning_rate = learning_rate)
    }

    /// Momentum, the fraction of the previous update that is added to the next one: a number in
    /// `[0, 1)`, or a schedule. Defaults to 0.5.
    pub fn momentum(self, momentum: impl Into<Momentum<F>>) -> Self {
        self.with_training(|training| training.momentum = momentum.into())
    }

    /// Coefficient `lambda` of the weight decay, the penalty `lambda / 2 |W|^2`; at least 0.
    /// Defaults to 2e-4.
    pub fn weight_decay(self, weight_decay: F) -> Self {
        self.with_training(|training| training.weight_decay = weight_decay)
    }

    /// Largest Euclidean norm of a hidden unit's incoming weights (Srivastava et al. 2014), a
    /// positive number. Defaults to no limit.
    pub fn max_norm(self, max_norm: Option<F>) -> Self {
        self.with_training(|training| training.max_norm = max_norm)
    }

    /// Target for the hidden units' mean activation. Defaults to none.
    pub fn sparsity(self, sparsity: Option<Sparsity<F>>) -> Self {
        self.with_training(|training| training.sparsity = sparsity)
    }

    /// Whether steps follow the centred gradient (Melchior, Fischer & Wiskott 2016), whose offsets
    /// are running means of the data's activations. It makes deep machines trainable without
    /// pretraining, and usually raises the likelihood. Defaults to false.
    pub fn centred(self, centred: bool) -> Self {
        self.with_training(|training| training.centred = centred)
    }

    /// Whether biases are learnt; otherwise they keep their initial values. Defaults to true.
    pub fn train_biases(self, train_biases: bool) -> Self {
        self.with_training(|training| training.train_biases = train_biases)
    }

    /// How the model's expectation is estimated in the negative phase. Defaults to 100 persistent
    /// chains, with 1 Gibbs step a batch for an RBM and 5 for a DBM.
    pub fn negative_phase(self, negative_phase: NegativePhase) -> Self {
        self.with_training(|training| training.negative_phase = negative_phase)
    }

    /// The kind of the visible units. Defaults to binary.
    pub fn visible_units(self, visible: VisibleUnits) -> Self {
        self.with_training(|training| training.visible_units = visible)
    }

    /// How records are presented to the visible units. Defaults to presenting them as they are.
    pub fn visible_input(self, input: VisibleInput) -> Self {
        self.with_training(|training| training.visible_input = input)
    }

    /// The criterion by which training may stop before its last epoch. Defaults to none.
    pub fn early_stopping(self, early_stopping: Option<EarlyStopping>) -> Self {
        self.with_training(|training| training.early_stopping = early_stopping)
    }
}

impl<A: Architecture<F>, F: Float, R: Rng + Clone> ParamGuard for BoltzmannParams<A, F, R> {
    type Checked = BoltzmannValidParams<A, F, R>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        self.0.architecture.check(&self.0.training)?;
        self.0.training.check()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
