use linfa::traits::Transformer;
use ndarray::{array, concatenate, s};
use proptest::prelude::*;

use super::*;
use crate::error::{ClassificationError, RecordsError};

/// Numbers of both signs, `n x d`.
fn records(n: usize, d: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, d), |(i, j)| {
        ((i * 37 + j * 101 + i * j * 7) % 19) as f32 - 9.0
    })
}

fn codes(records: &Array2<f32>) -> BinaryCodes {
    let bits = SignBits::at(Array1::zeros(records.ncols())).unwrap();
    bits.encode(records.view()).unwrap()
}

#[test]
fn hamming_distances_are_worked_by_hand() {
    let bits = SignBits::at(array![0.0, 0.0, 0.0, 0.0]).unwrap();
    let rows = array![[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 0.0, 2.0]];
    let codes = bits.encode(rows.view()).unwrap();
    assert_eq!(codes.words(), array![[0b1111], [0b1001]]); // 0 is not above 0
    let queries = bits.encode(array![[-1.0, -1.0, -1.0, 3.0]].view()).unwrap();
    assert_eq!(codes.hamming(&queries).unwrap(), array![[3, 1]]);
    let nearest = codes.nearest(&queries, 2).unwrap();
    assert_eq!(nearest.rows(), &array![[1, 0]]);
    assert_eq!(nearest.distances(), &array![[1, 3]]);
}

proptest! {
    /// Of widths about the boundaries of words; the neighbours too, with their many ties.
    #[test]
    fn hamming_distances_are_those_of_a_naive_count(
        width in prop::sample::select(vec![1_usize, 63, 64, 65, 128, 130]),
        values in prop::collection::vec(any::<bool>(), 12 * 130),
        k in 1_usize..=8,
    ) {
        let sign = |(i, j)| if values[i * 130 + j] { 1.0 } else { -1.0 };
        let rows = Array2::from_shape_fn((12, width), sign);
        let both = codes(&rows);
        let (queries, codes) = (codes(&rows.slice(s![8.., ..]).to_owned()), codes(&rows.slice(s![..8, ..]).to_owned()));
        let distances = codes.hamming(&queries).unwrap();
        let nearest = codes.nearest(&queries, k).unwrap();
        for (q, distances) in distances.outer_iter().enumerate() {
            let naive = |n: usize| {
                let pairs = rows.row(8 + q).to_vec().into_iter().zip(rows.row(n).to_vec());
                pairs.filter(|(a, b)| a != b).count() as u32
            };
            let mut expected: Vec<(u32, usize)> = (0..8).map(|n| (naive(n), n)).collect();
            for &(distance, n) in &expected {
                prop_assert_eq!(distances[n], distance);
            }
            expected.sort_unstable();
            for (place, &(distance, row)) in expected[..k].iter().enumerate() {
                prop_assert_eq!(nearest.rows()[[q, place]], row);
                prop_assert_eq!(nearest.distances()[[q, place]], distance);
            }
        }
        prop_assert_eq!(both.signs::<f32>(), rows);
    }
}

#[test]
fn codes_of_blocks_are_those_of_the_whole() {
    let rows = records(30, 70);
    let whole = codes(&rows);
    let mut blocks = codes(&rows.slice(s![..0, ..]).to_owned());
    for range in [0..1, 1..17, 17..30] {
        let block = codes(&rows.slice(s![range, ..]).to_owned());
        blocks.append(&block).unwrap();
    }
    assert_eq!(blocks, whole);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let rows = records(300, 130);
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let train = DatasetBase::from(rows.clone());
            let bits = SignBits::params().median().fit(&train).unwrap();
            let codes = bits.encode(rows.view()).unwrap();
            let nearest = bits.nearest(rows.view(), &codes, 9).unwrap();
            (bits, codes, nearest)
        })
    };
    assert_eq!(of(1), of(2));
    assert_eq!(of(1), of(7));
}

#[test]
fn thresholds_are_of_the_training_records() {
    let train = DatasetBase::from(array![[1.0, 4.0], [2.0, 0.0], [6.0, 1.0], [3.0, -1.0]]);
    let thresholds = |params: SignBitsParams| params.fit(&train).unwrap().thresholds().to_owned();
    assert_eq!(thresholds(SignBits::params()), array![0.0, 0.0]);
    assert_eq!(thresholds(SignBits::params().mean()), array![3.0, 1.0]);
    assert_eq!(thresholds(SignBits::params().median()), array![2.5, 0.5]);
    assert_eq!(
        thresholds(SignBits::params().median().zero()),
        array![0.0, 0.0]
    );
    let huge = DatasetBase::from(array![[f64::MAX], [f64::MAX]]);
    let bits = SignBits::params().median().fit(&huge).unwrap();
    assert_eq!(bits.thresholds(), array![f64::MAX]);
}

/// The memory order of records does not matter.
#[test]
fn records_may_lie_by_columns() {
    let rows = records(20, 70);
    let by_columns = rows.t().as_standard_layout().into_owned();
    let bits = SignBits::at(Array1::zeros(70)).unwrap();
    assert_eq!(bits.encode(by_columns.t()).unwrap(), codes(&rows));
}

#[test]
fn bits_out_of_range_are_none() {
    let codes = codes(&array![[1.0, -1.0]]);
    assert_eq!(codes.bit(0, 0), Some(true));
    assert_eq!(codes.bit(0, 1), Some(false));
    assert_eq!(codes.bit(0, 2), None);
    assert_eq!(codes.bit(1, 0), None);
}

#[test]
fn bad_data_are_errors() {
    assert!(matches!(
        SignBits::at(array![0.0, f64::NAN]),
        Err(Error::Compression(CompressionError::InvalidThreshold { column: 1, value })) if value.is_nan()
    ));
    assert!(matches!(
        SignBits::<f64>::at(Array1::zeros(0)),
        Err(Error::Records(RecordsError::EmptyRecords { .. }))
    ));
    let empty = DatasetBase::from(Array2::<f64>::zeros((0, 2)));
    assert!(SignBits::params().median().fit(&empty).is_err());
    let bits = SignBits::at(array![0.0, 0.0]).unwrap();
    assert!(matches!(
        bits.encode(array![[0.0]].view()),
        Err(Error::Records(RecordsError::Width {
            expected: 2,
            found: 1
        }))
    ));
    assert!(matches!(
        bits.transform(array![[0.0, f64::INFINITY]]),
        Err(Error::Records(RecordsError::NonFinite { column: 1, .. }))
    ));
    let mut two = bits.encode(array![[0.0, 1.0]].view()).unwrap();
    let one = SignBits::at(array![0.0]).unwrap();
    let one = one.encode(array![[1.0]].view()).unwrap();
    let wrong = |result: Result<()>| {
        matches!(
            result,
            Err(Error::Compression(CompressionError::CodeLength {
                expected: 2,
                found: 1
            }))
        )
    };
    assert!(wrong(two.append(&one)));
    assert!(wrong(two.hamming(&one).map(drop)));
    assert!(wrong(two.nearest(&one, 1).map(drop)));
    assert!(wrong(bits.check_codes(&one).map(drop)));
    assert!(matches!(
        two.nearest(&two, 2),
        Err(Error::Classification(ClassificationError::Neighbors {
            k: 2,
            samples: 1
        }))
    ));
}

#[test]
fn no_queries_have_no_neighbours() {
    let rows = records(5, 3);
    let none = codes(&rows.slice(s![..0, ..]).to_owned());
    let nearest = codes(&rows).nearest(&none, 2).unwrap();
    assert_eq!(nearest.rows().dim(), (0, 2));
    let doubled = concatenate![Axis(0), rows, rows];
    let nearest = codes(&doubled).nearest(&codes(&rows), 1).unwrap();
    assert!(nearest.rows().iter().all(|&row| row < 5)); // ties by the row number
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<SignBits<f32>>();
    has_autotraits::<SignBitsParams>();
    has_autotraits::<BinaryCodes>();
}
