//! The training loop that restricted and deep Boltzmann machines share.
//!
//! The gradient of the log-likelihood is `E[T | data] - E[T]` ([`Parameters::mean_statistics`] of
//! the mean-field layers, less those of Markov chains).

use ndarray::{Array2, ArrayView2, Axis};
use ndarray_rand::rand_distr::StandardNormal;
use ndarray_rand::RandomExt;
use rand::seq::SliceRandom;
use rand::Rng;

use super::conditionals::Conditionals;
use super::optimizer::Optimizer;
use super::{GibbsChains, LearningRate, MeanField, Parameters};
use crate::math::{logit, select_rows};
use crate::observer::{Event, Observer, Stage};
use crate::{Error, Float, Result};

/// Where the model's expectation in the gradient comes from.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::{NegativePhase, Rbm};
/// use linfa::ParamGuard;
///
/// let cd10 = NegativePhase::ContrastiveDivergence { steps: 10 };
/// let params = Rbm::<f32>::params(20).negative_phase(cd10).check().unwrap();
/// assert_eq!(params.training().negative_phase(), cd10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NegativePhase {
    /// CD-k: chains that start at the batch, `k = steps` (Hinton 2002).
    ContrastiveDivergence {
        /// Gibbs steps, at least 1.
        steps: usize,
    },
    /// PCD-k: chains that go on from batch to batch (Tieleman 2008).
    Persistent {
        /// Chains, at least 1.
        chains: usize,
        /// Gibbs steps a batch, at least 1.
        steps: usize,
    },
}

impl NegativePhase {
    pub(crate) fn steps(&self) -> usize {
        match *self {
            Self::ContrastiveDivergence { steps } | Self::Persistent { steps, .. } => steps,
        }
    }
}

/// How a Boltzmann machine is trained: the hyper-parameters that all of them have.
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
pub struct Training<F> {
    pub(crate) epochs: usize,
    pub(crate) batch_size: usize,
    pub(crate) learning_rate: LearningRate<F>,
    pub(crate) momentum: F,
    pub(crate) weight_decay: F,
    pub(crate) train_biases: bool,
    pub(crate) negative_phase: NegativePhase,
    pub(crate) mean_field: MeanField<F>,
}

impl<F: Float> Default for Training<F> {
    fn default() -> Self {
        Self {
            epochs: 30,
            batch_size: 100,
            learning_rate: LearningRate::LinearToZero {
                initial: F::cast(0.05),
            },
            momentum: F::cast(0.5),
            weight_decay: F::cast(2e-4),
            train_biases: true,
            negative_phase: NegativePhase::Persistent {
                chains: 100,
                steps: 1,
            },
            mean_field: MeanField::default(),
        }
    }
}

impl<F: Float> Training<F> {
    /// Passes over the data.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// Samples a gradient step; the last batch of an epoch may be smaller.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// Schedule of the learning rate.
    pub fn learning_rate(&self) -> LearningRate<F> {
        self.learning_rate
    }

    /// Share of the last step that is taken again.
    pub fn momentum(&self) -> F {
        self.momentum
    }

    /// Coefficient of the penalty on the weights' squares (halved).
    pub fn weight_decay(&self) -> F {
        self.weight_decay
    }

    /// Whether biases are learnt, rather than left at their start.
    pub fn train_biases(&self) -> bool {
        self.train_biases
    }

    /// How the model's expectation is estimated.
    pub fn negative_phase(&self) -> NegativePhase {
        self.negative_phase
    }

    /// When mean-field inference stops (a deep machine's; one hidden layer is inferred exactly).
    pub fn mean_field(&self) -> MeanField<F> {
        self.mean_field
    }

    /// The first hyper-parameter out of range.
    pub(crate) fn check(&self) -> Result<()> {
        let as_f64 = |x: F| x.to_f64().unwrap_or(f64::NAN);
        if self.epochs == 0 {
            Err(Error::InvalidEpochs(0))
        } else if self.batch_size == 0 {
            Err(Error::InvalidBatchSize(0))
        } else if let Some(value) = self.learning_rate.invalid() {
            Err(Error::InvalidLearningRate(as_f64(value)))
        } else if !(F::zero()..F::one()).contains(&self.momentum) {
            Err(Error::InvalidMomentum(as_f64(self.momentum)))
        } else if !(self.weight_decay >= F::zero() && self.weight_decay.is_finite()) {
            Err(Error::InvalidWeightDecay(as_f64(self.weight_decay)))
        } else if self.negative_phase.steps() == 0 {
            Err(Error::InvalidGibbsSteps(0))
        } else if matches!(
            self.negative_phase,
            NegativePhase::Persistent { chains: 0, .. }
        ) {
            Err(Error::InvalidChains(0))
        } else {
            self.mean_field.check()
        }
    }
}

/// One machine in training: what is learnt, from what, and who watches.
pub(crate) struct Trainer<'a, F, R, O: ?Sized> {
    pub(crate) training: &'a Training<F>,
    pub(crate) stage: Stage,
    /// Factors of the bottom-up and top-down input, see [`Conditionals`].
    pub(crate) doubling: (F, F),
    pub(crate) rng: &'a mut R,
    pub(crate) observer: &'a mut O,
}

impl<F: Float, R: Rng, O: Observer + ?Sized> Trainer<'_, F, R, O> {
    /// Trains the machine that starts at `theta` on the records (`n x visible units`).
    ///
    /// # Errors
    ///
    /// [`Error::Diverged`] as soon as a parameter is no longer finite.
    pub(crate) fn train(
        mut self,
        mut theta: Parameters<F>,
        records: ArrayView2<F>,
    ) -> Result<Parameters<F>> {
        let mut optimizer = self.optimizer(&theta);
        let mut chains = self.persistent_chains(&theta);
        let mut order: Vec<usize> = (0..records.nrows()).collect();
        for epoch in 0..self.training.epochs {
            let rate = self.training.learning_rate.at(epoch, self.training.epochs);
            order.shuffle(self.rng);
            let mut layers = Vec::new();
            for (number, rows) in order.chunks(self.training.batch_size).enumerate() {
                let batch = select_rows(records, rows);
                layers = self
                    .training
                    .mean_field
                    .infer(self.machine(&theta), batch.view());
                let mut gradient = statistics(&layers);
                gradient.add_scaled(-F::one(), &self.negative(&theta, &layers, &mut chains));
                optimizer.step(&mut theta, &gradient, rate);
                self.check_finite(&theta, epoch, number)?;
            }
            self.report(epoch, self.reconstruction_error(&theta, &layers));
        }
        Ok(theta)
    }

    fn machine<'t>(&self, theta: &'t Parameters<F>) -> Conditionals<'t, F> {
        Conditionals {
            parameters: theta,
            up: self.doubling.0,
            down: self.doubling.1,
        }
    }

    fn optimizer(&self, theta: &Parameters<F>) -> Optimizer<F> {
        let Training {
            momentum,
            weight_decay,
            train_biases,
            ..
        } = *self.training;
        Optimizer::new(&theta.layers(), momentum, weight_decay, train_biases)
    }

    fn persistent_chains(&mut self, theta: &Parameters<F>) -> Option<GibbsChains<F>> {
        match self.training.negative_phase {
            NegativePhase::Persistent { chains, .. } => {
                Some(GibbsChains::random(theta, chains, self.rng))
            }
            NegativePhase::ContrastiveDivergence { .. } => None,
        }
    }

    /// The model's expected statistics, from the persistent chains or from chains that start at
    /// the batch.
    fn negative(
        &mut self,
        theta: &Parameters<F>,
        positive: &[Array2<F>],
        persistent: &mut Option<GibbsChains<F>>,
    ) -> Parameters<F> {
        let machine = self.machine(theta);
        let mut fresh = None;
        let chains = match persistent {
            Some(chains) => chains,
            None => fresh.insert(GibbsChains::from_layers(positive, self.rng)),
        };
        chains.advance_by(machine, self.training.negative_phase.steps(), self.rng);
        chains.mean_statistics(machine)
    }

    fn check_finite(&self, theta: &Parameters<F>, epoch: usize, batch: usize) -> Result<()> {
        if theta.is_finite() {
            return Ok(());
        }
        Err(Error::Diverged {
            stage: self.stage,
            epoch: epoch + 1,
            batch: batch + 1,
        })
    }

    /// Mean squared difference between a batch and `p(v | mu_1)`.
    fn reconstruction_error(&self, theta: &Parameters<F>, layers: &[Array2<F>]) -> F {
        let reconstruction = self.machine(theta).given(0, layers);
        let squares = (reconstruction - &layers[0]).mapv(|x| x * x);
        squares.mean().unwrap_or(F::zero())
    }

    fn report(&mut self, epoch: usize, error: F) {
        self.observer.observe(&Event::Epoch {
            stage: self.stage,
            epoch: epoch + 1,
            epochs: self.training.epochs,
            reconstruction_error: error.to_f64().unwrap_or(f64::NAN),
        });
    }
}

/// Mean sufficient statistics of owned layers.
pub(crate) fn statistics<F: Float>(layers: &[Array2<F>]) -> Parameters<F> {
    let views: Vec<_> = layers.iter().map(Array2::view).collect();
    Parameters::mean_statistics(&views)
}

/// Small random weights, hidden biases 0, visible biases at the logit of each unit's mean, which
/// is kept within `[0.01, 0.99]` (Hinton 2010, "A practical guide", section 8.1).
pub(crate) fn starting_point<F: Float, R: Rng>(
    layers: &[usize],
    records: ArrayView2<F>,
    rng: &mut R,
) -> Parameters<F> {
    let mut theta = Parameters::zeros(layers);
    for weights in &mut theta.weights {
        let normal: Array2<f64> = Array2::random_using(weights.dim(), StandardNormal, rng);
        *weights = normal.mapv(|x| F::cast(0.01 * x));
    }
    let mean = records.sum_axis(Axis(0)) / F::cast(records.nrows());
    theta.biases[0] = mean.mapv(|p| logit(p.max(F::cast(0.01)).min(F::cast(0.99))));
    theta
}
