//! Precision among the first k rows of rankings.

use linfa::Label;
use ndarray::{ArrayView1, ArrayView2};

use super::queries::{QueryMean, of_queries};
use crate::Result;
use crate::metrics::scores::check_k;

/// The mean, over queries, of the share of rows of the query's class among the k nearest rows.
///
/// If equally distant rows lie on both sides of the k-th place, it is the mean over all their
/// orders: of t rows that are equally distant, r of which are relevant, every place has `r / t`
/// (F. McSherry and M. Najork, "Computing information retrieval performance measures efficiently in
/// the presence of tied scores", ECIR 2008, section 3).
///
/// A query without relevant rows has nothing to find: it is [counted](Self::skipped), and left out,
/// as in [`MeanAveragePrecision`](super::MeanAveragePrecision).
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::PrecisionAtK;
/// use ndarray::array;
///
/// let targets = array!["cat", "dog", "cat"];
/// let mut precision = PrecisionAtK::new(2);
/// let distances = array![[0.1, 0.2, 0.2]]; // relevant, then a relevant one or another
/// precision.add(distances.view(), array!["cat"].view(), targets.view())?;
/// assert_eq!(precision.mean(), Some((1.0 + 0.5) / 2.0));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrecisionAtK {
    k: usize,
    mean: QueryMean,
}

impl PrecisionAtK {
    /// That of no queries, among the first k rows. Whether there are so many is checked when
    /// queries are [added](Self::add).
    pub fn new(k: usize) -> Self {
        let mean = QueryMean::default();
        Self { k, mean }
    }

    /// Takes more queries into account: `distances` (`q x n`) of queries of the classes `truth`
    /// (`q`) from rows of the classes `targets` (`n`).
    ///
    /// # Errors
    ///
    /// [`InvalidK`](crate::error::MetricError::InvalidK) unless `1 <= k <= n`, and those of
    /// [`MeanAveragePrecision::add`](super::MeanAveragePrecision::add). The mean stays as it was.
    pub fn add<D, L>(
        &mut self,
        distances: ArrayView2<D>,
        truth: ArrayView1<L>,
        targets: ArrayView1<L>,
    ) -> Result<()>
    where
        D: PartialOrd + Copy + Send + Sync,
        L: Label + Sync,
    {
        self.check(targets.len())?;
        let k = self.k;
        let precisions = of_queries(distances, truth, targets, |r| r.precision_at(k))?;
        precisions.into_iter().for_each(|x| self.record(x));
        Ok(())
    }

    /// That there are k rows.
    pub(super) fn check(&self, rows: usize) -> Result<()> {
        check_k(self.k, rows, "rows")
    }

    /// Takes another query into account.
    pub(super) fn record(&mut self, precision: Option<f64>) {
        self.mean.record(precision);
    }

    /// Number of rows among which the precision is taken.
    pub fn k(&self) -> usize {
        self.k
    }

    /// The mean precision, in `[0, 1]`; `None` if no query has had relevant rows.
    pub fn mean(&self) -> Option<f64> {
        self.mean.mean()
    }

    /// Number of queries that the mean is of.
    pub fn queries(&self) -> usize {
        self.mean.queries()
    }

    /// Number of queries without relevant rows.
    pub fn skipped(&self) -> usize {
        self.mean.skipped()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::Error;
    use crate::error::MetricError;

    fn precision(k: usize, distances: [u32; 4]) -> Result<Option<f64>> {
        let distances = Array2::from_shape_vec((1, 4), distances.to_vec()).unwrap();
        let mut precision = PrecisionAtK::new(k);
        let targets = array![1_usize, 0, 1, 0];
        precision.add(distances.view(), array![1].view(), targets.view())?;
        Ok(precision.mean())
    }

    #[test]
    fn rankings_are_worked_by_hand() {
        let of = |k, distances| precision(k, distances).unwrap().unwrap();
        assert_eq!(of(1, [0, 1, 2, 3]), 1.0);
        assert_eq!(of(2, [0, 1, 2, 3]), 0.5);
        assert_eq!(of(3, [0, 1, 2, 3]), 2.0 / 3.0);
        assert_eq!(of(4, [0, 1, 2, 3]), 0.5);
        assert_eq!(of(1, [7; 4]), 0.5);
        // a relevant row, and one of three of which one is relevant
        assert_eq!(of(2, [0, 1, 1, 1]), (1.0 + 1.0 / 3.0) / 2.0);
    }

    #[test]
    fn k_counts_rows() {
        for k in [0, 5] {
            assert!(matches!(
                precision(k, [0; 4]).unwrap_err(),
                Error::Metric(MetricError::InvalidK { k: found, most: 4, items: "rows" })
                    if found == k
            ));
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<PrecisionAtK>();
    }
}
