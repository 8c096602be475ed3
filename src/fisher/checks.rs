//! Checks of scores, features and expectations.

use ndarray::{ArrayView1, ArrayView2, Axis};

use super::error::FisherError;
use crate::checks::check_values;
use crate::{Error, Result};

/// Checks that every score or feature is finite; `first` is the first row's place in the data.
pub(crate) fn check_features<F: linfa::Float>(features: ArrayView2<F>, first: usize) -> Result<()> {
    check_values(
        features,
        |x| !x.is_finite(),
        |row, feature, value| {
            Error::Fisher(FisherError::NonFiniteFeature {
                row: first + row,
                feature,
                value,
            })
        },
    )
}

/// Checks that the expectation of the model is of the length of its scores.
pub(super) fn check_length(expected: usize, found: usize) -> Result<()> {
    match found == expected {
        true => Ok(()),
        false => Err(FisherError::ExpectationLength { expected, found }.into()),
    }
}

/// Checks that every number of the expectation is finite.
pub(crate) fn check_expectation<F: linfa::Float>(expectation: ArrayView1<F>) -> Result<()> {
    check_values(
        expectation.insert_axis(Axis(0)),
        |x| !x.is_finite(),
        |_, index, value| Error::Fisher(FisherError::NonFiniteExpectation { index, value }),
    )
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn what_is_not_finite_is_named_by_its_place() {
        let features = array![[0.0, 1.0], [2.0, f64::NAN]];
        assert!(matches!(
            check_features(features.view(), 256),
            Err(Error::Fisher(FisherError::NonFiniteFeature {
                row: 257,
                feature: 1,
                ..
            }))
        ));
        let numbers = array![0.0, f64::INFINITY];
        assert!(matches!(
            check_expectation(numbers.view()),
            Err(Error::Fisher(FisherError::NonFiniteExpectation {
                index: 1,
                ..
            }))
        ));
    }
}
