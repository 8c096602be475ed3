//! Average precision of rankings: how well rows of a query's class come before all others.

use linfa::Label;
use ndarray::{ArrayView1, ArrayView2};

use super::queries::{QueryMean, of_queries};
use crate::Result;

/// The mean, over queries, of the average precision of the ranking of all rows by their distance,
/// where the rows of the query's class are relevant.
///
/// The average precision of a ranking is the precision among the rows up to each relevant one,
/// averaged over the relevant ones; it is 1 if these come first. Equally distant rows, of which
/// Hamming distances have many, are taken together, so that their order does not matter:
///
/// ```text
/// AP = sum over distances t of (R(t) - R(t-)) P(t)
/// ```
///
/// with the recall R and the precision P of the rows up to distance t, as scikit-learn's
/// `average_precision_score` has it. A query without relevant rows has no average precision: it is
/// [counted](Self::skipped), and left out.
///
/// Distances come block by block of queries, so that those of 10,000 queries from 60,000 rows are
/// never held at once; the blocks do not matter to the result, nor does the number of threads.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::MeanAveragePrecision;
/// use ndarray::array;
///
/// let targets = array!["cat", "dog", "cat"];
/// let mut precision = MeanAveragePrecision::new();
/// let distances = array![[0.1, 0.2, 0.3]]; // relevant, not relevant, relevant
/// precision.add(distances.view(), array!["cat"].view(), targets.view())?;
/// assert_eq!(precision.mean(), Some((1.0 + 2.0 / 3.0) / 2.0));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MeanAveragePrecision(QueryMean);

impl MeanAveragePrecision {
    /// That of no queries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes more queries into account: `distances` (`q x n`) of queries of the classes `truth`
    /// (`q`) from rows of the classes `targets` (`n`).
    ///
    /// # Errors
    ///
    /// [`TargetCount`](crate::error::RecordsError::TargetCount) for other numbers of classes than
    /// of rows or columns,
    /// [`IncomparableDistance`](crate::error::MetricError::IncomparableDistance) for NaN. The mean
    /// stays as it was.
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
        let precisions = of_queries(distances, truth, targets, |r| r.average_precision())?;
        precisions.into_iter().for_each(|x| self.record(x));
        Ok(())
    }

    /// Takes another query into account.
    pub(super) fn record(&mut self, average_precision: Option<f64>) {
        self.0.record(average_precision);
    }

    /// The mean average precision, in `[0, 1]`; `None` if no query has had relevant rows.
    pub fn mean(&self) -> Option<f64> {
        self.0.mean()
    }

    /// Number of queries that the mean is of.
    pub fn queries(&self) -> usize {
        self.0.queries()
    }

    /// Number of queries without relevant rows.
    pub fn skipped(&self) -> usize {
        self.0.skipped()
    }
}

#[cfg(test)]
mod tests;
