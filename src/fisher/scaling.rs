//! Normalisation of scores: signed power, min-max bounds of the training data, L2 norm.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1, Zip};

use super::bounds::FittedBounds;
use crate::error::FisherError;
use crate::numerics::kernels::vectorised;
#[cfg(feature = "serde")]
use crate::persistence::{PersistenceError, check_numbers, check_shape_of};
use crate::{Float, Result};

/// The default of [`Scaling::range_floor`].
const RANGE_FLOOR: f64 = 1e-2;

/// The normalisation of scores, in this order:
///
/// 1. signed power, `x -> sign(x) |x|^exponent` (Perronnin, Sanchez & Mensink 2010);
/// 2. min-max: each score is clipped to its bounds in the training data and mapped to `[0, 1]` by
///    them: `(x - least) / max(most - least, floor * largest range)`. A score that is constant in
///    training, up to rounding, becomes 0; one that hardly varies stays small
///    ([`range_floor`](Self::range_floor));
/// 3. L2: each sample is divided by its norm; a row of zeros stays zero.
///
/// Min-max and L2 bound every feature of any sample by 1.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::Scaling;
///
/// let paper = Scaling::<f32>::min_max_l2();
/// assert!(paper.has_min_max() && paper.has_l2());
/// assert_eq!(paper.min_range(), 1e-2);
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
    range_floor: F,
    l2: bool,
}

impl<F: Float> Scaling<F> {
    /// No normalisation.
    pub fn none() -> Self {
        Self {
            exponent: None,
            min_max: false,
            range_floor: F::cast(RANGE_FLOOR),
            l2: false,
        }
    }

    /// Min-max bounds, then L2: the normalisation of the improved deep Fisher kernel.
    pub fn min_max_l2() -> Self {
        Self::none().min_max(true).l2(true)
    }

    /// The square root of every number, with its sign, then L2: the normalisation of improved
    /// Fisher vectors (Perronnin, Sanchez & Mensink 2010), for
    /// [`feature_scaling`](super::FisherFeaturesParams::feature_scaling).
    pub fn power_l2() -> Self {
        Self::none().signed_power(F::cast(0.5)).l2(true)
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

    /// The least range that min-max divides by, relative to the largest range of all scores; in
    /// `[0, 1]`. Defaults to 1e-2; 0 divides by every range, as the paper does.
    ///
    /// A score may hardly vary in training and yet take any value in other samples, as that of a
    /// pixel that was on in one training image. Clipping keeps such a value in bounds, and the
    /// floor keeps it small. With features of 4,000 images of MNIST's training set, the nearest
    /// neighbour and a linear support vector machine classified 3,000 others of it alike, to 0.1
    /// points, for all floors from 0 to 0.1.
    pub fn range_floor(mut self, floor: F) -> Self {
        self.range_floor = floor;
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

    /// The least range that min-max divides by, relative to the largest one.
    pub fn min_range(&self) -> F {
        self.range_floor
    }

    /// Whether samples are scaled to unit norm.
    pub fn has_l2(&self) -> bool {
        self.l2
    }

    /// Whether scores stay as they are.
    pub(super) fn is_none(&self) -> bool {
        self.exponent.is_none() && !self.min_max && !self.l2
    }

    /// Checks the exponent and the floor.
    ///
    /// # Errors
    ///
    /// [`InvalidExponent`](crate::error::FisherError::InvalidExponent),
    /// [`InvalidRangeFloor`](crate::error::FisherError::InvalidRangeFloor).
    pub(super) fn check(&self) -> Result<()> {
        let number = |x: F| x.to_f64().unwrap_or(f64::NAN);
        let exponent = self.exponent.unwrap_or(F::one());
        if !(exponent > F::zero() && exponent <= F::one()) {
            Err(FisherError::InvalidExponent(number(exponent)).into())
        } else if !(F::zero()..=F::one()).contains(&self.range_floor) {
            Err(FisherError::InvalidRangeFloor(number(self.range_floor)).into())
        } else {
            Ok(())
        }
    }

    /// Checks a normalisation of features, which knows no bounds.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check); [`MinMaxFeatures`](crate::error::FisherError::MinMaxFeatures).
    pub(super) fn check_of_features(&self) -> Result<()> {
        match self.min_max {
            true => Err(FisherError::MinMaxFeatures.into()),
            false => self.check(),
        }
    }

    /// The signed power of the scores of a sample, if any; square roots are vectorised.
    fn apply_power(&self, scores: &mut [F]) {
        match self.exponent {
            None => {}
            Some(exponent) if exponent == F::cast(0.5) => {
                vectorised(|| scores.iter_mut().for_each(|x| *x = root(*x)));
            }
            Some(_) => scores.iter_mut().for_each(|x| *x = self.power(*x)),
        }
    }

    /// The signed power of a score.
    fn power(&self, x: F) -> F {
        match self.exponent {
            Some(exponent) if exponent == F::cast(0.5) => root(x),
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
    min_max: Option<MinMax<F>>,
}

/// Bounds of each score after the power.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
struct MinMax<F> {
    least: Array1<F>,
    most: Array1<F>,
    /// The reciprocal of its range, or of the floor; 0 if it is constant.
    factor: Array1<F>,
}

impl<F: Float> MinMax<F> {
    /// The power is monotone, so that of the bounds bounds those of the scores.
    fn new(scaling: Scaling<F>, bounds: &FittedBounds<F>) -> Self {
        let least = bounds.least.mapv(|x| scaling.power(x));
        let most = bounds.most.mapv(|x| scaling.power(x));
        let ranges = &most - &least;
        let finite = ranges.iter().filter(|range| range.is_finite());
        let floor = scaling.range_floor * finite.fold(F::zero(), |a, &b| a.max(b));
        let factor = Zip::from(&ranges)
            .and(&bounds.varies)
            .map_collect(|&range, &varies| match varies {
                true => reciprocal(range.max(floor)),
                false => F::zero(),
            });
        Self {
            least,
            most,
            factor,
        }
    }

    /// Clips some scores of each sample, those of `places`, to their bounds and maps them to
    /// `[0, 1]`.
    fn apply(&self, rows: &mut [F], places: Range<usize>) {
        let [least, most, factor] = [&self.least, &self.most, &self.factor]
            .map(|bounds| &bounds.as_slice().unwrap_or_default()[places.clone()]);
        vectorised(|| {
            for row in rows.chunks_exact_mut(places.len()) {
                let bounds = least.iter().zip(most).zip(factor);
                for (x, ((&least, &most), &factor)) in row.iter_mut().zip(bounds) {
                    *x = (x.max(least).min(most) - least) * factor;
                }
            }
        });
    }

    /// Checks loaded bounds, which must fit `p` scores.
    #[cfg(feature = "serde")]
    fn check_loaded(&self, p: usize) -> Result<()> {
        check_shape_of("lower bounds of the scores", self.least.shape(), &[p])?;
        check_shape_of("upper bounds of the scores", self.most.shape(), &[p])?;
        check_shape_of("reciprocal ranges of the scores", self.factor.shape(), &[p])?;
        check_numbers("the lower bounds of the scores", &self.least, F::is_finite)?;
        check_numbers("the upper bounds of the scores", &self.most, F::is_finite)?;
        check_numbers(
            "the reciprocal ranges of the scores",
            &self.factor,
            |x: F| x >= F::zero() && x.is_finite(),
        )?;
        let scaled = (&self.most - &self.least) * &self.factor;
        check_numbers("the upper bounds of the scaled scores", &scaled, |x: F| {
            x >= F::zero() && x <= F::one() + F::cast(4.0) * F::epsilon()
        })
    }
}

impl<F: Float> FittedScaling<F> {
    /// Takes the bounds of the training scores, which min-max needs.
    pub(super) fn new(scaling: Scaling<F>, bounds: Option<&FittedBounds<F>>) -> Self {
        let bounds = bounds.filter(|_| scaling.min_max);
        Self {
            scaling,
            min_max: bounds.map(|bounds| MinMax::new(scaling, bounds)),
        }
    }

    /// Whether scores stay as they are.
    pub(super) fn is_none(&self) -> bool {
        self.scaling.is_none()
    }

    /// Checks loaded bounds, which must fit `p` scores.
    ///
    /// # Errors
    ///
    /// [`InvalidExponent`](crate::error::FisherError::InvalidExponent),
    /// [`InvalidRangeFloor`](crate::error::FisherError::InvalidRangeFloor);
    /// [`PersistenceError`](crate::error::PersistenceError) for bounds that are missing or unused,
    /// of another length or not finite.
    #[cfg(feature = "serde")]
    pub(super) fn check_loaded(&self, p: usize) -> Result<()> {
        self.scaling.check()?;
        if self.scaling.min_max != self.min_max.is_some() {
            let part = "the bounds of the scores";
            return Err(PersistenceError::Presence { part }.into());
        }
        match &self.min_max {
            Some(min_max) => min_max.check_loaded(p),
            None => Ok(()),
        }
    }

    /// Checks a loaded normalisation of features, which knows no bounds.
    ///
    /// # Errors
    ///
    /// [`InvalidExponent`](crate::error::FisherError::InvalidExponent),
    /// [`MinMaxFeatures`](crate::error::FisherError::MinMaxFeatures) and so on.
    #[cfg(feature = "serde")]
    pub(super) fn check_of_features(&self) -> Result<()> {
        self.scaling.check_of_features()?;
        self.check_loaded(0)
    }

    /// Normalises the rows in place.
    pub(super) fn apply(&self, scores: &mut Array2<F>) {
        if !self.is_none() {
            Zip::from(scores.rows_mut()).par_for_each(|row| self.apply_to_row(row));
        }
    }

    /// Normalises one row.
    pub(super) fn apply_to_row(&self, mut row: ArrayViewMut1<F>) {
        let places = 0..row.len();
        match row.as_slice_mut() {
            Some(row) => self.scale(row, places),
            None => {
                let mut copy = row.to_vec();
                self.scale(&mut copy, places);
                row.assign(&ArrayView1::from(&copy));
            }
        }
        if self.scaling.l2 {
            normalise(row);
        }
    }

    /// Applies all but the norm to some scores of each sample, those of `places`.
    pub(super) fn scale(&self, rows: &mut [F], places: Range<usize>) {
        self.scaling.apply_power(rows);
        if let Some(min_max) = self.min_max.as_ref().filter(|_| !places.is_empty()) {
            min_max.apply(rows, places);
        }
    }

    /// Whether samples are scaled to unit norm.
    pub(super) fn has_l2(&self) -> bool {
        self.scaling.l2
    }
}

/// The square root with the sign of `x`.
fn root<F: Float>(x: F) -> F {
    x.abs().sqrt().copysign(x)
}

/// Scales to unit norm; zeros stay zeros. Where a square might overflow, or one that matters
/// underflow, the entries are divided by the largest one first.
fn normalise<F: Float>(mut row: ArrayViewMut1<F>) {
    let square = row.dot(&row);
    if is_exact(square) {
        row *= F::one() / square.sqrt();
        return;
    }
    let largest = row.fold(F::zero(), |a, &b| a.max(b.abs()));
    if largest > F::zero() {
        row.mapv_inplace(|x| x / largest);
        row *= F::one() / row.dot(&row).sqrt();
    }
}

/// Whether a sum of squares has neither overflowed nor lost what matters to underflow.
pub(super) fn is_exact<F: Float>(squares: F) -> bool {
    let least = F::min_positive_value() / (F::epsilon() * F::epsilon());
    squares.is_finite() && squares > least
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
mod tests;
