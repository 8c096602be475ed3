//! Codes of records, and asymmetric distances of queries from them.

use ndarray::{Array2, ArrayView2, Axis, CowArray, Ix2, s};
use rayon::prelude::*;

use super::distances::nearest;
use super::lloyd::laid_out;
use super::quantizer::ProductQuantizer;
use crate::fisher::compression::encoder::Encoder;
use crate::fisher::compression::neighbors::{Neighbors, distances_of, nearest_of};
use crate::numerics::kernels::vectorised;
use crate::{Float, Result};

impl<F: Float> Encoder for ProductQuantizer<F> {
    type Element = F;
    /// Numbers of centroids, `n x m`.
    type Codes = Array2<u8>;
    /// Squared Euclidean.
    type Distance = F;

    fn nfeatures(&self) -> usize {
        self.centroids.nrows()
    }

    /// # Errors
    ///
    /// [`Width`](crate::error::RecordsError::Width),
    /// [`NonFinite`](crate::error::RecordsError::NonFinite),
    /// [`DistanceOverflow`](crate::error::ClassificationError::DistanceOverflow).
    fn encode(&self, records: ArrayView2<F>) -> Result<Array2<u8>> {
        self.check_rows(records)?;
        let records = in_rows(records);
        let k = self.centroids.ncols();
        let mut codes = Array2::zeros((records.nrows(), self.subspaces));
        let rows = records.axis_iter(Axis(0)).into_par_iter();
        let pairs = rows.zip(codes.axis_iter_mut(Axis(0)));
        pairs.for_each_init(
            || vec![F::zero(); self.subspaces * k],
            |table, (row, mut codes)| {
                self.write_table(laid_out(row.insert_axis(Axis(0))), table);
                for (code, distances) in codes.iter_mut().zip(table.chunks_exact(k)) {
                    *code = nearest(distances) as u8; // k is at most 256
                }
            },
        );
        Ok(codes)
    }

    fn check_codes(&self, codes: &Array2<u8>) -> Result<usize> {
        self.check_known(codes.view())?;
        Ok(codes.nrows())
    }

    fn distances(&self, queries: ArrayView2<F>, codes: &Array2<u8>) -> Result<Array2<F>> {
        self.check_rows(queries)?;
        let rows = self.check_codes(codes)?;
        let write = self.distances_from(queries, codes.view());
        Ok(distances_of(queries.nrows(), rows, write))
    }

    fn nearest(
        &self,
        queries: ArrayView2<F>,
        codes: &Array2<u8>,
        k: usize,
    ) -> Result<Neighbors<F>> {
        self.check_rows(queries)?;
        let rows = self.check_codes(codes)?;
        let write = self.distances_from(queries, codes.view());
        nearest_of((queries.nrows(), rows), k, write)
    }
}

impl<F: Float> ProductQuantizer<F> {
    /// Writes the squared distances of a query from the rows of `codes`.
    fn distances_from(
        &self,
        queries: ArrayView2<F>,
        codes: ArrayView2<u8>,
    ) -> impl Fn(usize, &mut [F]) + Sync {
        let (queries, codes) = (in_rows(queries), in_rows(codes));
        let k = self.centroids.ncols();
        move |query, out| {
            let mut table = vec![F::zero(); self.subspaces * k];
            let row = queries.slice(s![query..query + 1, ..]);
            self.write_table(laid_out(row), &mut table);
            add_up(&table, laid_out(codes.view()), k, out);
        }
    }
}

/// The sum of the distances that the codes of each row name in a table of `k` for each subspace.
fn add_up<F: Float>(table: &[F], codes: &[u8], k: usize, out: &mut [F]) {
    let subspaces = table.len() / k;
    vectorised(|| {
        for (distance, row) in out.iter_mut().zip(codes.chunks_exact(subspaces)) {
            let parts = table.chunks_exact(k).zip(row);
            *distance = parts.fold(F::zero(), |sum, (distances, &code)| {
                sum + distances[usize::from(code)]
            });
        }
    });
}

/// A matrix in row-major order.
fn in_rows<A: Clone>(matrix: ArrayView2<'_, A>) -> CowArray<'_, A, Ix2> {
    match matrix.is_standard_layout() {
        true => matrix.into(),
        false => matrix.as_standard_layout().into_owned().into(),
    }
}
