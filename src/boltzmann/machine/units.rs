//! The kinds of visible units: binary or Gaussian.

/// The visible units of a Boltzmann machine; hidden units are binary.
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::{LearningRate, Rbm, VisibleUnits};
/// use ndarray::array;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let standardised = array![[-1.2, 0.9], [1.1, -1.0], [0.1, 0.1]];
/// let rbm = Rbm::params(2)
///     .visible_units(VisibleUnits::Gaussian)
///     .learning_rate(LearningRate::Constant(0.01))
///     .fit(&linfa::DatasetBase::from(standardised))?;
/// assert_eq!(rbm.parameters().visible_units(), VisibleUnits::Gaussian);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum VisibleUnits {
    /// 0 or 1, `p(v = 1 | h) = sigmoid(h W' + b)`. Records are in `[0, 1]`.
    #[default]
    Binary,
    /// Any real number, `p(v | h) = N(h W' + b, 1)`: the energy has an extra term `|v|^2 / 2`.
    /// Records should have mean 0 and variance 1 in every column (Hinton 2010, section 13.2), and
    /// the learning rate should be smaller than for binary units, 0.01 or less.
    Gaussian,
}
