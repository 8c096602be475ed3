//! The restricted Boltzmann machine: visible and hidden units, no couplings within a layer.

use ndarray::{Array1, Array2, ArrayView2};

use super::inference::reconstruction_error;
use super::likelihood::{UNDEFINED_PSEUDO_LIKELIHOOD, log_summed_out, pseudo_log_likelihood};
use super::machine::{Conditionals, MachineError, Neighbours, Parameters, VisibleUnits};
use super::representation::{transforms_records, unit_names};
use crate::checks::check_states;
use crate::{Float, Result};

/// A restricted Boltzmann machine of binary units (the visible ones may be
/// [Gaussian](VisibleUnits::Gaussian)),
///
/// ```text
/// -E(v, h) = v'W h + b'v + c'h
/// p(h = 1 | v) = sigmoid(v W + c),    p(v = 1 | h) = sigmoid(h W' + b)
/// -F(v) = b'v + sum_j softplus(v W_j + c_j),    log p(v) = -F(v) - log Z
/// ```
///
/// trained by contrastive divergence (Hinton 2002) or persistent contrastive divergence (Tieleman
/// 2008).
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
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct Rbm<F> {
    parameters: Parameters<F>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    Rbm<F> { parameters } => Self::from_parameters(parameters);
    where F: Float + serde_crate::Deserialize<'de>
}

impl<F: Float> Rbm<F> {
    /// An RBM with the given weights (`d x hidden`), visible biases (`d`) and hidden biases.
    ///
    /// # Errors
    ///
    /// [`ParameterShapes`] if the shapes do not fit or a layer is empty,
    /// [`NonFiniteParameters`] or
    /// [`HugeParameters`] if a value is NaN, infinite or huge.
    ///
    /// [`HugeParameters`]: crate::error::MachineError::HugeParameters
    /// [`NonFiniteParameters`]: crate::error::MachineError::NonFiniteParameters
    /// [`ParameterShapes`]: crate::error::MachineError::ParameterShapes
    pub fn from_parts(weights: Array2<F>, visible: Array1<F>, hidden: Array1<F>) -> Result<Self> {
        let parameters = Parameters::from_parts(vec![weights], vec![visible, hidden])?;
        Ok(Self { parameters })
    }

    /// An RBM with the given parameters, which must have two layers.
    ///
    /// # Errors
    ///
    /// [`ParameterShapes`] for another number of layers or an empty layer, [`NonFiniteParameters`]
    /// or [`HugeParameters`] if a value is NaN, infinite or huge.
    ///
    /// [`HugeParameters`]: crate::error::MachineError::HugeParameters
    /// [`NonFiniteParameters`]: crate::error::MachineError::NonFiniteParameters
    /// [`ParameterShapes`]: crate::error::MachineError::ParameterShapes
    pub fn from_parameters(parameters: Parameters<F>) -> Result<Self> {
        parameters.check()?;
        match parameters.weights.len() {
            1 => Ok(Self { parameters }),
            _ => Err(MachineError::ParameterShapes {
                layers: parameters.layers(),
                shapes: parameters.weights.iter().map(Array2::dim).collect(),
            }
            .into()),
        }
    }

    /// An RBM with parameters that are known to be valid.
    pub(super) fn of(parameters: Parameters<F>) -> Self {
        Self { parameters }
    }

    pub(crate) fn into_parameters(self) -> Parameters<F> {
        self.parameters
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

    /// A name for each hidden unit.
    fn unit_names(&self) -> Vec<String> {
        unit_names(&self.parameters.layers()[1..])
    }

    fn represent(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.parameters.check_records(records)?;
        Ok(self.hidden_probabilities(records))
    }

    /// `p(v = 1 | h)`, or `E[v | h]` for Gaussian units, `n x d` from `n x hidden`.
    ///
    /// # Panics
    ///
    /// If the width of `hidden` is not [`nhidden`](Self::nhidden).
    pub fn visible_probabilities(&self, hidden: ArrayView2<F>) -> Array2<F> {
        let above = Some(hidden);
        Conditionals::of(&self.parameters).mean(0, &Neighbours { below: None, above })
    }

    /// The energy `E(v, h)` of every row.
    ///
    /// # Panics
    ///
    /// If the shapes of `visible` (`n x d`) and `hidden` (`n x hidden`) do not fit the machine.
    pub fn energy(&self, visible: ArrayView2<F>, hidden: ArrayView2<F>) -> Array1<F> {
        -self
            .parameters
            .negative_energy(&[visible.view(), hidden.view()])
    }

    /// The free energy `F(v) = -log sum_h exp(-E(v, h))` of every row, so that
    /// `p(v) = exp(-F(v)) / Z`.
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn free_energy(&self, visible: ArrayView2<F>) -> Array1<F> {
        -log_summed_out(&self.parameters, visible)
    }

    /// Mean squared difference between the records (`n x d`) and their reconstruction `E[v | h]`,
    /// with `h` set to its mean given the records.
    ///
    /// # Panics
    ///
    /// If the width of `visible` is not [`nvisible`](Self::nvisible).
    pub fn reconstruction_error(&self, visible: ArrayView2<F>) -> F {
        let layers = [visible.to_owned(), self.hidden_probabilities(visible)];
        reconstruction_error(Conditionals::of(&self.parameters), &layers)
    }

    /// The pseudo-log-likelihood `sum_i log p(v_i | all other units)` of every row (Besag 1975),
    /// which needs no `Z`: `log sigmoid(F(v with unit i flipped) - F(v))`, summed over all `d`
    /// units.
    ///
    /// # Errors
    ///
    /// [`Undefined`] if the visible units are not binary; [`Width`], [`NonFinite`] or [`NotBinary`]
    /// if `visible` (`n x d`) has another width or values other than zeros and ones.
    ///
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`NotBinary`]: crate::error::RecordsError::NotBinary
    /// [`Undefined`]: crate::error::MachineError::Undefined
    /// [`Width`]: crate::error::RecordsError::Width
    pub fn pseudo_log_likelihood(&self, visible: ArrayView2<F>) -> Result<Array1<F>> {
        match self.parameters.visible_units() {
            VisibleUnits::Binary => {
                check_states(visible, self.nvisible())?;
                Ok(pseudo_log_likelihood(&self.parameters, visible))
            }
            VisibleUnits::Gaussian => Err(UNDEFINED_PSEUDO_LIKELIHOOD.into()),
        }
    }
}

#[cfg(feature = "serde")]
impl<F: Float> crate::persistence::Loadable for Rbm<F> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        crate::persistence::check_columns(self.nvisible(), columns)
    }
}

transforms_records! {
    /// `p(h = 1 | v)`, `n x hidden`, of records (`n x d`, in `[0, 1]` for binary visible units).
    ///
    /// # Errors
    ///
    /// [`RecordsError`](crate::error::RecordsError) for records of another width, or with values
    /// that the visible units cannot take.
    Rbm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boltzmann::enumeration::{self, all_states, example_machine};
    use crate::numerics::scalar::softplus;
    use approx::assert_abs_diff_eq;
    use ndarray::{Axis, array};

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
    fn free_energy_has_the_same_bits_in_every_memory_order() {
        let rbm = tiny();
        let rows = all_states(5);
        let mut columns = Array2::zeros((5, 32)).reversed_axes();
        columns.assign(&rows);
        assert!(!columns.is_standard_layout());
        assert_eq!(
            rbm.free_energy(columns.view()),
            rbm.free_energy(rows.view())
        );
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

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Rbm<f32>>();
    }
}
