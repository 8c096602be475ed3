//! Normalisation of scores: signed power, min-max bounds of the training data, L2 norm.

use ndarray::{Array1, Array2, ArrayViewMut1, Axis, Zip};

use crate::error::FisherError;
#[cfg(feature = "serde")]
use crate::persistence::{PersistenceError, check_numbers, check_shape_of};
use crate::{Error, Float, Result};

/// The normalisation of scores, in this order:
///
/// 1. signed power, `x -> sign(x) |x|^exponent` (Perronnin, Sanchez & Mensink 2010);
/// 2. min-max: each score is mapped to `[0, 1]` by its bounds in the training data (the score of a
///    new sample may fall outside); a score that is constant in training, up to rounding, becomes
///    0;
/// 3. L2: each sample is divided by its norm; a row of zeros stays zero.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::Scaling;
///
/// let paper = Scaling::<f32>::min_max_l2();
/// assert!(paper.has_min_max() && paper.has_l2());
/// assert_eq!(Scaling::none().signed_power(0.5).exponent(), Some(0.5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Scaling<F> {
    exponent: Option<F>,
    min_max: bool,
    l2: bool,
}

impl<F: Float> Scaling<F> {
    /// No normalisation.
    pub fn none() -> Self {
        Self {
            exponent: None,
            min_max: false,
            l2: false,
        }
    }

    /// Min-max bounds, then L2: the normalisation of the improved deep Fisher kernel.
    pub fn min_max_l2() -> Self {
        Self::none().min_max(true).l2(true)
    }

    /// Adds the signed power, `exponent` in `(0, 1]`.
    pub fn signed_power(mut self, exponent: F) -> Self {
        self.exponent = Some(exponent);
        self
    }

    /// With or without min-max bounds.
    pub fn min_max(mut self, min_max: bool) -> Self {
        self.min_max = min_max;
        self
    }

    /// With or without L2 normalisation.
    pub fn l2(mut self, l2: bool) -> Self {
        self.l2 = l2;
        self
    }

    /// Exponent of the signed power, if any.
    pub fn exponent(&self) -> Option<F> {
        self.exponent
    }

    /// Whether features are scaled by the bounds of the training data.
    pub fn has_min_max(&self) -> bool {
        self.min_max
    }

    /// Whether samples are scaled to unit norm.
    pub fn has_l2(&self) -> bool {
        self.l2
    }

    /// Checks the exponent.
    ///
    /// # Errors
    ///
    /// [`InvalidExponent`](crate::error::FisherError::InvalidExponent).
    pub(super) fn check(&self) -> Result<()> {
        match self.exponent {
            Some(e) if !(e > F::zero() && e <= F::one()) => Err(Error::Fisher(
                FisherError::InvalidExponent(e.to_f64().unwrap_or(f64::NAN)),
            )),
            _ => Ok(()),
        }
    }

    /// The signed power of a score.
    fn power(&self, x: F) -> F {
        match self.exponent {
            Some(exponent) => x.signum() * x.abs().powf(exponent),
            None => x,
        }
    }
}

/// A [`Scaling`] with the bounds of the training data.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct FittedScaling<F> {
    scaling: Scaling<F>,
    /// Each feature's least value, and the reciprocal of its range or 0 if it is constant.
    bounds: Option<(Array1<F>, Array1<F>)>,
}

impl<F: Float> FittedScaling<F> {
    /// Learns the bounds from blocks of training scores, which are statistics minus their
    /// `expectation`. Without min-max no block is computed.
    ///
    /// # Errors
    ///
    /// The first error of a block.
    pub(super) fn fit(
        scaling: Scaling<F>,
        expectation: &Array1<F>,
        blocks: impl Iterator<Item = Result<Array2<F>>>,
    ) -> Result<Self> {
        let bounds = match scaling.min_max {
            true => Some(bounds(scaling, expectation, blocks)?),
            false => None,
        };
        Ok(Self { scaling, bounds })
    }

    /// Checks loaded bounds, which must fit `p` scores.
    ///
    /// # Errors
    ///
    /// [`InvalidExponent`](crate::error::FisherError::InvalidExponent);
    /// [`PersistenceError`](crate::error::PersistenceError) for bounds that are missing or unused,
    /// of another length or not finite.
    #[cfg(feature = "serde")]
    pub(super) fn check_loaded(&self, p: usize) -> Result<()> {
        self.scaling.check()?;
        if self.scaling.min_max != self.bounds.is_some() {
            let part = "the bounds of the scores";
            return Err(PersistenceError::Presence { part }.into());
        }
        if let Some((least, factor)) = &self.bounds {
            check_shape_of("lower bounds of the scores", least.shape(), &[p])?;
            check_shape_of("reciprocal ranges of the scores", factor.shape(), &[p])?;
            check_numbers("the lower bounds of the scores", least, F::is_finite)?;
            check_numbers("the reciprocal ranges of the scores", factor, |x: F| {
                x >= F::zero() && x.is_finite()
            })?;
        }
        Ok(())
    }

    /// Normalises the rows in place.
    pub(super) fn apply(&self, scores: &mut Array2<F>) {
        if self.scaling.exponent.is_some() {
            scores.par_mapv_inplace(|x| self.scaling.power(x));
        }
        Zip::from(scores.rows_mut()).par_for_each(|mut row| {
            if let Some((least, factor)) = &self.bounds {
                Zip::from(&mut row)
                    .and(least)
                    .and(factor)
                    .for_each(|x, &least, &factor| *x = (*x - least) * factor);
            }
            if self.scaling.l2 {
                normalise(row);
            }
        });
    }
}

/// The least value of each score after the power, and the reciprocal of its range.
fn bounds<F: Float>(
    scaling: Scaling<F>,
    expectation: &Array1<F>,
    blocks: impl Iterator<Item = Result<Array2<F>>>,
) -> Result<(Array1<F>, Array1<F>)> {
    let (least, most) = extremes(expectation.len(), blocks)?;
    let factor =
        Zip::from(&least)
            .and(&most)
            .and(expectation)
            .map_collect(|&least, &most, &expectation| {
                match is_constant(least, most, expectation) {
                    true => F::zero(),
                    // the power is monotone, so that of the bounds bounds those of the scores
                    false => reciprocal(scaling.power(most) - scaling.power(least)),
                }
            });
    Ok((least.mapv(|x| scaling.power(x)), factor))
}

/// The least and the largest value of each score.
fn extremes<F: Float>(
    length: usize,
    blocks: impl Iterator<Item = Result<Array2<F>>>,
) -> Result<(Array1<F>, Array1<F>)> {
    let mut least = Array1::from_elem(length, F::infinity());
    let mut most = Array1::from_elem(length, F::neg_infinity());
    for block in blocks {
        let scores = block?;
        least.zip_mut_with(&column_min(&scores), |a, &b| *a = a.min(b));
        most.zip_mut_with(&column_max(&scores), |a, &b| *a = a.max(b));
    }
    Ok((least, most))
}

/// Whether a score varies by no more than rounding. A statistic, which is the score plus its
/// expectation, is known to a few units in its last place; the score inherits that error however
/// small it is itself.
fn is_constant<F: Float>(least: F, most: F, expectation: F) -> bool {
    let magnitude = least.abs().max(most.abs()).max(expectation.abs());
    most - least <= F::cast(4.0) * F::epsilon() * magnitude
}

/// Scales to unit norm; zeros stay zeros. The entries are divided by the largest one first, so
/// that no square overflows and none that matters underflows.
fn normalise<F: Float>(mut row: ArrayViewMut1<F>) {
    let largest = row.fold(F::zero(), |a, &b| a.max(b.abs()));
    if largest > F::zero() {
        row.mapv_inplace(|x| x / largest);
        row *= F::one() / row.dot(&row).sqrt();
    }
}

fn column_min<F: Float>(scores: &Array2<F>) -> Array1<F> {
    scores.fold_axis(Axis(0), F::infinity(), |&a, &b| a.min(b))
}

fn column_max<F: Float>(scores: &Array2<F>) -> Array1<F> {
    scores.fold_axis(Axis(0), F::neg_infinity(), |&a, &b| a.max(b))
}

/// `1 / x`, but 0 where that is not a finite number.
pub(super) fn reciprocal<F: Float>(x: F) -> F {
    let inverse = F::one() / x;
    if inverse.is_finite() {
        inverse
    } else {
        F::zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    fn fitted<F: Float>(scaling: Scaling<F>, train: Array2<F>) -> FittedScaling<F> {
        let expectation = Array1::zeros(train.ncols());
        FittedScaling::fit(scaling, &expectation, [Ok(train)].into_iter()).unwrap()
    }

    fn scaled(scaling: Scaling<f64>, train: Array2<f64>, mut new: Array2<f64>) -> Array2<f64> {
        fitted(scaling, train).apply(&mut new);
        new
    }

    #[test]
    fn by_hand() {
        let train = array![[1.0, 5.0, -2.0], [3.0, 5.0, 2.0]];
        let min_max = Scaling::none().min_max(true);
        let expected = array![[0.5, 0.0, 0.5], [2.0, 0.0, -1.0]];
        let new = array![[2.0, 9.0, 0.0], [5.0, 5.0, -6.0]];
        assert_abs_diff_eq!(scaled(min_max, train.clone(), new.clone()), expected);
        let both = scaled(Scaling::min_max_l2(), train.clone(), new);
        assert_abs_diff_eq!(
            both.row(0),
            array![0.5f64.sqrt(), 0.0, 0.5f64.sqrt()],
            epsilon = 1e-15
        );
        let power = Scaling::none().signed_power(0.5);
        assert_abs_diff_eq!(
            scaled(power, train, array![[4.0, -9.0, 0.0]]),
            array![[2.0, -3.0, 0.0]]
        );
    }

    #[test]
    fn constant_features_and_zero_rows_give_zeros() {
        let constant = array![[0.3, 0.3], [0.3, 0.3]];
        let out = scaled(Scaling::min_max_l2(), constant.clone(), constant);
        assert_eq!(out, Array2::<f64>::zeros((2, 2)));
    }

    #[test]
    fn blocks_merge_to_the_bounds_of_the_whole() {
        let train = Array2::from_shape_fn((6, 3), |(i, j)| ((i * 7 + j * 5) % 11) as f64);
        let whole = fitted(Scaling::min_max_l2(), train.clone());
        let blocks = train
            .axis_chunks_iter(Axis(0), 4)
            .map(|block| Ok(block.to_owned()));
        let merged = FittedScaling::fit(Scaling::min_max_l2(), &Array1::zeros(3), blocks);
        assert_eq!(whole, merged.unwrap());
    }

    #[test]
    fn a_constant_offset_cancels_in_min_max() {
        let train = array![[0.25, 0.5], [0.75, 0.125], [0.5, 0.25]];
        let moved = &train - &array![0.375, 0.75];
        let plain = scaled(Scaling::min_max_l2(), train.clone(), train);
        assert_eq!(plain, scaled(Scaling::min_max_l2(), moved.clone(), moved));
    }

    /// Statistics of 0.7 that differ in the last place, less an expectation of 0.7: only rounding
    /// is left. The same difference of small statistics is information.
    #[test]
    fn rounding_is_not_amplified() {
        let ulp = f32::EPSILON / 2.0;
        let train = array![[0.0, 0.0], [ulp, ulp]];
        for scaling in [
            Scaling::min_max_l2(),
            Scaling::min_max_l2().signed_power(0.5),
        ] {
            let expectation = array![0.7_f32, 0.0];
            let blocks = [Ok(train.clone())].into_iter();
            let fitted = FittedScaling::fit(scaling, &expectation, blocks).unwrap();
            let mut rows = train.clone();
            fitted.apply(&mut rows);
            assert_eq!(rows, array![[0.0, 0.0], [0.0, 1.0]]);
        }
    }

    #[test]
    fn norms_of_all_magnitudes_are_one() {
        fn check<F: Float>(least: F) {
            for magnitude in [F::one(), F::max_value() / F::cast(8.0), least] {
                let mut rows = array![[4.0, -3.0, 0.0]].mapv(|x| F::cast(x) * magnitude);
                fitted(Scaling::none().l2(true), rows.clone()).apply(&mut rows);
                let expected = array![[0.8, -0.6, 0.0]].mapv(|x: f64| F::cast(x));
                let error = (rows - expected).fold(F::zero(), |a, &b| a.max(b.abs()));
                assert!(error <= F::cast(4.0) * F::epsilon(), "{magnitude}");
            }
        }
        check(f32::MIN_POSITIVE);
        check(f64::MIN_POSITIVE);
    }

    #[test]
    fn an_error_of_a_block_is_passed_on() {
        let fault = || {
            Error::Fisher(FisherError::NonFiniteFeature {
                row: 3,
                feature: 0,
                value: f64::NAN,
            })
        };
        let blocks = [Ok(array![[1.0]]), Err(fault())].into_iter();
        let error = FittedScaling::fit(Scaling::min_max_l2(), &array![0.0], blocks);
        assert!(matches!(
            error,
            Err(Error::Fisher(FisherError::NonFiniteFeature { row: 3, .. }))
        ));
    }

    #[test]
    fn bad_exponents_are_errors() {
        for exponent in [0.0, -0.5, 1.5, f64::NAN] {
            let result = Scaling::none().signed_power(exponent).check();
            assert!(
                matches!(result, Err(Error::Fisher(FisherError::InvalidExponent(_)))),
                "{exponent}"
            );
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Scaling<f32>>();
    }
}
