//! Rows of non-zeros: how they are found, and their product with a matrix.

use pulp::{Simd, WithSimd};

use super::finish::finish;
use super::onto::Onto;
#[cfg(target_arch = "x86_64")]
use crate::numerics::random::LANES;

/// The non-zeros of some rows.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a, F> {
    /// The first entry of each row, then the end of the last row.
    pub starts: &'a [usize],
    /// The columns of all non-zeros, in ascending order within a row.
    pub places: &'a [u32],
    /// The values of the non-zeros; empty if all of them are 1.
    pub values: &'a [F],
}

/// See [`Kernels::write_places`](super::Kernels::write_places). Every position is written, and kept
/// or overwritten by the next one: a branch on each pixel would often be mispredicted.
pub(crate) fn write_places<F: linfa::Float>(values: &[F], places: &mut [u32]) -> usize {
    let mut end = 0;
    for (place, &x) in values.iter().enumerate() {
        places[end] = place as u32;
        end += usize::from(x != F::zero());
    }
    end
}

/// [`write_places`] by AVX-512, whose compress instruction moves the chosen lanes together.
#[cfg(target_arch = "x86_64")]
pub(super) struct Compress<'a>(
    pub(super) pulp::x86::V4,
    pub(super) &'a [f32],
    pub(super) &'a mut [u32],
);

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Compress<'_> {
    type Output = usize;

    #[inline(always)]
    fn call(self) -> usize {
        use std::arch::x86_64::_CMP_NEQ_UQ;
        let Self(simd, values, places) = self;
        let simd = simd.avx512f;
        let zero = simd._mm512_setzero_ps();
        let step = simd._mm512_set1_epi32(LANES as i32);
        let mut columns = pulp::cast(std::array::from_fn::<u32, LANES, _>(|lane| lane as u32));
        let (vectors, rest) = values.as_chunks::<LANES>();
        let mut end = 0;
        for &vector in vectors {
            let set = simd._mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(pulp::cast(vector), zero);
            let compressed = simd._mm512_maskz_compress_epi32(set, columns);
            let compressed: [u32; LANES] = pulp::cast(compressed);
            places[end..end + LANES].copy_from_slice(&compressed);
            end += set.count_ones() as usize;
            columns = simd._mm512_add_epi32(columns, step);
        }
        let first = values.len() - rest.len();
        for (place, _) in rest.iter().enumerate().filter(|&(_, &x)| x != 0.0) {
            places[end] = (first + place) as u32;
            end += 1;
        }
        end
    }
}

/// See [`Kernels::sparse_product`](super::Kernels::sparse_product).
pub(super) struct Product<'a, F> {
    pub(super) left: Rows<'a, F>,
    pub(super) right: &'a [F],
    /// Columns of `right` and of `out`.
    pub(super) width: usize,
    pub(super) alpha: F,
    pub(super) onto: Onto<'a, F>,
    pub(super) out: &'a mut [F],
}

/// One row of a [`Product`], from some column on.
#[derive(Clone, Copy)]
struct Tile<'a, F> {
    places: &'a [u32],
    values: &'a [F],
    right: &'a [F],
    width: usize,
    alpha: F,
    onto: Onto<'a, F>,
    column: usize,
}

/// The kernel for vectors of `$float`: it sums a tile of a row's columns in registers. A tile that
/// is wider than the rest of the right factor's row reads on into the next row, whose surplus
/// columns are not written. The last rows, where it would read beyond the matrix, are added one by
/// one.
macro_rules! product {
    ($float:ty, $vector:ident, $lanes:ident, $split:ident, $split_mut:ident, $load:ident, $store:ident, $splat:ident, $add:ident, $mul:ident, $mul_add:ident) => {
        impl WithSimd for Product<'_, $float> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) {
                let Rows {
                    starts,
                    places,
                    values,
                } = self.left;
                let width = self.width.max(1);
                for (row, out) in self.out.chunks_exact_mut(width).enumerate() {
                    let entries = starts[row]..starts[row + 1];
                    let mut tile = Tile::<$float> {
                        places: &places[entries.clone()],
                        values: values.get(entries).unwrap_or_default(),
                        right: self.right,
                        width: self.width,
                        alpha: self.alpha,
                        onto: self.onto,
                        column: 0,
                    };
                    while tile.column < width {
                        let out = &mut out[tile.column..];
                        tile.column += match out.len().div_ceil(S::$lanes) {
                            0..=1 => tile.write::<S, 1>(simd, out),
                            2 => tile.write::<S, 2>(simd, out),
                            3..=4 => tile.write::<S, 4>(simd, out),
                            5..=8 => tile.write::<S, 8>(simd, out),
                            _ => tile.write::<S, 16>(simd, out),
                        };
                    }
                }
            }
        }

        impl Tile<'_, $float> {
            /// Writes at most `VECTORS` vectors of columns; returns the number of columns.
            #[inline(always)]
            fn write<S: Simd, const VECTORS: usize>(self, simd: S, out: &mut [$float]) -> usize {
                let columns = VECTORS * S::$lanes;
                let start = |place: u32| place as usize * self.width + self.column;
                let within = |place: &u32| start(*place) + columns <= self.right.len();
                let whole = match self.places.last() {
                    Some(last) if !within(last) => self.places.partition_point(within),
                    _ => self.places.len(),
                };
                let mut sums = [simd.$splat(0.0); VECTORS];
                if self.values.is_empty() && columns == self.width {
                    let rows = S::$split(self.right).0.as_chunks::<VECTORS>().0;
                    for &place in self.places {
                        let row = &rows[place as usize];
                        for v in 0..VECTORS {
                            sums[v] = simd.$add(sums[v], row[v]);
                        }
                    }
                } else if self.values.is_empty() {
                    for &place in &self.places[..whole] {
                        let row = S::$split(&self.right[start(place)..][..columns]).0;
                        for v in 0..VECTORS {
                            sums[v] = simd.$add(sums[v], row[v]);
                        }
                    }
                } else {
                    for (&place, &value) in self.places[..whole].iter().zip(self.values) {
                        let value = simd.$splat(value);
                        let row = S::$split(&self.right[start(place)..][..columns]).0;
                        for v in 0..VECTORS {
                            sums[v] = simd.$mul_add(value, row[v], sums[v]);
                        }
                    }
                }
                let written = columns.min(out.len());
                self.finish::<S, VECTORS>(simd, sums, &mut out[..written]);
                for (entry, &place) in self.places.iter().enumerate().skip(whole) {
                    let factor = self.alpha * self.values.get(entry).copied().unwrap_or(1.0);
                    let row = &self.right[start(place)..][..written];
                    for (out, &x) in out.iter_mut().zip(row) {
                        *out += factor * x;
                    }
                }
                written
            }

            /// Writes the sums of a tile.
            #[inline(always)]
            fn finish<S: Simd, const VECTORS: usize>(
                self,
                simd: S,
                sums: [S::$vector; VECTORS],
                out: &mut [$float],
            ) {
                let alpha = simd.$splat(self.alpha);
                let bias = match self.onto {
                    Onto::Row(row) => &row[self.column..][..out.len()],
                    _ => &[],
                };
                finish!(
                    simd,
                    alpha,
                    sums,
                    self.onto,
                    bias,
                    out,
                    [$split, $split_mut, $load, $store, $splat, $mul, $mul_add]
                );
            }
        }
    };
}

product!(
    f32,
    f32s,
    F32_LANES,
    as_simd_f32s,
    as_mut_simd_f32s,
    partial_load_f32s,
    partial_store_f32s,
    splat_f32s,
    add_f32s,
    mul_f32s,
    mul_add_f32s
);
product!(
    f64,
    f64s,
    F64_LANES,
    as_simd_f64s,
    as_mut_simd_f64s,
    partial_load_f64s,
    partial_store_f64s,
    splat_f64s,
    add_f64s,
    mul_f64s,
    mul_add_f64s
);
