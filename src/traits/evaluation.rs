//! What a model knows of the records that it predicts.

use std::time::{Duration, Instant};

use linfa::Float;
use ndarray::{Array1, Array2};

use crate::Result;

/// A hyper-parameter that a search has chosen: its name and its value.
pub type Choice = (String, String);

/// The labels that a model predicts, and what else it knows of them, as
/// [`TryPredict::evaluate`](super::TryPredict::evaluate) gives them.
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::traits::TryPredict;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [1.0], [3.0]], array!["a", "b", "b"]);
/// let model = KNearestNeighbors::params(3).fit(&dataset)?;
/// let evaluation = model.evaluate(&array![[0.5]])?;
/// assert_eq!(evaluation.predictions, array!["b"]);
/// let shares = evaluation.decisions.unwrap();
/// assert_eq!(shares.classes, ["a", "b"]);
/// assert!((shares.values[[0, 1]] - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation<L> {
    /// The label of each of the n rows.
    pub predictions: Array1<L>,
    /// The decision values, if the classifier has them.
    pub decisions: Option<DecisionValues<L>>,
    /// Time that the stages before the classifier took.
    pub transform_time: Duration,
    /// Time that the classifier took.
    pub predict_time: Duration,
    /// The hyper-parameters that the model has chosen on its training records.
    pub choices: Vec<Choice>,
}

/// The values of all classes for each row, of which the greatest is that of the class predicted,
/// except for ties.
///
/// # Example
///
/// See [`Evaluation`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct DecisionValues<L> {
    /// The c classes that the model was trained on, in ascending order.
    pub classes: Vec<L>,
    /// The values, `n x c`.
    pub values: Array2<f64>,
}

impl<L: Clone> DecisionValues<L> {
    pub(crate) fn new<F: Float>(classes: &[L], values: &Array2<F>) -> Self {
        Self {
            classes: classes.to_vec(),
            values: values.mapv(|x| x.to_f64().unwrap_or(f64::NAN)),
        }
    }
}

impl<L> Evaluation<L> {
    /// Labels and decision values of a classifier, and the time that it took for them.
    pub(crate) fn timed(
        predict: impl FnOnce() -> Result<(Array1<L>, Option<DecisionValues<L>>)>,
    ) -> Result<Self> {
        let start = Instant::now();
        let (predictions, decisions) = predict()?;
        Ok(Self {
            predictions,
            decisions,
            transform_time: Duration::ZERO,
            predict_time: start.elapsed(),
            choices: Vec::new(),
        })
    }
}
