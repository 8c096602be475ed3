//! Purity of clusters.

use std::collections::BTreeMap;

use linfa::Label;
use ndarray::ArrayView1;

use crate::Result;
use crate::metrics::scores::check_samples;

/// The share of samples that are of the most frequent class of their cluster, in `(0, 1]`:
///
/// ```text
/// purity = 1/n sum over clusters k of (max over classes j of |cluster k and class j|)
/// ```
///
/// (C. D. Manning, P. Raghavan and H. Schütze, "Introduction to Information Retrieval", 2008,
/// equation 182.) It does not look at the number of clusters: that of single samples is 1.
///
/// `clusters` (`n`) and `truth` (`n`) are the clusters and the classes of the samples.
///
/// # Errors
///
/// [`TargetCount`](crate::error::RecordsError::TargetCount) for other numbers of clusters and
/// classes, [`NoSamples`](crate::error::MetricError::NoSamples).
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::purity;
/// use ndarray::array;
///
/// let clusters = array![0_usize, 0, 0, 1, 1];
/// let truth = array!["cat", "cat", "dog", "dog", "dog"];
/// assert_eq!(purity(clusters.view(), truth.view())?, 0.8);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn purity<C: Label, L: Label>(clusters: ArrayView1<C>, truth: ArrayView1<L>) -> Result<f64> {
    check_samples(clusters.len(), truth.len())?;
    let mut counts: BTreeMap<&C, BTreeMap<&L, usize>> = BTreeMap::new();
    for (cluster, class) in clusters.iter().zip(&truth) {
        *counts.entry(cluster).or_default().entry(class).or_default() += 1;
    }
    let most = |classes: &BTreeMap<&L, usize>| classes.values().copied().max();
    let right: usize = counts.values().filter_map(most).sum();
    Ok(right as f64 / clusters.len() as f64)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;
    use crate::Error;
    use crate::error::{MetricError, RecordsError};

    #[test]
    fn bad_clusters_are_errors() {
        let none = Array1::<usize>::zeros(0);
        assert!(matches!(
            purity(none.view(), none.view()).unwrap_err(),
            Error::Metric(MetricError::NoSamples)
        ));
        assert!(matches!(
            purity(array![1_usize].view(), none.view()).unwrap_err(),
            Error::Records(RecordsError::TargetCount {
                records: 1,
                targets: 0
            })
        ));
    }
}
