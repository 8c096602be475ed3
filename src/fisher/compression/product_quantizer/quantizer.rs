//! Fitted product quantisation, and what codes stand for.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis, Zip, s};
use rayon::prelude::*;

use super::distances::squared_distances;
use super::lloyd::laid_out;
use super::params::ProductQuantizerParams;
use crate::checks::check_query;
use crate::error::{ClassificationError, CompressionError};
use crate::fisher::compression::binary_codes::check_code_length;
use crate::fisher::compression::encoder::Encoder;
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable, Typed, check_columns, check_numbers};
use crate::{Float, Result};

/// A product of vector quantisers (Jegou, Douze & Schmid 2011): the columns are cut into m
/// subspaces of nearly equal width, and of each part of a row only the number of the nearest of k
/// centroids is kept, in one byte.
///
/// A row x is `q(x) = (c_1, ..., c_m)` then, one of `k^m` products of centroids. Queries are not
/// quantised: their distance from a code is that from `q(x)`, a sum of m squared distances that are
/// looked up in a table of the query's ("asymmetric distance computation"):
///
/// ```text
/// d(y, q(x))^2 = |y_1 - c_1|^2 + ... + |y_m - c_m|^2
/// ```
///
/// Centroids are those of Lloyd's algorithm from k-means++ seeds. The optional linfa-clustering has
/// this algorithm too, but for one set of centroids at a time, without a promise of the same bits
/// for any number of threads. Subspace s has the columns from `d s / m` to `d (s + 1) / m`, rounded
/// down.
///
/// As a linfa transformer, and as a stage of a pipeline, it gives `q(x)`.
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::fisher::compression::{Encoder, ProductQuantizer};
/// use ndarray::array;
///
/// let records = array![[0.0, 0.0, 7.0], [2.0, 0.0, 8.0], [0.0, 0.0, 8.0], [2.0, 0.0, 7.0]];
/// let train = DatasetBase::from(records.clone());
/// let quantizer = ProductQuantizer::params(2).centroids(2).fit(&train)?;
/// let codes = quantizer.encode(records.view())?; // four rows of two bytes
/// assert_eq!(quantizer.decode(codes.view())?, records); // two centroids are enough
/// let nearest = quantizer.nearest(array![[1.9, 0.0, 7.1]].view(), &codes, 1)?;
/// assert_eq!(nearest.rows(), &array![[3]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate", bound(serialize = "F: serde_crate::Serialize"))
)]
pub struct ProductQuantizer<F> {
    pub(super) subspaces: usize,
    /// Column i has the coordinates of every subspace's centroid i, `d x k`: the centroids of a
    /// subspace are rows of it, and lie together in memory.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::persistence::typed"))]
    pub(super) centroids: Array2<F>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    ProductQuantizer<F> { subspaces, centroids } => {
        let quantizer = Self { subspaces, centroids: Typed::into_arrays(centroids)? };
        quantizer.check_parts().map(|()| quantizer)
    };
    where F: Float + serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F: Float> ProductQuantizer<F> {
    /// Numbers that hyper-parameters may have, and finite centroids.
    fn check_parts(&self) -> Result<()> {
        let (d, k) = self.centroids.dim();
        linfa::ParamGuard::check_ref(&ProductQuantizerParams::new(self.subspaces).centroids(k))?;
        check_subspaces(self.subspaces, d)?;
        check_numbers("the centroids", &self.centroids, F::is_finite)?;
        check_magnitudes(&[self.centroids.view()], d)
    }
}

impl ProductQuantizer<f64> {
    /// Hyper-parameters of codes of `subspaces` bytes, for records of any float.
    pub fn params(subspaces: usize) -> ProductQuantizerParams {
        ProductQuantizerParams::new(subspaces)
    }
}

impl<F: Float> ProductQuantizer<F> {
    /// Number of columns d of the records.
    pub fn nfeatures(&self) -> usize {
        self.centroids.nrows()
    }

    /// Number of subspaces m, the bytes of a code.
    pub fn subspaces(&self) -> usize {
        self.subspaces
    }

    /// Columns of a subspace.
    ///
    /// # Errors
    ///
    /// [`SubspaceCount`](CompressionError::SubspaceCount) for a number that is not less than that
    /// of the subspaces.
    pub fn columns(&self, subspace: usize) -> Result<Range<usize>> {
        check_subspaces(subspace.saturating_add(1), self.subspaces)?;
        Ok(columns_of(subspace, self.subspaces, self.nfeatures()))
    }

    /// The centroids, `d x k`: rows [`columns`](Self::columns) of column i are centroid i of a
    /// subspace.
    pub fn centroids(&self) -> ArrayView2<'_, F> {
        self.centroids.view()
    }

    /// The rows that codes (`n x m`) stand for, `n x d`.
    ///
    /// # Errors
    ///
    /// [`CodeLength`](CompressionError::CodeLength),
    /// [`UnknownCode`](CompressionError::UnknownCode).
    pub fn decode(&self, codes: ArrayView2<u8>) -> Result<Array2<F>> {
        self.check_known(codes)?;
        let mut rows = Array2::zeros((codes.nrows(), self.nfeatures()));
        Zip::from(rows.axis_iter_mut(Axis(0)))
            .and(codes.rows())
            .par_for_each(|mut row, codes| {
                for (columns, &code) in self.ranges().zip(codes) {
                    let centroid = self.centroids.slice(s![columns.clone(), usize::from(code)]);
                    row.slice_mut(s![columns]).assign(&centroid);
                }
            });
        Ok(rows)
    }

    /// The mean squared distance of records (`n x d`) to what their codes stand for; NaN without
    /// records.
    ///
    /// # Errors
    ///
    /// As [`encode`](Encoder::encode).
    pub fn error(&self, records: ArrayView2<F>) -> Result<f64> {
        let decoded = self.features(records)?;
        let squares = Zip::from(records).and(&decoded).fold(0.0, |sum, &x, &y| {
            let difference = (x - y).to_f64().unwrap_or(f64::NAN);
            sum + difference * difference
        });
        Ok(squares / records.nrows() as f64)
    }

    pub(in crate::fisher::compression) fn source(&self, feature: usize) -> usize {
        feature
    }

    pub(in crate::fisher::compression) fn features(
        &self,
        records: ArrayView2<F>,
    ) -> Result<Array2<F>> {
        self.decode(self.encode(records)?.view())
    }

    /// The columns of all subspaces.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let (m, d) = (self.subspaces, self.nfeatures());
        (0..m).map(move |subspace| columns_of(subspace, m, d))
    }

    /// Squared distances of the parts of a row from the centroids of their subspaces, `m x k`.
    pub(super) fn write_table(&self, row: &[F], table: &mut [F]) {
        let k = self.centroids.ncols();
        for (columns, distances) in self.ranges().zip(table.chunks_exact_mut(k)) {
            let centroids = self.centroids.slice(s![columns.clone(), ..]);
            squared_distances(&row[columns], laid_out(centroids), distances);
        }
    }

    /// Finite records as wide as those of the fit, and so small that their distances are finite.
    pub(super) fn check_rows(&self, records: ArrayView2<F>) -> Result<()> {
        check_query(records, self.nfeatures())?;
        check_magnitudes(&[records.view(), self.centroids.view()], self.nfeatures())
    }

    /// Codes of as many subspaces, and of centroids that there are.
    pub(super) fn check_known(&self, codes: ArrayView2<u8>) -> Result<()> {
        check_code_length(self.subspaces, codes.ncols())?;
        let centroids = self.centroids.ncols();
        let known = |&code: &u8| usize::from(code) < centroids;
        match codes.indexed_iter().find(|(_, code)| !known(code)) {
            Some(((row, subspace), &code)) => Err(CompressionError::UnknownCode {
                row,
                subspace,
                code,
                centroids,
            }
            .into()),
            None => Ok(()),
        }
    }
}

#[cfg(feature = "serde")]
impl<F: Float> Featuriser for ProductQuantizer<F> {
    fn nfeatures(&self) -> usize {
        self.centroids.nrows()
    }
}

#[cfg(feature = "serde")]
impl<F: Float> Loadable for ProductQuantizer<F> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.centroids.nrows(), columns)
    }
}

/// The columns of a subspace, of m of d columns.
pub(super) fn columns_of(subspace: usize, m: usize, d: usize) -> Range<usize> {
    let bound = |subspace: usize| (subspace as u128 * d as u128 / m as u128) as usize;
    bound(subspace)..bound(subspace + 1)
}

/// At most one subspace a column.
pub(super) fn check_subspaces(subspaces: usize, columns: usize) -> Result<()> {
    match subspaces <= columns {
        true => Ok(()),
        false => Err(CompressionError::SubspaceCount { subspaces, columns }.into()),
    }
}

/// The squared distance of opposite corners of a cube around all rows, of `d` columns, is finite.
pub(super) fn check_magnitudes<F: Float>(rows: &[ArrayView2<F>], d: usize) -> Result<()> {
    let magnitudes = rows.iter().map(|rows| {
        let rows = rows.axis_iter(Axis(0)).into_par_iter();
        let of_row = rows.map(|row| row.iter().fold(F::zero(), |most, x| most.max(x.abs())));
        of_row.reduce(F::zero, F::max)
    });
    let magnitude = magnitudes.fold(F::zero(), F::max);
    let edge = magnitude + magnitude;
    match (edge * edge * F::cast(d)).is_finite() {
        true => Ok(()),
        false => Err(ClassificationError::DistanceOverflow {
            magnitude: magnitude.to_f64().unwrap_or(f64::NAN),
        }
        .into()),
    }
}
