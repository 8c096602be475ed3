//! Passes over the rows of the data, a block at a time.

use std::ops::Range;

use ndarray::{Array1, Array2, Zip};

use super::factored::Products;
use crate::observer::{Event, Observer};
use crate::{Float, Result};

/// Rows of scores that are in memory at a time, at most.
pub(super) const ROWS: usize = 512;

/// Numbers in a block of rows, at most, unless a single row has more: 64 MiB of `f64`.
const ELEMENTS: usize = 1 << 23;

/// Features of `n x p` numbers that are never in memory as a whole: each block of rows is computed
/// whenever it is needed.
pub(super) struct Blocks<'a, F> {
    samples: usize,
    length: usize,
    compute: &'a dyn Fn(Range<usize>) -> Result<Array2<F>>,
    products: &'a dyn Fn(Range<usize>) -> Result<Products<'a, F>>,
    product_ranges: Vec<Range<usize>>,
}

impl<'a, F: Float> Blocks<'a, F> {
    /// `samples` rows of `length` features; `compute` returns the rows of a range, `products` what
    /// the rows of one of `product_ranges` are multiplied with.
    pub(super) fn new(
        (samples, length): (usize, usize),
        compute: &'a dyn Fn(Range<usize>) -> Result<Array2<F>>,
        products: &'a dyn Fn(Range<usize>) -> Result<Products<'a, F>>,
        product_ranges: Vec<Range<usize>>,
    ) -> Self {
        Self {
            samples,
            length,
            compute,
            products,
            product_ranges,
        }
    }

    /// Rows `n`.
    pub(super) fn samples(&self) -> usize {
        self.samples
    }

    /// Features `p`.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The blocks' row ranges, in order.
    pub(super) fn ranges(&self) -> impl ExactSizeIterator<Item = Range<usize>> {
        ranges(self.samples, self.length)
    }

    /// The ranges of blocks for products, in order.
    pub(super) fn product_ranges(&self) -> impl ExactSizeIterator<Item = Range<usize>> {
        self.product_ranges.iter().cloned()
    }

    /// The features of some rows, for products.
    pub(super) fn products(&self, range: Range<usize>) -> Result<Products<'a, F>> {
        (self.products)(range)
    }

    /// The features of some rows.
    pub(super) fn rows(&self, range: Range<usize>) -> Result<Array2<F>> {
        (self.compute)(range)
    }

    /// The features of some rows in `f64`, minus `mean`.
    pub(super) fn centred(&self, range: Range<usize>, mean: &Array1<f64>) -> Result<Array2<f64>> {
        let rows = self.rows(range)?;
        let centred = |x: &F, mean: &f64| x.to_f64().unwrap_or(f64::NAN) - mean;
        Ok(Zip::from(&rows)
            .and_broadcast(mean)
            .par_map_collect(centred))
    }

    /// The mean squared distance of the features to `centre`, the trace of their second moments.
    pub(super) fn second_moment(&self, centre: &Array1<f64>) -> Result<f64> {
        let mut total = 0.0;
        for range in self.ranges() {
            total += self.centred(range, centre)?.fold(0.0, |sum, x| sum + x * x);
        }
        Ok(total / self.samples as f64)
    }

    /// Mean of every feature.
    pub(super) fn mean(&self) -> Result<Array1<f64>> {
        let mut total = Array1::zeros(self.length);
        for range in self.product_ranges() {
            self.products(range)?.add_sum(&mut total);
        }
        Ok(total / self.samples as f64)
    }
}

/// Rows of kernels with landmarks, or of scores for products with many directions, that are in
/// memory at a time, at most: products of fewer rows do not keep all threads busy.
pub(super) const KERNEL_ROWS: usize = 2048;

/// Ranges of [`ROWS`] rows, or less if rows of this length are so long that they would make blocks
/// of more than [`ELEMENTS`]; the last one has the rest.
pub(super) fn ranges(samples: usize, length: usize) -> impl ExactSizeIterator<Item = Range<usize>> {
    ranges_of(ROWS, samples, length)
}

/// [`ranges`] of at most `most` rows.
pub(super) fn ranges_of(
    most: usize,
    samples: usize,
    length: usize,
) -> impl ExactSizeIterator<Item = Range<usize>> {
    let rows = (ELEMENTS / length.max(1)).clamp(1, most);
    (0..samples.div_ceil(rows)).map(move |i| i * rows..samples.min((i + 1) * rows))
}

/// Counts finished blocks of rows for an observer.
pub(super) struct Progress<'a> {
    pub(super) observer: &'a mut dyn Observer,
    pub(super) done: usize,
    pub(super) total: usize,
}

impl Progress<'_> {
    pub(super) fn advance(&mut self) {
        self.done += 1;
        self.observer.observe(&Event::Rows {
            done: self.done,
            total: self.total,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_rows_come_in_small_blocks() {
        let rows = |length| {
            ranges(600, length)
                .map(|range| range.len())
                .collect::<Vec<_>>()
        };
        assert_eq!(rows(16_480), [509, 91]);
        assert!(rows(784 * 500).iter().all(|&rows| rows <= 21));
        assert_eq!(rows(usize::MAX), [1; 600]);
        assert_eq!(rows(0), [512, 88]);
    }
}
