//! Products of few columns with some rows of a matrix, wherever these lie in it.

use pulp::{Simd, WithSimd};

/// Some rows of a matrix, and a row of another one for each.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a, F> {
    /// The places of the rows.
    pub places: &'a [u32],
    /// `places x depth`, in row-major order.
    pub values: &'a [F],
    /// Numbers of a row of `values`.
    pub depth: usize,
}

impl<'a, F> Chosen<'a, F> {
    /// The values of some rows, one after another.
    #[inline(always)]
    fn rows<const ROWS: usize>(&self, first: usize) -> [&'a [F]; ROWS] {
        std::array::from_fn(|r| &self.values[(first + r) * self.depth..][..self.depth])
    }
}

/// Adds `values * right` to the chosen rows of `out`.
pub(super) struct Scatter<'a, F> {
    pub(super) chosen: Chosen<'a, F>,
    /// `depth x width`.
    pub(super) right: &'a [F],
    pub(super) out: &'a mut [F],
    /// Columns of `right` and `out`, a multiple of the lanes of every vector.
    pub(super) width: usize,
}

/// Adds `values' * (the chosen rows of right)` to `out`.
pub(super) struct Gather<'a, F> {
    pub(super) chosen: Chosen<'a, F>,
    pub(super) right: &'a [F],
    /// `depth x width`.
    pub(super) out: &'a mut [F],
    /// Columns of `right` and `out`, a multiple of the lanes of every vector.
    pub(super) width: usize,
}

/// The kernels for vectors of `$float`: a tile of `ROWS x VECTORS` of them is in registers.
macro_rules! gathered {
    ($Product:ident, $float:ty, $lanes:ident, $rows:expr) => {
        impl WithSimd for $Product<'_, $float> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: Simd>(mut self, simd: S) {
                // a tile of 6 x 4 vectors fits into 32 registers, one of 6 x 2 into 16
                let most = if S::REGISTER_COUNT >= 32 { 4 } else { 2 };
                let mut start = 0;
                while start < self.width {
                    let vectors = ((self.width - start) / S::$lanes).min(most);
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

        impl $Product<'_, $float> {
            /// All rows of `VECTORS` vectors of columns.
            #[inline(always)]
            fn columns<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
                let rows = $rows(self.chosen);
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
        }
    };
}

macro_rules! scatter {
    ($float:ty, $lanes:ident, $split:ident, $split_mut:ident, $splat:ident, $mul_add:ident) => {
        gathered!(Scatter, $float, $lanes, |chosen: Chosen<$float>| chosen
            .places
            .len());

        impl Scatter<'_, $float> {
            /// Some columns of `ROWS` chosen rows; returns their number.
            #[inline(always)]
            fn tile<S: Simd, const ROWS: usize, const VECTORS: usize>(
                &mut self,
                simd: S,
                row: usize,
                start: usize,
            ) -> usize {
                let columns = VECTORS * S::$lanes;
                let width = self.width;
                let left = self.chosen.rows::<ROWS>(row);
                let places: [usize; ROWS] =
                    std::array::from_fn(|r| self.chosen.places[row + r] as usize * width + start);
                let mut sums = [[simd.$splat(0.0); VECTORS]; ROWS];
                for (sums, &place) in sums.iter_mut().zip(&places) {
                    sums.copy_from_slice(S::$split(&self.out[place..][..columns]).0);
                }
                for (k, right) in self.right.chunks_exact(width).enumerate() {
                    let right = S::$split(&right[start..][..columns]).0;
                    for r in 0..ROWS {
                        let x = simd.$splat(left[r][k]);
                        for v in 0..VECTORS {
                            sums[r][v] = simd.$mul_add(x, right[v], sums[r][v]);
                        }
                    }
                }
                for (sums, &place) in sums.iter().zip(&places) {
                    S::$split_mut(&mut self.out[place..][..columns])
                        .0
                        .copy_from_slice(sums);
                }
                ROWS
            }
        }
    };
}

macro_rules! gather {
    ($float:ty, $lanes:ident, $split:ident, $split_mut:ident, $splat:ident, $mul_add:ident) => {
        gathered!(Gather, $float, $lanes, |chosen: Chosen<$float>| chosen
            .depth);

        impl Gather<'_, $float> {
            /// Some columns of `ROWS` rows of the destination; returns their number.
            #[inline(always)]
            fn tile<S: Simd, const ROWS: usize, const VECTORS: usize>(
                &mut self,
                simd: S,
                row: usize,
                start: usize,
            ) -> usize {
                let columns = VECTORS * S::$lanes;
                let Chosen {
                    places,
                    values,
                    depth,
                } = self.chosen;
                let mut sums = [[simd.$splat(0.0); VECTORS]; ROWS];
                for (&place, left) in places.iter().zip(values.chunks_exact(depth)) {
                    let left = &left[row..][..ROWS];
                    let right = &self.right[place as usize * self.width + start..][..columns];
                    let right = S::$split(right).0;
                    for r in 0..ROWS {
                        let x = simd.$splat(left[r]);
                        for v in 0..VECTORS {
                            sums[r][v] = simd.$mul_add(x, right[v], sums[r][v]);
                        }
                    }
                }
                for (r, sums) in sums.iter().enumerate() {
                    let out = &mut self.out[(row + r) * self.width + start..][..columns];
                    let one = simd.$splat(1.0);
                    for (out, &sum) in S::$split_mut(out).0.iter_mut().zip(sums) {
                        *out = simd.$mul_add(one, sum, *out);
                    }
                }
                ROWS
            }
        }
    };
}

scatter!(
    f32,
    F32_LANES,
    as_simd_f32s,
    as_mut_simd_f32s,
    splat_f32s,
    mul_add_f32s
);
scatter!(
    f64,
    F64_LANES,
    as_simd_f64s,
    as_mut_simd_f64s,
    splat_f64s,
    mul_add_f64s
);
gather!(
    f32,
    F32_LANES,
    as_simd_f32s,
    as_mut_simd_f32s,
    splat_f32s,
    mul_add_f32s
);
gather!(
    f64,
    F64_LANES,
    as_simd_f64s,
    as_mut_simd_f64s,
    splat_f64s,
    mul_add_f64s
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::kernels::Kernels;

    const WIDTH: usize = 48;

    fn numbers(count: usize, step: usize) -> Vec<f64> {
        (0..count).map(|i| ((i * step) % 13) as f64 - 6.0).collect()
    }

    /// Small whole numbers, of which every sum is exact: `(chosen rows, depth)` of any tile.
    #[test]
    fn products_with_chosen_rows_are_those_of_dense_matrices() {
        for (rows, depth) in [(0, 3), (1, 1), (5, 20), (13, 7), (23, 6)] {
            let places: Vec<u32> = (0..rows).map(|i| (2 * i + 1) as u32).collect();
            let values = numbers(rows * depth, 5);
            let chosen = Chosen {
                places: &places,
                values: &values,
                depth,
            };
            let few = numbers(depth * WIDTH, 7);
            let many = numbers((2 * rows + 2) * WIDTH, 11);

            let mut scattered = many.clone();
            f64::scatter(chosen, &few, &mut scattered, WIDTH);
            let mut gathered = few.clone();
            f64::gather(chosen, &many, &mut gathered, WIDTH);

            let (mut expected_rows, mut expected_sums) = (many.clone(), few.clone());
            for (i, &place) in places.iter().enumerate() {
                for k in 0..depth {
                    for c in 0..WIDTH {
                        let row = place as usize * WIDTH + c;
                        expected_rows[row] += values[i * depth + k] * few[k * WIDTH + c];
                        expected_sums[k * WIDTH + c] += values[i * depth + k] * many[row];
                    }
                }
            }
            assert_eq!(scattered, expected_rows);
            assert_eq!(gathered, expected_sums);

            let mut scalar = few.clone();
            let product = Gather {
                chosen,
                right: &many,
                out: &mut scalar,
                width: WIDTH,
            };
            product.with_simd(pulp::Scalar);
            assert_eq!(scalar, expected_sums);
        }
    }
}
