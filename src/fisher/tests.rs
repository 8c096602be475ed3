//! Models whose expectation or scores are out of range.

use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use ndarray::{Array1, ArrayView2, ArrayViewMut2, array};
use rand::RngCore;

use super::*;
use crate::{Error, Result};

/// Statistics of `factor` times the sample, finite or not.
#[derive(Debug, Clone)]
struct Magnified {
    factor: f32,
    expectation: f32,
}

impl FisherScore<f32> for Magnified {
    type Expectation = ();

    fn nvisible(&self) -> usize {
        2
    }

    fn layout(&self, _: bool) -> ScoreLayout {
        ScoreLayout::new(vec![ScoreBlock::new("v", 2, 1)])
    }

    fn write_statistics(&self, v: ArrayView2<f32>, _: bool, mut out: ArrayViewMut2<f32>) {
        out.assign(&(&v * self.factor * self.factor));
    }

    fn model_statistics(&self, _: &(), _: bool, _: &mut dyn RngCore) -> Result<Array1<f32>> {
        Ok(array![0.0, self.expectation])
    }
}

fn params(factor: f32, expectation: f32) -> FisherFeaturesParams<f32, Trained<Magnified>> {
    FisherFeatures::params(Trained(Magnified {
        factor,
        expectation,
    }))
}

/// A model whose expectation is shorter than its scores.
#[derive(Debug, Clone)]
struct Short;

impl FisherScore<f32> for Short {
    type Expectation = ();

    fn nvisible(&self) -> usize {
        2
    }

    fn layout(&self, _: bool) -> ScoreLayout {
        ScoreLayout::new(vec![ScoreBlock::new("v", 2, 1)])
    }

    fn write_statistics(&self, v: ArrayView2<f32>, _: bool, mut out: ArrayViewMut2<f32>) {
        out.assign(&v);
    }

    fn model_statistics(&self, _: &(), _: bool, _: &mut dyn RngCore) -> Result<Array1<f32>> {
        Ok(array![0.5])
    }
}

#[test]
fn an_expectation_of_another_length_is_an_error() {
    let train = DatasetBase::from(array![[0.0, 1.0], [1.0, 0.0]]);
    let error = FisherFeatures::params(Trained(Short))
        .fit(&train)
        .unwrap_err();
    let found = "expectation has 1 numbers, but the layout of its scores has 2";
    assert!(error.to_string().contains(found), "{error}");
}

#[test]
fn an_expectation_that_is_not_finite_is_an_error() {
    let train = DatasetBase::from(array![[0.0, 1.0], [1.0, 0.0]]);
    let error = params(1.0, f32::NAN).fit(&train).unwrap_err();
    assert!(matches!(
        error,
        Error::Fisher(FisherError::NonFiniteExpectation { index: 1, value }) if value.is_nan()
    ));
}

#[test]
fn scores_that_are_not_finite_are_errors_of_fit_and_transform() {
    let train = DatasetBase::from(array![[0.0, 0.0], [0.0, 1.0]]);
    let is_fault = |error: Error| {
        matches!(
            error,
            Error::Fisher(FisherError::NonFiniteFeature {
                row: 1,
                feature: 1,
                value: f64::INFINITY
            })
        )
    };
    let params = params(1e30, 0.0);
    for scaled in [
        params.clone().scaling(Scaling::min_max_l2()),
        params.clone().information(Information::full_rank(0.1)),
        params
            .clone()
            .information(Information::Diagonal { damping: 0.0 }),
        params.clone().rotated(true),
    ] {
        assert!(is_fault(scaled.fit(&train).unwrap_err()));
    }
    let features = params.fit(&train).unwrap();
    assert!(is_fault(features.transform(&train.records).unwrap_err()));
    assert!(is_fault(features.scores(train.records.view()).unwrap_err()));
}

/// Finite scores whose features are not: 1e37 in units of a standard deviation of 5e-6.
#[test]
fn features_that_are_not_finite_are_errors() {
    let train = DatasetBase::from(array![[0.0, 0.0], [0.0, 1e-5]]);
    let params = params(1.0, 0.0).information(Information::full_rank(0.0));
    let mut features = params.fit(&train).unwrap();
    features.model.factor = 3e18;
    let error = features.transform(array![[0.0, 1.0]]).unwrap_err();
    assert!(matches!(
        error,
        Error::Fisher(FisherError::NonFiniteFeature {
            row: 0,
            feature: 0,
            ..
        })
    ));
}
