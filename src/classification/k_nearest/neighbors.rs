//! The nearest training rows of queries.

use ndarray::Array2;

/// The k nearest training rows of each of q queries, the nearest first, and of equally distant ones
/// the first.
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::KNearestNeighbors;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [3.0], [4.0]], array!["a", "b", "b"]);
/// let model = KNearestNeighbors::params(2).fit(&dataset)?;
/// let neighbors = model.neighbors(&array![[3.5], [10.0]])?;
/// assert_eq!(neighbors.rows(), array![[1, 2], [2, 1]]);
/// assert_eq!(neighbors.distances(), array![[0.5, 0.5], [6.0, 7.0]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors<F> {
    pub(super) distances: Array2<F>,
    pub(super) rows: Array2<usize>,
}

impl<F> Neighbors<F> {
    /// The distances, `q x k`.
    pub fn distances(&self) -> &Array2<F> {
        &self.distances
    }

    /// The numbers of the training rows, `q x k`.
    pub fn rows(&self) -> &Array2<usize> {
        &self.rows
    }
}
