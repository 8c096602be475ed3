//! The deep Boltzmann machine: two or more hidden layers, coupled layer by layer.

use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};

use super::inference::{MeanField, reconstruction_error};
use super::likelihood::variational_free_energy;
use super::machine::{Conditionals, MachineError, Neighbours, Parameters};
use super::representation::{transforms_records, unit_names};
use crate::{Float, Result};

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
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct Dbm<F> {
    parameters: Parameters<F>,
    mean_field: MeanField<F>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    Dbm<F> { parameters, mean_field } => {
        Self::from_parameters(parameters).and_then(|dbm| dbm.with_mean_field(mean_field))
    };
    where F: Float + serde_crate::Deserialize<'de>
}

impl<F: Float> Dbm<F> {
    /// A machine with the given weight matrices (`units of layer l x units of layer l + 1`) and
    /// biases (those of the visible layer first).
    ///
    /// # Errors
    ///
    /// [`InvalidDepth`] for fewer than two weight matrices, [`ParameterShapes`] if the shapes do
    /// not fit or a layer is empty, [`NonFiniteParameters`] or
    /// [`HugeParameters`] if a value is NaN, infinite or huge.
    ///
    /// [`InvalidDepth`]: crate::error::MachineError::InvalidDepth
    /// [`HugeParameters`]: crate::error::MachineError::HugeParameters
    /// [`NonFiniteParameters`]: crate::error::MachineError::NonFiniteParameters
    /// [`ParameterShapes`]: crate::error::MachineError::ParameterShapes
    pub fn from_parts(weights: Vec<Array2<F>>, biases: Vec<Array1<F>>) -> Result<Self> {
        match weights.len() {
            depth @ (0 | 1) => Err(MachineError::InvalidDepth(depth).into()),
            _ => Self::from_parameters(Parameters::from_parts(weights, biases)?),
        }
    }

    /// A machine with the given parameters.
    ///
    /// # Errors
    ///
    /// [`InvalidDepth`] for fewer than two hidden layers, [`ParameterShapes`] if a layer is empty,
    /// [`NonFiniteParameters`] or
    /// [`HugeParameters`] if a value is NaN, infinite or huge.
    ///
    /// [`InvalidDepth`]: crate::error::MachineError::InvalidDepth
    /// [`HugeParameters`]: crate::error::MachineError::HugeParameters
    /// [`NonFiniteParameters`]: crate::error::MachineError::NonFiniteParameters
    /// [`ParameterShapes`]: crate::error::MachineError::ParameterShapes
    pub fn from_parameters(parameters: Parameters<F>) -> Result<Self> {
        parameters.check()?;
        match parameters.weights.len() {
            depth @ (0 | 1) => Err(MachineError::InvalidDepth(depth).into()),
            _ => Ok(Self {
                parameters,
                mean_field: MeanField::default(),
            }),
        }
    }

    /// A machine with parameters and a mean-field stopping criterion that are known to be valid.
    pub(super) fn of(parameters: Parameters<F>, mean_field: MeanField<F>) -> Self {
        Self {
            parameters,
            mean_field,
        }
    }

    pub(super) fn into_parameters(self) -> Parameters<F> {
        self.parameters
    }

    /// The same machine with another stopping criterion for mean-field inference.
    ///
    /// # Errors
    ///
    /// [`InvalidMeanFieldIterations`], [`InvalidMeanFieldTolerance`].
    ///
    /// [`InvalidMeanFieldIterations`]: crate::error::MachineError::InvalidMeanFieldIterations
    /// [`InvalidMeanFieldTolerance`]: crate::error::MachineError::InvalidMeanFieldTolerance
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

    /// Number of units of each hidden layer.
    pub fn nhidden(&self) -> Vec<usize> {
        self.parameters.layers().split_off(1)
    }

    /// `p(x_l = 1 | x_{l-1}, x_{l+1})`, `n x units of layer l`, from the states of all layers
    /// (`n x units` each, the visible one first; layer `l`'s own state is not used). For Gaussian
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

    /// A name for each hidden unit.
    fn unit_names(&self) -> Vec<String> {
        unit_names(&self.parameters.layers()[1..])
    }

    fn represent(&self, records: ArrayView2<F>) -> Result<Array2<F>> {
        self.parameters.check_records(records)?;
        let layers = self.mean_field(records);
        let hidden: Vec<_> = layers[1..].iter().map(Array2::view).collect();
        match concatenate(Axis(1), &hidden) {
            Ok(representation) => Ok(representation),
            Err(_) => unreachable!("all layers have the rows of the records"),
        }
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

    /// Number of records (`n x d`) for which mean-field inference does not converge within the
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
        self.mean_field
            .infer_hidden(machine, input)
            .stats
            .unconverged
    }

    /// The mean-field lower bound on `log p(v)` of every row of `visible` (`n x d`), given `log Z`
    /// (exact or an estimate, see [`likelihood`](super::likelihood)).
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

    /// The energy `E(v, h)` of every row, from the states of all layers, the visible one first.
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
        variational_free_energy(&self.parameters, self.mean_field, visible)
    }
}

#[cfg(feature = "serde")]
impl<F: Float> crate::persistence::Loadable for Dbm<F> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        crate::persistence::check_columns(self.nvisible(), columns)
    }
}

transforms_records! {
    /// The hidden representation of records (`n x d`, in `[0, 1]` for binary visible
    /// units): the mean-field probabilities of all hidden layers, side by side.
    ///
    /// # Errors
    ///
    /// [`RecordsError`](crate::error::RecordsError) for records of another width, or with values
    /// that the visible units cannot take.
    Dbm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boltzmann::enumeration::{self, all_states, example_machine, log_likelihood};
    use approx::assert_abs_diff_eq;

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

    /// Largest gap between the exact log-likelihood and the bound; no gap may be negative.
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

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Dbm<f32>>();
        has_autotraits::<MeanField<f32>>();
        has_autotraits::<Parameters<f32>>();
    }
}
