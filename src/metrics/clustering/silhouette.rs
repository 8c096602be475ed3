//! Silhouettes of samples in clusters.

use std::ops::Range;

use linfa::{Float, Label};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::Result;
use crate::checks::{check_records, check_target_count, classes_of};
use crate::metrics::error::MetricError;
use crate::metrics::scores::wide;
use crate::numerics::dense::product;
use crate::numerics::scalar::inverse_scale;

/// Samples whose silhouettes one thread computes at a time. It does not matter to the results.
const ROWS: usize = 64;

/// Samples from which distances are in memory at a time.
const COLUMNS: usize = 1024;

/// Up to this share of the squared norms, a squared distance that is a difference of products has
/// lost three digits or more, and is computed from the coordinates.
const CANCELLED: f64 = 1e-3;

/// How much nearer each sample is to its own cluster than to the next one, in `[-1, 1]`
/// (P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
/// analysis", Journal of Computational and Applied Mathematics 20, 1987, section 2):
///
/// ```text
/// s = (b - a) / max(a, b)
/// ```
///
/// with the mean Euclidean distance a from the other samples of its cluster, and the least mean
/// distance b from the samples of another cluster. The only sample of a cluster has 0, as in
/// Rousseeuw's text and scikit-learn's `silhouette_samples`; so has one where a and b are 0.
///
/// `records` (`n x d`) are of the `clusters` (`n`): classes, if it is to tell how well an embedding
/// separates them. It takes `n^2 d` operations in `f64`, and memory for some rows of distances at a
/// time for each thread.
///
/// # Errors
///
/// [`EmptyRecords`](crate::error::RecordsError::EmptyRecords),
/// [`NonFinite`](crate::error::RecordsError::NonFinite),
/// [`TargetCount`](crate::error::RecordsError::TargetCount),
/// [`ClusterCount`](MetricError::ClusterCount) unless there are 2 to `n - 1` clusters.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::silhouette_samples;
/// use ndarray::array;
///
/// let records = array![[0.0], [1.0], [4.0]];
/// let clusters = array!["left", "left", "right"];
/// let silhouettes = silhouette_samples(records.view(), clusters.view())?;
/// assert_eq!(silhouettes, array![3.0 / 4.0, 2.0 / 3.0, 0.0]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn silhouette_samples<F: Float, L: Label>(
    records: ArrayView2<F>,
    clusters: ArrayView1<L>,
) -> Result<Array1<f64>> {
    check_records(records)?;
    check_target_count(records.nrows(), clusters.len())?;
    let labels = classes_of(clusters);
    let samples = records.nrows();
    if !(2..samples).contains(&labels.len()) {
        let clusters = labels.len();
        return Err(MetricError::ClusterCount { clusters, samples }.into());
    }
    let places = clusters.iter().map(|label| labels.binary_search(label));
    let clusters = places.map(|place| place.unwrap_or_default()).collect();
    let largest = records.iter().fold(0.0, |most, &x| wide(x).abs().max(most));
    // so that no square overflows; silhouettes do not depend on it
    let scale = inverse_scale(largest);
    let rows = |chosen: &[usize]| records.select(Axis(0), chosen).mapv(|x| wide(x) * scale);
    Ok(Samples::new(&rows, clusters).silhouettes())
}

/// The mean of [`silhouette_samples`], in `[-1, 1]`: scikit-learn's `silhouette_score`.
///
/// # Errors
///
/// Those of [`silhouette_samples`].
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::silhouette_score;
/// use ndarray::array;
///
/// let embedding = array![[0.0_f32, 0.0], [0.0, 0.1], [5.0, 5.0], [5.0, 5.1]];
/// let classes = array!["cat", "cat", "dog", "dog"];
/// assert!(silhouette_score(embedding.view(), classes.view())? > 0.98);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn silhouette_score<F: Float, L: Label>(
    records: ArrayView2<F>,
    clusters: ArrayView1<L>,
) -> Result<f64> {
    let silhouettes = silhouette_samples(records, clusters)?;
    Ok(silhouettes.sum() / silhouettes.len() as f64)
}

/// The samples in the order of their clusters, so that the sums of distances of one cluster after
/// another are complete.
struct Samples<'a> {
    /// The rows of these numbers, in `f64`.
    rows: &'a (dyn Fn(&[usize]) -> Array2<f64> + Sync),
    mean: Array1<f64>,
    /// The samples' rows.
    order: Vec<usize>,
    /// The samples' clusters, ascending.
    clusters: Vec<usize>,
    sizes: Vec<usize>,
    squared_norms: Vec<f64>,
}

impl<'a> Samples<'a> {
    fn new(rows: &'a (dyn Fn(&[usize]) -> Array2<f64> + Sync), clusters: Vec<usize>) -> Self {
        let mut order: Vec<usize> = (0..clusters.len()).collect();
        order.sort_by_key(|&row| clusters[row]);
        let clusters: Vec<usize> = order.iter().map(|&row| clusters[row]).collect();
        let sizes = clusters.chunk_by(|a, b| a == b).map(<[_]>::len).collect();
        let blocks = || order.chunks(COLUMNS).map(rows);
        let sums = blocks().map(|block| block.sum_axis(Axis(0)));
        let sum = sums.reduce(|sum, more| sum + more).unwrap_or_default();
        let mean = sum / order.len() as f64;
        let norms = |block: Array2<f64>| {
            let centred = block - &mean;
            centred.map_axis(Axis(1), |row| row.dot(&row))
        };
        let squared_norms = blocks().flat_map(norms).collect();
        Self {
            rows,
            mean,
            order,
            clusters,
            sizes,
            squared_norms,
        }
    }

    /// The samples' silhouettes, by row.
    fn silhouettes(&self) -> Array1<f64> {
        let samples = self.order.len();
        let blocks: Vec<_> = ranges(samples, ROWS).collect();
        let silhouettes = blocks
            .into_par_iter()
            .map(|block| self.silhouettes_of(block));
        let silhouettes: Vec<Vec<f64>> = silhouettes.collect();
        let mut by_row = Array1::zeros(samples);
        for (&row, silhouette) in self.order.iter().zip(silhouettes.into_iter().flatten()) {
            by_row[row] = silhouette;
        }
        by_row
    }

    /// The silhouettes of the samples at these places.
    fn silhouettes_of(&self, block: Range<usize>) -> Vec<f64> {
        let left = self.centred(block.clone());
        let mut means = vec![ClusterMeans::default(); block.len()];
        for others in ranges(self.order.len(), COLUMNS) {
            let right = self.centred(others.clone());
            let products = product(left.view(), right.t());
            let rows = block.clone().zip(left.rows()).zip(products.rows());
            for (((i, x), products), means) in rows.zip(&mut means) {
                for ((j, y), &product) in others.clone().zip(right.rows()).zip(products) {
                    let norms = self.squared_norms[i] + self.squared_norms[j];
                    means.add(distance(x, y, norms, product));
                    if let Some(size) = self.completed(j) {
                        means.complete(size, self.clusters[i] == self.clusters[j]);
                    }
                }
            }
        }
        means.iter().map(ClusterMeans::silhouette).collect()
    }

    /// The samples at these places, less the mean of all: products of long vectors would cancel.
    fn centred(&self, places: Range<usize>) -> Array2<f64> {
        (self.rows)(&self.order[places]) - &self.mean
    }

    /// The size of the cluster of which the sample at this place is the last.
    fn completed(&self, place: usize) -> Option<usize> {
        let cluster = self.clusters[place];
        let is_last = self.clusters.get(place + 1) != Some(&cluster);
        is_last.then_some(self.sizes[cluster])
    }
}

/// `|x - y|`, from `|x|^2 + |y|^2 - 2 x . y` where that keeps enough digits.
fn distance(x: ArrayView1<f64>, y: ArrayView1<f64>, norms: f64, product: f64) -> f64 {
    let squared = match norms - 2.0 * product {
        squared if squared > CANCELLED * norms => squared,
        _ => x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum(),
    };
    squared.sqrt()
}

/// Mean distances of one sample from the clusters, which come one after another.
#[derive(Clone)]
struct ClusterMeans {
    sum: f64,
    /// From the others of its own cluster; `None` if there are no others.
    own: Option<f64>,
    /// From the nearest other cluster.
    nearest: f64,
}

impl Default for ClusterMeans {
    fn default() -> Self {
        Self {
            sum: 0.0,
            own: None,
            nearest: f64::INFINITY,
        }
    }
}

impl ClusterMeans {
    fn add(&mut self, distance: f64) {
        self.sum += distance;
    }

    /// The distances since the last call are from all samples of a cluster of this size.
    fn complete(&mut self, size: usize, is_own: bool) {
        let sum = std::mem::take(&mut self.sum);
        match (is_own, size) {
            (true, 1) => {}
            (true, _) => self.own = Some(sum / (size - 1) as f64),
            (false, _) => self.nearest = self.nearest.min(sum / size as f64),
        }
    }

    fn silhouette(&self) -> f64 {
        match self.own {
            Some(own) if own.max(self.nearest) > 0.0 => {
                (self.nearest - own) / own.max(self.nearest)
            }
            _ => 0.0,
        }
    }
}

/// Blocks of at most `length` places.
fn ranges(places: usize, length: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..places).step_by(length);
    starts.map(move |start| start..places.min(start + length))
}

#[cfg(test)]
mod tests;
