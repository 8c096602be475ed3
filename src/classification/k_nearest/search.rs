//! Exact linear search by matrix products.
//!
//! A block of queries and a tile of records make a matrix of inner products, from which the order
//! of the distances follows up to rounding. What might be among the nearest ones, given how much
//! rounding can be, is looked at again by the distance itself: the result is that of a search that
//! computes all distances, with equal ones in the order of the records.

use std::cmp::Ordering;

use linfa_nn::distance::Distance;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip, s};
use rayon::prelude::*;

use super::distance::ByProducts;
use crate::Float;
use crate::numerics::columns::means_of;
use crate::numerics::dense::product_alone;

/// Queries of a block, which one thread takes.
const QUERIES: usize = 256;

/// Records of a tile: their products with a block of queries stay in a core's cache.
const RECORDS: usize = 1024;

/// Candidates that are kept before those out of reach are dropped, beside twice the neighbours.
const SPARE: usize = 64;

/// Candidates that cannot be told apart by products, beside eight times the neighbours, whose
/// distances are computed at once, so that no more of them are held.
const MOST_ALIKE: usize = 4096;

/// The records to search, in the form that products are taken of.
struct Searched<'a, F, M> {
    form: ByProducts,
    distance: &'a M,
    records: ArrayView2<'a, F>,
    /// Mean of the records, which is taken from both sides of a Euclidean distance.
    centre: Array1<F>,
    /// Lengths of the records, without the centre.
    norms: Vec<f64>,
    longest: f64,
    k: usize,
}

/// Of each query (`q x d`), the `k` nearest records (`n x d`), the nearest first: the distances as
/// `Distance::rdistance` gives them, and the rows.
pub(super) fn nearest<F: Float, M: Distance<F>>(
    form: ByProducts,
    distance: &M,
    records: ArrayView2<F>,
    queries: ArrayView2<F>,
    k: usize,
) -> Vec<Vec<(F, usize)>> {
    let records = records.view();
    let centre = match form {
        ByProducts::Euclidean => means_of(records),
        ByProducts::Cosine => Array1::zeros(records.ncols()),
    };
    let norms: Vec<f64> = norms(records, &centre);
    let longest = norms.iter().copied().fold(0.0, f64::max);
    let searched = Searched {
        form,
        distance,
        records,
        centre,
        norms,
        longest,
        k,
    };
    let blocks = queries.axis_chunks_iter(Axis(0), QUERIES).into_par_iter();
    let found: Vec<Vec<Vec<(F, usize)>>> = blocks.map(|block| searched.block(block)).collect();
    found.into_iter().flatten().collect()
}

/// The order of neighbours: by distance, then by row.
pub(super) fn nearer<F: Float>(a: &(F, usize), b: &(F, usize)) -> Ordering {
    a.partial_cmp(b).unwrap_or(Ordering::Equal)
}

impl<F: Float, M: Distance<F>> Searched<'_, F, M> {
    /// The nearest records of each query of a block.
    fn block(&self, queries: ArrayView2<F>) -> Vec<Vec<(F, usize)>> {
        let lengths = norms(queries, &self.centre);
        let scaled = self.scaled(queries, &lengths);
        let slack = |&length: &f64| {
            let columns = self.records.ncols();
            F::cast(self.form.slack::<F>(columns, length, self.longest))
        };
        let mut best: Vec<Best<F>> = lengths
            .iter()
            .map(|length| Best::new(self.k, slack(length)))
            .collect();
        for first in (0..self.records.nrows()).step_by(RECORDS) {
            let rows = first..self.records.nrows().min(first + RECORDS);
            let norms = &self.norms[rows.clone()];
            let tile = self.scaled(self.records.slice(s![rows, ..]), norms);
            let offset = |&norm: &f64| F::cast(self.form.offset(norm));
            let offsets: Vec<F> = norms.iter().map(offset).collect();
            let products = product_alone(scaled.view(), tile.t());
            for ((best, products), query) in
                best.iter_mut().zip(products.rows()).zip(queries.rows())
            {
                for (row, (&product, &offset)) in (first..).zip(products.iter().zip(&offsets)) {
                    let score = offset - product;
                    if score <= best.limit {
                        best.push(score, row, &|row| self.exact(query, row));
                    }
                }
            }
        }
        let pairs = best.into_iter().zip(queries.rows());
        pairs
            .map(|(best, query)| best.nearest(&|row| self.exact(query, row)))
            .collect()
    }

    fn exact(&self, query: ArrayView1<F>, row: usize) -> F {
        self.distance.rdistance(query, self.records.row(row))
    }

    /// The rows as their products are to be taken: without the centre, or of length one.
    fn scaled(&self, rows: ArrayView2<F>, norms: &[f64]) -> Array2<F> {
        match self.form {
            ByProducts::Euclidean => &rows - &self.centre,
            ByProducts::Cosine => {
                let mut scaled = rows.to_owned();
                for (mut row, &norm) in scaled.rows_mut().into_iter().zip(norms) {
                    let by = |x: F| F::cast(x.to_f64().unwrap_or(f64::NAN) / norm);
                    row.mapv_inplace(|x| if norm > 0.0 { by(x) } else { F::zero() });
                }
                scaled
            }
        }
    }
}

/// Lengths of the rows without the centre.
fn norms<F: Float>(rows: ArrayView2<F>, centre: &Array1<F>) -> Vec<f64> {
    let norm = |row: ArrayView1<F>| {
        let square = |sum: f64, &x: &F, &centre: &F| {
            let x = (x - centre).to_f64().unwrap_or(f64::NAN);
            sum + x * x
        };
        Zip::from(&row).and(centre).fold(0.0, square).sqrt()
    };
    rows.rows().into_iter().map(norm).collect()
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
        let number = |x: F| x.to_f64().unwrap_or(f64::EPSILON);
        let size = match self {
            Self::Euclidean => longest * length + longest * longest + length * length,
            Self::Cosine => 1.0,
        };
        let terms = columns as f64 + 8.0;
        4.0 * terms * (number(F::epsilon()) * size + number(F::min_positive_value()))
    }
}

/// The records of a query that have the least scores so far, and all that are not further off than
/// rounding.
struct Best<F> {
    k: usize,
    slack: F,
    limit: F,
    /// By their scores.
    found: Vec<(F, usize)>,
    room: usize,
    /// By their distances, at most k.
    settled: Vec<(F, usize)>,
}

impl<F: Float> Best<F> {
    fn new(k: usize, slack: F) -> Self {
        Self {
            k,
            slack,
            limit: F::infinity(),
            found: Vec::new(),
            room: 2 * k + SPARE,
            settled: Vec::new(),
        }
    }

    fn push(&mut self, score: F, row: usize, exact: &dyn Fn(usize) -> F) {
        self.found.push((score, row));
        if self.found.len() >= self.room {
            self.drop_others();
            if self.found.len() > 8 * self.k + MOST_ALIKE {
                self.settle(exact);
            }
            // where many are alike, they are not sorted again for each one more
            self.room = (2 * self.found.len()).max(2 * self.k + SPARE);
        }
    }

    /// Drops what is out of reach.
    fn drop_others(&mut self) {
        if self.found.len() > self.k {
            let (_, last, _) = self.found.select_nth_unstable_by(self.k - 1, nearer);
            self.limit = self.limit.min(last.0 + self.slack);
            let limit = self.limit;
            self.found.retain(|&(score, _)| score <= limit);
        }
    }

    /// Keeps the k nearest by their distances.
    fn settle(&mut self, exact: &dyn Fn(usize) -> F) {
        let found = self.found.drain(..);
        self.settled.extend(found.map(|(_, row)| (exact(row), row)));
        self.settled.sort_by(nearer);
        self.settled.truncate(self.k);
    }

    fn nearest(mut self, exact: &dyn Fn(usize) -> F) -> Vec<(F, usize)> {
        self.drop_others();
        self.settle(exact);
        self.settled
    }
}
