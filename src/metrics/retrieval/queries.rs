//! Rankings of all queries, and the mean of a metric over them.

use linfa::Label;
use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::Result;
use crate::checks::check_target_count;
use crate::metrics::error::MetricError;
use crate::metrics::ranking::Ranking;

/// The mean of a metric over queries, some of which it is not defined for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct QueryMean {
    sum: f64,
    queries: usize,
    skipped: usize,
}

impl QueryMean {
    /// Takes another query into account.
    pub(super) fn record(&mut self, value: Option<f64>) {
        match value {
            Some(value) => {
                self.sum += value;
                self.queries += 1;
            }
            None => self.skipped += 1,
        }
    }

    pub(super) fn mean(&self) -> Option<f64> {
        (self.queries > 0).then(|| self.sum / self.queries as f64)
    }

    /// Number of queries that the mean is of.
    pub(super) fn queries(&self) -> usize {
        self.queries
    }

    /// Number of queries that the metric is not defined for.
    pub(super) fn skipped(&self) -> usize {
        self.skipped
    }
}

/// What `value` says of the ranking of each query's rows, from the distances (`q x n`) of queries
/// of the classes `truth` (`q`) from rows of the classes `targets` (`n`).
pub(super) fn of_queries<D, L, T>(
    distances: ArrayView2<D>,
    truth: ArrayView1<L>,
    targets: ArrayView1<L>,
    value: impl Fn(Ranking<D>) -> T + Sync,
) -> Result<Vec<T>>
where
    D: PartialOrd + Copy + Send + Sync,
    L: Label + Sync,
    T: Send,
{
    check_target_count(distances.nrows(), truth.len())?;
    check_target_count(distances.ncols(), targets.len())?;
    if let Some(((query, row), _)) = distances.indexed_iter().find(|&(_, &x)| !orders(x)) {
        return Err(MetricError::IncomparableDistance { query, row }.into());
    }
    let rows = distances.axis_iter(Axis(0)).into_par_iter();
    let values = rows.enumerate().map(|(query, distances)| {
        let relevant = targets.iter().map(|target| *target == truth[query]);
        value(Ranking::new(
            distances.iter().copied().zip(relevant).collect(),
        ))
    });
    Ok(values.collect())
}

/// Whether a distance can be compared, with itself to begin with.
fn orders<D: PartialOrd>(x: D) -> bool {
    x.partial_cmp(&x).is_some()
}
