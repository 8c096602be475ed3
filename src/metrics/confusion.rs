//! Confusion matrices.

use std::collections::BTreeSet;
use std::fmt;

use linfa::Label;
use ndarray::{Array1, Array2, ArrayView1, Axis};

use super::error::MetricError;
use crate::Result;
#[cfg(feature = "serde")]
use crate::persistence::{PersistenceError, check_ascending, check_shape_of};

/// Counts of samples by true class (row) and predicted class (column), the orientation of
/// scikit-learn and of linfa's `predicted.confusion_matrix(&dataset)`; that of an array of targets
/// in place of a dataset is transposed in linfa 0.8. Its `Display` writes the counts as a table.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::ConfusionMatrix;
/// use ndarray::array;
///
/// let truth = array!["cat", "cat", "dog"];
/// let matrix = ConfusionMatrix::count(truth.view(), array!["cat", "dog", "dog"].view());
/// assert_eq!(matrix.classes(), ["cat", "dog"]);
/// assert_eq!(*matrix.counts(), array![[1, 1], [0, 1]]);
/// assert_eq!(matrix.accuracy(), 2.0 / 3.0);
/// assert_eq!(matrix.precision(), array![1.0, 0.5]);
/// println!("{matrix}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct ConfusionMatrix<L> {
    classes: Vec<L>,
    counts: Array2<usize>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    ConfusionMatrix<L> { classes, counts } where L: Label
}

#[cfg(feature = "serde")]
impl<L: Label> ConfusionMatrix<L> {
    /// Distinct classes in ascending order, and a square of counts that can be added up.
    fn check_parts(&self) -> Result<()> {
        let classes = self.classes.len();
        check_ascending(&self.classes)?;
        check_shape_of("counts", self.counts.shape(), &[classes, classes])?;
        let mut total = 0_usize;
        for (index, &count) in self.counts.iter().enumerate() {
            let part = "the counts, which can be added up,";
            let sum = total.checked_add(count);
            total = sum.ok_or(PersistenceError::Number { part, index })?;
        }
        Ok(())
    }
}

impl<L: Label> ConfusionMatrix<L> {
    /// Counts the pairs of true and predicted class. If one array is longer, its surplus is
    /// ignored.
    pub fn count(truth: ArrayView1<L>, predicted: ArrayView1<L>) -> Self {
        let pairs = || truth.iter().zip(&predicted);
        let classes: BTreeSet<&L> = pairs().flat_map(|(a, b)| [a, b]).collect();
        let classes: Vec<L> = classes.into_iter().cloned().collect();
        let mut counts = Array2::zeros((classes.len(), classes.len()));
        for (a, b) in pairs() {
            if let (Ok(row), Ok(column)) = (classes.binary_search(a), classes.binary_search(b)) {
                counts[[row, column]] += 1;
            }
        }
        Self { classes, counts }
    }

    /// The c classes that occur in either array, in ascending order.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// The counts, c x c.
    pub fn counts(&self) -> &Array2<usize> {
        &self.counts
    }

    /// Number of samples.
    pub fn total(&self) -> usize {
        self.counts.sum()
    }

    /// Share of samples on the diagonal, NaN without samples.
    pub fn accuracy(&self) -> f64 {
        self.counts.diag().sum() as f64 / self.total() as f64
    }

    /// The mean recall of the classes that have samples, in `[0, 1]`: every class counts the same,
    /// however many samples it has. It is scikit-learn's `balanced_accuracy_score`, where predicted
    /// classes without samples are left out as well.
    ///
    /// # Errors
    ///
    /// [`NoSamples`](MetricError::NoSamples).
    pub fn balanced_accuracy(&self) -> Result<f64> {
        let recalls = self.recall().into_iter().zip(self.totals(Axis(1)));
        let present = recalls.filter_map(|(recall, samples)| (samples > 0.0).then_some(recall));
        let present: Array1<f64> = present.collect();
        Ok(present.mean().ok_or(MetricError::NoSamples)?)
    }

    /// Of each class, the share of the samples predicted to be of it that are; 0 for a class that
    /// is never predicted, as scikit-learn has it by default.
    pub fn precision(&self) -> Array1<f64> {
        self.shares_of(&self.totals(Axis(0)))
    }

    /// Of each class, the share of its samples that are predicted to be of it; 0 for a class
    /// without samples.
    pub fn recall(&self) -> Array1<f64> {
        self.shares_of(&self.totals(Axis(1)))
    }

    /// Of each class, the harmonic mean of precision and recall,
    /// `2 hits / (samples + predictions)`. The mean of all classes is the macro F1 score.
    pub fn f1(&self) -> Array1<f64> {
        let totals = self.totals(Axis(0)) + self.totals(Axis(1));
        2.0 * self.shares_of(&totals)
    }

    /// Sums along an axis.
    fn totals(&self, axis: Axis) -> Array1<f64> {
        self.counts.sum_axis(axis).mapv(|total| total as f64)
    }

    /// The diagonal over `totals`.
    fn shares_of(&self, totals: &Array1<f64>) -> Array1<f64> {
        let hits = self.counts.diag().mapv(|hits| hits as f64);
        hits / totals.mapv(|total| total.max(1.0))
    }
}

impl<L: Label + fmt::Display> fmt::Display for ConfusionMatrix<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.classes.iter().map(L::to_string).collect();
        let counts = self.counts.iter().map(|count| count.to_string().len());
        let names_width = names.iter().map(|name| name.chars().count());
        let width = names_width.chain(counts).max().unwrap_or(0);
        const CORNER: &str = "true \\ predicted";
        let first = width.max(CORNER.len());
        let right = |text: &str| format!("  {}{text}", padding(text, width));
        write!(f, "{CORNER}{}", padding(CORNER, first))?;
        names
            .iter()
            .try_for_each(|name| f.write_str(&right(name)))?;
        for (name, row) in names.iter().zip(self.counts.rows()) {
            write!(f, "\n{name}{}", padding(name, first))?;
            row.iter()
                .try_for_each(|count| f.write_str(&right(&count.to_string())))?;
        }
        Ok(())
    }
}

/// The spaces that make a text so many characters wide. A width within a format must be below
/// 65,536.
pub(crate) fn padding(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.chars().count()))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<ConfusionMatrix<String>>();
    }

    #[test]
    fn true_classes_are_rows() {
        // scikit-learn's example of `confusion_matrix`.
        let truth = array![2_usize, 0, 2, 2, 0, 1];
        let predicted = array![0_usize, 0, 2, 2, 0, 2];
        let matrix = ConfusionMatrix::count(truth.view(), predicted.view());
        assert_eq!(*matrix.counts(), array![[2, 0, 0], [0, 0, 1], [1, 0, 2]]);
        assert_eq!(matrix.total(), 6);
    }

    /// scikit-learn 1.9: `precision_recall_fscore_support` of the same arrays.
    #[test]
    fn scores_of_each_class() {
        let truth = array![2_usize, 0, 2, 2, 0, 1];
        let predicted = array![0_usize, 0, 2, 2, 0, 2];
        let matrix = ConfusionMatrix::count(truth.view(), predicted.view());
        let close = |found: Array1<f64>, expected: [f64; 3]| {
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-15)
        };
        assert!(close(matrix.precision(), [2.0 / 3.0, 0.0, 2.0 / 3.0]));
        assert!(close(matrix.recall(), [1.0, 0.0, 2.0 / 3.0]));
        assert!(close(matrix.f1(), [0.8, 0.0, 2.0 / 3.0]));
    }

    /// A predicted class without samples, 2, is left out.
    #[test]
    fn balanced_accuracy_is_worked_by_hand() {
        let truth = array![0_usize, 0, 0, 0, 1, 1];
        let predicted = array![0_usize, 0, 0, 2, 1, 0];
        let matrix = ConfusionMatrix::count(truth.view(), predicted.view());
        assert_eq!(matrix.balanced_accuracy().unwrap(), (0.75 + 0.5) / 2.0);
    }

    #[test]
    fn it_is_written_as_a_table() {
        let truth = array!["cat", "cat", "dog"];
        let predicted = array!["cat", "dog", "dog"];
        let matrix = ConfusionMatrix::count(truth.view(), predicted.view());
        let expected = "\
true \\ predicted  cat  dog
cat                 1    1
dog                 0    1";
        assert_eq!(matrix.to_string(), expected);
    }

    /// A width in a format has 16 bits.
    #[test]
    fn a_name_may_be_long() {
        let long = "x".repeat(70_000);
        let classes = array![long.as_str()];
        let matrix = ConfusionMatrix::count(classes.view(), classes.view());
        assert!(matrix.to_string().contains(&format!("  {long}\n{long}  ")));
    }

    #[test]
    fn no_samples_have_no_accuracy() {
        let none = Array1::<bool>::default(0);
        let matrix = ConfusionMatrix::count(none.view(), none.view());
        assert!(matrix.accuracy().is_nan());
        assert!(matches!(
            matrix.balanced_accuracy(),
            Err(crate::Error::Metric(MetricError::NoSamples))
        ));
    }
}
