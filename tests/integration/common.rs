//! Data and models that several tests share.

use linfa::traits::Transformer;
use linfa::{Dataset, DatasetBase};
use linfa_fisher::Float;
use linfa_fisher::boltzmann::{Dbm, DbmParams, Rbm, RbmParams};
use linfa_fisher::datasets::{self, Binarize};
use ndarray::{Array1, Array2, Ix1, s};
use rand_xoshiro::Xoshiro256Plus;

/// The embedded digits in rows `from..to`, black and white.
pub(crate) fn digits<F: Float>(from: usize, to: usize) -> Dataset<F, usize, Ix1> {
    let digits = datasets::digits::<F>().unwrap();
    let rows = DatasetBase::new(
        digits.records.slice(s![from..to, ..]).to_owned(),
        digits.targets.slice(s![from..to]).to_owned(),
    );
    Binarize::new(F::cast(0.5)).unwrap().transform(rows)
}

/// A restricted machine that trains in a moment.
pub(crate) fn small_rbm<F: Float>() -> RbmParams<F, Xoshiro256Plus> {
    Rbm::params(6).epochs(3)
}

/// A deep machine that trains in a moment.
pub(crate) fn small_dbm<F: Float>() -> DbmParams<F, Xoshiro256Plus> {
    Dbm::params(&[8, 4]).pretraining_epochs(2).epochs(2)
}

/// Share of the labels that are right.
pub(crate) fn accuracy<L: PartialEq>(predicted: &Array1<L>, truth: &Array1<L>) -> f64 {
    let right = predicted.iter().zip(truth).filter(|(a, b)| a == b).count();
    right as f64 / truth.len() as f64
}

/// Greatest absolute difference of two matrices of one shape.
pub(crate) fn largest_difference(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    (a - b)
        .iter()
        .fold(0.0, |most: f64, difference| most.max(difference.abs()))
}
