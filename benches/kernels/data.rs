//! Synthetic data of constant seeds, and what the plain ways share.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::{Bernoulli, StandardNormal};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::ThreadPool;

const SEED: u64 = 42;

/// Records of a batch.
pub(crate) const BATCH: usize = 100;
/// Rows that one thread works on.
pub(crate) const BLOCK: usize = 50;
/// Pixels of an image of MNIST.
pub(crate) const PIXELS: usize = 784;

/// The share of MNIST's pixels that is not zero.
const INK: f64 = 0.19;

pub(crate) fn rng() -> Xoshiro256Plus {
    Xoshiro256Plus::seed_from_u64(SEED)
}

/// Zeros and ones, with as many ones as MNIST has.
pub(crate) fn pixels(rows: usize) -> Array2<f32> {
    let ink = Bernoulli::new(INK).expect("a probability");
    let on = Array2::random_using((rows, PIXELS), ink, &mut rng());
    on.mapv(|on| if on { 1.0 } else { 0.0 })
}

/// Standard normal numbers.
pub(crate) fn normal(rows: usize, columns: usize) -> Array2<f32> {
    Array2::random_using((rows, columns), StandardNormal, &mut rng())
}

/// `out = left * right` by faer on the calling thread.
pub(crate) fn gemm(left: ArrayView2<f32>, right: ArrayView2<f32>, mut out: ArrayViewMut2<f32>) {
    let (rows, columns) = out.dim();
    let out = out.as_slice_mut().expect("row-major order");
    let out = MatMut::from_row_major_slice_mut(out, rows, columns);
    let (left, right) = (as_faer(left), as_faer(right));
    matmul(out, Accum::Replace, left, right, 1.0, Par::Seq);
}

fn as_faer(matrix: ArrayView2<'_, f32>) -> MatRef<'_, f32> {
    let (rows, columns) = matrix.dim();
    match (matrix.to_slice(), matrix.reversed_axes().to_slice()) {
        (Some(slice), _) => MatRef::from_row_major_slice(slice, rows, columns),
        (None, Some(slice)) => MatRef::from_column_major_slice(slice, rows, columns),
        (None, None) => unreachable!("matrices are contiguous"),
    }
}

/// A pool of threads.
pub(crate) fn pool(threads: usize) -> ThreadPool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().expect("threads")
}
