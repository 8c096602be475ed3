//! The parameters theta of a layered Boltzmann machine, and everything that has their shape.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};

use crate::linalg::product;
use crate::{Error, Float, Result};

/// Weights and biases of a Boltzmann machine of layers `x_0` (visible), `x_1`, ..., `x_m`:
///
/// ```text
/// -E(x) = sum_l x_l' W_l x_{l+1} + sum_l b_l' x_l = theta . T(x)
/// ```
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
pub struct Parameters<F> {
    pub(crate) weights: Vec<Array2<F>>,
    pub(crate) biases: Vec<Array1<F>>,
}

impl<F: Float> Parameters<F> {
    /// All zeros, for layers of the given numbers of units, the visible one first.
    pub fn zeros(layers: &[usize]) -> Self {
        Self {
            weights: layers
                .windows(2)
                .map(|pair| Array2::zeros((pair[0], pair[1])))
                .collect(),
            biases: layers.iter().map(|&units| Array1::zeros(units)).collect(),
        }
    }

    /// Couplings and biases that fit each other and are finite.
    ///
    /// # Errors
    ///
    /// [`Error::ParameterShapes`], [`Error::NonFiniteParameters`].
    pub(crate) fn from_parts(weights: Vec<Array2<F>>, biases: Vec<Array1<F>>) -> Result<Self> {
        let theta = Self { weights, biases };
        let layers = theta.layers();
        let shapes: Vec<_> = theta.weights.iter().map(Array2::dim).collect();
        let expected = layers.windows(2).map(|pair| (pair[0], pair[1]));
        if layers.contains(&0) || !expected.eq(shapes.iter().copied()) {
            return Err(Error::ParameterShapes { layers, shapes });
        }
        if !theta.is_finite() {
            return Err(Error::NonFiniteParameters);
        }
        Ok(theta)
    }

    /// The mean over the rows of the sufficient statistics `x_l x_{l+1}'` and `x_l`, from the
    /// layers' states or activation probabilities (`n x units` each).
    pub fn mean_statistics(states: &[ArrayView2<F>]) -> Self {
        let rows = F::cast(states[0].nrows());
        Self {
            weights: states
                .windows(2)
                .map(|pair| product(pair[0].t(), pair[1]) / rows)
                .collect(),
            biases: states.iter().map(|x| x.sum_axis(Axis(0)) / rows).collect(),
        }
    }

    /// The couplings, `W_l` of `units of layer l x units of layer l + 1`.
    pub fn weights(&self) -> &[Array2<F>] {
        &self.weights
    }

    /// The biases, `b_0` of the visible units first.
    pub fn biases(&self) -> &[Array1<F>] {
        &self.biases
    }

    /// Units of each layer, the visible one first.
    pub fn layers(&self) -> Vec<usize> {
        self.biases.iter().map(Array1::len).collect()
    }

    /// `theta . T(x)`, the negative energy of every row of the layers' states (`n x units` each).
    ///
    /// It is multilinear, so that activation probabilities of a factorised distribution in place
    /// of states give the expectation.
    pub fn negative_energy(&self, states: &[ArrayView2<F>]) -> Array1<F> {
        let mut total = Array1::zeros(states[0].nrows());
        for (x, bias) in states.iter().zip(&self.biases) {
            total += &x.dot(bias);
        }
        for (pair, weights) in states.windows(2).zip(&self.weights) {
            total += &(product(pair[0], weights.view()) * pair[1]).sum_axis(Axis(1));
        }
        total
    }

    /// `self += alpha * other`.
    pub(crate) fn add_scaled(&mut self, alpha: F, other: &Self) {
        for (mine, theirs) in self.weights.iter_mut().zip(&other.weights) {
            Zip::from(mine)
                .and(theirs)
                .for_each(|x, &y| *x += alpha * y);
        }
        for (mine, theirs) in self.biases.iter_mut().zip(&other.biases) {
            Zip::from(mine)
                .and(theirs)
                .for_each(|x, &y| *x += alpha * y);
        }
    }

    /// `self *= alpha`.
    pub(crate) fn scale(&mut self, alpha: F) {
        self.weights.iter_mut().for_each(|w| *w *= alpha);
        self.biases.iter_mut().for_each(|b| *b *= alpha);
    }

    /// Whether no value is NaN or infinite.
    pub(crate) fn is_finite(&self) -> bool {
        self.weights.iter().flatten().all(|x| x.is_finite())
            && self.biases.iter().flatten().all(|x| x.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn negative_energy_is_the_inner_product_with_the_statistics() {
        let mut theta = Parameters::<f64>::zeros(&[2, 2, 1]);
        theta.weights[0] = array![[0.5, -1.0], [2.0, 0.25]];
        theta.weights[1] = array![[3.0], [-0.5]];
        theta.biases = vec![array![0.1, 0.2], array![0.3, 0.4], array![0.5]];
        let states = [array![[1.0, 0.0]], array![[1.0, 1.0]], array![[1.0]]];
        let views: Vec<_> = states.iter().map(|x| x.view()).collect();
        let expected = (0.5 - 1.0) + (3.0 - 0.5) + 0.1 + (0.3 + 0.4) + 0.5;
        let found = theta.negative_energy(&views)[0];
        assert!((found - expected).abs() < 1e-12, "{found} != {expected}");
    }
}
