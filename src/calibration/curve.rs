//! Curves from decision values to probabilities.

use ndarray::ArrayView1;

use super::isotonic::Isotonic;
use super::sigmoid::Sigmoid;

/// Which kind of curve a classifier is calibrated by.
///
/// # Example
///
/// ```
/// use linfa_fisher::calibration::{Calibrated, Method};
/// use linfa_fisher::classification::LinearSvm;
/// use linfa_fisher::prelude::*;
/// use ndarray::array;
///
/// let records = array![[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]];
/// let dataset = linfa::Dataset::new(records, array!["a", "a", "a", "b", "b", "b"]);
/// let params = Calibrated::new(LinearSvm::params()).method(Method::Isotonic);
/// let model = params.folds(StratifiedKFold::new(3)).fit(&dataset)?;
/// assert_eq!(model.probabilities(&array![[0.0], [9.0]])?, array![[1.0, 0.0], [0.0, 1.0]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Method {
    /// Platt's: two numbers a class, for any number of rows.
    #[default]
    Sigmoid,
    /// Any curve that does not fall, for about a thousand rows and more: with few it overfits
    /// (Niculescu-Mizil and Caruana 2005).
    Isotonic,
}

/// The probability of a class by its decision value.
///
/// # Example
///
/// See [`CalibratedModel::curves`](super::CalibratedModel::curves).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Curve {
    /// Of [`Method::Sigmoid`].
    Sigmoid(Sigmoid),
    /// Of [`Method::Isotonic`].
    Isotonic(Isotonic),
}

impl Curve {
    /// The curve of finite decision values, given for each whether the row is of the class, and its
    /// weight.
    pub(super) fn fit(
        method: Method,
        decisions: ArrayView1<f64>,
        positive: &[bool],
        weights: ArrayView1<f64>,
    ) -> Self {
        match method {
            Method::Sigmoid => Self::Sigmoid(Sigmoid::fit(decisions, positive, weights)),
            Method::Isotonic => Self::Isotonic(Isotonic::fit(decisions, positive, weights)),
        }
    }

    /// The probability, in `[0, 1]`.
    pub fn probability(&self, decision: f64) -> f64 {
        match self {
            Self::Sigmoid(sigmoid) => sigmoid.probability(decision),
            Self::Isotonic(isotonic) => isotonic.probability(decision),
        }
    }

    /// What is stored can be asked for probabilities.
    #[cfg(feature = "serde")]
    pub(super) fn check(&self) -> crate::Result<()> {
        match self {
            Self::Sigmoid(sigmoid) => sigmoid.check(),
            Self::Isotonic(isotonic) => isotonic.check(),
        }
    }
}
