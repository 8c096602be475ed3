//! Hyper-parameters of a deep Boltzmann machine.

use rand::Rng;

use crate::boltzmann::{training_builders, LearningRate, MeanField, NegativePhase, Training};
use crate::Float;

/// Checked hyper-parameters, from [`DbmParams`].
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::Dbm;
///
/// let params = Dbm::<f64>::params(&[20, 40]).check().unwrap();
/// assert_eq!(params.hidden(), [20, 40]);
/// assert_eq!(params.pretraining_epochs(), 10);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "Parts<F, R>",
        bound(
            deserialize = "F: Float + serde_crate::Deserialize<'de>, R: Rng + Clone + serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct DbmValidParams<F, R> {
    pub(super) hidden: Vec<usize>,
    pub(super) training: Training<F>,
    pub(super) pretraining_epochs: usize,
    pub(super) pretraining_learning_rate: Option<LearningRate<F>>,
    pub(super) rng: R,
}

/// What a file says that hyper-parameters are.
#[cfg(feature = "serde")]
#[derive(serde_crate::Deserialize)]
#[serde(crate = "serde_crate", rename = "DbmValidParams")]
struct Parts<F, R> {
    hidden: Vec<usize>,
    training: Training<F>,
    pretraining_epochs: usize,
    pretraining_learning_rate: Option<LearningRate<F>>,
    rng: R,
}

#[cfg(feature = "serde")]
impl<F: Float, R: Rng + Clone> TryFrom<Parts<F, R>> for DbmValidParams<F, R> {
    type Error = crate::Error;

    fn try_from(parts: Parts<F, R>) -> crate::Result<Self> {
        let unchecked = DbmParams(Self {
            hidden: parts.hidden,
            training: parts.training,
            pretraining_epochs: parts.pretraining_epochs,
            pretraining_learning_rate: parts.pretraining_learning_rate,
            rng: parts.rng,
        });
        linfa::ParamGuard::check(unchecked)
    }
}

impl<F: Float, R: Rng> DbmValidParams<F, R> {
    /// Units of each hidden layer, the one next to the visible units first.
    pub fn hidden(&self) -> &[usize] {
        &self.hidden
    }

    /// How all layers are trained jointly.
    pub fn training(&self) -> &Training<F> {
        &self.training
    }

    /// Passes over the data in the greedy pretraining of each layer; 0 for none.
    pub fn pretraining_epochs(&self) -> usize {
        self.pretraining_epochs
    }

    /// The learning rate of the pretraining, if it has one of its own.
    pub fn pretraining_learning_rate(&self) -> Option<LearningRate<F>> {
        self.pretraining_learning_rate
    }

    /// The source of random numbers at its start.
    pub fn rng(&self) -> &R {
        &self.rng
    }

    /// The pretraining of one layer: the joint training's hyper-parameters, but CD-1 and what is set
    /// for the pretraining alone.
    pub(super) fn pretraining(&self) -> Training<F> {
        Training {
            epochs: self.pretraining_epochs,
            learning_rate: self
                .pretraining_learning_rate
                .unwrap_or(self.training.learning_rate),
            negative_phase: NegativePhase::ContrastiveDivergence { steps: 1 },
            early_stopping: None,
            ..self.training.clone()
        }
    }
}

/// Hyper-parameters of [`Dbm`](crate::boltzmann::Dbm), from [`Dbm::params`](crate::boltzmann::Dbm::params).
///
/// By default the joint training runs 100 persistent chains, 5 Gibbs steps a batch.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::{Dbm, LearningRate};
///
/// let params = Dbm::<f32>::params(&[40, 80])
///     .pretraining_epochs(20)
///     .epochs(40)
///     .learning_rate(LearningRate::LinearToZero { initial: 0.02 });
/// assert!(params.check_ref().is_ok());
/// assert!(Dbm::<f32>::params(&[40]).check_ref().is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            deserialize = "F: Float + serde_crate::Deserialize<'de>, R: Rng + Clone + serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct DbmParams<F, R>(pub(super) DbmValidParams<F, R>);

impl<F: Float, R: Rng + Clone> DbmParams<F, R> {
    pub(super) fn with_rng(hidden: &[usize], rng: R) -> Self {
        Self(DbmValidParams {
            hidden: hidden.to_vec(),
            training: Training {
                negative_phase: NegativePhase::Persistent {
                    chains: 100,
                    steps: 5,
                },
                ..Training::default()
            },
            pretraining_epochs: 10,
            pretraining_learning_rate: None,
            rng,
        })
    }

    training_builders!();

    /// Passes over the data in the greedy pretraining of each layer, 0 for none. Defaults to 10.
    pub fn pretraining_epochs(mut self, epochs: usize) -> Self {
        self.0.pretraining_epochs = epochs;
        self
    }

    /// The learning rate of the pretraining, `None` for that of the joint training. Joint training
    /// often wants the smaller one, for its chains have to follow (Salakhutdinov & Hinton's program
    /// takes 0.05 and 0.005). Defaults to `None`.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::ParamGuard;
    /// use linfa_fisher::boltzmann::{Dbm, LearningRate};
    ///
    /// let params = Dbm::<f32>::params(&[40, 80])
    ///     .pretraining_learning_rate(Some(LearningRate::Constant(0.05)))
    ///     .learning_rate(LearningRate::LinearToZero { initial: 0.005 });
    /// assert!(params.check_ref().is_ok());
    /// ```
    pub fn pretraining_learning_rate(mut self, rate: Option<LearningRate<F>>) -> Self {
        self.0.pretraining_learning_rate = rate;
        self
    }

    /// When mean-field inference stops, in training and for Fisher scores. Defaults to
    /// [`MeanField::default`].
    pub fn mean_field(mut self, mean_field: MeanField<F>) -> Self {
        self.0.training.mean_field = mean_field;
        self
    }
}

#[cfg(test)]
mod tests {
    use linfa::ParamGuard;

    use super::*;
    use crate::boltzmann::Dbm;
    use crate::error::TrainingError;
    use crate::Error;

    #[test]
    fn pretraining_may_have_its_own_learning_rate() {
        let [joint, own] = [0.005, 0.05].map(LearningRate::Constant);
        let params = Dbm::<f64>::params(&[3, 2]).learning_rate(joint);
        assert_eq!(params.0.pretraining().learning_rate(), joint);
        let params = params.pretraining_learning_rate(Some(own));
        assert_eq!(params.0.pretraining().learning_rate(), own);
        assert_eq!(params.0.training().learning_rate(), joint);
        let none = LearningRate::Constant(0.0);
        let checked = params.pretraining_learning_rate(Some(none)).check();
        assert!(matches!(
            checked,
            Err(Error::Training(TrainingError::InvalidLearningRate(0.0)))
        ));
    }
}
