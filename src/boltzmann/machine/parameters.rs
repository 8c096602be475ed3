//! The parameters `theta` of a layered Boltzmann machine, and everything that has their shape.

use ndarray::{Array, Array1, Array2, ArrayView2, Axis, Dimension};
use rayon::prelude::*;

use super::memory::check_room;
use super::units::VisibleUnits;
use crate::checks::{check_query, check_unit_query};
use crate::error::MachineError;
use crate::numerics::aligned;
use crate::numerics::dense::{product, sum_of_rows};
use crate::numerics::parallel::BLOCK_ELEMENTS;
use crate::numerics::scalar::all;
use crate::{Float, Result};

/// Weights and biases of a Boltzmann machine of layers `x_0` (visible), `x_1`, ..., `x_m`:
///
/// ```text
/// -E(x) = sum_l x_l' W_l x_{l+1} + sum_l b_l' x_l = theta . T(x)
/// ```
///
/// minus `|x_0|^2 / 2` if the visible units are [Gaussian](VisibleUnits::Gaussian).
///
/// A Boltzmann machine is an exponential family, so its sufficient statistics `T(x)`, their
/// expectations, the gradient of the log-likelihood and the optimiser's velocity are shaped like
/// `theta`: all of them are of this type.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::Parameters;
/// use ndarray::array;
///
/// let v = array![[1.0, 0.0], [1.0, 1.0]];
/// let h = array![[1.0], [0.0]];
/// let statistics = Parameters::mean_statistics(&[v.view(), h.view()]);
/// assert_eq!(statistics.weights()[0], array![[0.5], [0.0]]); // mean of v h'
/// assert_eq!(statistics.biases()[0], array![1.0, 0.5]); // mean of v
/// assert_eq!(statistics.layers(), [2, 1]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct Parameters<F> {
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    pub(crate) weights: Vec<Array2<F>>,
    pub(crate) biases: Vec<Array1<F>>,
    pub(crate) visible: VisibleUnits,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    Parameters<F> { weights, biases, visible } => {
        let weights = crate::persistence::Typed::into_arrays(weights)?;
        let theta = Self { weights, biases, visible };
        theta.check().map(|()| theta)
    };
    where F: Float + serde_crate::Deserialize<'de>
}

impl<F: Float> Parameters<F> {
    /// All zeros, for layers of the given numbers of units, the visible one first.
    ///
    /// # Errors
    ///
    /// [`ParameterShapes`] for fewer than two layers, or a layer without units; [`TooLarge`] for
    /// more units than memory has room for.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::boltzmann::Parameters;
    ///
    /// assert_eq!(Parameters::<f32>::zeros(&[3, 2])?.weights()[0].dim(), (3, 2));
    /// assert!(Parameters::<f32>::zeros(&[3, 0, 2]).is_err());
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    ///
    /// [`ParameterShapes`]: crate::error::MachineError::ParameterShapes
    /// [`TooLarge`]: crate::error::MachineError::TooLarge
    pub fn zeros(layers: &[usize]) -> Result<Self> {
        let weights = layers.windows(2).map(|pair| (pair[0], pair[1]));
        if layers.len() < 2 || layers.contains(&0) {
            let (layers, shapes) = (layers.to_vec(), weights.collect());
            return Err(MachineError::ParameterShapes { layers, shapes }.into());
        }
        let biases = layers.iter().map(|&units| (units, 1));
        check_room::<F>("weights", 1, weights.chain(biases))?;
        Ok(Self::of_zeros(layers))
    }

    /// All zeros, for layers that are known to be those of a machine.
    pub(crate) fn of_zeros(layers: &[usize]) -> Self {
        Self {
            weights: layers
                .windows(2)
                .map(|pair| aligned::zeros((pair[0], pair[1])))
                .collect(),
            biases: layers.iter().map(|&units| Array1::zeros(units)).collect(),
            visible: VisibleUnits::Binary,
        }
    }

    /// All zeros, for a machine with the same layers and visible units.
    pub(crate) fn at_origin(&self) -> Self {
        Self::of_zeros(&self.layers()).with_visible_units(self.visible)
    }

    /// The same values, in matrices that start at a cache line.
    pub(crate) fn aligned(&self) -> Self {
        let weights = self.weights.iter();
        Self {
            weights: weights.map(|w| aligned::stacked(&[w.view()])).collect(),
            biases: self.biases.clone(),
            visible: self.visible,
        }
    }

    /// The same values for a machine with visible units of the given kind.
    pub fn with_visible_units(self, visible: VisibleUnits) -> Self {
        Self { visible, ..self }
    }

    /// Weights and biases, after [`check`](Self::check).
    ///
    /// # Errors
    ///
    /// [`ParameterShapes`], [`NonFiniteParameters`], [`HugeParameters`].
    ///
    /// [`HugeParameters`]: crate::error::MachineError::HugeParameters
    /// [`NonFiniteParameters`]: crate::error::MachineError::NonFiniteParameters
    /// [`ParameterShapes`]: crate::error::MachineError::ParameterShapes
    pub(crate) fn from_parts(weights: Vec<Array2<F>>, biases: Vec<Array1<F>>) -> Result<Self> {
        let theta = Self {
            weights: weights.into_iter().map(row_major).collect(),
            biases: biases.into_iter().map(row_major).collect(),
            visible: VisibleUnits::Binary,
        };
        theta.check()?;
        Ok(theta)
    }

    /// Checks that there are at least two layers, that each has at least one unit, that the weights
    /// fit them, that all values are finite, and that energies cannot overflow.
    ///
    /// # Errors
    ///
    /// [`ParameterShapes`], [`NonFiniteParameters`], [`HugeParameters`].
    ///
    /// [`HugeParameters`]: crate::error::MachineError::HugeParameters
    /// [`NonFiniteParameters`]: crate::error::MachineError::NonFiniteParameters
    /// [`ParameterShapes`]: crate::error::MachineError::ParameterShapes
    pub(crate) fn check(&self) -> Result<()> {
        let layers = self.layers();
        let shapes: Vec<_> = self.weights.iter().map(Array2::dim).collect();
        let expected = layers.windows(2).map(|pair| (pair[0], pair[1]));
        if layers.len() < 2 || layers.contains(&0) || !expected.eq(shapes.iter().copied()) {
            Err(MachineError::ParameterShapes { layers, shapes }.into())
        } else if !self.is_finite() {
            Err(MachineError::NonFiniteParameters.into())
        } else if !self.is_moderate() {
            let limit = Self::limit().to_f64().unwrap_or(f64::MAX);
            Err(MachineError::HugeParameters { limit }.into())
        } else {
            Ok(())
        }
    }

    /// The mean over the rows of the sufficient statistics `x_l x_{l+1}'` and `x_l`, from the
    /// layers' states or activation probabilities (`n x units` each).
    ///
    /// # Panics
    ///
    /// If there is no layer, or the layers differ in their number of rows.
    pub fn mean_statistics(states: &[ArrayView2<F>]) -> Self {
        let rows = F::cast(states[0].nrows());
        Self {
            weights: states
                .windows(2)
                .map(|pair| product(pair[0].t(), pair[1]) / rows)
                .collect(),
            biases: states.iter().map(|&x| sum_of_rows(x) / rows).collect(),
            visible: VisibleUnits::Binary,
        }
    }

    /// Checks that the machine can take the records (`n x d`, possibly of no row): they must have
    /// its width and finite values, which for binary visible units are in `[0, 1]`.
    pub(crate) fn check_records(&self, records: ArrayView2<F>) -> Result<()> {
        let expected = self.biases[0].len();
        match self.visible {
            VisibleUnits::Binary => check_unit_query(records, expected),
            VisibleUnits::Gaussian => check_query(records, expected),
        }
    }

    /// `factor * self`.
    pub(crate) fn scaled(&self, factor: F) -> Self {
        let mut scaled = self.clone();
        scaled.scale(factor);
        scaled
    }

    /// The weights, `W_l` of shape `units of layer l x units of layer l + 1`.
    pub fn weights(&self) -> &[Array2<F>] {
        &self.weights
    }

    /// The biases, `b_0` of the visible units first.
    pub fn biases(&self) -> &[Array1<F>] {
        &self.biases
    }

    /// Number of units of each layer, the visible one first.
    pub fn layers(&self) -> Vec<usize> {
        self.biases.iter().map(Array1::len).collect()
    }

    /// The kind of the visible units.
    pub fn visible_units(&self) -> VisibleUnits {
        self.visible
    }

    /// `-E(x)` of every row of the layers' states (`n x units` each).
    ///
    /// It is linear in the states of every hidden layer, so activation probabilities in place of
    /// states give its expectation under a factorised distribution.
    ///
    /// # Panics
    ///
    /// If the number of layers, their rows or their widths do not fit the machine.
    pub fn negative_energy(&self, states: &[ArrayView2<F>]) -> Array1<F> {
        self.assert_layers(states);
        // sums depend on the memory order
        let states: Vec<_> = states.iter().map(|x| x.as_standard_layout()).collect();
        let mut total = match self.visible {
            VisibleUnits::Binary => Array1::zeros(states[0].nrows()),
            VisibleUnits::Gaussian => half_squared_norms(states[0].view()).mapv(|square| -square),
        };
        for (x, bias) in states.iter().zip(&self.biases) {
            total += &x.dot(bias);
        }
        for (pair, weights) in states.windows(2).zip(&self.weights) {
            total += &(product(pair[0].view(), weights.view()) * &pair[1]).sum_axis(Axis(1));
        }
        total
    }

    /// # Panics
    ///
    /// Unless `states` are `n x units` for each layer.
    pub(crate) fn assert_layers(&self, states: &[ArrayView2<F>]) {
        let found: Vec<_> = states.iter().map(|x| x.dim()).collect();
        let rows = found.first().map_or(0, |&(rows, _)| rows);
        let expected: Vec<_> = self.layers().iter().map(|&units| (rows, units)).collect();
        assert_eq!(found, expected, "states do not fit the machine's layers");
    }

    /// `self += alpha * other`.
    pub(crate) fn add_scaled(&mut self, alpha: F, other: &Self) {
        for (mine, theirs) in self.weights.iter_mut().zip(&other.weights) {
            add_scaled(alpha, theirs.as_slice(), mine.as_slice_mut());
        }
        for (mine, theirs) in self.biases.iter_mut().zip(&other.biases) {
            add_scaled(alpha, theirs.as_slice(), mine.as_slice_mut());
        }
    }

    /// `self *= alpha`.
    pub(crate) fn scale(&mut self, alpha: F) {
        self.weights.iter_mut().for_each(|w| *w *= alpha);
        self.biases.iter_mut().for_each(|b| *b *= alpha);
    }

    /// All values, those of the weights first.
    #[cfg(any(feature = "serde", test))]
    pub(crate) fn values(&self) -> impl Iterator<Item = &F> {
        let weights = self.weights.iter().flatten();
        weights.chain(self.biases.iter().flatten())
    }

    /// Whether no value is NaN or infinite.
    pub(crate) fn is_finite(&self) -> bool {
        self.all(|x| x.is_finite())
    }

    /// Whether every value is finite and so small that a sum of a million products of two values is
    /// finite, too. Energies are then finite, also with Gaussian units, whose states are such sums.
    pub(crate) fn is_moderate(&self) -> bool {
        let limit = Self::limit();
        self.all(|x| x.abs() < limit)
    }

    /// The bound of [`is_moderate`](Self::is_moderate).
    fn limit() -> F {
        F::max_value().sqrt() / F::cast(1 << 20)
    }

    /// Whether `holds` is true of every value.
    fn all(&self, holds: impl Fn(F) -> bool + Sync) -> bool {
        let of_block = |values: &[F]| all(values, &holds);
        let of_array = |values: Option<&[F]>| match values {
            Some(values) if values.len() <= BLOCK_ELEMENTS => of_block(values),
            Some(values) => values.par_chunks(BLOCK_ELEMENTS).all(of_block),
            None => false,
        };
        self.weights.iter().all(|w| of_array(w.as_slice()))
            && self.biases.iter().all(|b| of_array(b.as_slice()))
    }
}

/// `to += alpha * from` for arrays in row-major order.
fn add_scaled<F: Float>(alpha: F, from: Option<&[F]>, to: Option<&mut [F]>) {
    let (Some(from), Some(to)) = (from, to) else {
        unreachable!("parameters are kept in row-major order");
    };
    assert_eq!(from.len(), to.len());
    to.par_chunks_mut(BLOCK_ELEMENTS)
        .zip(from.par_chunks(BLOCK_ELEMENTS))
        .for_each(|(to, from)| {
            to.iter_mut().zip(from).for_each(|(x, &y)| *x += alpha * y);
        });
}

/// The same array in row-major order, copied if it is in another order.
fn row_major<F: Float, D: Dimension>(array: Array<F, D>) -> Array<F, D> {
    match array.is_standard_layout() {
        true => array,
        false => array.as_standard_layout().into_owned(),
    }
}

/// `|v|^2 / 2` of every row.
pub(crate) fn half_squared_norms<F: Float>(v: ArrayView2<F>) -> Array1<F> {
    let half = F::cast(0.5);
    v.rows()
        .into_iter()
        .map(|row| half * row.dot(&row))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn moderate_values_leave_room_for_sums_of_products() {
        let with = |x: f32| {
            let mut theta = Parameters::<f32>::of_zeros(&[2, 2]);
            theta.weights[0][[1, 0]] = x;
            theta
        };
        assert!(with(-1e12).is_moderate());
        assert!(with(1e14).is_finite() && !with(1e14).is_moderate());
        for x in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(!with(x).is_finite() && !with(x).is_moderate());
        }
    }

    #[test]
    fn negative_energy_is_the_inner_product_with_the_statistics() {
        let mut theta = Parameters::<f64>::of_zeros(&[2, 2, 1]);
        theta.weights[0] = array![[0.5, -1.0], [2.0, 0.25]];
        theta.weights[1] = array![[3.0], [-0.5]];
        theta.biases = vec![array![0.1, 0.2], array![0.3, 0.4], array![0.5]];
        let states = [array![[1.0, 0.0]], array![[1.0, 1.0]], array![[1.0]]];
        let views: Vec<_> = states.iter().map(|x| x.view()).collect();
        let expected = (0.5 - 1.0) + (3.0 - 0.5) + 0.1 + (0.3 + 0.4) + 0.5;
        let found = theta.negative_energy(&views)[0];
        assert!((found - expected).abs() < 1e-12, "{found} != {expected}");
    }

    #[test]
    fn gaussian_units_cost_half_their_square() {
        let theta = Parameters::<f64>::of_zeros(&[2, 1]).with_visible_units(VisibleUnits::Gaussian);
        let states = [array![[3.0, -1.0]], array![[1.0]]];
        let views: Vec<_> = states.iter().map(|x| x.view()).collect();
        assert_eq!(theta.negative_energy(&views)[0], -5.0);
    }

    #[test]
    #[should_panic(expected = "states do not fit")]
    fn a_missing_layer_is_noticed() {
        let theta = Parameters::<f64>::of_zeros(&[2, 2, 1]);
        let states = [array![[1.0, 0.0]], array![[1.0, 1.0]]];
        let views: Vec<_> = states.iter().map(|x| x.view()).collect();
        theta.negative_energy(&views);
    }

    #[test]
    fn arrays_of_any_memory_order_make_the_same_machine() {
        let weights = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let columns = weights
            .t()
            .as_standard_layout()
            .into_owned()
            .reversed_axes();
        let mut reversed = array![2.0, 1.0];
        reversed.invert_axis(Axis(0));
        let make = |w, b| Parameters::from_parts(vec![w], vec![b, Array1::zeros(3)]).unwrap();
        let theta = make(columns, reversed);
        assert!(theta.is_finite());
        assert_eq!(theta, make(weights, array![1.0, 2.0]));
    }
}
