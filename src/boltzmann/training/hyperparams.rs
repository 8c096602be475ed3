//! The hyper-parameters that all Boltzmann machines share.

use super::error::TrainingError;
use super::options::{
    EarlyStopping, LearningRate, Momentum, NegativePhase, Sparsity, VisibleInput,
};
use crate::boltzmann::inference::MeanField;
use crate::boltzmann::machine::VisibleUnits;
use crate::{Float, Result};

/// The training hyper-parameters that all Boltzmann machines share.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::Dbm;
///
/// let params = Dbm::<f32>::params(&[20, 40]).epochs(5).batch_size(50).check().unwrap();
/// assert_eq!(params.training().epochs(), 5);
/// assert_eq!(params.training().batch_size(), 50);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Training<F> {
    pub(crate) epochs: usize,
    pub(crate) batch_size: usize,
    pub(crate) learning_rate: LearningRate<F>,
    pub(crate) momentum: Momentum<F>,
    pub(crate) weight_decay: F,
    pub(crate) max_norm: Option<F>,
    pub(super) sparsity: Option<Sparsity<F>>,
    pub(super) centred: bool,
    pub(super) train_biases: bool,
    pub(super) negative_phase: NegativePhase,
    pub(super) mean_field: MeanField<F>,
    pub(super) visible_units: VisibleUnits,
    pub(super) visible_input: VisibleInput,
    pub(super) early_stopping: Option<EarlyStopping>,
}

impl<F: Float> Default for Training<F> {
    fn default() -> Self {
        Self {
            epochs: 30,
            batch_size: 100,
            learning_rate: LearningRate::LinearToZero {
                initial: F::cast(0.05),
            },
            momentum: Momentum::Constant(F::cast(0.5)),
            weight_decay: F::cast(2e-4),
            max_norm: None,
            sparsity: None,
            centred: false,
            train_biases: true,
            negative_phase: NegativePhase::Persistent {
                chains: 100,
                steps: 1,
            },
            mean_field: MeanField::default(),
            visible_units: VisibleUnits::Binary,
            visible_input: VisibleInput::AsIs,
            early_stopping: None,
        }
    }
}

impl<F: Float> Training<F> {
    /// Passes over the data.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// Number of samples per gradient step; the last batch of an epoch may be smaller.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// Schedule of the learning rate.
    pub fn learning_rate(&self) -> LearningRate<F> {
        self.learning_rate
    }

    /// Schedule of the momentum.
    pub fn momentum(&self) -> Momentum<F> {
        self.momentum
    }

    /// Coefficient `lambda` of the weight decay, the penalty `lambda / 2 |W|^2`.
    pub fn weight_decay(&self) -> F {
        self.weight_decay
    }

    /// Largest Euclidean norm of a hidden unit's incoming weights, if there is a limit.
    pub fn max_norm(&self) -> Option<F> {
        self.max_norm
    }

    /// The target for the hidden units' mean activation, if there is one.
    pub fn sparsity(&self) -> Option<Sparsity<F>> {
        self.sparsity
    }

    /// Whether steps follow the centred gradient.
    pub fn centred(&self) -> bool {
        self.centred
    }

    /// Whether biases are learnt; otherwise they keep their initial values.
    pub fn train_biases(&self) -> bool {
        self.train_biases
    }

    /// How the model's expectation is estimated in the negative phase.
    pub fn negative_phase(&self) -> NegativePhase {
        self.negative_phase
    }

    /// Stopping criterion of a deep machine's mean-field inference (one hidden layer is inferred
    /// exactly).
    pub fn mean_field(&self) -> MeanField<F> {
        self.mean_field
    }

    /// The kind of the visible units.
    pub fn visible_units(&self) -> VisibleUnits {
        self.visible_units
    }

    /// How records are presented to the visible units.
    pub fn visible_input(&self) -> VisibleInput {
        self.visible_input
    }

    /// The criterion by which training may stop before its last epoch, if there is one.
    pub fn early_stopping(&self) -> Option<EarlyStopping> {
        self.early_stopping
    }

    /// Checks all hyper-parameters; the error is that of the first one out of range.
    pub(crate) fn check(&self) -> Result<()> {
        let as_f64 = |x: F| x.to_f64().unwrap_or(f64::NAN);
        if self.epochs == 0 {
            return Err(TrainingError::InvalidEpochs(0).into());
        }
        if self.centred && !self.train_biases {
            return Err(TrainingError::CentredWithoutBiases.into());
        }
        if self.batch_size == 0 {
            return Err(TrainingError::InvalidBatchSize(0).into());
        }
        if let Some(value) = self.learning_rate.invalid() {
            return Err(TrainingError::InvalidLearningRate(as_f64(value)).into());
        }
        if let Some(value) = self.momentum.invalid() {
            return Err(TrainingError::InvalidMomentum(as_f64(value)).into());
        }
        if !(self.weight_decay >= F::zero() && self.weight_decay.is_finite()) {
            return Err(TrainingError::InvalidWeightDecay(as_f64(self.weight_decay)).into());
        }
        let positive = |norm: &F| *norm > F::zero();
        if let Some(value) = self.max_norm.filter(|norm| !positive(norm)) {
            return Err(TrainingError::InvalidMaxNorm(as_f64(value)).into());
        }
        if let Some(value) = self.sparsity.and_then(|sparsity| sparsity.invalid()) {
            return Err(TrainingError::InvalidSparsity(as_f64(value)).into());
        }
        if let Some(early_stopping) = self.early_stopping {
            early_stopping.held_out().check()?;
        }
        self.negative_phase.check()?;
        self.mean_field.check()
    }
}
