//! The kernels, made accessible to the micro-benchmarks of `benches/kernels`, in `f32`; not part of
//! the public interface.
//!
//! Every item is a thin wrapper: what it measures is the crate-private kernel of the same name.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::aligned;
use super::kernels::{self, Kernels, LogDensities, Onto};
use super::packed::Packed;
use super::parallel::{self, StandBy};
use super::random::Lanes;
use super::scalar;
use super::sparse::SparseRows;

/// A matrix of non-zeros.
pub struct Sparse(SparseRows<f32>);

impl Sparse {
    /// The non-zeros of a matrix in row-major order.
    pub fn of(matrix: ArrayView2<f32>) -> Self {
        let values = matrix.to_slice().unwrap_or_default();
        Self(SparseRows::of_rows(values, matrix.ncols(), |_| ()))
    }

    /// The transpose.
    pub fn transposed(&self) -> Self {
        Self(self.0.transposed())
    }

    /// `out = self * right`.
    pub fn write_product(&self, right: ArrayView2<f32>, out: ArrayViewMut2<f32>) {
        self.0.write_product(right, 1.0, Onto::Nothing, out);
    }

    /// `out += self' * right`, for 16 or 32 columns.
    pub fn add_transposed_product(&self, right: ArrayView2<f32>, out: ArrayViewMut2<f32>) {
        self.0.add_transposed_product(right, out);
    }
}

/// A matrix in panels.
pub struct Panels(Packed<f32>);

impl Panels {
    /// Packs a matrix.
    pub fn of(matrix: ArrayView2<f32>) -> Self {
        Self(Packed::of(matrix))
    }

    /// Packs another matrix of the same shape.
    pub fn write(&mut self, matrix: ArrayView2<f32>) {
        self.0.write(matrix);
    }

    /// `out = left * self`.
    pub fn write_product(&self, left: ArrayView2<f32>, out: ArrayViewMut2<f32>) {
        self.0.write_product(left, 1.0, Onto::Nothing, out);
    }
}

/// Gaussians of diagonal covariances in panels.
pub struct Gaussians {
    panels: Vec<f32>,
    offsets: Vec<f32>,
}

impl Gaussians {
    /// Lays out means and variances (`k x d`); `k` is a multiple of [`GAUSSIANS`].
    pub fn of(means: ArrayView2<f32>, variances: ArrayView2<f32>) -> Self {
        let scales = variances.mapv(|variance| 1.0 / variance.sqrt());
        let shifts = -&means * &scales;
        Self {
            panels: kernels::gaussian_panels(scales.view(), shifts.view()),
            offsets: vec![0.0; means.nrows()],
        }
    }

    /// Writes the log densities of rows (`n x d`) but for a constant, `n x k`.
    pub fn write_log_densities(&self, rows: ArrayView2<f32>, mut out: ArrayViewMut2<f32>) {
        f32::log_densities(LogDensities {
            rows: rows.to_slice().unwrap_or_default(),
            width: rows.ncols(),
            panels: &self.panels,
            offsets: &self.offsets,
            out: out.as_slice_mut().unwrap_or_default(),
        });
    }
}

/// A matrix of zeros that starts at a cache line.
pub fn aligned(shape: (usize, usize)) -> Array2<f32> {
    aligned::zeros(shape)
}

/// Random bits, sixteen numbers at a time.
pub struct Random(Lanes);

impl Random {
    /// The generators for a seed.
    pub fn new(seed: u64) -> Self {
        Self(Lanes::new(seed, 0))
    }

    /// Replaces every probability by a sampled state.
    pub fn bernoulli(&mut self, probabilities: &mut [f32]) {
        f32::bernoulli_in_place(probabilities, &mut self.0);
    }

    /// Replaces every input `x` by a sampled state of probability `1 / (1 + exp(-x))`.
    pub fn bernoulli_of_input(&mut self, inputs: &mut [f32]) {
        f32::bernoulli_of_input_in_place(inputs, &mut self.0);
    }
}

/// Replaces every `x` by `1 / (1 + exp(-x))`.
pub fn sigmoid(values: &mut [f32]) {
    f32::sigmoid_in_place(values);
}

/// Replaces every `x` by `ln(1 + exp(x))`.
pub fn softplus(values: &mut [f32]) {
    f32::softplus_in_place(values);
}

/// The positions of the values that are not zero; there is room for 16 more than there are values.
pub fn write_places(values: &[f32], places: &mut [u32]) -> usize {
    f32::write_places(values, places)
}

/// [`write_places`] as machines without AVX-512 do it.
pub fn write_places_without_compress(values: &[f32], places: &mut [u32]) -> usize {
    kernels::write_places(values, places)
}

/// Whether all values are 0 or 1.
pub fn are_states(values: &[f32]) -> bool {
    scalar::all(values, |x| (x == 0.0) | (x == 1.0))
}

/// `rayon::join` with threads that stay awake for each other.
pub fn join_awake(first: impl FnOnce() + Send, second: impl FnOnce() + Send) {
    parallel::join_if(true, first, second);
}

/// Repeats a pair of tasks and then a single task, during which the other thread of the pool stands
/// by.
pub fn pairs_with_stand_by(times: usize, pair: impl Fn() + Sync, alone: impl Fn() + Sync) {
    let standby = StandBy::default();
    rayon::scope(|scope| {
        let standby = standby.of(scope);
        for _ in 0..times {
            join_awake(&pair, &pair);
            let _standby = standby.begin();
            alone();
        }
    });
}
