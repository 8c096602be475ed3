//! How fast the machine multiplies matrices, and how many multiplications the work takes.

use std::time::Instant;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::work::{BATCH, GIBBS_STEPS, SWEEPS, Work};

/// Rows and columns of the matrices.
pub(crate) const SIZE: usize = 2000;
/// Products, of which the fastest counts.
pub(crate) const REPETITIONS: usize = 10;

/// Operations a second of large products in single precision on all cores.
#[derive(Debug, Clone)]
pub(crate) struct Peaks {
    /// faer; every thread computes a part of the destination.
    pub(crate) ours: f64,
    /// OpenBLAS, or why it was not measured.
    pub(crate) openblas: Result<f64, String>,
}

impl Peaks {
    /// The higher of two measurements each.
    pub(crate) fn or_higher(self, other: Self) -> Self {
        Self {
            ours: self.ours.max(other.ours),
            openblas: match (self.openblas, other.openblas) {
                (Ok(one), Ok(other)) => Ok(one.max(other)),
                (one, other) => one.or(other),
            },
        }
    }

    /// The figure of OpenBLAS if it was measured, else that of faer.
    pub(crate) fn reference(&self) -> f64 {
        *self.openblas.as_ref().unwrap_or(&self.ours)
    }

    /// The library of [`reference`](Self::reference).
    pub(crate) fn reference_name(&self) -> &'static str {
        match self.openblas {
            Ok(_) => "OpenBLAS",
            Err(_) => "faer",
        }
    }
}

/// Operations in a time, in GFLOP/s.
pub(crate) fn rate_of(operations: f64, seconds: f64) -> String {
    format!("{:.0}", operations / seconds / 1e9)
}

/// Operations of one product.
pub(crate) fn operations() -> f64 {
    2.0 * (SIZE as f64).powi(3)
}

/// Operations a second of faer.
pub(crate) fn peak() -> f64 {
    let matrix = |factor: usize| -> Vec<f32> {
        let values = 0..SIZE * SIZE;
        values.map(|i| (i * factor % 17) as f32 / 17.0).collect()
    };
    let (left, right, mut out) = (matrix(3), matrix(5), vec![0.0; SIZE * SIZE]);
    let seconds = (0..REPETITIONS).map(|_| {
        let start = Instant::now();
        product(&left, &right, &mut out);
        start.elapsed().as_secs_f64()
    });
    operations() / seconds.fold(f64::INFINITY, f64::min)
}

/// `out = left * right`; every thread computes some rows.
fn product(left: &[f32], right: &[f32], out: &mut [f32]) {
    let rows = SIZE.div_ceil(rayon::current_num_threads());
    let parts = out
        .par_chunks_mut(rows * SIZE)
        .zip(left.par_chunks(rows * SIZE));
    parts.for_each(|(out, left)| {
        let rows = out.len() / SIZE;
        let left = MatRef::from_row_major_slice(left, rows, SIZE);
        let right = MatRef::from_row_major_slice(right, SIZE, SIZE);
        let out = MatMut::from_row_major_slice_mut(out, rows, SIZE);
        matmul(out, Accum::Replace, left, right, 1.0, Par::Seq);
    });
}

/// Operations of the products in an epoch of a deep machine over `rows` images:
///
/// ```text
/// mean field    v W1 once, h1 W2 to start with, h2 W2' and h1 W2 in each sweep
/// chains        v W1, h1 W1', h1 W2 and h2 W2' in each step
/// statistics    v' h1 and h1' h2, of the images and of the chains
/// ```
pub(crate) fn epoch_operations(work: Work, visible: usize, rows: usize) -> Option<f64> {
    let &[first, second] = work.hidden() else {
        return None;
    };
    let lower = 1 + 2 * GIBBS_STEPS + 2;
    let upper = 1 + 2 * SWEEPS + 2 * GIBBS_STEPS + 2;
    let batch = 2 * BATCH * (lower * visible * first + upper * first * second);
    Some((batch * (rows / BATCH)) as f64)
}
