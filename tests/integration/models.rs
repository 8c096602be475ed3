//! Fitted features and records that tests of files share.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_fisher::Float;
use linfa_fisher::boltzmann::Dbm;
use linfa_fisher::fisher::FisherFeatures;
use ndarray::{Ix1, array};

use crate::common::{digits, small_dbm};

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
