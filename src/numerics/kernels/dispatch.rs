//! The trait of the kernels; `f32` and `f64` implement it by the widest vectors of the processor.

use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::Arch;

use super::elementary::{
    Each, OfInput, OfProbability, Sigmoid, Softplus, States, bernoulli_f64, sigmoid_f64, softplus,
};
use super::gathered::{Chosen, Gather, Scatter};
use super::gaussians::LogDensities;
use super::onto::Onto;
use super::panels::PanelProduct;
#[cfg(target_arch = "x86_64")]
use super::rows::Compress;
use super::rows::{Product, Rows, write_places};
use crate::numerics::random::Lanes;

/// Runs `work`, compiled for the widest vectors of the processor. For plain loops that the compiler
/// vectorises by itself: without early exits, and short enough to be inlined.
#[inline(always)]
pub(crate) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(work)
}

/// Matrix products and elementary functions of one element type.
pub trait Kernels: Sized {
    /// `destination = alpha * left * right` on the calling thread, or `+=` if `accum` says so.
    fn gemm(
        destination: MatMut<'_, Self>,
        accum: Accum,
        left: MatRef<'_, Self>,
        right: MatRef<'_, Self>,
        alpha: Self,
    );

    /// Replaces every column `b` by `L^-1 b`, on the calling thread.
    fn solve_lower(lower: MatRef<'_, Self>, columns: MatMut<'_, Self>);

    /// Replaces every `x` by `1 / (1 + exp(-x))`.
    fn sigmoid_in_place(values: &mut [Self]);

    /// Replaces every probability by an independent Bernoulli state, 0 or 1.
    fn bernoulli_in_place(probabilities: &mut [Self], random: &mut Lanes);

    /// Replaces every `x` by a Bernoulli state of probability `1 / (1 + exp(-x))`.
    fn bernoulli_of_input_in_place(inputs: &mut [Self], random: &mut Lanes);

    /// Replaces every `x` by `ln(1 + exp(x))`.
    fn softplus_in_place(values: &mut [Self]);

    /// Writes the positions of the non-zero values to `places` and returns their number. `places`
    /// has room for as many as there are values, and for [`LANES`] more.
    ///
    /// [`LANES`]: crate::numerics::random::LANES
    fn write_places(values: &[Self], places: &mut [u32]) -> usize;

    /// `out = onto + alpha * left * right` for a matrix `right`, given with its number of columns,
    /// and `out` in row-major order.
    fn sparse_product(
        left: Rows<Self>,
        right: (&[Self], usize),
        alpha: Self,
        onto: Onto<Self>,
        out: &mut [Self],
    );

    /// Adds `values * right` (`depth x width`) to the chosen rows of `out`, whose rows are of
    /// `width` numbers, a multiple of [`LANES`].
    ///
    /// [`LANES`]: crate::numerics::random::LANES
    fn scatter(chosen: Chosen<Self>, right: &[Self], out: &mut [Self], width: usize);

    /// Adds `values' * (the chosen rows of right)` to `out` (`depth x width`); `right` has rows of
    /// `width` numbers, a multiple of [`LANES`].
    ///
    /// [`LANES`]: crate::numerics::random::LANES
    fn gather(chosen: Chosen<Self>, right: &[Self], out: &mut [Self], width: usize);

    /// `out = onto + alpha * left * panel`, see [`PanelProduct`].
    fn panel_product(product: PanelProduct<Self>);

    /// Logarithms of weighted Gaussian densities, see [`LogDensities`].
    fn log_densities(densities: LogDensities<Self>);
}

impl Kernels for f32 {
    fn gemm(
        destination: MatMut<'_, f32>,
        accum: Accum,
        left: MatRef<'_, f32>,
        right: MatRef<'_, f32>,
        alpha: f32,
    ) {
        matmul(destination, accum, left, right, alpha, Par::Seq);
    }

    fn solve_lower(lower: MatRef<'_, f32>, columns: MatMut<'_, f32>) {
        solve_lower_triangular_in_place(lower, columns, Par::Seq);
    }

    fn sigmoid_in_place(values: &mut [f32]) {
        Arch::new().dispatch(Each(values, Sigmoid));
    }

    fn bernoulli_in_place(probabilities: &mut [f32], random: &mut Lanes) {
        Arch::new().dispatch(States(probabilities, random, OfProbability));
    }

    fn bernoulli_of_input_in_place(inputs: &mut [f32], random: &mut Lanes) {
        Arch::new().dispatch(States(inputs, random, OfInput));
    }

    fn softplus_in_place(values: &mut [f32]) {
        Arch::new().dispatch(Each(values, Softplus));
    }

    fn write_places(values: &[f32], places: &mut [u32]) -> usize {
        match Arch::new() {
            #[cfg(target_arch = "x86_64")]
            Arch::V4(simd) => simd.vectorize(Compress(simd, values, places)),
            _ => write_places(values, places),
        }
    }

    fn sparse_product(
        left: Rows<f32>,
        (right, width): (&[f32], usize),
        alpha: f32,
        onto: Onto<f32>,
        out: &mut [f32],
    ) {
        Arch::new().dispatch(Product {
            left,
            right,
            width,
            alpha,
            onto,
            out,
        });
    }

    fn scatter(chosen: Chosen<f32>, right: &[f32], out: &mut [f32], width: usize) {
        Arch::new().dispatch(Scatter {
            chosen,
            right,
            out,
            width,
        });
    }

    fn gather(chosen: Chosen<f32>, right: &[f32], out: &mut [f32], width: usize) {
        Arch::new().dispatch(Gather {
            chosen,
            right,
            out,
            width,
        });
    }

    fn panel_product(product: PanelProduct<f32>) {
        Arch::new().dispatch(product);
    }

    fn log_densities(densities: LogDensities<f32>) {
        Arch::new().dispatch(densities);
    }
}

impl Kernels for f64 {
    fn gemm(
        destination: MatMut<'_, f64>,
        accum: Accum,
        left: MatRef<'_, f64>,
        right: MatRef<'_, f64>,
        alpha: f64,
    ) {
        matmul(destination, accum, left, right, alpha, Par::Seq);
    }

    fn solve_lower(lower: MatRef<'_, f64>, columns: MatMut<'_, f64>) {
        solve_lower_triangular_in_place(lower, columns, Par::Seq);
    }

    fn sigmoid_in_place(values: &mut [f64]) {
        values.iter_mut().for_each(|x| *x = sigmoid_f64(*x));
    }

    fn bernoulli_in_place(probabilities: &mut [f64], random: &mut Lanes) {
        bernoulli_f64(probabilities, random, |p| p);
    }

    fn bernoulli_of_input_in_place(inputs: &mut [f64], random: &mut Lanes) {
        bernoulli_f64(inputs, random, sigmoid_f64);
    }

    fn softplus_in_place(values: &mut [f64]) {
        values.iter_mut().for_each(|x| *x = softplus(*x));
    }

    fn write_places(values: &[f64], places: &mut [u32]) -> usize {
        write_places(values, places)
    }

    fn sparse_product(
        left: Rows<f64>,
        (right, width): (&[f64], usize),
        alpha: f64,
        onto: Onto<f64>,
        out: &mut [f64],
    ) {
        Arch::new().dispatch(Product {
            left,
            right,
            width,
            alpha,
            onto,
            out,
        });
    }

    fn scatter(chosen: Chosen<f64>, right: &[f64], out: &mut [f64], width: usize) {
        Arch::new().dispatch(Scatter {
            chosen,
            right,
            out,
            width,
        });
    }

    fn gather(chosen: Chosen<f64>, right: &[f64], out: &mut [f64], width: usize) {
        Arch::new().dispatch(Gather {
            chosen,
            right,
            out,
            width,
        });
    }

    fn panel_product(product: PanelProduct<f64>) {
        Arch::new().dispatch(product);
    }

    fn log_densities(densities: LogDensities<f64>) {
        Arch::new().dispatch(densities);
    }
}
