//! Products with normalised scores.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2};
use rayon::prelude::*;

use super::block::{Entries, FactoredRows};
use super::units::Unit;
use crate::Float;
use crate::fisher::scaling::{FittedScaling, is_exact};
use crate::numerics::kernels::Chosen;

/// Rows of a product that one thread computes at a time.
const ROWS: usize = 256;

/// The normalised scores of units that are 0, but for the norm: `p`.
pub(in crate::fisher) struct Resting<F> {
    scores: Array1<F>,
    /// Whether all are 0.
    zero: bool,
}

impl<F: Float> Resting<F> {
    /// Those of a model with the expectation `E[T]` (`p`).
    pub(in crate::fisher) fn new(expectation: &Array1<F>, scaling: &FittedScaling<F>) -> Self {
        let mut scores = expectation.mapv(|e| F::zero() - e);
        let places = 0..scores.len();
        scaling.scale(scores.as_slice_mut().unwrap_or_default(), places);
        Self {
            zero: scores.iter().all(|&x| x == F::zero()),
            scores,
        }
    }

    fn of(&self, unit: &Unit) -> &[F] {
        &self.scores.as_slice().unwrap_or_default()[unit.scores()]
    }
}

/// Normalised scores of `n` records. They are those of resting units, and [`Entries`] beside them.
pub(in crate::fisher) struct ScaledRows<'a, F> {
    rows: FactoredRows<'a, F>,
    scaling: &'a FittedScaling<F>,
    resting: &'a Resting<F>,
    /// The largest magnitude of each row and the reciprocal norm of the row divided by it, for rows
    /// of norm 1.
    norms: Option<Vec<(F, F)>>,
}

impl<'a, F: Float> ScaledRows<'a, F> {
    /// Normalises the scores.
    pub(in crate::fisher) fn new(
        rows: FactoredRows<'a, F>,
        scaling: &'a FittedScaling<F>,
        resting: &'a Resting<F>,
    ) -> Self {
        let mut scaled = Self {
            rows,
            scaling,
            resting,
            norms: None,
        };
        scaled.norms = scaling.has_l2().then(|| scaled.norms());
        scaled
    }

    /// See [`norms`](Self::norms), which is `None` yet.
    fn norms(&self) -> Vec<(F, F)> {
        let n = self.rows.nrows();
        let blocks = n.div_ceil(ROWS);
        let of_block = |block: usize| self.norms_of(block * ROWS..n.min((block + 1) * ROWS));
        let blocks: Vec<_> = (0..blocks).into_par_iter().map(of_block).collect();
        blocks.concat()
    }

    fn norms_of(&self, rows: Range<usize>) -> Vec<(F, F)> {
        let mut squares = vec![F::zero(); rows.len()];
        self.visit(rows.clone(), |row, scores| {
            squares[row] += scores.iter().map(|&x| x * x).sum::<F>();
        });
        match squares.iter().all(|&squares| is_exact(squares)) {
            true => squares
                .iter()
                .map(|squares| (F::one(), F::one() / squares.sqrt()))
                .collect(),
            false => self.norms_of_extremes(rows),
        }
    }

    /// Norms of rows of which some are 0, tiny or huge.
    fn norms_of_extremes(&self, rows: Range<usize>) -> Vec<(F, F)> {
        let mut largest = vec![F::zero(); rows.len()];
        self.visit(rows.clone(), |row, scores| {
            largest[row] = scores.iter().fold(largest[row], |a, b| a.max(b.abs()));
        });
        let mut squares = vec![F::zero(); rows.len()];
        self.visit(rows, |row, scores| {
            if largest[row] > F::zero() {
                let scores = scores.iter().map(|&x| x / largest[row]);
                squares[row] += scores.map(|x| x * x).sum::<F>();
            }
        });
        let pairs = largest.into_iter().zip(squares);
        pairs
            .map(|(largest, squares)| match largest > F::zero() {
                true => (largest, F::one() / squares.sqrt()),
                false => (F::one(), F::zero()),
            })
            .collect()
    }

    /// Shows every row's scores of each unit that may be other than 0.
    fn visit(&self, rows: Range<usize>, mut see: impl FnMut(usize, &[F])) {
        for unit in &self.rows.units {
            let Entries { places, scores } = self.bounded(unit, rows.clone());
            let mut next = places
                .iter()
                .zip(scores.chunks_exact(unit.depth()))
                .peekable();
            for row in 0..rows.len() {
                match next.next_if(|(place, _)| **place as usize == row) {
                    Some((_, scores)) => see(row, scores),
                    None if !self.resting.zero => see(row, self.resting.of(unit)),
                    None => {}
                }
            }
        }
    }

    /// The scores of a unit where it is not 0, but for the norm.
    fn bounded(&self, unit: &Unit, rows: Range<usize>) -> Entries<F> {
        let mut entries = self.rows.entries(unit, rows);
        self.scaling.scale(&mut entries.scores, unit.scores());
        entries
    }

    /// What the normalised scores of a unit are there beside those of the resting unit.
    fn entries(&self, unit: &Unit, rows: Range<usize>) -> Entries<F> {
        let first = rows.start;
        let mut entries = self.bounded(unit, rows);
        let scores = entries.scores.chunks_exact_mut(unit.depth());
        for (&place, scores) in entries.places.iter().zip(scores) {
            let (largest, factor) = self.norm(first + place as usize);
            for x in scores.iter_mut() {
                *x = *x / largest * factor;
            }
            if !self.resting.zero {
                let resting = self.resting.of(unit).iter();
                for (x, &rest) in scores.iter_mut().zip(resting) {
                    *x -= rest / largest * factor;
                }
            }
        }
        entries
    }

    fn norm(&self, row: usize) -> (F, F) {
        self.norms
            .as_ref()
            .map_or((F::one(), F::one()), |norms| norms[row])
    }

    /// The scores times `right` (`p x width`): `n x width`, where `width` is a multiple of the
    /// lanes of every vector.
    pub(in crate::fisher) fn product(&self, right: ArrayView2<F>) -> Array2<F> {
        let (n, width) = (self.rows.nrows(), right.ncols());
        let values = right
            .to_slice()
            .expect("directions are laid out in row-major order");
        let resting = self.resting_product(right);
        let mut out = Array2::zeros((n, width));
        let blocks = out.as_slice_mut().unwrap_or_default();
        blocks
            .par_chunks_mut(ROWS * width)
            .enumerate()
            .for_each(|(block, out)| {
                let first = block * ROWS;
                let rows = first..first + out.len() / width;
                for unit in &self.rows.units {
                    let entries = self.entries(unit, rows.clone());
                    let scores = unit.scores();
                    let right = &values[scores.start * width..scores.end * width];
                    F::scatter(chosen(&entries, unit), right, out, width);
                }
                if let Some(resting) = &resting {
                    for (row, out) in rows.zip(out.chunks_exact_mut(width)) {
                        let (largest, factor) = self.norm(row);
                        out.iter_mut()
                            .zip(resting)
                            .for_each(|(x, &rest)| *x += rest / largest * factor);
                    }
                }
            });
        out
    }

    /// The resting scores times `right`, unless they are 0.
    fn resting_product(&self, right: ArrayView2<F>) -> Option<Array1<F>> {
        (!self.resting.zero).then(|| self.resting.scores.dot(&right))
    }

    /// Adds the transposed scores times `right` (`n x width`) to `sums` (`p x width`).
    pub(in crate::fisher) fn add_transposed_product(
        &self,
        right: ArrayView2<F>,
        sums: &mut Array2<f64>,
    ) {
        let width = right.ncols();
        let values = right
            .to_slice()
            .expect("coordinates are laid out in row-major order");
        let sums = sums
            .as_slice_mut()
            .expect("sums are laid out in row-major order");
        let resting = (!self.resting.zero).then(|| self.weighted_sum(right));
        let parts = Unit::parts(&self.rows.units, sums, width);
        self.rows
            .units
            .par_iter()
            .zip(parts)
            .for_each(|(unit, sums)| {
                let entries = self.entries(unit, 0..self.rows.nrows());
                let mut products = vec![F::zero(); sums.len()];
                F::gather(chosen(&entries, unit), values, &mut products, width);
                if let Some(resting) = &resting {
                    let products = products.chunks_exact_mut(width);
                    for (products, &rest) in products.zip(self.resting.of(unit)) {
                        products
                            .iter_mut()
                            .zip(resting)
                            .for_each(|(x, &y)| *x += rest * y);
                    }
                }
                for (sum, x) in sums.iter_mut().zip(products) {
                    *sum += x.to_f64().unwrap_or(f64::NAN);
                }
            });
    }

    /// The sum of the rows, each times the factor of its norm.
    fn weighted_sum(&self, rows: ArrayView2<F>) -> Array1<F> {
        let mut sum = Array1::zeros(rows.ncols());
        for (row, values) in rows.rows().into_iter().enumerate() {
            let (largest, factor) = self.norm(row);
            sum.scaled_add(factor / largest, &values);
        }
        sum
    }

    /// Adds the sum of the rows to `sums` (`p`).
    pub(in crate::fisher) fn add_sum(&self, sums: &mut Array1<f64>) {
        let parts = Unit::parts(&self.rows.units, sums.as_slice_mut().unwrap_or_default(), 1);
        let resting = (!self.resting.zero)
            .then(|| self.weighted_sum(Array2::ones((self.rows.nrows(), 1)).view())[0]);
        self.rows
            .units
            .par_iter()
            .zip(parts)
            .for_each(|(unit, sums)| {
                let entries = self.entries(unit, 0..self.rows.nrows());
                for scores in entries.scores.chunks_exact(unit.depth()) {
                    sums.iter_mut()
                        .zip(scores)
                        .for_each(|(sum, x)| *sum += x.to_f64().unwrap_or(f64::NAN));
                }
                if let Some(factors) = resting {
                    let rest = self.resting.of(unit).iter();
                    sums.iter_mut()
                        .zip(rest)
                        .for_each(|(sum, &x)| *sum += (x * factors).to_f64().unwrap_or(f64::NAN));
                }
            });
    }
}

fn chosen<'a, F>(entries: &'a Entries<F>, unit: &Unit) -> Chosen<'a, F> {
    Chosen {
        places: &entries.places,
        values: &entries.scores,
        depth: unit.depth(),
    }
}
