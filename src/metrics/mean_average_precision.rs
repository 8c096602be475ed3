//! Average precision of rankings: how well rows of a query's class come before all others.

use std::cmp::Ordering;

use linfa::Label;
use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::error::MetricError;
use crate::Result;
use crate::checks::check_target_count;

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
pub struct MeanAveragePrecision {
    sum: f64,
    queries: usize,
    skipped: usize,
}

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
    /// [`IncomparableDistance`](MetricError::IncomparableDistance) for NaN. The mean stays as it
    /// was.
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
        check_target_count(distances.nrows(), truth.len())?;
        check_target_count(distances.ncols(), targets.len())?;
        if let Some(((query, row), _)) = distances.indexed_iter().find(|&(_, &x)| !orders(x)) {
            return Err(MetricError::IncomparableDistance { query, row }.into());
        }
        let rows = distances.axis_iter(Axis(0)).into_par_iter();
        let precisions = rows.enumerate().map(|(query, distances)| {
            let relevant = targets.iter().map(|target| *target == truth[query]);
            average_precision(distances.iter().copied().zip(relevant).collect())
        });
        let precisions: Vec<Option<f64>> = precisions.collect();
        for precision in precisions {
            match precision {
                Some(precision) => {
                    self.sum += precision;
                    self.queries += 1;
                }
                None => self.skipped += 1,
            }
        }
        Ok(())
    }

    /// The mean average precision, in `[0, 1]`; `None` if no query has had relevant rows.
    pub fn mean(&self) -> Option<f64> {
        (self.queries > 0).then(|| self.sum / self.queries as f64)
    }

    /// Number of queries that the mean is of.
    pub fn queries(&self) -> usize {
        self.queries
    }

    /// Number of queries without relevant rows.
    pub fn skipped(&self) -> usize {
        self.skipped
    }
}

/// Whether a distance can be compared, with itself to begin with.
fn orders<D: PartialOrd>(x: D) -> bool {
    x.partial_cmp(&x).is_some()
}

/// The average precision of rows of these distances, each of which is relevant or not.
fn average_precision<D: PartialOrd + Copy>(mut rows: Vec<(D, bool)>) -> Option<f64> {
    rows.sort_unstable_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
    let (mut seen, mut hits, mut sum) = (0, 0, 0.0);
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let relevant = tied.iter().filter(|row| row.1).count();
        seen += tied.len();
        hits += relevant;
        sum += relevant as f64 * hits as f64 / seen as f64;
    }
    (hits > 0).then(|| sum / hits as f64)
}

#[cfg(test)]
mod tests;
