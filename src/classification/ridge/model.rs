//! The fitted classifier, and how it predicts.

use linfa::Label;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Data, Ix2, aview1};

use super::params::RidgeClassifierParams;
use crate::classification::decision::{DecisionFunction, evaluate_greatest, greatest_classes};
#[cfg(feature = "serde")]
use crate::classification::hyperplanes::check_hyperplanes;
use crate::classification::hyperplanes::decision_values;
use crate::classification::predictions::write_predictions;
#[cfg(feature = "serde")]
use crate::persistence::{Loadable, Typed, check_columns};
use crate::traits::{Evaluation, TryPredict};
use crate::{Float, Result};

/// Least squares on targets of 1 and -1: one hyperplane for each class against the rest, and the
/// class with the greatest decision value wins.
///
/// For each class, with `y = 1` for its records and `-1` for all others, it minimises
///
/// ```text
/// sum_i s_i (y_i - w'x_i - b)^2 + alpha |w|^2
/// ```
///
/// where `s` are the records' weights: scikit-learn's `RidgeClassifier` (Hoerl and Kennard 1970).
/// The intercept is not penalised. The solution has a closed form, by a Cholesky decomposition of
/// the features' second moments, which take one pass over the records: `n d^2` operations, and
/// `d^3` for the decomposition, whatever the number of classes. Moments of parts of the records
/// [merge](super::RidgeMoments).
///
/// Of two classes, the decision value of the first is the negative of the second's.
///
/// # Example
///
/// ```
/// use linfa::traits::{Fit, Predict};
/// use linfa::Dataset;
/// use linfa_fisher::classification::RidgeClassifier;
/// use ndarray::array;
///
/// let records = array![[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [8.0, 0.0], [4.0, 9.0], [5.0, 9.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right", "up", "up"]);
/// let model = RidgeClassifier::params().alpha(0.1).fit(&dataset)?;
/// assert_eq!(model.coefficients().dim(), (2, 3));
/// assert_eq!(model.predict(&array![[0.5, 0.0], [4.5, 8.0]]), array!["left", "up"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(
        crate = "serde_crate",
        bound(serialize = "F: Float + serde_crate::Serialize, L: serde_crate::Serialize")
    )
)]
pub struct RidgeClassifier<F, L> {
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    coefficients: Array2<F>,
    intercepts: Vec<f64>,
    classes: Vec<L>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    RidgeClassifier<F, L> { coefficients, intercepts, classes } => {
        let coefficients = Typed::into_arrays(coefficients)?;
        let model = Self { coefficients, intercepts, classes };
        check_hyperplanes(&model.coefficients, &model.intercepts, &model.classes)?;
        Ok(model)
    };
    where
        F: Float + serde_crate::Deserialize<'de>,
        L: Label + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, L> Loadable for RidgeClassifier<F, L> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.coefficients.nrows(), columns)
    }
}

impl<F: Float, L: Label> RidgeClassifier<F, L> {
    /// A penalty of 1.
    pub fn params() -> RidgeClassifierParams<F, L> {
        RidgeClassifierParams::new()
    }

    pub(super) fn new(coefficients: Array2<F>, intercepts: Vec<f64>, classes: Vec<L>) -> Self {
        Self {
            coefficients,
            intercepts,
            classes,
        }
    }

    /// The weights `w` of the features (rows) for each class (columns), `d x c`.
    pub fn coefficients(&self) -> &Array2<F> {
        &self.coefficients
    }

    /// The intercept `b` of each class, `c`.
    pub fn intercepts(&self) -> ArrayView1<'_, f64> {
        aview1(&self.intercepts)
    }

    /// Number of features d that the model was trained on.
    pub fn nfeatures(&self) -> usize {
        self.coefficients.nrows()
    }

    /// The class of every row of `records` (`n x d`).
    ///
    /// # Errors
    ///
    /// Those of [`DecisionFunction::decision_function`].
    pub fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        let values = self.decision_function(records)?;
        Ok(greatest_classes(values.view(), &self.classes))
    }
}

impl<F: Float, L: Label> DecisionFunction<F> for RidgeClassifier<F, L> {
    type Label = L;

    fn classes(&self) -> &[L] {
        &self.classes
    }

    fn decision_function<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array2<F>> {
        decision_values(records.view(), &self.coefficients, &self.intercepts)
    }
}

impl<F: Float, L: Label> TryPredict<F, L> for RidgeClassifier<F, L> {
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        Self::try_predict(self, records)
    }

    fn evaluate<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Evaluation<L>> {
        evaluate_greatest(self, records)
    }
}

/// Predicts the class of every row of `n x d` records.
///
/// # Panics
///
/// `predict` and `predict_inplace` panic with the message of the error that
/// [`try_predict`](RidgeClassifier::try_predict) returns, and where the number of targets is not
/// that of the records.
impl<F, L, D> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for RidgeClassifier<F, L>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
{
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<L>) {
        write_predictions(self.try_predict(records), targets);
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<L> {
        Array1::default(records.nrows())
    }
}
