//! The restricted Boltzmann machine: visible and hidden units, no couplings within a layer.

mod hyperparams;

pub use hyperparams::{RbmParams, RbmValidParams};

use std::ops::Add;

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, Data, Ix2};
use rand::Rng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::training::{starting_point, Trainer};
use super::{Conditionals, Parameters};
use crate::math::softplus;
use crate::observer::{Observer, Stage};
use crate::validation::check_unit_interval;
use crate::{Error, Float, Result};

/// A restricted Boltzmann machine of binary units,
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
pub struct Rbm<F> {
    parameters: Parameters<F>,
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
    /// [`Error::ParameterShapes`] if the shapes do not fit or a layer is empty,
    /// [`Error::NonFiniteParameters`] if a value is NaN or infinite.
    pub fn from_parts(weights: Array2<F>, visible: Array1<F>, hidden: Array1<F>) -> Result<Self> {
        let parameters = Parameters::from_parts(vec![weights], vec![visible, hidden])?;
        Ok(Self { parameters })
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
        Conditionals::of(&self.parameters).probabilities(1, Some(visible), None)
    }

    /// `p(v = 1 | h)`, `n x d` from `n x hidden`.
    ///
    /// # Panics
    ///
    /// If the width of `hidden` is not [`nhidden`](Self::nhidden).
    pub fn visible_probabilities(&self, hidden: ArrayView2<F>) -> Array2<F> {
        Conditionals::of(&self.parameters).probabilities(0, None, Some(hidden))
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
        let [visible_bias, hidden_bias] = [&self.parameters.biases[0], &self.parameters.biases[1]];
        let input = crate::linalg::product(visible, self.parameters.weights[0].view());
        let hidden = (input + hidden_bias).mapv(softplus).sum_axis(Axis(1));
        -(visible.dot(visible_bias) + hidden)
    }
}

impl<F: Float> Rbm<F> {
    /// `sum_i log p(v_i | all other units)` of every row (Besag 1975), which needs no `Z`:
    /// `log sigmoid(F(v with unit i flipped) - F(v))`, summed over all `d` units.
    ///
    /// # Panics
    ///
    /// If the width of `visible` (zeros and ones) is not [`nvisible`](Self::nvisible).
    pub fn pseudo_log_likelihood(&self, visible: ArrayView2<F>) -> Array1<F> {
        let weights = &self.parameters.weights[0];
        let bias = &self.parameters.biases[0];
        let input = crate::linalg::product(visible, weights.view()) + &self.parameters.biases[1];
        let of_row = |row: usize| {
            let (v, input) = (visible.row(row), input.row(row));
            let hidden: F = input.iter().map(|&x| softplus(x)).fold(F::zero(), Add::add);
            let unit = |unit: usize| {
                let flip = F::one() - (v[unit] + v[unit]);
                let terms = input.iter().zip(weights.row(unit));
                let flipped = terms.map(|(&x, &w)| softplus(x + flip * w));
                let gain = flip * bias[unit] + flipped.fold(F::zero(), Add::add) - hidden;
                -softplus(gain)
            };
            (0..v.len()).map(unit).fold(F::zero(), Add::add)
        };
        let rows: Vec<F> = (0..visible.nrows()).into_par_iter().map(of_row).collect();
        rows.into()
    }
}

impl<F: Float, R: Rng + Clone> RbmValidParams<F, R> {
    /// Trains an RBM on `records` (`n x d`, values in `[0, 1]`), reporting every epoch.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyRecords`], [`Error::NonFinite`] or [`Error::OutsideUnitInterval`] for the
    /// records, [`Error::Diverged`] if a parameter does not stay finite.
    pub fn fit_observed(
        &self,
        records: ArrayView2<F>,
        observer: &mut (impl Observer + ?Sized),
    ) -> Result<Rbm<F>> {
        check_unit_interval(records)?;
        let mut rng = self.rng.clone();
        let start = starting_point(&[records.ncols(), self.hidden], records, &mut rng);
        let trainer = Trainer {
            training: &self.training,
            stage: Stage::Rbm,
            doubling: (F::one(), F::one()),
            rng: &mut rng,
            observer,
        };
        let parameters = trainer.train(start, records)?;
        Ok(Rbm { parameters })
    }
}

impl<F: Float, R: Rng + Clone, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error>
    for RbmValidParams<F, R>
{
    type Object = Rbm<F>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Rbm<F>> {
        self.fit_observed(dataset.records.view(), &mut ())
    }
}

impl<F: Float, R: Rng + Clone> ParamGuard for RbmParams<F, R> {
    type Checked = RbmValidParams<F, R>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        if self.0.hidden == 0 {
            return Err(Error::InvalidHiddenUnits { layer: 1, units: 0 });
        }
        self.0.training.check()?;
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
    use crate::boltzmann::{LearningRate, NegativePhase};
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
        let found = rbm.pseudo_log_likelihood(states.view());
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
                .epochs(200)
                .learning_rate(LearningRate::LinearToZero { initial: 0.2 })
                .weight_decay(0.0)
                .negative_phase(negative_phase)
                .check()
                .unwrap();
            let rbm = params.fit_observed(records.view(), &mut ()).unwrap();
            let found = enumeration::mean_log_likelihood(&rbm.parameters, &records);
            let best = enumeration::mean_log_likelihood(&truth, &records);
            assert!(
                found > best - 0.02,
                "{negative_phase:?}: {found}, truth {best}"
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
            Err(Error::InvalidHiddenUnits { layer: 1, units: 0 })
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
        assert!(matches!(shapes, Err(Error::ParameterShapes { .. })));
        let nan = Rbm::from_parts(array![[f64::NAN]], Array1::zeros(1), Array1::zeros(1));
        assert!(matches!(nan, Err(Error::NonFiniteParameters)));
    }

    #[test]
    fn bad_records_are_located() {
        let fit =
            |records: Array2<f64>| Rbm::params(2).fit(&DatasetBase::from(records)).unwrap_err();
        assert!(matches!(
            fit(Array2::zeros((0, 3))),
            Error::EmptyRecords {
                rows: 0,
                columns: 3
            }
        ));
        assert!(matches!(
            fit(Array2::zeros((3, 0))),
            Error::EmptyRecords {
                rows: 3,
                columns: 0
            }
        ));
        assert!(matches!(
            fit(array![[0.0, 1.0], [f64::NAN, 0.0]]),
            Error::NonFinite {
                row: 1,
                column: 0,
                ..
            }
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
                Err(Error::Diverged {
                    stage: Stage::Rbm,
                    ..
                })
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
