//! The diagonal of the information matrix in the closed form that the model has for it.

use ndarray::{Array1, Array2, Zip};

use super::whitening::Whitening;
use crate::error::FisherError;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// Division of each of `p` scores by the square root of its entry of `F`: `x * F^(-1/2)`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct Analytical<F> {
    /// Reciprocals of the square roots of the diagonal.
    factor: Array1<F>,
}

impl<F: Float> Analytical<F> {
    /// Takes the diagonal of the model for `p` scores.
    ///
    /// # Errors
    ///
    /// [`NoAnalyticalInformation`](FisherError::NoAnalyticalInformation) for a model without one,
    /// [`InformationLength`](FisherError::InformationLength) for one of another length,
    /// [`InvalidInformation`](FisherError::InvalidInformation) for one that cannot be divided by.
    pub(super) fn of(diagonal: Option<Array1<F>>, p: usize) -> Result<Self> {
        let diagonal = diagonal.ok_or(FisherError::NoAnalyticalInformation)?;
        let (expected, found) = (p, diagonal.len());
        if found != expected {
            return Err(FisherError::InformationLength { expected, found }.into());
        }
        let factor = diagonal.mapv(|entry| F::one() / entry.sqrt());
        match factor.iter().position(|&x| !is_factor(x)) {
            None => Ok(Self { factor }),
            Some(index) => Err(FisherError::InvalidInformation {
                index,
                value: diagonal[index].to_f64().unwrap_or(f64::NAN),
            }
            .into()),
        }
    }
}

/// Whether scores can be multiplied by it.
fn is_factor<F: Float>(x: F) -> bool {
    x > F::zero() && x.is_finite()
}

impl<F: Float> Whitening<F> for Analytical<F> {
    fn apply(&self, mut scores: Array2<F>) -> Array2<F> {
        Zip::from(scores.rows_mut()).par_for_each(|mut row| row *= &self.factor);
        scores
    }

    fn adjoint(&self, whitened: Array1<F>) -> Array1<F> {
        whitened * &self.factor
    }

    #[cfg(feature = "serde")]
    fn check_loaded(&self, p: usize) -> Result<()> {
        check_shape_of("factors of the scores", self.factor.shape(), &[p])?;
        check_numbers("the factors of the scores", &self.factor, is_factor)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;

    #[test]
    fn scores_are_divided_by_standard_deviations() {
        let whitening = Analytical::of(Some(array![4.0, 0.25]), 2).unwrap();
        let whitened = whitening.apply(array![[1.0, 1.0], [-3.0, 0.0]]);
        assert_eq!(whitened, array![[0.5, 2.0], [-1.5, 0.0]]);
    }

    #[test]
    fn a_diagonal_is_positive_finite_and_of_the_scores_length() {
        let missing = Analytical::<f64>::of(None, 2);
        assert!(matches!(
            missing,
            Err(Error::Fisher(FisherError::NoAnalyticalInformation))
        ));
        let short = Analytical::of(Some(array![1.0]), 2);
        assert!(matches!(
            short,
            Err(Error::Fisher(FisherError::InformationLength {
                expected: 2,
                found: 1
            }))
        ));
        for entry in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let result = Analytical::of(Some(array![1.0, entry]), 2);
            assert!(
                matches!(
                    result,
                    Err(Error::Fisher(FisherError::InvalidInformation {
                        index: 1,
                        ..
                    }))
                ),
                "{entry}"
            );
        }
    }
}
