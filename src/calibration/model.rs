//! A fitted classifier with probabilities.

use linfa::Label;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayBase, Data, Ix2};

use super::curve::Curve;
use crate::classification::{
    DecisionFunction, evaluate_greatest, greatest_classes, write_predictions,
};
use crate::error::ClassificationError;
#[cfg(feature = "serde")]
use crate::persistence::Loadable;
use crate::traits::{Evaluation, TryPredict};
use crate::{Float, Result};

/// A fitted classifier and a curve for each class, made by [`Calibrated`](super::Calibrated).
///
/// It predicts the class of greatest probability, the first of equal ones.
///
/// # Example
///
/// See [`Calibrated`](super::Calibrated).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct CalibratedModel<M> {
    model: M,
    /// One for each class; of two classes, that of the second.
    curves: Vec<Curve>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! { CalibratedModel<M> { model, curves } }

#[cfg(feature = "serde")]
impl<M> CalibratedModel<M> {
    fn check_parts(&self) -> Result<()> {
        self.curves.iter().try_for_each(Curve::check)
    }
}

#[cfg(feature = "serde")]
impl<M: Loadable> Loadable for CalibratedModel<M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        self.model.check_loaded(columns)
    }
}

impl<M> CalibratedModel<M> {
    pub(super) fn new(model: M, curves: Vec<Curve>) -> Self {
        Self { model, curves }
    }

    /// The classifier, which was fitted on all rows.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The curve of each class, `c`; of two classes, that of the second alone.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::traits::Fit;
    /// use linfa::Dataset;
    /// use linfa_fisher::calibration::{Calibrated, Curve};
    /// use linfa_fisher::classification::LinearSvm;
    /// use linfa_fisher::model_selection::StratifiedKFold;
    /// use ndarray::array;
    ///
    /// let records = array![[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]];
    /// let dataset = Dataset::new(records, array!["a", "a", "a", "b", "b", "b"]);
    /// let params = Calibrated::new(LinearSvm::params()).folds(StratifiedKFold::new(3));
    /// let model = params.fit(&dataset)?;
    /// let [curve @ Curve::Sigmoid(sigmoid)] = model.curves() else { panic!("one is expected") };
    /// assert!(sigmoid.a() < 0.0);
    /// assert!(curve.probability(1.0) > curve.probability(-1.0));
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }

    /// The probability of every class (columns, in the order of the classes) for every row of
    /// `records` (`n x d`): `n x c`, in `[0, 1]`; rows sum to 1.
    ///
    /// Of more than two classes, these are the probabilities of each against the rest, divided by
    /// their sum (uniform where that is 0).
    ///
    /// # Errors
    ///
    /// Those of the classifier's
    /// [`decision_function`](DecisionFunction::decision_function).
    pub fn probabilities<F, D>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array2<f64>>
    where
        F: Float,
        D: Data<Elem = F>,
        M: DecisionFunction<F>,
    {
        let decisions = self.model.decision_function(records)?;
        let mut values = decisions.mapv(|f| f.to_f64().unwrap_or(f64::NAN));
        if let ([curve], 2) = (&self.curves[..], values.ncols()) {
            values.rows_mut().into_iter().for_each(|mut row| {
                row[1] = curve.probability(row[1]);
                row[0] = 1.0 - row[1];
            });
            return Ok(values);
        }
        check_decision_count(self.curves.len(), values.ncols())?;
        for (curve, mut column) in self.curves.iter().zip(values.columns_mut()) {
            column.mapv_inplace(|decision| curve.probability(decision));
        }
        let uniform = 1.0 / self.curves.len() as f64;
        values.rows_mut().into_iter().for_each(|mut row| {
            let sum = row.sum();
            row.mapv_inplace(|p| if sum > 0.0 { p / sum } else { uniform });
        });
        Ok(values)
    }

    /// The class of every row of `records` (`n x d`).
    ///
    /// # Errors
    ///
    /// Those of [`probabilities`](Self::probabilities).
    pub fn try_predict<F, L, D>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>>
    where
        F: Float,
        L: Label,
        D: Data<Elem = F>,
        M: DecisionFunction<F, Label = L>,
    {
        let probabilities = self.probabilities(records)?;
        Ok(greatest_classes(probabilities.view(), self.model.classes()))
    }
}

/// As many decision values as classes.
pub(super) fn check_decision_count(expected: usize, found: usize) -> Result<()> {
    match expected == found {
        true => Ok(()),
        false => Err(ClassificationError::DecisionCount { expected, found }.into()),
    }
}

/// Probabilities as decision values.
impl<F: Float, M: DecisionFunction<F>> DecisionFunction<F> for CalibratedModel<M> {
    type Label = M::Label;

    fn classes(&self) -> &[M::Label] {
        self.model.classes()
    }

    fn decision_function<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array2<F>> {
        Ok(self.probabilities(records)?.mapv(F::cast))
    }
}

impl<F, L, M> TryPredict<F, L> for CalibratedModel<M>
where
    F: Float,
    L: Label,
    M: DecisionFunction<F, Label = L>,
{
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
/// [`try_predict`](CalibratedModel::try_predict) returns, and where the number of targets is not
/// that of the records.
impl<F, L, D, M> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for CalibratedModel<M>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    M: DecisionFunction<F, Label = L>,
{
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<L>) {
        write_predictions(self.try_predict(records), targets);
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<L> {
        Array1::default(records.nrows())
    }
}
