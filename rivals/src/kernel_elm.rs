//! The kernel extreme learning machine (Huang, Zhou, Ding and Zhang, IEEE Transactions on Systems,
//! Man and Cybernetics B 42, 2012): `f(x) = k(x, X) (K + I / C)^-1 T`.
//!
//! `K` are the kernels of the `n` training rows with each other, `T` is 1 for a row's class and -1
//! for the others. The kernel is Gaussian, `exp(-gamma |x - y|^2)`.

use faer::linalg::solvers::{LltError, Solve};
use faer::{Mat, Side};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

use crate::nn::{blocks, greatest};

/// A trained machine.
#[derive(Debug)]
pub(crate) struct KernelElm {
    gamma: f32,
    /// `n x d`.
    rows: Array2<f32>,
    /// `n x classes`: `(K + I / C)^-1 T`.
    coefficients: Array2<f32>,
}

impl KernelElm {
    /// # Errors
    ///
    /// If `K + I / C` is not positive definite in double precision, for which `C` is too large.
    pub(crate) fn fit(
        rows: Array2<f32>,
        targets: &Array1<usize>,
        classes: usize,
        gamma: f32,
        cost: f64,
    ) -> Result<Self, LltError> {
        let kernel = gaussian(rows.view(), rows.view(), gamma);
        let n = rows.nrows();
        let system = Mat::from_fn(n, n, |i, j| {
            f64::from(kernel[[i, j]]) + if i == j { 1.0 / cost } else { 0.0 }
        });
        let signs = Mat::from_fn(
            n,
            classes,
            |i, class| {
                if targets[i] == class { 1.0 } else { -1.0 }
            },
        );
        let solution = system.llt(Side::Lower)?.solve(signs);
        let coefficients = Array2::from_shape_fn((n, classes), |(i, j)| solution[(i, j)] as f32);
        Ok(Self {
            gamma,
            rows,
            coefficients,
        })
    }

    /// `n x classes`.
    pub(crate) fn scores(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let of = |range| {
            gaussian(rows.slice(s![range, ..]), self.rows.view(), self.gamma)
                .dot(&self.coefficients)
        };
        let parts: Vec<Array2<f32>> = blocks(rows.nrows()).map(of).collect();
        let views: Vec<_> = parts.iter().map(Array2::view).collect();
        concatenate(Axis(0), &views).expect("blocks have the same columns")
    }

    pub(crate) fn predict(&self, rows: ArrayView2<f32>) -> Array1<usize> {
        greatest(&self.scores(rows))
    }

    /// Numbers that the machine consists of.
    pub(crate) fn numbers(&self) -> usize {
        self.rows.len() + self.coefficients.len()
    }
}

/// `exp(-gamma |x - y|^2)` of each row with each row.
fn gaussian(left: ArrayView2<f32>, right: ArrayView2<f32>, gamma: f32) -> Array2<f32> {
    let squares = |rows: ArrayView2<f32>| rows.map_axis(Axis(1), |row| row.dot(&row));
    let mut kernel = left.dot(&right.t());
    let (left, right) = (squares(left), squares(right));
    for (mut row, &square) in kernel.outer_iter_mut().zip(&left) {
        for (value, &other) in row.iter_mut().zip(&right) {
            *value = (-gamma * (square + other - 2.0 * *value).max(0.0)).exp();
        }
    }
    kernel
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Case;

    #[test]
    fn scores_are_numpys() {
        let case = Case::read(include_str!("../cases/kernel_elm.json"));
        let rows = case.matrix("rows").mapv(|x| x as f32);
        let queries = case.matrix("queries").mapv(|x| x as f32);
        let machine = KernelElm::fit(rows, &case.targets(), 3, 0.5, 10.0).unwrap();
        let found = machine.scores(queries.view()).mapv(f64::from);
        let distance = (found - case.matrix("scores")).mapv(f64::abs);
        assert!(distance.iter().all(|&it| it < 1e-5), "{distance}");
    }
}
