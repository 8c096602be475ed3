//! Margins of training rows, and which of these rows are support vectors.

use linfa::dataset::AsSingleTargets;
use linfa::{DatasetBase, Label};
use ndarray::{Array1, ArrayBase, ArrayView1, Data, Ix2};

use super::model::LinearSvm;
use crate::checks::{check_target_count, check_weight_count};
use crate::classification::decision::DecisionFunction;
use crate::error::ClassificationError;
use crate::{Float, Result};

/// The greatest margin of a support vector: 1, and LIBSVM's tolerance of the same quantity.
const SUPPORT_MARGIN: f64 = 1.0 + 1e-3;

impl<F: Float, L: Label> LinearSvm<F, L> {
    /// The margin of every row (`n x d`): the least of `y f(x)` over the binary problems, where `y`
    /// is 1 in that of the row's class and -1 in all others.
    ///
    /// # Errors
    ///
    /// Those of [`DecisionFunction::decision_function`];
    /// [`TargetCount`](crate::error::RecordsError::TargetCount);
    /// [`OtherClasses`](ClassificationError::OtherClasses) for a class that the machine does not
    /// know.
    ///
    /// # Example
    ///
    /// See [`support_vectors`](Self::support_vectors).
    pub fn margins<D, T>(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Array1<f64>>
    where
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        let targets = dataset.targets.as_single_targets();
        check_target_count(dataset.records.nrows(), targets.len())?;
        let values = self.decision_function(&dataset.records)?;
        let rows = values.rows().into_iter().zip(targets);
        let margin = |(values, class): (ArrayView1<F>, &L)| {
            let own = self.position(class)?;
            let signed = values.iter().enumerate().map(|(k, value)| {
                let value = value.to_f64().unwrap_or(f64::NAN);
                if k == own { value } else { -value }
            });
            Ok(signed.fold(f64::INFINITY, f64::min))
        };
        rows.map(margin).collect()
    }

    /// The support vectors among training rows (`n x d`), in ascending order: the rows whose
    /// [margin](Self::margins) is at most `1 + 1e-3`.
    ///
    /// At the optimum `w = sum_i a_i y_i x_i`, and `a_i` is positive only where `y_i f(x_i) <= 1`:
    /// with the squared hinge it is `2 C s_i max(0, 1 - y_i f(x_i))`. So the weights and the rows
    /// tell the support vectors, whichever solver has found the weights. The tolerance is for those
    /// on the margin itself, which the hinge has, and is LIBSVM's. Rows that weigh nothing are not
    /// among them.
    ///
    /// # Errors
    ///
    /// Those of [`margins`](Self::margins);
    /// [`WeightCount`](crate::error::RecordsError::WeightCount).
    ///
    /// # Example
    ///
    /// ```
    /// use linfa::{traits::Fit, Dataset};
    /// use linfa_fisher::classification::LinearSvm;
    /// use ndarray::array;
    ///
    /// let records = array![[-3.0], [-1.0], [1.0], [3.0]];
    /// let dataset = Dataset::new(records, array!["left", "left", "right", "right"]);
    /// let model = LinearSvm::params().c(100.0).fit(&dataset)?; // f(x) = x, or nearly so
    /// assert_eq!(model.support_vectors(&dataset)?, [1, 2]);
    /// assert!(model.margins(&dataset)?[0] > 2.9);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn support_vectors<D, T>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Vec<usize>>
    where
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        let margins = self.margins(dataset)?;
        check_weight_count(margins.len(), dataset.weights.len())?;
        let weighs = |row: usize| dataset.weights.get(row).is_none_or(|&weight| weight > 0.0);
        let supports = |&row: &usize| margins[row] <= SUPPORT_MARGIN && weighs(row);
        Ok((0..margins.len()).filter(supports).collect())
    }

    /// The position of a class.
    fn position(&self, class: &L) -> Result<usize> {
        let other = |_| ClassificationError::OtherClasses {
            expected: format!("{:?}", self.classes()),
            found: format!("{class:?}"),
        };
        Ok(self.classes().binary_search(class).map_err(other)?)
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use linfa::Dataset;
    use linfa::traits::Fit;
    use ndarray::array;

    use super::*;
    use crate::Error;
    use crate::classification::{LinearSvmParams, Loss};
    use crate::error::RecordsError;

    fn params() -> LinearSvmParams<f64, usize> {
        LinearSvm::params().gap(1e-10)
    }

    /// Of rows at -3, -1, 1 and 3, `f(x) = w x` by symmetry. The squared hinge has
    /// `w = 4 C (1 - w)`, the hinge of great cost `w = 1`: the inner rows are on the margin.
    #[test]
    fn inner_rows_of_a_line_are_support_vectors() {
        let records = array![[-3.0], [-1.0], [1.0], [3.0]];
        let dataset = Dataset::new(records, array![4, 4, 7, 7]);
        let soft = params().c(0.25).fit(&dataset).unwrap();
        let margins = soft.margins(&dataset).unwrap();
        assert_abs_diff_eq!(margins, array![1.5, 0.5, 0.5, 1.5], epsilon = 1e-4);
        assert_eq!(soft.support_vectors(&dataset).unwrap(), [1, 2]);
        let hard = params().c(100.0).loss(Loss::Hinge).fit(&dataset).unwrap();
        assert_eq!(hard.support_vectors(&dataset).unwrap(), [1, 2]);
        // at a small cost no row reaches the margin: w = 4 C (1 - w) + 12 C (1 - 3 w)
        let flat = params().c(0.01).fit(&dataset).unwrap();
        assert_eq!(flat.support_vectors(&dataset).unwrap(), [0, 1, 2, 3]);
    }

    /// A third class, far away on the other axis, adds the problems whose margins its rows and the
    /// others' bound.
    #[test]
    fn a_margin_is_the_least_of_all_problems() {
        let records = array![[-3.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [3.0, 0.0], [0.0, 9.0]];
        let dataset = Dataset::new(records, array![4, 4, 7, 7, 9]);
        let model = params().fit(&dataset).unwrap();
        let values = model.decision_function(&dataset.records).unwrap();
        let signs = array![
            [1., -1., -1.],
            [1., -1., -1.],
            [-1., 1., -1.],
            [-1., 1., -1.]
        ];
        let margins = model.margins(&dataset).unwrap();
        for row in 0..4 {
            let least = (0..3).map(|k| signs[[row, k]] * values[[row, k]]);
            assert_eq!(margins[row], least.fold(f64::INFINITY, f64::min));
        }
        let by_hand: Vec<usize> = (0..5).filter(|&row| margins[row] <= 1.001).collect();
        assert_eq!(model.support_vectors(&dataset).unwrap(), by_hand);
    }

    #[test]
    fn rows_that_weigh_nothing_are_none() {
        let dataset = Dataset::new(array![[-1.0], [1.0], [1.0]], array![4, 7, 7])
            .with_weights(array![1.0, 1.0, 0.0]);
        let model = params().fit(&dataset).unwrap();
        assert_eq!(model.support_vectors(&dataset).unwrap(), [0, 1]);
    }

    #[test]
    fn rows_of_other_data_are_refused() {
        let dataset = Dataset::new(array![[-1.0], [1.0]], array![4, 7]);
        let model = params().fit(&dataset).unwrap();
        let fault = |records, targets| model.margins(&Dataset::new(records, targets)).unwrap_err();
        assert!(matches!(
            fault(array![[1.0]], array![5]),
            Error::Classification(ClassificationError::OtherClasses { found, .. }) if found == "5"
        ));
        assert!(matches!(
            fault(array![[1.0, 2.0]], array![4]),
            Error::Records(RecordsError::Width { .. })
        ));
        assert!(matches!(
            fault(array![[1.0]], array![4, 4]),
            Error::Records(RecordsError::TargetCount { .. })
        ));
    }
}
