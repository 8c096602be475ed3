//! The training of a deep Boltzmann machine: greedy pretraining, then all layers jointly.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::architecture::Architecture;
use super::error::TrainingError;
use super::hyperparams::Training;
use super::options::{LearningRate, NegativePhase, PerLayer};
use super::params::{BoltzmannParams, BoltzmannValidParams};
use super::stage::StagePlan;
use crate::boltzmann::dbm::Dbm;
use crate::boltzmann::inference::MeanField;
use crate::boltzmann::machine::{MachineError, Parameters};
use crate::observer::Stage;
use crate::{Float, Result};

/// Two or more hidden layers, pretrained one by one, then trained jointly (Salakhutdinov & Hinton
/// 2009).
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::{Architecture, Dbm};
///
/// let params = Dbm::<f32>::params(&[20, 40]);
/// let checked = linfa::ParamGuard::check(params)?;
/// assert_eq!(checked.architecture().hidden(), [20, 40]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Deep<F> {
    hidden: Vec<usize>,
    pretraining_epochs: PerLayer<usize>,
    pretraining_learning_rate: Option<PerLayer<LearningRate<F>>>,
}

/// Hyper-parameters of [`Dbm`], from [`Dbm::params`].
pub type DbmParams<F, R> = BoltzmannParams<Deep<F>, F, R>;

/// Checked hyper-parameters of [`Dbm`], from [`DbmParams`].
pub type DbmValidParams<F, R> = BoltzmannValidParams<Deep<F>, F, R>;

impl<F: Float> Dbm<F> {
    /// Hyper-parameters of a machine with the given numbers of hidden units, the layer next to the
    /// visible units first, and a random-number generator seeded with 42.
    ///
    /// By default every layer is pretrained for 10 epochs, and the joint training runs 100
    /// persistent chains for 5 Gibbs steps per batch; see [`BoltzmannParams`] for all settings.
    pub fn params(hidden: &[usize]) -> DbmParams<F, Xoshiro256Plus> {
        Self::params_with_rng(hidden, Xoshiro256Plus::seed_from_u64(42))
    }

    /// Hyper-parameters with the given random-number generator.
    pub fn params_with_rng<R: Rng + Clone>(hidden: &[usize], rng: R) -> DbmParams<F, R> {
        let architecture = Deep {
            hidden: hidden.to_vec(),
            pretraining_epochs: PerLayer::Same(10),
            pretraining_learning_rate: None,
        };
        let negative_phase = NegativePhase::Persistent {
            chains: 100,
            steps: 5,
        };
        BoltzmannParams::new(architecture, negative_phase, rng)
    }
}

impl<F: Float, R> DbmParams<F, R> {
    /// Number of epochs of the greedy pretraining: one number for all hidden layers, or one for
    /// each; 0 for none. Defaults to 10.
    pub fn pretraining_epochs(self, epochs: impl Into<PerLayer<usize>>) -> Self {
        self.with_architecture(|deep| deep.pretraining_epochs = epochs.into())
    }

    /// The learning rate of the greedy pretraining: one schedule for all hidden layers, or one for
    /// each. Defaults to that of the joint training, which often needs the smaller one so that its
    /// chains can follow (Salakhutdinov & Hinton's program uses 0.05 and 0.005).
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::ParamGuard;
    /// use linfa_fisher::boltzmann::{Dbm, LearningRate};
    ///
    /// let params = Dbm::<f32>::params(&[40, 80])
    ///     .pretraining_learning_rate([0.05, 0.01].map(LearningRate::Constant))
    ///     .learning_rate(LearningRate::LinearToZero { initial: 0.005 });
    /// assert!(params.check_ref().is_ok());
    /// ```
    pub fn pretraining_learning_rate(self, rate: impl Into<PerLayer<LearningRate<F>>>) -> Self {
        self.with_architecture(|deep| deep.pretraining_learning_rate = Some(rate.into()))
    }

    /// Stopping criterion of mean-field inference, in training and for Fisher scores. Defaults to
    /// [`MeanField::default`].
    pub fn mean_field(self, mean_field: MeanField<F>) -> Self {
        self.with_training(|training| training.mean_field = mean_field)
    }
}

impl<F: Float, R> DbmValidParams<F, R> {
    /// Number of epochs of the greedy pretraining of each layer; 0 for none.
    pub fn pretraining_epochs(&self) -> &PerLayer<usize> {
        &self.architecture().pretraining_epochs
    }

    /// The learning rate of the pretraining, if it has been set.
    pub fn pretraining_learning_rate(&self) -> Option<&PerLayer<LearningRate<F>>> {
        self.architecture().pretraining_learning_rate.as_ref()
    }
}

impl<F: Float> Deep<F> {
    /// The hyper-parameters of a layer's pretraining: those of the joint training, except for CD-1
    /// and the settings of the pretraining.
    fn pretraining(&self, layer: usize, joint: &Training<F>) -> Training<F> {
        let rate = self.pretraining_learning_rate.as_ref();
        Training {
            epochs: self.pretraining_epochs.of(layer),
            learning_rate: rate.map_or(joint.learning_rate, |rate| rate.of(layer)),
            negative_phase: NegativePhase::ContrastiveDivergence { steps: 1 },
            early_stopping: None,
            ..joint.clone()
        }
    }

    fn check_pretraining(&self) -> Result<()> {
        let layers = self.hidden.len();
        let rates = self.pretraining_learning_rate.as_ref();
        let counts = [
            Some(&self.pretraining_epochs)
                .filter(|epochs| !epochs.fits(layers))
                .map(|epochs| epochs.values().len()),
            rates
                .filter(|rates| !rates.fits(layers))
                .map(|rates| rates.values().len()),
        ];
        if let Some(found) = counts.into_iter().flatten().next() {
            let expected = layers;
            return Err(TrainingError::PretrainingLayers { expected, found }.into());
        }
        let mut rates = rates.into_iter().flat_map(|rates| rates.values());
        match rates.find_map(LearningRate::invalid) {
            Some(value) => {
                let value = value.to_f64().unwrap_or(f64::NAN);
                Err(TrainingError::InvalidLearningRate(value).into())
            }
            None => Ok(()),
        }
    }
}

impl<F: Float> Architecture<F> for Deep<F> {
    type Machine = Dbm<F>;

    fn hidden(&self) -> &[usize] {
        &self.hidden
    }

    fn check(&self, training: &Training<F>) -> Result<()> {
        if self.hidden.len() < 2 {
            return Err(MachineError::InvalidDepth(self.hidden.len()).into());
        }
        if let Some(empty) = self.hidden.iter().position(|&units| units == 0) {
            let layer = empty + 1;
            return Err(MachineError::InvalidHiddenUnits { layer, units: 0 }.into());
        }
        if let Some(early) = training.early_stopping() {
            early
                .metric()
                .check(self.hidden.len(), training.visible_units())?;
        }
        self.check_pretraining()
    }

    fn stages(&self, training: &Training<F>) -> Vec<StagePlan<F>> {
        let top = self.hidden.len();
        let pretrained = self.pretraining_epochs.values().iter().any(|&n| n > 0);
        let pretraining = (1..=top).filter(|_| pretrained);
        let pretraining = pretraining
            .map(|layer| StagePlan::pretraining(layer, top, self.pretraining(layer, training)));
        let joint = StagePlan::whole(Stage::Joint, top, training);
        pretraining.chain([joint]).collect()
    }

    fn machine(&self, theta: Parameters<F>, training: &Training<F>) -> Dbm<F> {
        Dbm::of(theta, training.mean_field)
    }

    fn theta(machine: Dbm<F>) -> Parameters<F> {
        machine.into_parameters()
    }
}

#[cfg(test)]
mod tests {
    use linfa::ParamGuard;

    use super::*;
    use crate::Error;

    #[test]
    fn pretraining_may_have_its_own_learning_rates() {
        let [joint, own, top] = [0.005, 0.05, 0.01].map(LearningRate::Constant);
        let rates = |params: &DbmParams<f64, Xoshiro256Plus>| {
            let params = params.clone().check().unwrap();
            let stages = params.architecture().stages(params.training());
            let rates = stages.iter().map(|stage| stage.training.learning_rate);
            rates.collect::<Vec<_>>()
        };
        let params = Dbm::<f64>::params(&[3, 2]).learning_rate(joint);
        assert_eq!(rates(&params), [joint, joint, joint]);
        let params = params.pretraining_learning_rate(own);
        assert_eq!(rates(&params), [own, own, joint]);
        let params = params.pretraining_learning_rate([own, top]);
        assert_eq!(rates(&params), [own, top, joint]);
        let none = LearningRate::Constant(0.0);
        let checked = params.pretraining_learning_rate([own, none]).check();
        assert!(matches!(
            checked,
            Err(Error::Training(TrainingError::InvalidLearningRate(0.0)))
        ));
    }

    #[test]
    fn pretraining_may_have_its_own_epochs() {
        let epochs = |epochs: PerLayer<usize>| {
            let params = Dbm::<f64>::params(&[3, 2]).epochs(7);
            let params = params.pretraining_epochs(epochs).check().unwrap();
            let stages = params.architecture().stages(params.training());
            let epochs = stages.iter().map(|stage| stage.training.epochs);
            epochs.collect::<Vec<_>>()
        };
        assert_eq!(epochs(PerLayer::Same(0)), [7]);
        assert_eq!(epochs([0, 0].into()), [7]);
        assert_eq!(epochs(PerLayer::Same(3)), [3, 3, 7]);
        assert_eq!(epochs([4, 0].into()), [4, 0, 7]);
    }

    #[test]
    fn settings_of_other_layers_are_errors() {
        let params = Dbm::<f64>::params(&[3, 2]);
        let wrong = |params: DbmParams<f64, Xoshiro256Plus>| {
            let checked = params.check();
            matches!(
                checked,
                Err(Error::Training(TrainingError::PretrainingLayers {
                    expected: 2,
                    found: 3
                }))
            )
        };
        assert!(wrong(params.clone().pretraining_epochs([1, 2, 3])));
        let rates = [0.1; 3].map(LearningRate::Constant);
        assert!(wrong(params.pretraining_learning_rate(rates)));
    }
}
