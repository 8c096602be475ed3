use ndarray::array;

use super::*;
use crate::Error;
use crate::error::RecordsError;
use crate::numerics::dense::tests::numbers;

/// More samples than a block of rows or of columns, against distances from the coordinates, with a
/// mean that is far away; clusters of one sample and of equal ones.
#[test]
fn blocks_are_the_definition() {
    let n = COLUMNS + ROWS + 7;
    let mut records = numbers(n, 5) * 1e-2 + 100.0;
    let mut clusters = Array1::from_shape_fn(n, |i| (i * i) % 3);
    for i in 10..14 {
        records.row_mut(i).fill(3.0);
        clusters[i] = 7;
    }
    clusters[20] = 8;
    let distance = |i: usize, j: usize| (&records.row(i) - &records.row(j)).pow2().sum().sqrt();
    let mean = |i: usize, cluster: usize| {
        let others = (0..n).filter(|&j| j != i && clusters[j] == cluster);
        let distances: Vec<f64> = others.map(|j| distance(i, j)).collect();
        distances.iter().sum::<f64>() / distances.len() as f64
    };
    let found = silhouette_samples(records.view(), clusters.view()).unwrap();
    for i in (0..n).step_by(61).chain([10, 13, 20, n - 1]) {
        let others = [0, 1, 2, 7, 8]
            .into_iter()
            .filter(|&other| other != clusters[i]);
        let b = others
            .map(|other| mean(i, other))
            .fold(f64::INFINITY, f64::min);
        let a = mean(i, clusters[i]);
        let expected = match a.is_nan() {
            true => 0.0,
            false => (b - a) / a.max(b),
        };
        assert!(
            (found[i] - expected).abs() < 1e-10,
            "{i}: {} {expected}",
            found[i]
        );
    }
    assert_eq!((found[10], found[20]), (1.0, 0.0));
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            assert_eq!(
                silhouette_samples(records.view(), clusters.view()).unwrap(),
                found
            );
        });
    }
}

/// Silhouettes have no unit, not even that of numbers whose squares overflow or vanish.
#[test]
fn units_do_not_matter() {
    let records = array![[0.0, 1.0], [1.0, 1.5], [4.0, -1.0], [3.0, 0.0]];
    let clusters = array![true, true, false, false];
    let expected = silhouette_samples(records.view(), clusters.view()).unwrap();
    for exponent in [-1000, -500, 500, 1020] {
        let scaled = &records * 2.0_f64.powi(exponent);
        let found = silhouette_samples(scaled.view(), clusters.view()).unwrap();
        assert_eq!(found, expected);
    }
    let equal = Array2::from_elem((3, 2), f64::MAX);
    let found = silhouette_samples(equal.view(), array![0_usize, 0, 1].view()).unwrap();
    assert_eq!(found, array![0.0, 0.0, 0.0]);
    let zeros = Array2::<f32>::zeros((3, 2));
    assert_eq!(
        silhouette_score(zeros.view(), array![0_usize, 0, 1].view()).unwrap(),
        0.0
    );
}

#[test]
fn bad_clusters_are_errors() {
    let fault = |records: Array2<f64>, clusters: &[usize]| {
        silhouette_samples(records.view(), clusters.into()).unwrap_err()
    };
    for (clusters, found) in [([1, 1, 1], 1), ([1, 2, 3], 3)] {
        assert!(matches!(
            fault(Array2::zeros((3, 1)), &clusters),
            Error::Metric(MetricError::ClusterCount { clusters, samples: 3 }) if clusters == found
        ));
    }
    assert!(matches!(
        fault(Array2::zeros((0, 1)), &[]),
        Error::Records(RecordsError::EmptyRecords { .. })
    ));
    assert!(matches!(
        fault(array![[f64::NAN]], &[0]),
        Error::Records(RecordsError::NonFinite { .. })
    ));
    assert!(matches!(
        fault(Array2::zeros((3, 1)), &[0, 1]),
        Error::Records(RecordsError::TargetCount { .. })
    ));
}
