//! The fit of product quantisation: each subspace on its own.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array2, ArrayBase, Data, Ix2, s};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::lloyd::centroids;
use super::params::ProductQuantizerValidParams;
use super::quantizer::{ProductQuantizer, check_magnitudes, check_subspaces, columns_of};
use crate::checks::check_records;
use crate::error::CompressionError;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Finds the centroids of all subspaces of the records (`n x d`); targets and weights are ignored.
/// Each subspace has a random source of its own, seeded by the one of the hyper-parameters.
///
/// # Errors
///
/// [`EmptyRecords`], [`NonFinite`], [`DistanceOverflow`]; [`SubspaceCount`] for more subspaces than
/// columns, [`CentroidCount`] for more centroids than records.
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`DistanceOverflow`]: crate::error::ClassificationError::DistanceOverflow
/// [`SubspaceCount`]: CompressionError::SubspaceCount
/// [`CentroidCount`]: CompressionError::CentroidCount
impl<F, R, D, T> Fit<ArrayBase<D, Ix2>, T, Error> for ProductQuantizerValidParams<R>
where
    F: Float,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
    type Object = ProductQuantizer<F>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<ProductQuantizer<F>> {
        let (records, (n, d)) = (dataset.records.view(), dataset.records.dim());
        let (m, k) = (self.subspaces(), self.centroids());
        check_records(records)?;
        check_subspaces(m, d)?;
        // sums over all records, too
        check_magnitudes(&[records], d.saturating_mul(n))?;
        if k > n {
            let (centroids, rows) = (k, n);
            return Err(CompressionError::CentroidCount { centroids, rows }.into());
        }
        let (mut rng, iterations) = (self.rng().clone(), self.iterations());
        let seeds: Vec<u64> = (0..m).map(|_| rng.next_u64()).collect();
        let subspaces = seeds.into_par_iter().enumerate();
        let parts = subspaces.map(|(subspace, seed)| {
            let columns = records.slice(s![.., columns_of(subspace, m, d)]);
            let rows = columns.as_standard_layout();
            let mut rng = Xoshiro256Plus::seed_from_u64(seed);
            centroids(rows.view(), k, iterations, &mut rng)
        });
        let parts: Vec<Array2<F>> = parts.collect();
        let coordinates = parts.into_iter().flatten().collect();
        match Array2::from_shape_vec((d, k), coordinates) {
            Ok(centroids) => Ok(ProductQuantizer {
                subspaces: m,
                centroids,
            }),
            Err(_) => unreachable!("every column is in one subspace"),
        }
    }
}

/// There are no events.
impl<F, R, D, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for ProductQuantizerValidParams<R>
where
    F: Float,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
}
