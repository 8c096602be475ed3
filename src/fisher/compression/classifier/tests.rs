use linfa::traits::Predict;
use ndarray::{Array2, array};

use super::*;
use crate::classification::KNearestNeighbors;
use crate::error::{ClassificationError, CompressionError, RecordsError};
use crate::fisher::compression::{ProductQuantizer, SignBits, TopVariance};
use crate::pipeline::PipelineExt;

/// Three classes in turn, about centres of their own.
fn dataset(n: usize) -> linfa::Dataset<f64, usize, ndarray::Ix1> {
    let value = |(i, j): (usize, usize)| {
        let noise = ((i * 29 + j * 13) % 17) as f64 / 20.0;
        noise + if i % 3 == j % 3 { 2.0 } else { 0.0 }
    };
    let records = Array2::from_shape_fn((n, 12), value);
    linfa::Dataset::new(records, (0..n).map(|i| 5 * (i % 3)).collect())
}

/// Bits are numbers of 0 and 1: the same vote as of the neighbours of their signs.
#[test]
fn the_vote_is_that_of_the_nearest_signs() {
    let (train, test) = (dataset(60), dataset(90));
    let codes = KNearestCodesParams::new(1, SignBits::params().median());
    let found = codes.fit(&train).unwrap().predict(&test.records);
    let signs = SignBits::params()
        .median()
        .then(KNearestNeighbors::params(1));
    let expected = signs.fit(&train).unwrap().predict(&test.records);
    assert_eq!(found, expected);
    assert_eq!(found, test.targets);
}

#[test]
fn of_equal_votes_the_nearest_class_wins() {
    let train = linfa::Dataset::new(
        array![[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]],
        array!["a", "b", "b"],
    );
    let of = |k| {
        let model = KNearestCodesParams::new(k, SignBits::params()).fit(&train);
        model
            .unwrap()
            .try_predict(&array![[2.0, 3.0]])
            .unwrap()
            .to_vec()
    };
    assert_eq!(of(1), ["a"]);
    assert_eq!(of(2), ["a"]);
    assert_eq!(of(3), ["b"]);
}

#[test]
fn it_ends_a_pipeline() {
    let (train, test) = (dataset(60), dataset(90));
    let encoder = ProductQuantizer::params(3).centroids(8);
    let chain = TopVariance::params(9).then(KNearestCodesParams::new(3, encoder));
    let model = chain.fit(&train).unwrap();
    assert_eq!(model.try_predict(&test.records).unwrap(), test.targets);
    assert_eq!(model.classifier().codes().dim(), (60, 3));
}

#[test]
fn bad_data_are_errors() {
    let train = dataset(6);
    let of = |k| KNearestCodesParams::new(k, SignBits::params()).fit(&train);
    assert!(matches!(
        of(0),
        Err(Error::Classification(
            ClassificationError::InvalidNeighbors(0)
        ))
    ));
    assert!(matches!(
        of(7),
        Err(Error::Classification(ClassificationError::Neighbors {
            k: 7,
            samples: 6
        }))
    ));
    assert!(matches!(
        KNearestCodesParams::new(1, ProductQuantizer::params(13).centroids(2)).fit(&train),
        Err(Error::Compression(CompressionError::SubspaceCount {
            subspaces: 13,
            columns: 12
        }))
    ));
    let short = linfa::DatasetBase::new(train.records.clone(), array![1_usize]);
    assert!(matches!(
        KNearestCodesParams::new(1, SignBits::params()).fit(&short),
        Err(Error::Records(RecordsError::TargetCount {
            records: 6,
            targets: 1
        }))
    ));
    assert!(matches!(
        of(1).unwrap().try_predict(&array![[1.0]]),
        Err(Error::Records(RecordsError::Width {
            expected: 12,
            found: 1
        }))
    ));
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<KNearestCodes<SignBits<f32>, usize>>();
    has_autotraits::<KNearestCodesParams<crate::fisher::compression::SignBitsParams>>();
}
