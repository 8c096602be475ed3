//! What makes codes of records and searches them.

use std::fmt::Debug;

use ndarray::{Array2, ArrayView2};

use super::neighbors::Neighbors;
use crate::{Float, Result};

/// A fitted map from records to short codes, among which rows can be searched.
///
/// [`SignBits`](super::SignBits) and [`ProductQuantizer`](super::ProductQuantizer) implement it;
/// [`KNearestCodes`](super::KNearestCodes) classifies by it.
///
/// # Example
///
/// Ranking the training rows for each query, a block of queries at a time:
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::fisher::compression::{Encoder, ProductQuantizer};
/// use linfa_fisher::metrics::MeanAveragePrecision;
/// use ndarray::{array, Axis};
///
/// let records = array![[0.0, 0.1], [0.1, 0.0], [5.0, 5.1], [5.2, 5.0]];
/// let train = Dataset::new(records, array!["low", "low", "high", "high"]);
/// let encoder = ProductQuantizer::params(2).centroids(3).fit(&train)?;
/// let codes = encoder.encode(train.records.view())?;
///
/// let (queries, truth) = (array![[0.2, 0.2], [4.0, 6.0]], array!["low", "high"]);
/// let mut precision = MeanAveragePrecision::new();
/// let blocks = queries.axis_chunks_iter(Axis(0), 1);
/// for (block, truth) in blocks.zip(truth.axis_chunks_iter(Axis(0), 1)) {
///     let distances = encoder.distances(block, &codes)?;
///     precision.add(distances.view(), truth, train.targets.view())?;
/// }
/// assert_eq!(precision.mean(), Some(1.0));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub trait Encoder {
    /// The element type of records.
    type Element: Float;
    /// Codes of any number of records.
    type Codes: Clone + Debug + PartialEq + Send + Sync;
    /// A distance of a record from a code.
    type Distance: PartialOrd + Copy + Default + Debug + Send + Sync;

    /// Columns `d` of the records.
    fn nfeatures(&self) -> usize;

    /// The codes of records (`n x d`).
    ///
    /// # Errors
    ///
    /// [`Width`](crate::error::RecordsError::Width),
    /// [`NonFinite`](crate::error::RecordsError::NonFinite); those of the encoder.
    fn encode(&self, records: ArrayView2<Self::Element>) -> Result<Self::Codes>;

    /// The number of records that the codes are of.
    ///
    /// # Errors
    ///
    /// [`CodeLength`](crate::error::CompressionError::CodeLength),
    /// [`UnknownCode`](crate::error::CompressionError::UnknownCode) for codes of another encoder.
    fn check_codes(&self, codes: &Self::Codes) -> Result<usize>;

    /// Distances of queries (`q x d`) from codes of n records, `q x n`.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](Self::encode) and [`check_codes`](Self::check_codes).
    fn distances(
        &self,
        queries: ArrayView2<Self::Element>,
        codes: &Self::Codes,
    ) -> Result<Array2<Self::Distance>>;

    /// The k codes nearest to each of the queries (`q x d`).
    ///
    /// # Errors
    ///
    /// As [`distances`](Self::distances);
    /// [`InvalidNeighbors`](crate::error::ClassificationError::InvalidNeighbors) for `k = 0`,
    /// [`Neighbors`](crate::error::ClassificationError::Neighbors) for more than there are codes.
    fn nearest(
        &self,
        queries: ArrayView2<Self::Element>,
        codes: &Self::Codes,
        k: usize,
    ) -> Result<Neighbors<Self::Distance>>;
}
