//! Confusion matrices.

use std::collections::BTreeSet;

use linfa::Label;
use ndarray::{Array2, ArrayView1};

#[cfg(feature = "serde")]
use crate::Result;
#[cfg(feature = "serde")]
use crate::persistence::{PersistenceError, check_ascending, check_shape_of};

/// Counts of samples by true class (row) and predicted class (column).
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

    #[test]
    fn no_samples_have_no_accuracy() {
        let none = Array1::<bool>::default(0);
        let matrix = ConfusionMatrix::count(none.view(), none.view());
        assert!(matrix.accuracy().is_nan());
    }
}
