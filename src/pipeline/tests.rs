use linfa::traits::{Fit, Transformer};
use linfa::{Dataset, DatasetBase};
use ndarray::{Array2, ArrayBase, ArrayView2, Data, Ix1, Ix2, array};

use super::*;
use crate::classification::KNearestNeighbors;
use crate::error::{ClassificationError, SelectionError};
use crate::model_selection::{StratifiedKFold, cross_validate};
use crate::{Error, Result};

/// Multiplies by 1e30, whatever it is fitted on.
#[derive(Clone)]
struct Magnify;

impl<D: Data<Elem = f32>, T> Fit<ArrayBase<D, Ix2>, T, Error> for Magnify {
    type Object = Self;

    fn fit(&self, _: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self> {
        Ok(Self)
    }
}

impl Transformer<ArrayView2<'_, f32>, Result<Array2<f32>>> for Magnify {
    fn transform(&self, records: ArrayView2<f32>) -> Result<Array2<f32>> {
        Ok(records.mapv(|x| x * 1e30))
    }
}

fn two_by_two() -> Dataset<f32, usize, Ix1> {
    let records = array![[0.0], [1e-30], [5e-30], [6e-30]];
    Dataset::new(records, array![7, 7, 9, 9])
}

#[test]
fn errors_of_the_classifiers_prediction_are_returned() {
    let pipeline = PipelineParams::new(Magnify, KNearestNeighbors::params(1));
    let model = pipeline.fit(&two_by_two()).unwrap();
    let near = model.try_predict(&array![[2e-30], [4e-30]]).unwrap();
    assert_eq!(near, array![7, 9]);
    let far = model.try_predict(&array![[1.0]]);
    assert!(matches!(
        far,
        Err(Error::Classification(
            ClassificationError::DistanceOverflow { .. }
        ))
    ));
}

#[test]
fn cross_validation_returns_them_too() {
    let pipeline = PipelineParams::new(Magnify, KNearestNeighbors::params(1));
    let folds = StratifiedKFold::new(2).shuffle(false);
    for row in 0..4 {
        let mut dataset = two_by_two();
        dataset.records[[row, 0]] = 1.0;
        let Error::Selection(SelectionError::Fold { fold: 1, source }) =
            cross_validate(&dataset, &pipeline, &folds).unwrap_err()
        else {
            panic!("the first fold trains on row {row} or predicts it");
        };
        assert!(matches!(
            source.downcast_ref(),
            Some(Error::Classification(
                ClassificationError::DistanceOverflow { .. }
            ))
        ));
    }
}
