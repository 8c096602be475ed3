//! Products with one panel of a [`Packed`](crate::numerics::packed::Packed) matrix.

use pulp::{Simd, WithSimd};

use super::finish::finish;
use super::onto::Onto;

/// `out = onto + alpha * left * panel` for some columns of the right factor, on the calling thread.
#[derive(Debug)]
pub struct PanelProduct<'a, F> {
    /// The left factor, in row-major order.
    pub left: &'a [F],
    /// Columns of the right factor, in row-major order.
    pub panel: &'a [F],
    /// Their number, a multiple of the lanes of every vector.
    pub panel_width: usize,
    /// The factor of the product.
    pub alpha: F,
    /// What the product is added to.
    pub onto: Onto<'a, F>,
    /// The destination, in row-major order.
    pub out: &'a mut [F],
    /// The columns of the destination.
    pub width: usize,
    /// The destination's column for the panel's first one; columns beyond its last are left out.
    pub column: usize,
}

/// The kernel for vectors of `$float`: it sums a tile of `ROWS x VECTORS` of them in registers.
macro_rules! panel_product {
    ($float:ty, $lanes:ident, $split:ident, $split_mut:ident, $load:ident, $store:ident, $splat:ident, $mul:ident, $mul_add:ident) => {
        impl WithSimd for PanelProduct<'_, $float> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: Simd>(mut self, simd: S) {
                // a tile of 6 x 4 vectors fits into 32 registers, one of 6 x 2 into 16
                let most = if S::REGISTER_COUNT >= 32 { 4 } else { 2 };
                let mut start = 0;
                while start < self.panel_width {
                    let vectors = ((self.panel_width - start) / S::$lanes).min(most);
                    match vectors {
                        0 | 1 => self.columns::<S, 1>(simd, start),
                        2 => self.columns::<S, 2>(simd, start),
                        3 => self.columns::<S, 3>(simd, start),
                        _ => self.columns::<S, 4>(simd, start),
                    }
                    start += vectors.max(1) * S::$lanes;
                }
            }
        }

        impl PanelProduct<'_, $float> {
            /// All rows of `VECTORS` vectors of the panel's columns.
            #[inline(always)]
            fn columns<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
                let rows = self.out.len() / self.width;
                let mut row = 0;
                while row < rows {
                    row += match rows - row {
                        1 => self.tile::<S, 1, VECTORS>(simd, row, start),
                        2 => self.tile::<S, 2, VECTORS>(simd, row, start),
                        3 => self.tile::<S, 3, VECTORS>(simd, row, start),
                        4 | 7 | 8 => self.tile::<S, 4, VECTORS>(simd, row, start),
                        5 | 9 | 10 => self.tile::<S, 5, VECTORS>(simd, row, start),
                        _ => self.tile::<S, 6, VECTORS>(simd, row, start),
                    };
                }
            }

            /// Computes `ROWS` rows of `VECTORS` vectors; returns the number of rows.
            #[inline(always)]
            fn tile<S: Simd, const ROWS: usize, const VECTORS: usize>(
                &mut self,
                simd: S,
                row: usize,
                start: usize,
            ) -> usize {
                let columns = VECTORS * S::$lanes;
                let depth = self.panel.len() / self.panel_width;
                let left: [&[$float]; ROWS] =
                    std::array::from_fn(|r| &self.left[(row + r) * depth..][..depth]);
                let alpha = simd.$splat(self.alpha);
                let mut sums = [[simd.$splat(0.0); VECTORS]; ROWS];
                for (k, panel) in self.panel.chunks_exact(self.panel_width).enumerate() {
                    let right = S::$split(&panel[start..][..columns]).0;
                    for r in 0..ROWS {
                        let x = simd.$splat(left[r][k]);
                        for v in 0..VECTORS {
                            sums[r][v] = simd.$mul_add(x, right[v], sums[r][v]);
                        }
                    }
                }
                for (r, sums) in sums.iter().enumerate() {
                    let out = &mut self.out[(row + r) * self.width..][..self.width];
                    let first = (self.column + start).min(self.width);
                    let bias = match self.onto {
                        Onto::Row(row) => &row[first..],
                        _ => &[],
                    };
                    let out = &mut out[first..];
                    finish!(
                        simd,
                        alpha,
                        *sums,
                        self.onto,
                        bias,
                        out,
                        [$split, $split_mut, $load, $store, $splat, $mul, $mul_add]
                    );
                }
                ROWS
            }
        }
    };
}

panel_product!(
    f32,
    F32_LANES,
    as_simd_f32s,
    as_mut_simd_f32s,
    partial_load_f32s,
    partial_store_f32s,
    splat_f32s,
    mul_f32s,
    mul_add_f32s
);
panel_product!(
    f64,
    F64_LANES,
    as_simd_f64s,
    as_mut_simd_f64s,
    partial_load_f64s,
    partial_store_f64s,
    splat_f64s,
    mul_f64s,
    mul_add_f64s
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of one lane, as on processors without vector instructions.
    #[test]
    fn scalars_do() {
        let left: Vec<f64> = (0..14).map(f64::from).collect();
        let panel: Vec<f64> = (0..32).map(|i| f64::from(i % 5)).collect();
        let mut out = [1.0; 7 * 10];
        PanelProduct {
            left: &left,
            panel: &panel,
            panel_width: 16,
            alpha: 2.0,
            onto: Onto::Destination,
            out: &mut out,
            width: 10,
            column: 0,
        }
        .with_simd(pulp::Scalar);
        for (row, out) in out.chunks(10).enumerate() {
            for (column, &x) in out.iter().enumerate() {
                let sum = left[2 * row] * panel[column] + left[2 * row + 1] * panel[16 + column];
                assert_eq!(x, 1.0 + 2.0 * sum);
            }
        }
    }
}
