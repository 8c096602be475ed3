//! Exact linear search by matrix products.
//!
//! A block of queries and a tile of records make a matrix of inner products, from which the order
//! of the distances follows up to rounding. What might be among the nearest ones, given how much
//! rounding can be, is looked at again by the distance itself: the result is that of a search that
//! computes all distances, with equal ones in the order of the records.

use linfa_nn::distance::Distance;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::distance::ByProducts;
use crate::Float;
use crate::numerics::dense::product_alone;

/// Queries of a block, which one thread takes.
const QUERIES: usize = 128;

/// Records of a tile: their products with a block of queries stay in a core's cache.
const RECORDS: usize = 1024;

/// Candidates that are kept before those out of reach are dropped, beside twice the neighbours.
const SPARE: usize = 64;

/// Of each query (`q x d`), the `k` nearest records (`n x d`), the nearest first: the distances as
/// `Distance::rdistance` gives them, and the rows.
pub(super) fn nearest<F: Float, M: Distance<F>>(
    form: ByProducts,
    distance: &M,
    records: ArrayView2<F>,
    queries: ArrayView2<F>,
    k: usize,
) -> Vec<Vec<(F, usize)>> {
    let norms: Vec<f64> = records.rows().into_iter().map(norm).collect();
    let longest = norms.iter().copied().fold(0.0, f64::max);
    let of_block = |queries: ArrayView2<F>| -> Vec<Vec<(F, usize)>> {
        let (candidates, exact) = (
            candidates(form, (records, &norms, longest), queries, k),
            |query: ArrayView1<F>, row: usize| distance.rdistance(query, records.row(row)),
        );
        let pairs = candidates.into_iter().zip(queries.rows());
        pairs
            .map(|(rows, query)| {
                let mut found: Vec<(F, usize)> =
                    rows.into_iter().map(|row| (exact(query, row), row)).collect();
                found.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
                found.truncate(k);
                found
            })
            .collect()
    };
    let blocks = queries.axis_chunks_iter(Axis(0), QUERIES).into_par_iter();
    let found: Vec<Vec<Vec<(F, usize)>>> = blocks.map(of_block).collect();
    found.into_iter().flatten().collect()
}

/// Of each query of a block, the rows that may be among the `k` nearest.
fn candidates<F: Float>(
    form: ByProducts,
    (records, norms, longest): (ArrayView2<F>, &[f64], f64),
    queries: ArrayView2<F>,
    k: usize,
) -> Vec<Vec<usize>> {
    let lengths: Array1<f64> = queries.map_axis(Axis(1), norm);
    let scaled = scaled(form, queries, lengths.as_slice().unwrap_or_default());
    let slack = |&length: &f64| F::cast(form.slack::<F>(records.ncols(), length, longest));
    let mut best: Vec<Best<F>> = lengths.iter().map(|length| Best::new(k, slack(length))).collect();
    for first in (0..records.nrows()).step_by(RECORDS) {
        let rows = first..records.nrows().min(first + RECORDS);
        let norms = &norms[rows.clone()];
        let tile = self::scaled(form, records.slice(s![rows, ..]), norms);
        let offsets: Vec<F> = norms.iter().map(|&norm| F::cast(form.offset(norm))).collect();
        let products = product_alone(scaled.view(), tile.t());
        for (best, products) in best.iter_mut().zip(products.rows()) {
            for (row, (&product, &offset)) in (first..).zip(products.iter().zip(&offsets)) {
                let score = offset - product;
                if score <= best.limit {
                    best.push(score, row);
                }
            }
        }
    }
    best.into_iter().map(Best::rows).collect()
}

fn norm<F: Float>(row: ArrayView1<F>) -> f64 {
    let square = |sum: f64, x: &F| {
        let x = x.to_f64().unwrap_or(f64::NAN);
        sum + x * x
    };
    row.fold(0.0, square).sqrt()
}

/// The rows as their products are to be taken: for the cosine, of length one.
fn scaled<F: Float>(form: ByProducts, rows: ArrayView2<F>, norms: &[f64]) -> Array2<F> {
    let mut scaled = rows.to_owned();
    if form == ByProducts::Cosine {
        for (mut row, &norm) in scaled.rows_mut().into_iter().zip(norms) {
            let by = |x: F| F::cast(x.to_f64().unwrap_or(f64::NAN) / norm);
            row.mapv_inplace(|x| if norm > 0.0 { by(x) } else { F::zero() });
        }
    }
    scaled
}

impl ByProducts {
    /// What the product is taken from: half of the square for the Euclidean distance, as
    /// `|q - r|^2 / 2 = |q|^2 / 2 + |r|^2 / 2 - q'r`.
    fn offset(self, norm: f64) -> f64 {
        match self {
            Self::Euclidean => 0.5 * norm * norm,
            Self::Cosine => 0.0,
        }
    }

    /// By how much two scores of a query of this length can be apart, of records up to the longest,
    /// whose distances are in the other order: twice the rounding of a sum of d products, that of
    /// the offset, and that of the distance itself.
    fn slack<F: Float>(self, columns: usize, length: f64, longest: f64) -> f64 {
        let rounding = F::epsilon().to_f64().unwrap_or(f64::EPSILON) * (columns as f64 + 8.0);
        let size = match self {
            Self::Euclidean => longest * length + longest * longest + length * length,
            Self::Cosine => 1.0,
        };
        4.0 * rounding * size
    }
}

/// The records of a query that have the least scores so far, and all that are not further off than
/// rounding.
struct Best<F> {
    k: usize,
    slack: F,
    limit: F,
    found: Vec<(F, usize)>,
    room: usize,
}

impl<F: Float> Best<F> {
    fn new(k: usize, slack: F) -> Self {
        let room = 2 * k + SPARE;
        Self {
            k,
            slack,
            limit: F::infinity(),
            found: Vec::new(),
            room,
        }
    }

    fn push(&mut self, score: F, row: usize) {
        self.found.push((score, row));
        if self.found.len() >= self.room {
            self.drop_others();
            // where many are alike, they are not sorted again for each one more
            self.room = (2 * self.found.len()).max(self.room);
        }
    }

    /// Drops what is out of reach.
    fn drop_others(&mut self) {
        if self.found.len() > self.k {
            let by_score = |a: &(F, usize), b: &(F, usize)| {
                a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal)
            };
            let (_, last, _) = self.found.select_nth_unstable_by(self.k - 1, by_score);
            self.limit = last.0 + self.slack;
            let limit = self.limit;
            self.found.retain(|&(score, _)| score <= limit);
        }
    }

    fn rows(mut self) -> Vec<usize> {
        self.drop_others();
        self.found.into_iter().map(|(_, row)| row).collect()
    }
}
