//! Landmarks of powers of the Fisher kernel and of its products with the kernel of the pixels.

use super::*;
use crate::fisher::FisherScore;

type Params = LandmarkFeaturesParams<f64, Dbm<f64>>;

fn params(p: u32, q: u32) -> Params {
    let params = LandmarkFeatures::idfk(dbm()).power(p).pixel_power(q);
    params.landmarks(40).rank(100).damping(0.0)
}

/// The inner products of rows of norm 1, 0 for rows of zeros.
fn cosines(rows: &Array2<f64>) -> Array2<f64> {
    let norms = rows.map_axis(Axis(1), |row| row.dot(&row).sqrt().max(f64::MIN_POSITIVE));
    let rows = rows / &norms.insert_axis(Axis(1));
    rows.dot(&rows.t())
}

/// `k_F^p k_P^q` of scores and pixels that are written out.
fn written(records: &Array2<f64>, p: i32, q: i32) -> Array2<f64> {
    let mut scores = Array2::zeros((records.nrows(), dbm().layout(false).length()));
    dbm().write_statistics(records.view(), false, scores.view_mut());
    cosines(&scores).mapv(|k| k.powi(p)) * cosines(records).mapv(|k| k.powi(q))
}

/// Less the means of its rows and columns: of features less their mean.
fn centred(kernel: Array2<f64>) -> Array2<f64> {
    let means = kernel.mean_axis(Axis(0)).unwrap();
    let mean = means.mean().unwrap();
    kernel - &means - means.view().insert_axis(Axis(1)) + mean
}

/// Whitened features, each times its standard deviation, have the kernel as their inner product.
/// The first record is blank.
#[test]
fn all_landmarks_at_full_rank_reproduce_the_kernel() {
    let mut train = records(40);
    train.row_mut(0).fill(0.0);
    for (p, q) in [(1, 0), (2, 0), (1, 3), (2, 4)] {
        let features = params(p, q).fit(&DatasetBase::from(train.view())).unwrap();
        assert_abs_diff_eq!(features.explained(), 1.0, epsilon = 1e-9);
        let z = features.transform(&train).unwrap() * features.spectrum().mapv(f64::sqrt);
        let expected = centred(written(&train, p as i32, q as i32));
        assert_abs_diff_eq!(z.dot(&z.t()), expected, epsilon = 1e-9);
    }
}

#[test]
fn the_defaults_are_the_plain_kernel() {
    let train = DatasetBase::from(records(40));
    let plain = LandmarkFeatures::params(FisherKernel::new(dbm()).cosine());
    let plain = plain.landmarks(40).rank(100).damping(0.0);
    assert_eq!(plain, params(1, 0));
    assert_eq!(
        LandmarkFeatures::idfk(dbm()),
        params(1, 0).landmarks(1024).rank(256).damping(0.1)
    );
    let powers = FisherKernel::new(dbm()).cosine().power(2).unwrap();
    let product = LandmarkFeatures::params(powers.pixel_power(4).unwrap());
    let product = product.landmarks(40).rank(100).damping(0.0);
    assert_eq!(product, params(2, 4));
    let [a, b] = [product, params(2, 4)].map(|params| params.fit(&train).unwrap());
    assert_eq!(a, b);
}

fn kernel_of(p: u32, q: u32) -> FisherKernel<f64, Dbm<f64>> {
    let kernel = FisherKernel::new(dbm()).cosine().power(p).unwrap();
    kernel.pixel_power(q).unwrap()
}

#[test]
fn statistics_of_parts_of_products_merge() {
    let train = records(50);
    let landmarks = Landmarks::choose(kernel_of(2, 4), train.view(), 12, &mut rng()).unwrap();
    let of_rows = |first: usize, end: usize| {
        let mut statistics = landmarks.statistics();
        let rows = train.slice(s![first..end, ..]);
        landmarks.add(&mut statistics, rows).unwrap();
        statistics
    };
    let mut merged = of_rows(0, 20);
    merged.merge(&of_rows(20, 50)).unwrap();
    let [a, b] = [merged, of_rows(0, 50)].map(|statistics| {
        let features = landmarks.clone().features(&statistics, 5, 0.1).unwrap();
        features.transform(&train).unwrap()
    });
    assert_abs_diff_eq!(a, b, epsilon = 1e-9);
}

/// One landmark has the same states and the same kernel with itself whatever the powers.
#[test]
fn statistics_of_other_powers_are_refused() {
    let landmark = records(2).slice_move(s![1.., ..]);
    let of = |kernel| Landmarks::new(kernel, landmark.view()).unwrap();
    let mut statistics = of(kernel_of(2, 4)).statistics();
    assert!(statistics.merge(&of(kernel_of(2, 4)).statistics()).is_ok());
    let gaussian = |width| kernel_of(1, 0).gaussian(width).unwrap();
    let powers = [(1, 0), (4, 2), (2, 0), (1, 4)].map(|(p, q)| kernel_of(p, q));
    for kernel in powers.into_iter().chain([gaussian(1.0), gaussian(2.0)]) {
        assert!(matches!(
            statistics.merge(&of(kernel).statistics()),
            Err(Error::Fisher(FisherError::OtherLandmarks))
        ));
    }
}

#[test]
fn powers_out_of_range_are_named() {
    for power in [0, 33] {
        assert!(matches!(
            params(power, 0).check(),
            Err(Error::Fisher(FisherError::InvalidPower(found))) if found == power
        ));
    }
    assert!(matches!(
        params(1, 33).check(),
        Err(Error::Fisher(FisherError::InvalidPixelPower(33)))
    ));
    let largest = params(32, 32).check().unwrap();
    assert_eq!((largest.power(), largest.pixel_power()), (32, 32));
}
