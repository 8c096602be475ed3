//! The restricted Boltzmann machine: visible and hidden units, no couplings within a layer.

mod hyperparams;

pub use hyperparams::{RbmParams, RbmValidParams};

use std::ops::Add;

use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, Data, Ix2};
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::training::{reconstruction_error, starting_point, train, Progress, Records, StagePlan};
use super::{Metric, Parameters, VisibleUnits};
use crate::boltzmann::machine::half_squared_norms;
use crate::boltzmann::machine::{Conditionals, Neighbours};
use crate::checks::check_states;
use crate::error::MachineError;
use crate::numerics::scalar::softplus;
use crate::observer::{Observer, Stage};
use crate::{Error, Float, Result};

/// A restricted Boltzmann machine of binary units (the visible ones may be
/// [Gaussian](VisibleUnits::Gaussian)),
///
/// ```text
/// -E(v, h) = v'W h + b'v + c'h
/// p(h = 1 | v) = sigmoid(v W + c),    p(v = 1 | h) = sigmoid(h W' + b)
/// -F(v) = b'v + sum_j softplus(v W_j + c_j),    log p(v) = -F(v) - log Z
/// ```
///
/// trained by contrastive divergence (Hinton 2002) or persistent chains (Tieleman 2008).
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::datasets;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let rbm = Rbm::params(16).epochs(5).fit(&digits)?;
/// let hidden = rbm.hidden_probabilities(digits.records.view());
/// assert_eq!(hidden.dim(), (1797, 16));
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
pub struct Rbm<F> {
    parameters: Parameters<F>,
}

/// What a file says that a machine is.
#[cfg(feature = "serde")]
#[derive(serde_crate::Deserialize)]
#[serde(
    crate = "serde_crate",
    rename = "Rbm",
    bound(deserialize = "F: Float + serde_crate::Deserialize<'de>")
)]
struct Parts<F> {
    parameters: Parameters<F>,
}

#[cfg(feature = "serde")]
impl<F: Float> TryFrom<Parts<F>> for Rbm<F> {
    type Error = Error;

    fn try_from(parts: Parts<F>) -> Result<Self> {
        Self::from_parameters(parts.parameters)
    }
}

impl<F: Float> Rbm<F> {
    /// Hyper-parameters of an RBM with `hidden` units, and random numbers seeded with 42.
    pub fn params(hidden: usize) -> RbmParams<F, Xoshiro256Plus> {
        RbmParams::with_rng(hidden, rand::SeedableRng::seed_from_u64(42))
    }

    /// Hyper-parameters with the given source of random numbers.
    pub fn params_with_rng<R: Rng + Clone>(hidden: usize, rng: R) -> RbmParams<F, R> {
        RbmParams::with_rng(hidden, rng)
    }

    /// An RBM of given weights (`d x hidden`), visible biases (`d`) and hidden biases.
    ///
    /// # Errors
    ///
    /// [`MachineError::ParameterShapes`](crate::error::MachineError::ParameterShapes) if the shapes do not fit or a layer is empty,
    /// [`MachineError::NonFiniteParameters`](crate::error::MachineError::NonFiniteParameters) if a value is NaN or infinite.
    pub fn from_parts(weights: Array2<F>, visible: Array1<F>, hidden: Array1<F>) -> Result<Self> {
        let parameters = Parameters::from_parts(vec![weights], vec![visible, hidden])?;
        Ok(Self { parameters })
    }

    /// An RBM of given parameters, those of two layers.
    ///
    /// # Errors
    ///
    /// [`MachineError::ParameterShapes`](crate::error::MachineError::ParameterShapes) for another number of layers or an empty one,
    /// [`MachineError::NonFiniteParameters`](crate::error::MachineError::NonFiniteParameters) if a value is NaN or infinite.
    pub fn from_parameters(parameters: Parameters<F>) -> Result<Self> {
        parameters.check()?;
        match parameters.weights.len() {
            1 => Ok(Self { parameters }),
            _ => Err(Error::Machine(MachineError::ParameterShapes {
                layers: parameters.layers(),
                shapes: parameters.weights.iter().map(Array2::dim).collect(),
            })),
        }
    }

    /// The weights `W` and the biases `b` (visible) and `c` (hidden).
    pub fn parameters(&self) -> &Parameters<F> {
        &self.parameters
    }

    /// Number of visible units `d`.
    pub fn nvisible(&self) -> usize {
        self.parameters.biases[0].len()
    }

    /// Number of hidden units.
    pub fn nhidden(&self) -> usize {
        self.parameters.biases[1].len()
    }

    /// `p(h = 1 | v)`, `n x hidden` from `n x d`.
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn hidden_probabilities(&self, visible: ArrayView2<F>) -> Array2<F> {
        let below = Some(visible);
        Conditionals::of(&self.parameters).mean(1, &Neighbours { below, above: None })
    }

    /// `p(v = 1 | h)`, of Gaussian units `E[v | h]`, `n x d` from `n x hidden`.
    ///
    /// # Panics
    ///
    /// If the width of `hidden` is not [`nhidden`](Self::nhidden).
    pub fn visible_probabilities(&self, hidden: ArrayView2<F>) -> Array2<F> {
        let above = Some(hidden);
        Conditionals::of(&self.parameters).mean(0, &Neighbours { below: None, above })
    }

    /// `E(v, h)` of every row.
    ///
    /// # Panics
    ///
    /// If the shapes of `visible` (`n x d`) and `hidden` (`n x hidden`) do not fit the machine.
    pub fn energy(&self, visible: ArrayView2<F>, hidden: ArrayView2<F>) -> Array1<F> {
        -self
            .parameters
            .negative_energy(&[visible.view(), hidden.view()])
    }

    /// `F(v) = -log sum_h exp(-E(v, h))` of every row, so that `p(v) = exp(-F(v)) / Z`.
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn free_energy(&self, visible: ArrayView2<F>) -> Array1<F> {
        -log_summed_out(&self.parameters, visible)
    }

    /// Mean squared difference between the records (`n x d`) and `E[v | h]` at the means of `h`
    /// given them.
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn reconstruction_error(&self, visible: ArrayView2<F>) -> F {
        let layers = [visible.to_owned(), self.hidden_probabilities(visible)];
        reconstruction_error(Conditionals::of(&self.parameters), &layers)
    }

    /// `sum_i log p(v_i | all other units)` of every row (Besag 1975), which needs no `Z`:
    /// `log sigmoid(F(v with unit i flipped) - F(v))`, summed over all `d` units.
    ///
    /// # Errors
    ///
    /// [`MachineError::Undefined`](crate::error::MachineError::Undefined) if the visible units are not binary, [`RecordsError::Width`](crate::error::RecordsError::Width),
    /// [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite) and [`RecordsError::NotBinary`](crate::error::RecordsError::NotBinary) for `visible` (`n x d`, zeros and ones).
    pub fn pseudo_log_likelihood(&self, visible: ArrayView2<F>) -> Result<Array1<F>> {
        match self.parameters.visible_units() {
            VisibleUnits::Binary => {
                check_states(visible, self.nvisible())?;
                Ok(pseudo_log_likelihood(&self.parameters, visible))
            }
            VisibleUnits::Gaussian => Err(UNDEFINED_PSEUDO_LIKELIHOOD),
        }
    }
}

pub(super) const UNDEFINED_PSEUDO_LIKELIHOOD: Error = Error::Machine(MachineError::Undefined {
    quantity: "the pseudo-likelihood",
    machines: "restricted Boltzmann machines of binary units",
});

/// `-F(v)` of every row.
fn log_summed_out<F: Float>(parameters: &Parameters<F>, visible: ArrayView2<F>) -> Array1<F> {
    let machine = Conditionals::of(parameters);
    let below = Some(visible);
    let mut hidden = machine.input(1, &Neighbours { below, above: None });
    machine.sum_out(1, hidden.view_mut());
    let own = visible.dot(&parameters.biases[0]) + hidden.sum_axis(Axis(1));
    match parameters.visible_units() {
        VisibleUnits::Binary => own,
        VisibleUnits::Gaussian => own - half_squared_norms(visible),
    }
}

/// See [`Rbm::pseudo_log_likelihood`].
pub(super) fn pseudo_log_likelihood<F: Float>(
    parameters: &Parameters<F>,
    visible: ArrayView2<F>,
) -> Array1<F> {
    let weights = &parameters.weights[0];
    let bias = &parameters.biases[0];
    let below = Some(visible);
    let input = Conditionals::of(parameters).input(1, &Neighbours { below, above: None });
    let of_row = |row: usize| {
        let (v, input) = (visible.row(row), input.row(row));
        let hidden: F = input.iter().map(|&x| softplus(x)).fold(F::zero(), Add::add);
        let mut terms = vec![F::zero(); input.len()];
        let mut unit = |unit: usize| {
            let flip = F::one() - (v[unit] + v[unit]);
            let inputs = terms.iter_mut().zip(&input).zip(weights.row(unit));
            inputs.for_each(|((term, &x), &w)| *term = x + flip * w);
            F::softplus_in_place(&mut terms);
            let flipped = terms.iter().copied().fold(F::zero(), Add::add);
            -softplus(flip * bias[unit] + flipped - hidden)
        };
        (0..v.len()).map(&mut unit).fold(F::zero(), Add::add)
    };
    let rows: Vec<F> = (0..visible.nrows()).into_par_iter().map(of_row).collect();
    rows.into()
}

impl<F: Float, R: Rng + Clone> RbmValidParams<F, R> {
    /// Trains an RBM on `records` (`n x d`, values in `[0, 1]`, or any finite ones for Gaussian
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
    ) -> Result<Rbm<F>> {
        let records = self.training.records(records)?;
        let start = self.start(&records);
        let parameters = train(&[self.stage()], start, &records, observer, |_| Ok(()))?;
        Ok(Rbm { parameters })
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
    ) -> Result<Rbm<F>> {
        let records = self.training.records(records)?;
        let start = self.start(&records);
        let stages = [self.stage()];
        let parameters = train(&stages, start, &records, observer, |progress| {
            progress.show(&stages, inspect);
            Ok(())
        })?;
        Ok(Rbm { parameters })
    }

    /// Goes on with the training of `model` on `records`, for all epochs of the hyper-parameters.
    ///
    /// # Errors
    ///
    /// As for [`fit_observed`](Self::fit_observed), and [`TrainingError::OtherLayers`](crate::error::TrainingError::OtherLayers) or
    /// [`TrainingError::OtherVisibleUnits`](crate::error::TrainingError::OtherVisibleUnits) if the model is not of the hyper-parameters' shape.
    pub fn fit_with_observed(
        &self,
        model: Rbm<F>,
        records: ArrayView2<F>,
        observer: &mut dyn Observer,
    ) -> Result<Rbm<F>> {
        let layers = [records.ncols(), self.hidden];
        let records = self.training.records(records)?;
        let start = self.training.continued(model.parameters, &layers)?;
        let start = Progress::going_on(start, self.rng.clone());
        let parameters = train(&[self.stage()], start, &records, observer, |_| Ok(()))?;
        Ok(Rbm { parameters })
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
    ) -> Result<Rbm<F>>
    where
        F: serde_crate::Serialize + serde_crate::de::DeserializeOwned,
        R: serde_crate::Serialize + serde_crate::de::DeserializeOwned,
    {
        let records = self.training.records(records)?;
        let start = self.start(&records);
        let parameters = checkpoint.train(&[self.stage()], start, &records, observer)?;
        Ok(Rbm { parameters })
    }

    fn start(&self, records: &Records<F>) -> Progress<F, R> {
        let mut rng = self.rng.clone();
        let layers = [records.values().ncols(), self.hidden];
        let visible = self.training.visible_units;
        let theta = starting_point(&layers, records.means(), visible, &mut rng);
        Progress::start(theta, rng)
    }

    fn stage(&self) -> StagePlan<F> {
        StagePlan {
            stage: Stage::Rbm,
            layers: 0..=1,
            training: self.training.clone(),
            doubling: (F::one(), F::one()),
        }
    }
}

/// Trains on the records of the dataset, each of which counts the same, whatever its targets and
/// weights.
impl<F: Float, R: Rng + Clone, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error>
    for RbmValidParams<F, R>
{
    type Object = Rbm<F>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Rbm<F>> {
        self.fit_observed(dataset.records.view(), &mut ())
    }
}

impl<'a, F, R, D, T> FitWith<'a, ArrayBase<D, Ix2>, T, Error> for RbmValidParams<F, R>
where
    F: Float,
    R: Rng + Clone,
    D: Data<Elem = F>,
    T: 'a,
{
    type ObjectIn = Rbm<F>;
    type ObjectOut = Rbm<F>;

    fn fit_with(
        &self,
        model: Rbm<F>,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Rbm<F>> {
        self.fit_with_observed(model, dataset.records.view(), &mut ())
    }
}

impl<F: Float, R: Rng + Clone> ParamGuard for RbmParams<F, R> {
    type Checked = RbmValidParams<F, R>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        if self.0.hidden == 0 {
            return Err(Error::Machine(MachineError::InvalidHiddenUnits {
                layer: 1,
                units: 0,
            }));
        }
        let training = &self.0.training;
        let metric = training.early_stopping.map(|early| early.metric());
        let gaussian = training.visible_units == VisibleUnits::Gaussian;
        if gaussian && metric == Some(Metric::PseudoLogLikelihood) {
            return Err(UNDEFINED_PSEUDO_LIKELIHOOD);
        }
        training.check()?;
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
    use crate::boltzmann::enumeration::{self, all_states, dependent_machine, example_machine};
    use crate::boltzmann::likelihood::exact_log_likelihood;
    use crate::boltzmann::{LearningRate, Momentum, NegativePhase, Presentation, Sparsity};
    use crate::error::{RecordsError, TrainingError};
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    fn tiny() -> Rbm<f64> {
        Rbm {
            parameters: example_machine(&[5, 4], 1.5),
        }
    }

    #[test]
    fn probabilities_sum_to_one() {
        let rbm = tiny();
        let log_z = enumeration::log_partition(&rbm.parameters);
        let free = rbm.free_energy(all_states(5).view());
        let total = free.mapv(|f| (-f - log_z).exp()).sum();
        assert_abs_diff_eq!(total, 1.0, epsilon = 1e-12);
    }

    #[test]
    fn free_energy_sums_out_the_hidden_units() {
        let rbm = tiny();
        let log_z = enumeration::log_partition(&rbm.parameters);
        for v in all_states(5).rows() {
            let expected = enumeration::log_likelihood(&rbm.parameters, &v.to_owned());
            let free = rbm.free_energy(v.insert_axis(Axis(0)));
            assert_abs_diff_eq!(-free[0] - log_z, expected, epsilon = 1e-12);
        }
    }

    #[test]
    fn conditionals_are_ratios_of_joint_probabilities() {
        let rbm = tiny();
        let v = array![1.0, 0.0, 0.0, 1.0, 1.0];
        let states = enumeration::completions(&rbm.parameters, &v);
        let p = (-rbm.energy(states[0].view(), states[1].view())).mapv(f64::exp);
        let expected = states[1].t().dot(&p) / p.sum();
        let found = rbm.hidden_probabilities(v.view().insert_axis(Axis(0)));
        assert_abs_diff_eq!(found.row(0), expected, epsilon = 1e-12);
    }

    #[test]
    fn pseudo_likelihoods_are_products_of_exact_conditionals() {
        let rbm = tiny();
        let states = all_states(5);
        let log_p = -rbm.free_energy(states.view());
        let found = rbm.pseudo_log_likelihood(states.view()).unwrap();
        for (state, found) in found.iter().enumerate() {
            let conditional = |unit: usize| {
                let other = log_p[state ^ (1 << unit)];
                -softplus(other - log_p[state])
            };
            let expected: f64 = (0..5).map(conditional).sum();
            assert_abs_diff_eq!(*found, expected, epsilon = 1e-11);
        }
    }

    /// The training data of 2,000 samples decide the mean log-likelihood to about 0.01.
    #[test]
    fn training_reaches_the_likelihood_of_the_machine_that_made_the_data() {
        let truth = dependent_machine(&[6, 3], 2.0);
        let records = enumeration::samples(&truth, 2000);
        for negative_phase in [
            NegativePhase::Persistent {
                chains: 100,
                steps: 1,
            },
            NegativePhase::ContrastiveDivergence { steps: 10 },
        ] {
            let params = Rbm::params(3)
                .epochs(1500)
                .learning_rate(LearningRate::LinearToZero { initial: 0.2 })
                .weight_decay(0.0)
                .negative_phase(negative_phase)
                .check()
                .unwrap();
            let rbm = params.fit_observed(records.view(), &mut ()).unwrap();
            let found = enumeration::mean_log_likelihood(&rbm.parameters, &records);
            let best = enumeration::mean_log_likelihood(&truth, &records);
            assert!(
                found > best - 0.015,
                "{negative_phase:?}: {found}, truth {best}"
            );
        }
    }

    /// By any option, training goes four fifths of the way from independent units to the machine
    /// that made the data.
    #[test]
    fn every_option_raises_the_likelihood() {
        let records = dependent_records();
        let grey = records.mapv(|x| 0.02 + 0.96 * x);
        let fit = |params: RbmParams<f64, Xoshiro256Plus>, shown: &Array2<f64>, option: &str| {
            let params = params.check().unwrap();
            let rbm = params.fit_observed(shown.view(), &mut ()).unwrap();
            let way = way_to_the_truth(&rbm, &records);
            assert!(way > 0.8, "{option}: {way}");
            rbm
        };
        let params = long_training();
        let sparsity = |cost| Sparsity {
            target: 0.5,
            cost,
            decay: 0.9,
        };
        let momentum = Momentum::Linear {
            initial: 0.1,
            last: 0.9,
            epochs: 50,
        };
        let tempered = NegativePhase::Tempered {
            chains: 50,
            temperatures: 4,
            steps: 1,
        };
        let plain = fit(params.clone(), &records, "none");
        let free = params.clone().sparsity(Some(sparsity(0.0)));
        assert_eq!(fit(free, &records, "sparsity of no cost"), plain);
        let loose = params.clone().max_norm(Some(100.0));
        assert_eq!(fit(loose, &records, "large norms"), plain);
        let binary = params.clone().presentation(Presentation::Binary);
        assert_eq!(fit(binary, &records, "binary records"), plain);
        let sparse = params.clone().sparsity(Some(sparsity(0.01)));
        fit(sparse, &records, "sparsity");
        fit(params.clone().centred(true), &records, "centred");
        fit(params.clone().momentum(momentum), &records, "momentum");
        let sampled = params.clone().presentation(Presentation::Sampled);
        let direct = fit(params.clone(), &grey, "grey");
        assert_ne!(fit(sampled, &grey, "sampled"), direct);
        fit(params.negative_phase(tempered), &records, "tempered");
    }

    /// Weights far smaller than those that made the data still tell something of it.
    #[test]
    fn bounded_norms_stay_in_bounds_and_raise_the_likelihood() {
        let records = dependent_records();
        let fit = |most| {
            let params = long_training().max_norm(most).check().unwrap();
            params.fit_observed(records.view(), &mut ()).unwrap()
        };
        let norms = |rbm: &Rbm<f64>| {
            let columns = rbm.parameters.weights[0].columns().into_iter();
            columns.map(|w| w.dot(&w).sqrt()).collect::<Vec<f64>>()
        };
        assert!(norms(&fit(None)).iter().all(|&norm| norm > 1.0));
        let bounded = fit(Some(1.0));
        let found = norms(&bounded);
        assert!(found.iter().all(|&norm| norm < 1.0 + 1e-12), "{found:?}");
        let way = way_to_the_truth(&bounded, &records);
        assert!(way > 0.0 && way < 0.8, "{way}");
    }

    fn long_training() -> RbmParams<f64, Xoshiro256Plus> {
        let learning_rate = LearningRate::LinearToZero { initial: 0.2 };
        Rbm::params(3).epochs(300).learning_rate(learning_rate)
    }

    fn dependent_records() -> Array2<f64> {
        enumeration::samples(&dependent_machine(&[6, 3], 2.0), 2000)
    }

    /// Share of the way from independent units to the machine that made the records that the
    /// likelihood has gone.
    fn way_to_the_truth(rbm: &Rbm<f64>, records: &Array2<f64>) -> f64 {
        let truth = dependent_machine(&[6, 3], 2.0);
        let best = enumeration::mean_log_likelihood(&truth, records);
        let mean = records.mean_axis(Axis(0)).unwrap();
        let independent = -mean.mapv(crate::numerics::scalar::binary_entropy).sum();
        let found = enumeration::mean_log_likelihood(&rbm.parameters, records);
        (found - independent) / (best - independent)
    }

    /// Two clusters and unit variance: the likelihood rises from that of independent units to
    /// within a tenth of the mixture's.
    #[test]
    fn gaussian_units_learn_clusters() {
        let mut truth =
            Parameters::<f64>::zeros(&[4, 1]).with_visible_units(VisibleUnits::Gaussian);
        truth.weights[0] = array![[3.0], [-3.0], [2.0], [0.0]];
        truth.biases[0] = array![-1.5, 1.5, -1.0, 0.0];
        let mut rng: Xoshiro256Plus = rand::SeedableRng::seed_from_u64(3);
        let mut chains = crate::boltzmann::GibbsChains::random(&truth, 1000, &mut rng);
        chains.advance(&truth, 100, &mut rng);
        let records = chains.states()[0].clone();
        let likelihood = |theta: &Parameters<f64>| {
            let logs = exact_log_likelihood(theta, records.view()).unwrap();
            logs.mean().unwrap()
        };
        let mut independent = truth.at_origin();
        independent.biases[0] = records.mean_axis(Axis(0)).unwrap();
        let (least, best) = (likelihood(&independent), likelihood(&truth));
        for centred in [false, true] {
            let params = Rbm::params(2)
                .epochs(100)
                .visible_units(VisibleUnits::Gaussian)
                .learning_rate(LearningRate::LinearToZero { initial: 0.02 })
                .centred(centred)
                .check()
                .unwrap();
            let rbm = params.fit_observed(records.view(), &mut ()).unwrap();
            let found = likelihood(&rbm.parameters);
            assert!(
                found - least > 0.9 * (best - least),
                "centred {centred}: {least} < {found} < {best}"
            );
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
        let records = Array2::from_shape_fn((300, 200), |(i, j)| ((i * j) % 3 == 0) as u8 as f32);
        let params = Rbm::params(30).epochs(2).batch_size(150).check().unwrap();
        let fit = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| params.fit_observed(records.view(), &mut ()).unwrap())
        };
        let one = fit(1);
        assert_eq!(one, fit(1));
        assert_eq!(one, fit(4));
    }

    #[test]
    fn bad_parameters_are_named() {
        let check = |params: RbmParams<f64, _>| params.check().unwrap_err().to_string();
        assert!(matches!(
            Rbm::<f64>::params(0).check(),
            Err(Error::Machine(MachineError::InvalidHiddenUnits {
                layer: 1,
                units: 0
            }))
        ));
        assert!(check(Rbm::params(2).epochs(0)).contains("0 epochs"));
        assert!(check(Rbm::params(2).batch_size(0)).contains("batch size 0"));
        assert!(check(Rbm::params(2).momentum(1.0)).contains("momentum 1"));
        assert!(check(Rbm::params(2).weight_decay(-1.0)).contains("weight decay -1"));
        let shapes = Rbm::from_parts(
            Array2::<f64>::zeros((3, 2)),
            Array1::zeros(2),
            Array1::zeros(2),
        );
        assert!(matches!(
            shapes,
            Err(Error::Machine(MachineError::ParameterShapes { .. }))
        ));
        let nan = Rbm::from_parts(array![[f64::NAN]], Array1::zeros(1), Array1::zeros(1));
        assert!(matches!(
            nan,
            Err(Error::Machine(MachineError::NonFiniteParameters))
        ));
    }

    #[test]
    fn bad_records_are_located() {
        let fit =
            |records: Array2<f64>| Rbm::params(2).fit(&DatasetBase::from(records)).unwrap_err();
        assert!(matches!(
            fit(Array2::zeros((0, 3))),
            Error::Records(RecordsError::EmptyRecords {
                rows: 0,
                columns: 3
            })
        ));
        assert!(matches!(
            fit(Array2::zeros((3, 0))),
            Error::Records(RecordsError::EmptyRecords {
                rows: 3,
                columns: 0
            })
        ));
        assert!(matches!(
            fit(array![[0.0, 1.0], [f64::NAN, 0.0]]),
            Error::Records(RecordsError::NonFinite {
                row: 1,
                column: 0,
                ..
            })
        ));
        let outside = fit(array![[0.0, 1.0], [0.0, 1.5]]);
        assert_eq!(
            outside.to_string(),
            "record [1, 1] is 1.5, expected a value in [0, 1]"
        );
    }

    #[test]
    fn divergence_is_an_error_and_not_a_nan() {
        let records = Array2::from_shape_fn((20, 4), |(i, j)| ((i + j) % 2) as f32);
        let params = Rbm::params(2)
            .learning_rate(LearningRate::Constant(f32::MAX))
            .momentum(0.9);
        let result = params.fit(&DatasetBase::from(records));
        assert!(
            matches!(
                result,
                Err(Error::Training(TrainingError::Diverged {
                    stage: Stage::Rbm,
                    ..
                }))
            ),
            "{result:?}"
        );
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Rbm<f32>>();
        has_autotraits::<RbmParams<f32, Xoshiro256Plus>>();
        has_autotraits::<RbmValidParams<f32, Xoshiro256Plus>>();
    }
}
