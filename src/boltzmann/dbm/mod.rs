//! The deep Boltzmann machine: two or more hidden layers, coupled layer by layer.

mod hyperparams;
mod pretraining;

pub use hyperparams::{DbmParams, DbmValidParams};

use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2};
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;

use super::rbm::UNDEFINED_PSEUDO_LIKELIHOOD;
use super::training::{reconstruction_error, starting_point, train, Progress, Records, StagePlan};
use super::{MeanField, Metric, Parameters};
use crate::boltzmann::inference::unnormalised_bound;
use crate::boltzmann::machine::{Conditionals, Neighbours};
use crate::error::{MachineError, TrainingError};
use crate::observer::{Observer, Stage};
use crate::{Error, Float, Result};

/// A deep Boltzmann machine of binary units (the visible ones may be
/// [Gaussian](super::VisibleUnits::Gaussian)),
///
/// ```text
/// -E(v, h) = v'W1 h1 + h1'W2 h2 + ... + b'v + c1'h1 + c2'h2 + ...
/// ```
///
/// trained by greedy layer-wise pretraining, then jointly with mean-field positive statistics and
/// persistent Gibbs chains for the negative ones (Salakhutdinov & Hinton 2009).
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::Dbm;
/// use linfa_fisher::datasets;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let dbm = Dbm::params(&[16, 8]).pretraining_epochs(2).epochs(3).fit(&digits)?;
/// let layers = dbm.mean_field(digits.records.view());
/// assert_eq!(layers[1].dim(), (1797, 16));
/// assert_eq!(layers[2].dim(), (1797, 8));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "Parts<F>",
        bound(deserialize = "F: Float + serde_crate::Deserialize<'de>")
    )
)]
pub struct Dbm<F> {
    parameters: Parameters<F>,
    mean_field: MeanField<F>,
}

/// What a file says that a machine is.
#[cfg(feature = "serde")]
#[derive(serde_crate::Deserialize)]
#[serde(
    crate = "serde_crate",
    rename = "Dbm",
    bound(deserialize = "F: Float + serde_crate::Deserialize<'de>")
)]
struct Parts<F> {
    parameters: Parameters<F>,
    mean_field: MeanField<F>,
}

#[cfg(feature = "serde")]
impl<F: Float> TryFrom<Parts<F>> for Dbm<F> {
    type Error = Error;

    fn try_from(parts: Parts<F>) -> Result<Self> {
        Self::from_parameters(parts.parameters)?.with_mean_field(parts.mean_field)
    }
}

impl<F: Float> Dbm<F> {
    /// Hyper-parameters of a machine with the given numbers of hidden units, the layer next to
    /// the visible units first, and random numbers seeded with 42.
    pub fn params(hidden: &[usize]) -> DbmParams<F, Xoshiro256Plus> {
        DbmParams::with_rng(hidden, rand::SeedableRng::seed_from_u64(42))
    }

    /// Hyper-parameters with the given source of random numbers.
    pub fn params_with_rng<R: Rng + Clone>(hidden: &[usize], rng: R) -> DbmParams<F, R> {
        DbmParams::with_rng(hidden, rng)
    }

    /// A machine of given couplings (`units of layer l x units of layer l + 1`) and biases (the
    /// visible ones first).
    ///
    /// # Errors
    ///
    /// [`MachineError::InvalidDepth`](crate::error::MachineError::InvalidDepth) for less than two couplings, [`MachineError::ParameterShapes`](crate::error::MachineError::ParameterShapes) if the
    /// shapes do not fit or a layer is empty, [`MachineError::NonFiniteParameters`](crate::error::MachineError::NonFiniteParameters) if a value is NaN or
    /// infinite.
    pub fn from_parts(weights: Vec<Array2<F>>, biases: Vec<Array1<F>>) -> Result<Self> {
        match weights.len() {
            depth @ (0 | 1) => Err(Error::Machine(MachineError::InvalidDepth(depth))),
            _ => Self::from_parameters(Parameters::from_parts(weights, biases)?),
        }
    }

    /// A machine of given parameters.
    ///
    /// # Errors
    ///
    /// [`MachineError::InvalidDepth`](crate::error::MachineError::InvalidDepth) for less than two hidden layers, [`MachineError::ParameterShapes`](crate::error::MachineError::ParameterShapes) if one
    /// is empty, [`MachineError::NonFiniteParameters`](crate::error::MachineError::NonFiniteParameters) if a value is NaN or infinite.
    pub fn from_parameters(parameters: Parameters<F>) -> Result<Self> {
        parameters.check()?;
        match parameters.weights.len() {
            depth @ (0 | 1) => Err(Error::Machine(MachineError::InvalidDepth(depth))),
            _ => Ok(Self {
                parameters,
                mean_field: MeanField::default(),
            }),
        }
    }

    /// The same machine with another rule for when mean-field inference stops.
    ///
    /// # Errors
    ///
    /// [`MachineError::InvalidMeanFieldIterations`](crate::error::MachineError::InvalidMeanFieldIterations), [`MachineError::InvalidMeanFieldTolerance`](crate::error::MachineError::InvalidMeanFieldTolerance).
    pub fn with_mean_field(mut self, mean_field: MeanField<F>) -> Result<Self> {
        mean_field.check()?;
        self.mean_field = mean_field;
        Ok(self)
    }

    /// The weights `W1, W2, ...` and the biases `b, c1, c2, ...`.
    pub fn parameters(&self) -> &Parameters<F> {
        &self.parameters
    }

    /// Number of visible units `d`.
    pub fn nvisible(&self) -> usize {
        self.parameters.biases[0].len()
    }

    /// Units of each hidden layer.
    pub fn nhidden(&self) -> Vec<usize> {
        self.parameters.layers().split_off(1)
    }

    /// `p(x_l = 1 | x_{l-1}, x_{l+1})`, `n x units of layer l`, from the states of all layers
    /// (`n x units` each, the visible one first; layer `l`'s own state is not used). Of Gaussian
    /// visible units it is the mean.
    ///
    /// # Panics
    ///
    /// If `layer` or the shapes of `states` do not fit the machine.
    pub fn layer_probabilities(&self, layer: usize, states: &[ArrayView2<F>]) -> Array2<F> {
        self.parameters.assert_layers(states);
        let below = layer.checked_sub(1).map(|below| states[below]);
        let above = states.get(layer + 1).copied();
        Conditionals::of(&self.parameters).mean(layer, &Neighbours { below, above })
    }

    /// Mean-field approximation of `p(h | v)`: the activation probabilities of every layer, the
    /// records (`n x d`) themselves first.
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn mean_field(&self, visible: ArrayView2<F>) -> Vec<Array2<F>> {
        let machine = Conditionals::of(&self.parameters);
        self.mean_field.infer(machine, visible)
    }

    /// Mean squared difference between the records (`n x d`) and `E[v | h]` at their
    /// [mean field](Self::mean_field).
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn reconstruction_error(&self, visible: ArrayView2<F>) -> F {
        let layers = self.mean_field(visible);
        reconstruction_error(Conditionals::of(&self.parameters), &layers)
    }

    /// How many of the records (`n x d`) mean-field inference does not converge for, within the
    /// machine's [iterations and tolerance](MeanField).
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn unconverged(&self, visible: ArrayView2<F>) -> usize {
        let machine = Conditionals::of(&self.parameters);
        let input = machine.input(
            1,
            &Neighbours {
                below: Some(visible),
                above: None,
            },
        );
        self.mean_field.infer_hidden(machine, input).unconverged
    }

    /// The lower bound on `log p(v)` of every row of `visible` (`n x d`) by mean-field inference,
    /// given `log Z` (exact or an estimate, see [`likelihood`](super::likelihood)).
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::boltzmann::likelihood::{exact_log_likelihood, exact_log_partition};
    /// use linfa_fisher::boltzmann::Dbm;
    /// use ndarray::array;
    ///
    /// let weights = vec![array![[1.0, -2.0], [0.5, 1.0]], array![[2.0], [-1.0]]];
    /// let biases = vec![array![0.0, 0.1], array![-0.5, 0.2], array![0.3]];
    /// let dbm = Dbm::from_parts(weights, biases)?;
    /// let v = array![[1.0, 0.0]];
    /// let bound = dbm.lower_bound(v.view(), exact_log_partition(dbm.parameters())?);
    /// let exact = exact_log_likelihood(dbm.parameters(), v.view())?;
    /// assert!(bound[0] < exact[0] && bound[0] > exact[0] - 0.1);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn lower_bound(&self, visible: ArrayView2<F>, log_partition: f64) -> Array1<f64> {
        let free = self.variational_free_energy(visible);
        free.mapv(|free| -free.to_f64().unwrap_or(f64::NAN) - log_partition)
    }

    /// `E(v, h)` of every row, from the states of all layers, the visible one first.
    ///
    /// # Panics
    ///
    /// If the shapes of `states` (`n x units` each) do not fit the machine.
    pub fn energy(&self, states: &[ArrayView2<F>]) -> Array1<F> {
        -self.parameters.negative_energy(states)
    }

    /// `-(theta . T(v, mu) + H(mu))` of every row, with `mu` from [`mean_field`](Self::mean_field):
    /// an upper bound on the free energy `F(v)`, so that `log p(v) >= -bound - log Z`.
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn variational_free_energy(&self, visible: ArrayView2<F>) -> Array1<F> {
        let layers = self.mean_field(visible);
        let views: Vec<_> = layers.iter().map(Array2::view).collect();
        -unnormalised_bound(&self.parameters, &views)
    }
}

impl<F: Float, R: Rng + Clone> DbmValidParams<F, R> {
    /// Trains a machine on `records` (`n x d`, values in `[0, 1]`, or any finite ones for Gaussian
    /// visible units), reporting every epoch.
    ///
    /// # Errors
    ///
    /// [`RecordsError::EmptyRecords`](crate::error::RecordsError::EmptyRecords), [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite), [`RecordsError::OutsideUnitInterval`](crate::error::RecordsError::OutsideUnitInterval) or
    /// [`RecordsError::NotBinary`](crate::error::RecordsError::NotBinary) for the records, [`SelectionError::InvalidRatio`](crate::error::SelectionError::InvalidRatio) if early stopping would leave
    /// no records on one side, [`TrainingError::Diverged`](crate::error::TrainingError::Diverged) if a parameter does not stay finite and moderate.
    pub fn fit_observed(
        &self,
        records: ArrayView2<F>,
        observer: &mut dyn Observer,
    ) -> Result<Dbm<F>> {
        let records = self.training.records(records)?;
        let start = self.start(&records);
        let parameters = train(&self.stages(), start, &records, observer, |_| Ok(()))?;
        Ok(self.trained(parameters))
    }

    /// [`fit_observed`](Self::fit_observed), showing the parameters to `inspect` after every epoch
    /// of every stage, for what statistics do not tell: likelihoods, pictures of filters.
    ///
    /// # Errors
    ///
    /// As for [`fit_observed`](Self::fit_observed).
    pub fn fit_inspected(
        &self,
        records: ArrayView2<F>,
        observer: &mut dyn Observer,
        inspect: &mut dyn FnMut(Stage, usize, &Parameters<F>),
    ) -> Result<Dbm<F>> {
        let records = self.training.records(records)?;
        let start = self.start(&records);
        let stages = self.stages();
        let parameters = train(&stages, start, &records, observer, |progress| {
            progress.show(&stages, inspect);
            Ok(())
        })?;
        Ok(self.trained(parameters))
    }

    /// Goes on with the joint training of `model` on `records`, for all epochs of the
    /// hyper-parameters, without pretraining.
    ///
    /// # Errors
    ///
    /// As for [`fit_observed`](Self::fit_observed), and [`TrainingError::OtherLayers`](crate::error::TrainingError::OtherLayers) or
    /// [`TrainingError::OtherVisibleUnits`](crate::error::TrainingError::OtherVisibleUnits) if the model is not of the hyper-parameters' shape.
    pub fn fit_with_observed(
        &self,
        model: Dbm<F>,
        records: ArrayView2<F>,
        observer: &mut dyn Observer,
    ) -> Result<Dbm<F>> {
        let layers = self.layers(records);
        let records = self.training.records(records)?;
        let start = self.training.continued(model.parameters, &layers)?;
        let start = Progress::going_on(start, self.rng.clone());
        let stages = [self.joint_stage()];
        let parameters = train(&stages, start, &records, observer, |_| Ok(()))?;
        Ok(self.trained(parameters))
    }

    /// [`fit_observed`](Self::fit_observed), going on from the checkpoint if there is one.
    ///
    /// # Errors
    ///
    /// As for [`fit_observed`](Self::fit_observed), and [`PersistenceError::Checkpoint`](crate::error::PersistenceError::Checkpoint) or
    /// [`PersistenceError::OtherTraining`](crate::error::PersistenceError::OtherTraining) for the file.
    #[cfg(feature = "serde")]
    pub fn fit_resumable(
        &self,
        records: ArrayView2<F>,
        checkpoint: &super::Checkpoint,
        observer: &mut dyn Observer,
    ) -> Result<Dbm<F>>
    where
        F: serde_crate::Serialize + serde_crate::de::DeserializeOwned,
        R: serde_crate::Serialize + serde_crate::de::DeserializeOwned,
    {
        let records = self.training.records(records)?;
        let start = self.start(&records);
        let parameters = checkpoint.train(&self.stages(), start, &records, observer)?;
        Ok(self.trained(parameters))
    }

    fn start(&self, records: &Records<F>) -> Progress<F, R> {
        let mut rng = self.rng.clone();
        let layers = self.layers(records.values());
        let visible = self.training.visible_units;
        let theta = starting_point(&layers, records.means(), visible, &mut rng);
        Progress::start(theta, rng)
    }

    fn trained(&self, parameters: Parameters<F>) -> Dbm<F> {
        Dbm {
            parameters,
            mean_field: self.training.mean_field,
        }
    }

    /// Units of each layer, the visible one first.
    fn layers(&self, records: ArrayView2<F>) -> Vec<usize> {
        [&[records.ncols()], self.hidden()].concat()
    }

    fn stages(&self) -> Vec<StagePlan<F>> {
        let pretraining = pretraining::stages(self);
        pretraining
            .into_iter()
            .chain([self.joint_stage()])
            .collect()
    }

    fn joint_stage(&self) -> StagePlan<F> {
        StagePlan {
            stage: Stage::Joint,
            layers: 0..=self.hidden.len(),
            training: self.training.clone(),
            doubling: (F::one(), F::one()),
        }
    }
}

/// Trains on the records of the dataset, each of which counts the same, whatever its targets and
/// weights.
impl<F: Float, R: Rng + Clone, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error>
    for DbmValidParams<F, R>
{
    type Object = Dbm<F>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Dbm<F>> {
        self.fit_observed(dataset.records.view(), &mut ())
    }
}

impl<'a, F, R, D, T> FitWith<'a, ArrayBase<D, Ix2>, T, Error> for DbmValidParams<F, R>
where
    F: Float,
    R: Rng + Clone,
    D: Data<Elem = F>,
    T: 'a,
{
    type ObjectIn = Dbm<F>;
    type ObjectOut = Dbm<F>;

    fn fit_with(
        &self,
        model: Dbm<F>,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Dbm<F>> {
        self.fit_with_observed(model, dataset.records.view(), &mut ())
    }
}

impl<F: Float, R: Rng + Clone> ParamGuard for DbmParams<F, R> {
    type Checked = DbmValidParams<F, R>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let hidden = &self.0.hidden;
        if hidden.len() < 2 {
            return Err(Error::Machine(MachineError::InvalidDepth(hidden.len())));
        }
        if let Some(empty) = hidden.iter().position(|&units| units == 0) {
            let layer = empty + 1;
            return Err(Error::Machine(MachineError::InvalidHiddenUnits {
                layer,
                units: 0,
            }));
        }
        let metric = self.0.training.early_stopping.map(|early| early.metric());
        if metric == Some(Metric::PseudoLogLikelihood) {
            return Err(UNDEFINED_PSEUDO_LIKELIHOOD);
        }
        self.0.training.check()?;
        let rate = self.0.pretraining_learning_rate;
        if let Some(value) = rate.and_then(|rate| rate.invalid()) {
            let value = value.to_f64().unwrap_or(f64::NAN);
            return Err(Error::Training(TrainingError::InvalidLearningRate(value)));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boltzmann::enumeration::{
        self, all_states, dependent_machine, example_machine, log_likelihood, mean_log_likelihood,
    };
    use crate::boltzmann::{LearningRate, Momentum, NegativePhase, Presentation, Sparsity};
    use approx::assert_abs_diff_eq;
    use ndarray::Axis;

    fn tiny(layers: &[usize], scale: f64) -> Dbm<f64> {
        Dbm {
            parameters: example_machine(layers, scale),
            mean_field: MeanField {
                iterations: 500,
                tolerance: 1e-12,
            },
        }
    }

    #[test]
    fn conditionals_are_ratios_of_joint_probabilities() {
        let dbm = tiny(&[3, 2, 3], 1.0);
        let states = enumeration::joint_states(&[3, 2, 3]);
        let views = enumeration::views(&states);
        let p = (-dbm.energy(&views)).mapv(f64::exp);
        for (layer, state) in states.iter().enumerate() {
            let probabilities = dbm.layer_probabilities(layer, &views);
            for (row, q) in probabilities.rows().into_iter().enumerate() {
                let same = |other: usize| {
                    (0..3).all(|l| l == layer || states[l].row(other) == states[l].row(row))
                };
                let group: Vec<usize> = (0..p.len()).filter(|&other| same(other)).collect();
                let total: f64 = group.iter().map(|&i| p[i]).sum();
                for unit in 0..q.len() {
                    let on: f64 = group.iter().map(|&i| p[i] * state[[i, unit]]).sum();
                    assert_abs_diff_eq!(q[unit], on / total, epsilon = 1e-12);
                }
            }
        }
    }

    #[test]
    fn the_bound_is_below_the_likelihood_and_tight_without_upper_couplings() {
        for (scale, layers) in [(1.5, vec![4, 3, 3]), (1.0, vec![3, 3, 2, 2])] {
            let mut dbm = tiny(&layers, scale);
            assert!(largest_gap(&dbm) > 1e-3);
            for weights in &mut dbm.parameters.weights[1..] {
                weights.fill(0.0);
            }
            assert_abs_diff_eq!(largest_gap(&dbm), 0.0, epsilon = 1e-10);
        }
    }

    /// Largest difference of the exact log-likelihood and the bound, which must not be negative.
    fn largest_gap(dbm: &Dbm<f64>) -> f64 {
        let visible = all_states(dbm.nvisible());
        let log_z = enumeration::log_partition(&dbm.parameters);
        let bounds = -dbm.variational_free_energy(visible.view()) - log_z;
        let gaps = visible
            .rows()
            .into_iter()
            .zip(bounds)
            .map(|(v, bound)| log_likelihood(&dbm.parameters, &v.to_owned()) - bound);
        gaps.fold(0.0, |most: f64, gap| {
            assert!(gap > -1e-10, "the bound exceeds the likelihood by {}", -gap);
            most.max(gap)
        })
    }

    #[test]
    fn mean_field_is_a_fixed_point() {
        let dbm = tiny(&[4, 3, 3], 1.5);
        let layers = dbm.mean_field(all_states(4).view());
        let views = enumeration::views(&layers);
        for (layer, mu) in layers.iter().enumerate().skip(1) {
            let again = dbm.layer_probabilities(layer, &views);
            assert_abs_diff_eq!(again, mu, epsilon = 1e-10);
        }
    }

    #[test]
    fn a_sample_does_not_depend_on_its_batch() {
        let dbm = tiny(&[4, 3, 3], 3.0)
            .with_mean_field(MeanField::default())
            .unwrap();
        let together = dbm.mean_field(all_states(4).view());
        for row in 0..16 {
            let alone = dbm.mean_field(all_states(4).slice(ndarray::s![row..=row, ..]));
            for layer in 1..3 {
                let (a, b) = (
                    alone[layer].row(0),
                    together[layer].index_axis(Axis(0), row),
                );
                assert_abs_diff_eq!(a, b, epsilon = 1e-14);
            }
        }
    }

    /// Mean field and its bound cost something: the machine comes near the one that made the
    /// data by more than half of the way from independent units.
    #[test]
    fn joint_training_nears_the_likelihood_of_the_machine_that_made_the_data() {
        let truth = dependent_machine(&[6, 3, 2], 2.0);
        let records = enumeration::samples(&truth, 2000);
        let params = Dbm::params(&[3, 2]).epochs(100).weight_decay(0.0);
        let dbm = params.fit(&DatasetBase::from(records.clone())).unwrap();
        let found = mean_log_likelihood(&dbm.parameters, &records);
        let best = mean_log_likelihood(&truth, &records);
        let mean = records.mean_axis(Axis(0)).unwrap();
        let independent = -mean.mapv(crate::numerics::scalar::binary_entropy).sum();
        assert!(
            found - independent > 0.5 * (best - independent),
            "{independent} < {found} < {best}"
        );
    }

    /// By any option and at either depth, training goes half of the way from independent units to
    /// the machine that made the data.
    #[test]
    fn every_option_raises_the_likelihood() {
        for hidden in [&[3, 2][..], &[3, 2, 2]] {
            let records = dependent_records(hidden);
            let grey = records.mapv(|x| 0.02 + 0.96 * x);
            let fit =
                |params: DbmParams<f64, Xoshiro256Plus>, shown: &Array2<f64>, option: &str| {
                    let dbm = params.fit(&DatasetBase::from(shown.view())).unwrap();
                    let way = way_to_the_truth(&dbm, &records);
                    assert!(way > 0.5, "{option}, {hidden:?}: {way}");
                    dbm
                };
            let params = many_epochs(hidden);
            let sparsity = |cost| Sparsity {
                target: 0.5,
                cost,
                decay: 0.9,
            };
            let momentum = Momentum::Step {
                initial: 0.5,
                later: 0.9,
                epoch: 20,
            };
            let tempered = NegativePhase::Tempered {
                chains: 50,
                temperatures: 4,
                steps: 2,
            };
            let plain = fit(params.clone(), &records, "none");
            let free = params.clone().sparsity(Some(sparsity(0.0)));
            assert_eq!(fit(free, &records, "sparsity of no cost"), plain);
            let loose = params.clone().max_norm(Some(100.0));
            assert_eq!(fit(loose, &records, "large norms"), plain);
            let sparse = params.clone().sparsity(Some(sparsity(0.01)));
            fit(sparse, &records, "sparsity");
            let centred = params.clone().centred(true);
            fit(centred.clone(), &records, "centred");
            fit(centred.pretraining_epochs(0), &records, "centred alone");
            fit(params.clone().momentum(momentum), &records, "momentum");
            let sampled = params.clone().presentation(Presentation::Sampled);
            let direct = fit(params.clone(), &grey, "grey");
            assert_ne!(fit(sampled, &grey, "sampled"), direct);
            fit(params.negative_phase(tempered), &records, "tempered");
        }
    }

    /// Weights far smaller than those that made the data still tell something of it.
    #[test]
    fn bounded_norms_stay_in_bounds_and_raise_the_likelihood() {
        for hidden in [&[3, 2][..], &[3, 2, 2]] {
            let records = dependent_records(hidden);
            let fit = |most| {
                let params = many_epochs(hidden).max_norm(most);
                params.fit(&DatasetBase::from(records.view())).unwrap()
            };
            let norms = |dbm: &Dbm<f64>| {
                let columns = dbm.parameters.weights.iter().flat_map(|w| w.columns());
                columns.map(|w| w.dot(&w).sqrt()).collect::<Vec<f64>>()
            };
            let free = norms(&fit(None));
            assert!(free.iter().any(|&norm| norm > 1.5), "{free:?}");
            let bounded = fit(Some(1.0));
            let found = norms(&bounded);
            assert!(found.iter().all(|&norm| norm < 1.0 + 1e-12), "{found:?}");
            let way = way_to_the_truth(&bounded, &records);
            assert!(way > 0.0, "{hidden:?}: {way}");
        }
    }

    fn many_epochs(hidden: &[usize]) -> DbmParams<f64, Xoshiro256Plus> {
        let learning_rate = LearningRate::LinearToZero { initial: 0.1 };
        Dbm::params(hidden).epochs(160).learning_rate(learning_rate)
    }

    fn dependent_records(hidden: &[usize]) -> Array2<f64> {
        let truth = dependent_machine(&[&[6], hidden].concat(), 2.0);
        enumeration::samples(&truth, 1000)
    }

    /// Share of the way from independent units to the machine that made the records that the
    /// likelihood has gone.
    fn way_to_the_truth(dbm: &Dbm<f64>, records: &Array2<f64>) -> f64 {
        let truth = dependent_machine(&dbm.parameters.layers(), 2.0);
        let best = mean_log_likelihood(&truth, records);
        let mean = records.mean_axis(Axis(0)).unwrap();
        let independent = -mean.mapv(crate::numerics::scalar::binary_entropy).sum();
        let found = mean_log_likelihood(&dbm.parameters, records);
        (found - independent) / (best - independent)
    }

    #[test]
    fn owned_arrays_and_views_of_both_precisions_train() {
        let records = Array2::from_shape_fn((30, 6), |(i, j)| ((i + j) % 2) as f32);
        let params = Dbm::params(&[3, 2, 2]).epochs(2);
        let owned = params.fit(&DatasetBase::from(records.clone())).unwrap();
        let view = params.fit(&DatasetBase::from(records.view())).unwrap();
        assert_eq!(owned, view);
        let wide = Dbm::params(&[3, 2])
            .epochs(2)
            .fit(&DatasetBase::from(records.mapv(f64::from)));
        assert_eq!(wide.unwrap().nhidden(), [3, 2]);
    }

    #[test]
    fn bad_parameters_are_named() {
        assert!(matches!(
            Dbm::<f64>::params(&[4]).check(),
            Err(Error::Machine(MachineError::InvalidDepth(1)))
        ));
        assert!(matches!(
            Dbm::<f64>::params(&[4, 0]).check(),
            Err(Error::Machine(MachineError::InvalidHiddenUnits {
                layer: 2,
                units: 0
            }))
        ));
        let mean_field = MeanField {
            iterations: 0,
            tolerance: 0.0,
        };
        let params = Dbm::<f64>::params(&[4, 2]).mean_field(mean_field);
        assert!(matches!(
            params.check(),
            Err(Error::Machine(MachineError::InvalidMeanFieldIterations(0)))
        ));
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Dbm<f32>>();
        has_autotraits::<DbmParams<f32, Xoshiro256Plus>>();
        has_autotraits::<DbmValidParams<f32, Xoshiro256Plus>>();
        has_autotraits::<MeanField<f32>>();
        has_autotraits::<Parameters<f32>>();
    }
}
