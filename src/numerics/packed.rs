//! Matrices in a layout for the right factors of many products.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};
use rayon::prelude::*;

use crate::numerics::Float;
use crate::numerics::aligned;
use crate::numerics::kernels::{Onto, PanelProduct};
use crate::numerics::parallel::BLOCK_ELEMENTS;

/// Columns of a panel: four AVX-512 vectors of `f32`, the widest tile that registers hold.
const PANEL: usize = 64;

/// Every panel's width is a multiple of this, the most lanes that a vector has.
const LANES: usize = 16;

/// A matrix in panels of [`PANEL`] columns, each in row-major order, the last one padded by zeros.
///
/// A product reads a panel in the order of memory and holds a tile of the result in registers, so
/// that products of few rows are as fast as large ones. A general product such as faer's packs its
/// right factor anew each time.
#[derive(Debug)]
pub(crate) struct Packed<F> {
    depth: usize,
    columns: usize,
    panels: Array2<F>,
}

impl<F: Float> Packed<F> {
    pub(crate) fn of(matrix: ArrayView2<F>) -> Self {
        let (depth, columns) = matrix.dim();
        let padded = columns.next_multiple_of(LANES);
        let mut packed = Self {
            depth,
            columns,
            panels: aligned::zeros((depth, padded)),
        };
        packed.write(matrix);
        packed
    }

    /// Replaces it by another matrix of the same shape, without allocating.
    pub(crate) fn write(&mut self, matrix: ArrayView2<F>) {
        assert_eq!(matrix.dim(), (self.depth, self.columns));
        let length = (self.depth * PANEL).max(1);
        let write = |(number, panel): (usize, &mut [F])| {
            let first = number * PANEL;
            let columns = first..matrix.ncols().min(first + PANEL);
            write_panel(matrix.slice(s![.., columns]), panel);
        };
        let Some(panels) = self.panels.as_slice_mut() else {
            unreachable!("panels are made in row-major order");
        };
        if panels.len() <= BLOCK_ELEMENTS {
            panels.chunks_mut(length).enumerate().for_each(write);
        } else {
            let panels = panels.par_chunks_mut(length);
            panels.enumerate().for_each(write);
        }
    }

    /// `out = onto + alpha * left * self` for `left` and `out` in row-major order, on the calling
    /// thread.
    pub(crate) fn write_product(
        &self,
        left: ArrayView2<F>,
        alpha: F,
        onto: Onto<F>,
        mut out: ArrayViewMut2<F>,
    ) {
        assert_eq!((left.nrows(), self.columns), out.dim());
        assert_eq!(left.ncols(), self.depth);
        assert!(onto.fits(self.columns));
        let slices = (left.to_slice(), self.panels.as_slice(), out.as_slice_mut());
        let (Some(left), Some(panels), Some(out)) = slices else {
            unreachable!("the factors of these products are allocated in row-major order");
        };
        assert!(self.depth > 0, "layers have units");
        let panels = panels.chunks((self.depth * PANEL).max(1));
        for (number, panel) in panels.enumerate() {
            F::panel_product(PanelProduct {
                left,
                panel,
                panel_width: panel.len() / self.depth,
                alpha,
                onto,
                out: &mut *out,
                width: self.columns,
                column: number * PANEL,
            });
        }
    }
}

/// Writes some columns of a matrix to a panel, row by row.
fn write_panel<F: Float>(columns: ArrayView2<F>, panel: &mut [F]) {
    let width = panel.len() / columns.nrows();
    let rows = columns.rows().into_iter();
    for (row, line) in rows.zip(panel.chunks_exact_mut(width)) {
        row.iter().zip(line).for_each(|(&x, place)| *place = x);
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::numerics::kernels::starts;

    fn matrix<F: Float>(rows: usize, columns: usize) -> Array2<F> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            F::cast(((i * 7 + j * 3) % 11) as f64 / 4.0 - 1.0)
        })
    }

    proptest! {
        #[test]
        fn products_agree_with_plain_ones(
            rows in 0..30_usize,
            depth in 1..40_usize,
            columns in 1..200_usize,
        ) {
            let left = matrix::<f64>(rows, depth);
            for right in [matrix(depth, columns), matrix(columns, depth).reversed_axes()] {
                let packed = Packed::of(right.view());
                let row: Vec<f64> = (0..columns).map(|j| j as f64).collect();
                for (onto, start) in starts((rows, columns), &row) {
                    let mut out = Array2::ones((rows, columns));
                    packed.write_product(left.view(), 2.0, onto, out.view_mut());
                    assert_abs_diff_eq!(out, 2.0 * left.dot(&right) + start, epsilon = 1e-9);
                }
                let (left, right) = (left.mapv(|x| x as f32), right.mapv(|x| x as f32));
                let packed = Packed::of(right.view());
                let row: Vec<f32> = (0..columns).map(|j| j as f32).collect();
                for (onto, start) in starts((rows, columns), &row) {
                    let mut out = Array2::ones((rows, columns));
                    packed.write_product(left.view(), 2.0, onto, out.view_mut());
                    assert_abs_diff_eq!(out, 2.0 * left.dot(&right) + start, epsilon = 1e-3);
                }
            }
        }
    }
}
