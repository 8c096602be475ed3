use linfa::traits::Transformer;
use ndarray::{Axis, array};
use proptest::prelude::*;

use super::*;
use crate::error::RecordsError;

fn fitted<F: Float>(features: usize, records: Array2<F>) -> Result<TopVariance> {
    TopVariance::params(features).fit(&DatasetBase::from(records))
}

proptest! {
    /// Values of few levels, so that variances tie.
    #[test]
    fn the_columns_are_those_of_a_naive_computation(
        values in prop::collection::vec(0_u8..3, 6 * 9),
        features in 1_usize..=9,
    ) {
        let records = Array2::from_shape_vec((6, 9), values).unwrap().mapv(f64::from);
        let choice = fitted(features, records.clone()).unwrap();
        // sums of whole numbers, so that equal variances are equal: n sum x^2 - (sum x)^2
        let squares = records.mapv(|x| x * x).sum_axis(Axis(0));
        let sums = records.sum_axis(Axis(0));
        let variance = 6.0 * squares - &sums * &sums;
        let mut left: Vec<usize> = (0..9).collect();
        for (place, &column) in choice.chosen().iter().enumerate() {
            let most = left.iter().map(|&c| variance[c]).fold(f64::MIN, f64::max);
            prop_assert_eq!(variance[column], most);
            prop_assert!((choice.variances()[place] * 36.0 - most).abs() < 1e-9);
            left.retain(|&c| c != column);
        }
        let selected = choice.transform(&records).unwrap();
        prop_assert_eq!(selected, records.select(Axis(1), choice.chosen()));
    }
}

#[test]
fn equal_variances_are_taken_by_column() {
    let records = array![[0.0, 5.0, 1.0, 0.0], [1.0, 5.0, 0.0, 2.0]];
    assert_eq!(fitted(4, records).unwrap().chosen(), [3, 0, 2, 1]);
}

#[test]
fn fewer_columns_are_the_beginning_of_more() {
    let records = Array2::from_shape_fn((20, 7), |(i, j)| ((i * (j + 3)) % 11) as f32);
    let all = fitted(7, records.clone()).unwrap();
    for features in 1..=7 {
        let few = fitted(features, records.clone()).unwrap();
        assert_eq!(all.truncated(features).unwrap(), few);
    }
    assert!(matches!(
        all.truncated(0),
        Err(Error::Compression(CompressionError::InvalidFeatures(0)))
    ));
    assert!(matches!(
        all.truncated(8),
        Err(Error::Compression(CompressionError::FeatureCount {
            features: 8,
            columns: 7
        }))
    ));
}

#[test]
fn names_follow_their_columns() {
    let records = array![[0.0, 5.0, 1.0], [1.0, 5.0, 9.0]];
    let dataset = DatasetBase::from(records).with_feature_names(vec!["a", "b", "c"]);
    let choice = TopVariance::params(2).fit(&dataset).unwrap();
    let chosen = choice.transform(dataset).unwrap();
    assert_eq!(chosen.feature_names(), ["c", "a"]);
}

#[test]
fn bad_records_are_errors() {
    assert!(matches!(
        fitted(1, Array2::<f64>::zeros((0, 2))),
        Err(Error::Records(RecordsError::EmptyRecords {
            rows: 0,
            columns: 2
        }))
    ));
    assert!(matches!(
        fitted(1, array![[0.0], [f64::NAN]]),
        Err(Error::Records(RecordsError::NonFinite { row: 1, .. }))
    ));
    assert!(matches!(
        fitted(3, array![[0.0, 1.0]]),
        Err(Error::Compression(CompressionError::FeatureCount {
            features: 3,
            columns: 2
        }))
    ));
    assert!(matches!(
        fitted(1, array![[0.0, f64::MAX], [0.0, -f64::MAX]]),
        Err(Error::Compression(CompressionError::VarianceOverflow {
            column: 1
        }))
    ));
    let choice = fitted(1, array![[0.0, 1.0], [1.0, 0.5]]).unwrap();
    assert!(choice.transform(array![[1.0]]).is_err());
    assert!(choice.transform(array![[f64::NAN, 0.0]]).is_err());
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<TopVariance>();
    has_autotraits::<TopVarianceParams>();
    has_autotraits::<TopVarianceValidParams>();
}
