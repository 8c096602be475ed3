use ndarray::{Array1, Array2, array, s};

use super::*;
use crate::Error;
use crate::error::{MetricError, RecordsError};

fn mean(distances: Array2<f64>, truth: Array1<usize>, targets: Array1<usize>) -> Option<f64> {
    let mut precision = MeanAveragePrecision::new();
    precision
        .add(distances.view(), truth.view(), targets.view())
        .unwrap();
    precision.mean()
}

#[test]
fn rankings_are_worked_by_hand() {
    let targets = array![1, 0, 1, 0];
    let of = |distances: [f64; 4]| {
        let distances = Array2::from_shape_vec((1, 4), distances.to_vec()).unwrap();
        mean(distances, array![1], targets.clone()).unwrap()
    };
    assert_eq!(of([0.1, 0.3, 0.2, 0.4]), 1.0);
    assert_eq!(of([0.1, 0.2, 0.3, 0.4]), (1.0 + 2.0 / 3.0) / 2.0);
    assert_eq!(of([0.4, 0.1, 0.3, 0.2]), (1.0 / 3.0 + 2.0 / 4.0) / 2.0);
    // all at one distance: the share of relevant rows
    assert_eq!(of([0.5; 4]), 0.5);
    // a relevant and another row are first together, then a relevant one alone
    assert_eq!(of([0.1, 0.1, 0.2, 0.3]), (1.0 / 2.0 + 2.0 / 3.0) / 2.0);
    // infinite distances can be compared
    assert_eq!(of([0.1, f64::INFINITY, 0.2, f64::INFINITY]), 1.0);
}

#[test]
fn queries_without_relevant_rows_are_left_out() {
    let distances = array![[0.1, 0.2], [0.1, 0.2]];
    let mut precision = MeanAveragePrecision::new();
    assert_eq!(precision.mean(), None);
    precision
        .add(
            distances.view(),
            array!["cat", "cow"].view(),
            array!["dog", "cat"].view(),
        )
        .unwrap();
    assert_eq!(precision.mean(), Some(0.5));
    assert_eq!((precision.queries(), precision.skipped()), (1, 1));
}

/// In any blocks of queries and for any number of threads, the same bits.
#[test]
fn blocks_do_not_matter() {
    let distances = Array2::from_shape_fn((30, 50), |(i, j)| ((i * 13 + j * 7) % 23) as u32);
    let truth = Array1::from_shape_fn(30, |i| i % 4);
    let targets = Array1::from_shape_fn(50, |i| (i * i) % 4);
    let of = |cuts: &[usize]| {
        let mut precision = MeanAveragePrecision::new();
        for cut in cuts.windows(2) {
            let rows = s![cut[0]..cut[1], ..];
            let truth = truth.slice(s![cut[0]..cut[1]]);
            precision
                .add(distances.slice(rows), truth, targets.view())
                .unwrap();
        }
        precision
    };
    let whole = of(&[0, 30]);
    assert_eq!(of(&[0, 1, 17, 17, 30]), whole);
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build()
            .unwrap()
            .install(|| assert_eq!(of(&[0, 30]), whole));
    }
}

#[test]
fn bad_rankings_are_errors() {
    let mut precision = MeanAveragePrecision::new();
    let mut add = |distances: Array2<f64>, truth: &[usize], targets: &[usize]| {
        let [truth, targets] = [truth, targets].map(ArrayView1::from);
        precision.add(distances.view(), truth, targets).unwrap_err()
    };
    assert!(matches!(
        add(array![[0.1, f64::NAN]], &[1], &[1, 1]),
        Error::Metric(MetricError::IncomparableDistance { query: 0, row: 1 })
    ));
    assert!(matches!(
        add(array![[0.1, 0.2]], &[1, 2], &[1, 1]),
        Error::Records(RecordsError::TargetCount {
            records: 1,
            targets: 2
        })
    ));
    assert!(matches!(
        add(array![[0.1, 0.2]], &[1], &[1]),
        Error::Records(RecordsError::TargetCount {
            records: 2,
            targets: 1
        })
    ));
    assert_eq!(precision, MeanAveragePrecision::new());
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<MeanAveragePrecision>();
    has_autotraits::<MetricError>();
}
