//! Boltzmann machines as sources of Fisher vectors: trained ones and those to be trained.

use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis, Zip, s};
use rand::{Rng, RngCore};
use rayon::prelude::*;

use super::ModelExpectation;
use crate::boltzmann::{Architecture, BoltzmannParams, BoltzmannValidParams, Dbm, Parameters, Rbm};
use crate::fisher::kernel::LayeredScore;
use crate::fisher::layout::{ScoreBlock, ScoreLayout};
use crate::fisher::model::FisherScore;
use crate::fisher::source::{ScoreModel, itself};
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Float, Result};

/// A trained Boltzmann machine with layers of units.
pub(crate) trait LayeredMachine: Clone + Send + Sync {
    /// The type of its parameters.
    type Elem: Float;

    /// The couplings and biases.
    fn theta(&self) -> &Parameters<Self::Elem>;

    /// The states of all layers given the records (`n x d`): the records, then the probabilities
    /// of each hidden layer.
    fn states(&self, records: ArrayView2<Self::Elem>) -> Vec<Array2<Self::Elem>>;
}

impl<F: Float> LayeredMachine for Rbm<F> {
    type Elem = F;

    fn theta(&self) -> &Parameters<F> {
        self.parameters()
    }

    fn states(&self, records: ArrayView2<F>) -> Vec<Array2<F>> {
        let hidden = self.hidden_probabilities(records);
        vec![records.to_owned(), hidden]
    }
}

impl<F: Float> LayeredMachine for Dbm<F> {
    type Elem = F;

    fn theta(&self) -> &Parameters<F> {
        self.parameters()
    }

    fn states(&self, records: ArrayView2<F>) -> Vec<Array2<F>> {
        self.mean_field(records)
    }
}

/// The statistics are the products `x_l x_{l+1}'` of the states of neighbouring layers and, with
/// biases, the states themselves. Their expectation is estimated by Gibbs sampling. A machine with
/// Gaussian visible units takes any finite records.
impl<F: Float, M: LayeredMachine<Elem = F>> FisherScore<F> for M {
    type Expectation = ModelExpectation;

    fn nvisible(&self) -> usize {
        self.theta().biases()[0].len()
    }

    fn check_records(&self, records: ArrayView2<F>) -> Result<()> {
        self.theta().check_records(records)
    }

    fn identity(&self) -> Vec<F> {
        let theta = self.theta();
        let weights = theta.weights().iter().flatten();
        let biases = theta.biases().iter().flatten();
        weights.chain(biases).copied().collect()
    }

    fn layout(&self, biases: bool) -> ScoreLayout {
        layout(self.theta(), biases)
    }

    fn write_statistics(&self, records: ArrayView2<F>, biases: bool, out: ArrayViewMut2<F>) {
        let states = self.states(records);
        let layers: Vec<_> = states.iter().map(Array2::view).collect();
        write_outer_products(&layers, biases, out);
    }

    fn factors(&self, records: ArrayView2<F>) -> Option<Vec<Array2<F>>> {
        Some(self.states(records))
    }

    fn check_expectation(options: &ModelExpectation) -> Result<()> {
        options.check()
    }

    fn model_statistics(
        &self,
        options: &ModelExpectation,
        biases: bool,
        rng: &mut dyn RngCore,
    ) -> Result<Array1<F>> {
        let statistics = options.estimate(self.theta(), rng)?;
        Ok(flat(&statistics, biases))
    }
}

impl<F: Float, M: LayeredMachine<Elem = F>> LayeredScore<F> for M {
    fn layers(&self, records: ArrayView2<F>) -> Vec<Array2<F>> {
        self.states(records)
    }
}

/// A trained machine is its own model.
impl<F: Float> ScoreModel<F> for Rbm<F> {
    type Model = Self;

    fn model(&self, records: ArrayView2<F>, _: &mut dyn Observer) -> Result<Self> {
        itself(self, records)
    }
}

/// A trained machine is its own model.
impl<F: Float> ScoreModel<F> for Dbm<F> {
    type Model = Self;

    fn model(&self, records: ArrayView2<F>, _: &mut dyn Observer) -> Result<Self> {
        itself(self, records)
    }
}

impl<A, F, R> ScoreModel<F> for BoltzmannParams<A, F, R>
where
    A: Architecture<F>,
    A::Machine: FisherScore<F>,
    F: Float,
    R: Rng + Clone,
{
    type Model = A::Machine;

    fn check(&self) -> Result<()> {
        self.check_ref().map(drop)
    }

    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<A::Machine> {
        self.check_ref()?.model(records, observer)
    }
}

impl<A, F, R> ScoreModel<F> for BoltzmannValidParams<A, F, R>
where
    A: Architecture<F>,
    A::Machine: FisherScore<F>,
    F: Float,
    R: Rng + Clone,
{
    type Model = A::Machine;

    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<A::Machine> {
        self.fit_observed(&DatasetBase::from(records), observer)
    }
}

#[cfg(feature = "serde")]
impl<A, F, R> ScoreModel<F> for crate::boltzmann::Checkpointed<A, F, R>
where
    A: Architecture<F>,
    A::Machine: FisherScore<F>,
    F: Float + serde_crate::Serialize + serde_crate::de::DeserializeOwned,
    R: Rng + Clone + serde_crate::Serialize + serde_crate::de::DeserializeOwned,
{
    type Model = A::Machine;

    fn check(&self) -> Result<()> {
        self.params().check_ref().map(drop)
    }

    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<A::Machine> {
        self.fit_observed(&DatasetBase::from(records), observer)
    }
}

/// `W1, W2, ...`, then `b0, b1, ...` if biases are asked for.
fn layout<F: Float>(theta: &Parameters<F>, biases: bool) -> ScoreLayout {
    let couplings = theta.weights().iter().enumerate().map(|(l, weights)| {
        let (rows, columns) = weights.dim();
        ScoreBlock::new(format!("W{}", l + 1), rows, columns)
    });
    let units = theta.biases().iter().enumerate();
    let biases = units
        .filter(|_| biases)
        .map(|(l, bias)| ScoreBlock::new(format!("b{l}"), bias.len(), 1));
    ScoreLayout::new(couplings.chain(biases).collect())
}

/// Statistics in the order of [`layout`].
pub(crate) fn flat<F: Float>(statistics: &Parameters<F>, biases: bool) -> Array1<F> {
    let units = statistics.biases().iter().filter(|_| biases).flatten();
    statistics
        .weights()
        .iter()
        .flatten()
        .chain(units)
        .copied()
        .collect()
}

/// Writes every row's sufficient statistics, in parallel.
fn write_outer_products<F: Float>(
    layers: &[ArrayView2<F>],
    biases: bool,
    mut out: ArrayViewMut2<F>,
) {
    out.axis_iter_mut(Axis(0))
        .into_par_iter()
        .enumerate()
        .for_each(|(row, score)| {
            let states: Vec<_> = layers.iter().map(|layer| layer.row(row)).collect();
            write_row(&states, biases, score);
        });
}

/// One sample's `x_l x_{l+1}'` (and `x_l`) in the order of [`layout`].
fn write_row<F: Float>(states: &[ArrayView1<F>], biases: bool, mut score: ArrayViewMut1<F>) {
    let mut start = 0;
    let mut put = |values: ArrayView1<F>, factor: F| {
        let end = start + values.len();
        let place = score.slice_mut(s![start..end]);
        Zip::from(place)
            .and(values)
            .for_each(|place, &x| *place = factor * x);
        start = end;
    };
    for pair in states.windows(2) {
        pair[0].iter().for_each(|&x| put(pair[1], x));
    }
    for &state in states.iter().filter(|_| biases) {
        put(state, F::one());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boltzmann::enumeration::{
        all_states, completions, example_machine, log_likelihood, log_sum_exp, model_expectation,
        posterior_expectation,
    };
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    fn statistics<M: FisherScore<f64>>(model: &M, records: ArrayView2<f64>) -> Array2<f64> {
        let mut out = Array2::zeros((records.nrows(), model.layout(true).length()));
        model.write_statistics(records, true, out.view_mut());
        out
    }

    fn rbm(theta: &Parameters<f64>) -> Rbm<f64> {
        let [b, c] = [theta.biases()[0].clone(), theta.biases()[1].clone()];
        Rbm::from_parts(theta.weights()[0].clone(), b, c).unwrap()
    }

    /// `(log p(v; theta + step) - log p(v; theta - step)) / (2 step)` for every parameter.
    fn finite_differences(theta: &Parameters<f64>, v: &Array1<f64>) -> Array1<f64> {
        let step = 1e-5;
        let count = flat(theta, true).len();
        let moved = |k: usize, by: f64| {
            let mut theta = theta.clone();
            let places = theta.weights.iter_mut().flatten();
            let mut places = places.chain(theta.biases.iter_mut().flatten());
            *places.nth(k).unwrap() += by;
            log_likelihood(&theta, v)
        };
        (0..count)
            .map(|k| (moved(k, step) - moved(k, -step)) / (2.0 * step))
            .collect()
    }

    #[test]
    fn rbm_scores_are_gradients_of_the_log_likelihood() {
        let theta = example_machine(&[4, 3], 1.5);
        let expected = flat(&model_expectation(&theta), true);
        let visible = all_states(4);
        for (v, t) in visible
            .rows()
            .into_iter()
            .zip(statistics(&rbm(&theta), visible.view()).rows())
        {
            let gradient = finite_differences(&theta, &v.to_owned());
            assert_abs_diff_eq!(&t - &expected, gradient, epsilon = 1e-8);
        }
    }

    /// `E[T | v]` as the production code writes it, a state of the hidden layers at a time, each
    /// weighted by its exact posterior probability.
    fn posterior_statistics(theta: &Parameters<f64>, v: &Array1<f64>) -> Array1<f64> {
        let states = completions(theta, v);
        let layers: Vec<_> = states.iter().map(Array2::view).collect();
        let mut statistics = Array2::zeros((states[0].nrows(), layout(theta, true).length()));
        write_outer_products(&layers, true, statistics.view_mut());
        let energies = theta.negative_energy(&layers);
        let posterior = energies.mapv(|e| (e - log_sum_exp(&energies)).exp());
        posterior.dot(&statistics)
    }

    /// With exact posteriors in place of mean field, for two and three hidden layers.
    #[test]
    fn dbm_scores_are_gradients_of_the_log_likelihood() {
        for layers in [vec![3, 3, 2], vec![3, 2, 2, 2]] {
            let theta = example_machine(&layers, 1.5);
            let expected = flat(&model_expectation(&theta), true);
            for v in all_states(3).rows() {
                let posterior = posterior_statistics(&theta, &v.to_owned());
                let gradient = finite_differences(&theta, &v.to_owned());
                assert_abs_diff_eq!(posterior - &expected, gradient, epsilon = 1e-8);
            }
        }
    }

    /// Without couplings between hidden layers mean field is exact, and so are the scores.
    #[test]
    fn dbm_statistics_are_exact_without_upper_couplings() {
        let mut theta = example_machine(&[4, 3, 2], 1.5);
        theta.weights[1].fill(0.0);
        let dbm = Dbm::from_parts(theta.weights.clone(), theta.biases.clone()).unwrap();
        let visible = all_states(4);
        for (v, t) in visible
            .rows()
            .into_iter()
            .zip(statistics(&dbm, visible.view()).rows())
        {
            let exact = flat(&posterior_expectation(&theta, &v.to_owned()), true);
            assert_abs_diff_eq!(t, exact, epsilon = 1e-10);
        }
    }

    #[test]
    fn scores_average_to_zero_under_the_model() {
        let theta = example_machine(&[4, 3], 1.5);
        let visible = all_states(4);
        let scores =
            statistics(&rbm(&theta), visible.view()) - flat(&model_expectation(&theta), true);
        let p: Array1<f64> = visible
            .rows()
            .into_iter()
            .map(|v| log_likelihood(&theta, &v.to_owned()).exp())
            .collect();
        assert_abs_diff_eq!(p.sum(), 1.0, epsilon = 1e-12);
        assert_abs_diff_eq!(
            p.dot(&scores),
            Array1::zeros(scores.ncols()),
            epsilon = 1e-12
        );
    }

    #[test]
    fn mean_statistics_of_a_batch_are_the_positive_part_of_the_training_gradient() {
        let theta = example_machine(&[4, 3, 2], 1.5);
        let dbm = Dbm::from_parts(theta.weights.clone(), theta.biases.clone()).unwrap();
        let batch = all_states(4);
        let layers = dbm.mean_field(batch.view());
        let views: Vec<_> = layers.iter().map(Array2::view).collect();
        let gradient = flat(&Parameters::mean_statistics(&views), true);
        let mean = statistics(&dbm, batch.view()).mean_axis(Axis(0)).unwrap();
        assert_abs_diff_eq!(mean, gradient, epsilon = 1e-12);
    }

    #[test]
    fn layouts_have_the_published_lengths() {
        let dbm = |d, l1, l2| {
            let theta = Parameters::<f32>::of_zeros(&[d, l1, l2]);
            Dbm::from_parts(theta.weights, theta.biases)
                .unwrap()
                .layout(false)
                .length()
        };
        let rbm = |d, l1| {
            let theta = Parameters::<f32>::of_zeros(&[d, l1]);
            layout(&theta, false).length()
        };
        assert_eq!(
            [dbm(784, 20, 40), dbm(256, 40, 80), dbm(320, 40, 80)],
            [16_480, 13_440, 16_000]
        );
        assert_eq!(
            [rbm(784, 10), rbm(256, 10), rbm(320, 10)],
            [7_840, 2_560, 3_200]
        );
        assert_eq!(
            layout(&Parameters::<f32>::of_zeros(&[784, 10]), true).length(),
            7_840 + 794
        );
    }

    #[test]
    fn completions_hold_the_sample() {
        let theta = example_machine(&[2, 1], 1.0);
        let states = completions(&theta, &array![1.0, 0.0]);
        assert_eq!(states[0], array![[1.0, 0.0], [1.0, 0.0]]);
    }
}
