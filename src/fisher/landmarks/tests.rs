//! Landmarks tell what written scores tell, and their statistics merge.

mod products;

use approx::assert_abs_diff_eq;
use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, Axis, array, s};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::*;
use crate::Error;
use crate::boltzmann::Dbm;
use crate::boltzmann::enumeration::example_machine;
use crate::error::{FisherError, RecordsError};
use crate::fisher::{FisherFeatures, FisherKernel, Information, ModelExpectation, Scaling};

fn dbm() -> Dbm<f64> {
    Dbm::from_parameters(example_machine(&[9, 4, 3], 1.5)).unwrap()
}

/// Binary records, of which some are alike.
fn records(rows: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, 9), |(i, j)| {
        ((i * i * 7 + i * j * j * 3 + j * 5) % 11 / 6) as f64
    })
}

fn rng() -> Xoshiro256Plus {
    Xoshiro256Plus::seed_from_u64(42)
}

/// The cosine of the scores, centred as `FisherFeatures` centres them by default.
fn kernel() -> FisherKernel<f64, Dbm<f64>> {
    let kernel = FisherKernel::new(dbm()).cosine();
    kernel
        .centred(&ModelExpectation::default(), &mut rng())
        .unwrap()
}

fn fitted(train: &Array2<f64>, landmarks: usize) -> LandmarkFeatures<f64, Dbm<f64>> {
    let params = LandmarkFeatures::params(kernel()).landmarks(landmarks);
    let params = params.rank(100).damping(1e-3);
    params.fit(&DatasetBase::from(train.view())).unwrap()
}

/// With all records as landmarks nothing is lost.
#[test]
fn all_records_as_landmarks_give_the_features_of_written_scores() {
    let (train, test) = (records(40), records(60));
    let features = fitted(&train, 40);
    let written = FisherFeatures::params(dbm())
        .scaling(Scaling::none().l2(true))
        .information(Information::full_rank(1e-3))
        .fit(&DatasetBase::from(train.view()))
        .unwrap();
    assert_abs_diff_eq!(features.explained(), 1.0, epsilon = 1e-9);
    assert_eq!(features.nfeatures(), written.nfeatures());
    let spectrum = written.spectrum().unwrap();
    assert_abs_diff_eq!(features.spectrum(), spectrum, epsilon = 1e-9);
    let found = features.transform(&test).unwrap();
    let expected = written.transform(&test).unwrap();
    assert_abs_diff_eq!(
        found.dot(&found.t()),
        expected.dot(&expected.t()),
        epsilon = 1e-6
    );
}

/// Inner products with the landmarks themselves are exact; of others, a share is told.
#[test]
fn fewer_landmarks_tell_less() {
    let train = records(60);
    let shares = [1, 4, 16, 60].map(|landmarks| fitted(&train, landmarks).explained());
    assert!(
        shares.windows(2).all(|pair| pair[0] < pair[1]),
        "{shares:?}"
    );
    assert!(shares[0] > 0.0 && shares[3] < 1.0 + 1e-9, "{shares:?}");
}

/// `tr(K_nm K_mm^-1 K_mn) / tr(K)`.
#[test]
fn the_share_that_is_told_is_that_of_the_traces() {
    let train = records(30);
    let features = fitted(&train, 7);
    let kernels = features
        .kernel()
        .gram(&train, features.landmarks())
        .unwrap();
    let own = features
        .kernel()
        .gram(features.landmarks(), features.landmarks())
        .unwrap();
    let (values, vectors) = crate::numerics::eigen::symmetric_eigen(own).unwrap();
    let rotated = kernels.dot(&vectors) / values.mapv(f64::sqrt);
    let told = rotated.mapv(|x| x * x).sum();
    let trace = features.kernel().diagonal(&train).unwrap().sum();
    assert_abs_diff_eq!(features.explained(), told / trace, epsilon = 1e-9);
}

#[test]
fn statistics_of_parts_merge_into_those_of_the_whole() {
    let train = records(50);
    let landmarks = Landmarks::choose(kernel(), train.view(), 8, &mut rng()).unwrap();
    let mut whole = landmarks.statistics();
    landmarks.add(&mut whole, train.view()).unwrap();
    let mut merged = landmarks.statistics();
    for part in train.axis_chunks_iter(Axis(0), 13) {
        let mut of_part = landmarks.statistics();
        landmarks.add(&mut of_part, part).unwrap();
        merged.merge(&of_part).unwrap();
    }
    assert_eq!(merged.samples(), 50);
    let [a, b] = [whole, merged].map(|statistics| {
        let features = landmarks.clone().features(&statistics, 5, 0.1).unwrap();
        features.transform(&train).unwrap()
    });
    assert_abs_diff_eq!(a, b, epsilon = 1e-9);
}

/// Parts of the records that each give what they hold make the landmarks of the whole.
#[test]
fn the_rows_of_the_landmarks_can_be_known_before() {
    let train = records(50);
    let landmarks = Landmarks::choose(kernel(), train.view(), 8, &mut rng()).unwrap();
    let chosen = landmark_rows(50, 8, &mut rng()).unwrap();
    assert!(
        chosen.is_sorted_by(|a, b| a < b) && chosen[7] < 50,
        "{chosen:?}"
    );
    let given = Landmarks::new(kernel(), train.select(Axis(0), &chosen).view()).unwrap();
    assert_eq!(given.records(), landmarks.records());
    for landmarks in [0, 51] {
        assert!(matches!(
            landmark_rows(50, landmarks, &mut rng()),
            Err(Error::Fisher(FisherError::LandmarkCount { rows: 50, .. }))
        ));
    }
}

/// Undamped features of the records that they were fitted on are white.
#[test]
fn undamped_features_are_white() {
    let train = records(50);
    let landmarks = Landmarks::choose(kernel(), train.view(), 12, &mut rng()).unwrap();
    let mut statistics = landmarks.statistics();
    landmarks.add(&mut statistics, train.view()).unwrap();
    let features = landmarks.features(&statistics, 100, 0.0).unwrap();
    let z = features.transform(&train).unwrap();
    let covariance = z.t().dot(&z) / 50.0;
    assert_abs_diff_eq!(covariance, Array2::eye(z.ncols()), epsilon = 1e-6);
    assert!(
        z.mean_axis(Axis(0))
            .unwrap()
            .iter()
            .all(|mean| mean.abs() < 1e-9)
    );
}

#[test]
fn duplicates_are_one_landmark() {
    let train = records(20);
    let twice = ndarray::concatenate![Axis(0), train, train];
    let [once, twice] = [&train, &twice].map(|records| {
        Landmarks::new(kernel(), records.view())
            .unwrap()
            .records()
            .nrows()
    });
    assert_eq!(once, twice);
}

#[test]
fn faults_are_named() {
    let train = records(10);
    let dataset = DatasetBase::from(train.view());
    let fault =
        |params: LandmarkFeaturesParams<f64, Dbm<f64>>| match params.fit(&dataset).unwrap_err() {
            Error::Fisher(fault) => fault,
            other => panic!("{other}"),
        };
    let params = || LandmarkFeatures::params(kernel()).landmarks(5);
    assert!(matches!(
        fault(params().landmarks(0)),
        FisherError::InvalidLandmarks(0)
    ));
    assert!(matches!(
        fault(params().landmarks(11)),
        FisherError::LandmarkCount {
            landmarks: 11,
            rows: 10
        }
    ));
    assert!(matches!(
        fault(params().rank(0)),
        FisherError::InvalidRank(0)
    ));
    assert!(matches!(
        fault(params().damping(-1.0)),
        FisherError::InvalidDamping(_)
    ));
    let landmarks = |rows: usize| Landmarks::new(kernel(), train.slice(s![..rows, ..])).unwrap();
    let mut statistics = landmarks(4).statistics();
    assert!(matches!(
        landmarks(5).add(&mut statistics, train.view()),
        Err(Error::Fisher(FisherError::OtherLandmarks))
    ));
    assert!(matches!(
        landmarks(4).features(&statistics, 3, 0.1),
        Err(Error::Fisher(FisherError::NoInformation { samples: 0 }))
    ));
    let blank = array![[0.0; 9]];
    let plain = FisherKernel::new(dbm()).cosine().pixel_power(1).unwrap();
    assert!(matches!(
        Landmarks::new(plain, blank.view()),
        Err(Error::Fisher(FisherError::NoLandmarks { rows: 1 }))
    ));
}

/// Vectors are computed by blocks of 2,048 records.
#[test]
fn faults_of_vectors_are_in_the_rows_of_all_records() {
    let landmarks = Landmarks::new(kernel(), records(5).view()).unwrap();
    let mut many = records(2100);
    many[[2050, 3]] = f64::NAN;
    assert!(matches!(
        landmarks.vectors(many.view()),
        Err(Error::Records(RecordsError::NonFinite {
            row: 2050,
            column: 3,
            ..
        }))
    ));
    assert!(matches!(
        landmarks.vectors(Array2::zeros((0, 8)).view()),
        Err(Error::Records(RecordsError::Width {
            expected: 9,
            found: 8
        }))
    ));
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<LandmarkFeatures<f64, Dbm<f64>>>();
    has_autotraits::<LandmarkFeaturesParams<f64, Dbm<f64>>>();
    assert!(LandmarkFeatures::idfk(dbm()).check().is_ok());
}
