//! The fitted machine, and how it predicts.

use linfa::Label;
use linfa::traits::PredictInplace;
use ndarray::{
    Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2, aview1, concatenate, s,
};

use super::params::LinearSvmParams;
use super::solution::{Solution, greatest};
use crate::classification::decision::{
    BinaryDecision, DecisionFunction, evaluate_greatest, greatest_classes,
};
#[cfg(feature = "serde")]
use crate::classification::hyperplanes::check_hyperplanes;
use crate::classification::hyperplanes::{decision_values, fitted};
use crate::classification::predictions::write_predictions;
#[cfg(feature = "serde")]
use crate::persistence::{Loadable, Typed, check_columns, check_numbers};
use crate::traits::{Evaluation, TryPredict};
use crate::{Float, Result};

/// A linear support vector machine: one hyperplane for each class against the rest, and the class
/// with the greatest decision value wins. The [module](crate::classification::linear_svm) states
/// the problem that it solves.
///
/// Of two classes there is one hyperplane: the decision value of the first class is the negative of
/// the second's.
///
/// # Example
///
/// ```
/// use linfa::traits::{Fit, Predict};
/// use linfa::Dataset;
/// use linfa_fisher::classification::LinearSvm;
/// use ndarray::array;
///
/// let records = array![[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [8.0, 0.0], [4.0, 9.0], [5.0, 9.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right", "up", "up"]);
/// let model = LinearSvm::params().c(10.0).fit(&dataset)?;
/// assert!(model.gap() <= 1e-3); // at most a thousandth above the least objective
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
pub struct LinearSvm<F, L> {
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    coefficients: Array2<F>,
    intercepts: Vec<f64>,
    classes: Vec<L>,
    gap: f64,
    passes: usize,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    LinearSvm<F, L> { coefficients, intercepts, classes, gap, passes } => {
        let coefficients = Typed::into_arrays(coefficients)?;
        let model = Self { coefficients, intercepts, classes, gap, passes };
        model.check_parts().map(|()| model)
    };
    where
        F: Float + serde_crate::Deserialize<'de>,
        L: Label + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float, L: Label> LinearSvm<F, L> {
    /// Hyperplanes for the classes, and a duality gap.
    fn check_parts(&self) -> Result<()> {
        check_hyperplanes(&self.coefficients, &self.intercepts, &self.classes)?;
        check_numbers("the duality gap", &aview1(&[self.gap]), |gap| !gap.is_nan())
    }
}

#[cfg(feature = "serde")]
impl<F: Float, L> Loadable for LinearSvm<F, L> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.coefficients.nrows(), columns)
    }
}

impl<F: Float, L: Label> LinearSvm<F, L> {
    /// C = 1, the squared hinge, by dual coordinate descent.
    pub fn params() -> LinearSvmParams<F, L> {
        LinearSvmParams::new()
    }

    /// That of the binary problems' weights, for an intercept's feature of this value.
    ///
    /// # Errors
    ///
    /// [`NonFiniteWeights`](crate::error::ClassificationError::NonFiniteWeights).
    pub(super) fn new(solution: &Solution, classes: Vec<L>, scaling: f64) -> Result<Self> {
        let columns = solution.weights.nrows() - 1;
        let weights = match classes.len() {
            2 => concatenate![Axis(1), -&solution.weights, solution.weights],
            _ => solution.weights.clone(),
        };
        let intercepts = weights.row(columns).iter().map(|u| scaling * u).collect();
        let (coefficients, intercepts) = fitted(weights.slice(s![..columns, ..]), intercepts)?;
        Ok(Self {
            coefficients,
            intercepts,
            classes,
            gap: greatest(&solution.gaps),
            passes: solution.passes,
        })
    }

    /// The binary problems' weights (`(d + 1) x k`) for an intercept's feature of this value.
    pub(super) fn weights(&self, scaling: f64) -> Array2<f64> {
        let first = usize::from(self.classes.len() == 2);
        let features = self.coefficients.slice(s![.., first..]);
        let features = features.mapv(|w| w.to_f64().unwrap_or(f64::NAN));
        let intercepts = self.intercepts[first..].iter();
        let scaled = |b: &f64| if scaling > 0.0 { b / scaling } else { 0.0 };
        let last: Array1<f64> = intercepts.map(scaled).collect();
        concatenate![Axis(0), features, last.insert_axis(Axis(0))]
    }

    /// The weights `w` of the features (rows) for each class (columns), `d x c`.
    pub fn coefficients(&self) -> &Array2<F> {
        &self.coefficients
    }

    /// The intercept `b` of each class.
    pub fn intercepts(&self) -> ArrayView1<'_, f64> {
        aview1(&self.intercepts)
    }

    /// The relative duality gap of the class where it is greatest: by at most this part, `P` is
    /// above the optimum. It is greater than the one that was asked for if the passes did not
    /// suffice or the solver was interrupted. For stochastic gradient descent it is what the
    /// margins prove; with the hinge, whose dual variables they do not tell, that is far too much.
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// Passes over the training records until the solver stopped: of the primal solver, iterations,
    /// each of which takes half a pass for the decision values and half a one for the gradient.
    pub fn passes(&self) -> usize {
        self.passes
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

impl<F: Float, L: Label> DecisionFunction<F> for LinearSvm<F, L> {
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

/// The value of the class `true`, so that [`OneVsOne`](crate::classification::OneVsOne) can make a
/// machine of it for each pair of classes:
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::{LinearSvm, OneVsOne};
/// use ndarray::array;
///
/// let records = array![[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [8.0, 0.0], [4.0, 9.0], [5.0, 9.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right", "up", "up"]);
/// let model = OneVsOne::new(LinearSvm::params().c(10.0)).fit(&dataset)?;
/// assert_eq!(model.try_predict(&array![[0.5, 0.0], [4.5, 8.0]])?, array!["left", "up"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
impl<F: Float> BinaryDecision<F> for LinearSvm<F, bool> {
    fn decision_values(&self, records: ArrayView2<'_, F>) -> Array1<F> {
        let second = self.coefficients.column(1); // of `false` and `true`
        records.dot(&second) + F::cast(self.intercepts[1])
    }
}

impl<F: Float, L: Label> TryPredict<F, L> for LinearSvm<F, L> {
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
/// [`try_predict`](LinearSvm::try_predict) returns, and where the number of targets is not that of
/// the records.
impl<F, L, D> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for LinearSvm<F, L>
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
