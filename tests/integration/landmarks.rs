//! Landmarks on real images, and where rounding decides.

use crate::common::digits;
use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::boltzmann::Dbm;
use linfa_fisher::error::FisherError;
use linfa_fisher::fisher::{FisherKernel, LandmarkFeatures, Landmarks};
use linfa_fisher::{Error, Float};
use ndarray::{Array2, array, s};

/// One machine in either precision.
fn machines() -> (Dbm<f32>, Dbm<f64>) {
    let single = Dbm::params(&[20, 40])
        .epochs(5)
        .fit(&digits::<f32>(0, 600))
        .unwrap();
    let theta = single.parameters();
    let weights = theta.weights().iter().map(|w| w.mapv(f64::from)).collect();
    let biases = theta.biases().iter().map(|b| b.mapv(f64::from)).collect();

    (single.clone(), Dbm::from_parts(weights, biases).unwrap())
}

/// The share that 300 landmarks tell of `k_F^p k_P^q`, and the inner products of the features of 50
/// images.
fn told<F: Float>(machine: &Dbm<F>, [p, q]: [u32; 2]) -> (f64, Array2<f64>) {
    let params = LandmarkFeatures::idfk(machine).power(p).pixel_power(q);
    let params = params.landmarks(300).rank(100);
    let features = params.fit(&digits::<F>(0, 600)).unwrap();
    let z = features.transform(&digits::<F>(600, 650).records).unwrap();
    let z = z.mapv(|x| x.to_f64().unwrap());
    (features.explained(), z.dot(&z.t()))
}

/// These images' kernels are nearly all alike, so that the inverse of the landmarks' kernel blows
/// rounding up.
#[test]
fn single_precision_tells_what_double_tells() {
    let (single, double) = machines();
    for powers in [[1, 0], [2, 4], [32, 32]] {
        let (share, found) = told(&single, powers);
        let (expected_share, expected) = told(&double, powers);
        assert!(
            (share - expected_share).abs() < 1e-3,
            "{powers:?}: {share}, {expected_share}"
        );
        let off = (&found - &expected).mapv(|x| x * x).sum().sqrt();
        let size = expected.mapv(|x| x * x).sum().sqrt();
        assert!(off < 0.02 * size, "{powers:?}: {}", off / size);
    }
}

#[test]
fn records_that_are_alike_have_no_information() {
    let (single, _) = machines();
    let records = digits::<f32>(0, 1).records;
    let records = ndarray::concatenate![ndarray::Axis(0), records, records, records, records];
    let params = LandmarkFeatures::idfk(single).landmarks(3);
    let fault = params.fit(&DatasetBase::from(records)).unwrap_err();
    assert!(
        matches!(
            fault,
            Error::Fisher(FisherError::NoInformation { samples: 4 })
        ),
        "{fault}"
    );
}

/// Machines whose landmarks have the same kernels among themselves.
#[test]
fn statistics_of_another_machine_are_refused() {
    let of = |weight: f64| {
        let weights = vec![array![[weight], [0.5]], array![[1.0]]];
        let biases = vec![array![0.0, 0.0], array![0.0], array![0.0]];
        let kernel = FisherKernel::new(Dbm::from_parts(weights, biases).unwrap()).cosine();
        Landmarks::new(kernel, array![[1.0, 0.0]].view()).unwrap()
    };
    let mut statistics = of(1.0).statistics();
    assert!(statistics.merge(&of(2.0).statistics()).is_err());
    let again = Landmarks::new(of(1.0).kernel().clone(), of(1.0).records().view()).unwrap();
    assert!(statistics.merge(&again.statistics()).is_ok());
}

/// A row is named by its place in all records, not in the block.
#[test]
fn kernels_that_overflow_are_named() {
    let (single, _) = machines();
    let kernel = FisherKernel::new(single).power(32).unwrap();
    let digits = digits::<f32>(0, 3);
    let fault = kernel.gram(&digits.records, &digits.records).unwrap_err();
    assert!(matches!(
        fault,
        Error::Fisher(FisherError::NonFiniteFeature { row: 0, .. })
    ));
    let gaussian = linfa_fisher::boltzmann::Rbm::params(2)
        .visible_units(linfa_fisher::boltzmann::VisibleUnits::Gaussian)
        .epochs(1)
        .fit(&digits)
        .unwrap();
    let mut records = Array2::<f32>::from_elem((2500, 64), 0.1);
    records.slice_mut(s![2400, ..]).fill(1e19);
    let params = LandmarkFeatures::idfk(gaussian).landmarks(10);
    match params.fit(&DatasetBase::from(records)) {
        Err(Error::Fisher(FisherError::KernelOverflow { row: 2400, .. })) => {}
        other => panic!("{other:?}"),
    }
}
