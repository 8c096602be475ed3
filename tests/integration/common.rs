//! Data and models that several tests share.

use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, DatasetBase};
use linfa_fisher::Float;
use linfa_fisher::boltzmann::{Dbm, DbmParams, Rbm, RbmParams};
use linfa_fisher::datasets::{self, Binarize};
use linfa_fisher::fisher::FisherFeatures;
use ndarray::{Array1, Array2, Ix1, array, s};
use rand_xoshiro::Xoshiro256Plus;

/// Asserts the variant of a failure and that its message holds the named values.
macro_rules! assert_fault {
    ($result:expr, $variant:pat, $($named:expr),+) => {
        let error = $result.map(drop).unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, $variant), "{error:?}");
        $(assert!(message.contains($named), "`{message}` does not name {}", $named);)+
    };
}
pub(crate) use assert_fault;

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

/// Improved Fisher features of the small deep machine.
pub(crate) type Idfk<F> = FisherFeatures<F, Dbm<F>>;

/// Features of the small deep machine and of some digits.
pub(crate) fn idfk<F: Float>() -> Idfk<F> {
    let params = FisherFeatures::idfk(small_dbm());
    params.fit(&digits::<F>(0, 120)).unwrap()
}

/// Two records of each of three classes, far from the others.
pub(crate) fn three_corners() -> Dataset<f64, usize, Ix1> {
    let records = array![
        [0.0, 0.0],
        [1.0, 0.0],
        [9.0, 0.0],
        [8.0, 0.0],
        [4.0, 9.0],
        [5.0, 9.0]
    ];
    Dataset::new(records, array![10, 10, 20, 20, 30, 30])
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
