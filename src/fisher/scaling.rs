//! Normalisation of scores: signed power, min-max bounds of the training data, L2 norm.

use ndarray::{Array1, Array2, Axis, Zip};

use crate::{Error, Float, Result};

/// How scores are normalised, step by step in this order:
///
/// 1. signed power, `x -> sign(x) |x|^exponent` (Perronnin, Sanchez & Mensink 2010);
/// 2. min-max: each feature to `[0, 1]` by the bounds of the training data (new samples may leave
///    it); a feature that is constant in training becomes 0;
/// 3. L2: each sample to unit norm; a row of zeros stays one.
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
pub struct Scaling<F> {
    exponent: Option<F>,
    min_max: bool,
    l2: bool,
}

impl<F: Float> Scaling<F> {
    /// Scores as they are.
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

    /// # Errors
    ///
    /// [`Error::InvalidExponent`].
    pub(super) fn check(&self) -> Result<()> {
        match self.exponent {
            Some(e) if !(e > F::zero() && e <= F::one()) => {
                Err(Error::InvalidExponent(e.to_f64().unwrap_or(f64::NAN)))
            }
            _ => Ok(()),
        }
    }

    /// The signed power of every score, in place.
    fn apply_power(&self, scores: &mut Array2<F>) {
        if let Some(exponent) = self.exponent {
            scores.par_mapv_inplace(|x| x.signum() * x.abs().powf(exponent));
        }
    }
}

/// A [`Scaling`] with the bounds of the training data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FittedScaling<F> {
    scaling: Scaling<F>,
    /// Each feature's least value, and the reciprocal of its range or 0 if it is constant.
    bounds: Option<(Array1<F>, Array1<F>)>,
}

impl<F: Float> FittedScaling<F> {
    /// Learns the bounds from blocks of training scores; no block is asked for if none are needed.
    pub(super) fn fit(scaling: Scaling<F>, blocks: impl Iterator<Item = Array2<F>>) -> Self {
        let powered = blocks.map(|mut scores| {
            scaling.apply_power(&mut scores);
            scores
        });
        let extremes = |scores: Array2<F>| (column_min(&scores), column_max(&scores));
        let merge = |a: (Array1<F>, Array1<F>), b: (Array1<F>, Array1<F>)| {
            let least = Zip::from(&a.0).and(&b.0).map_collect(|&x, &y| x.min(y));
            let most = Zip::from(&a.1).and(&b.1).map_collect(|&x, &y| x.max(y));
            (least, most)
        };
        let bounds = match scaling.min_max {
            true => powered.map(extremes).reduce(merge),
            false => None,
        };
        Self {
            scaling,
            bounds: bounds.map(|(least, most)| {
                let factor = (&most - &least).mapv(reciprocal);
                (least, factor)
            }),
        }
    }

    /// Normalises the rows in place.
    pub(super) fn apply(&self, scores: &mut Array2<F>) {
        self.scaling.apply_power(scores);
        Zip::from(scores.rows_mut()).par_for_each(|mut row| {
            if let Some((least, factor)) = &self.bounds {
                Zip::from(&mut row)
                    .and(least)
                    .and(factor)
                    .for_each(|x, &least, &factor| *x = (*x - least) * factor);
            }
            if self.scaling.l2 {
                row *= reciprocal(row.dot(&row).sqrt());
            }
        });
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

    fn scaled(scaling: Scaling<f64>, train: Array2<f64>, mut new: Array2<f64>) -> Array2<f64> {
        FittedScaling::fit(scaling, [train].into_iter()).apply(&mut new);
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
        assert_eq!(out, Array2::zeros((2, 2)));
    }

    #[test]
    fn blocks_merge_to_the_bounds_of_the_whole() {
        let train = Array2::from_shape_fn((6, 3), |(i, j)| ((i * 7 + j * 5) % 11) as f64);
        let whole = FittedScaling::fit(Scaling::min_max_l2(), [train.clone()].into_iter());
        let blocks = train
            .axis_chunks_iter(Axis(0), 4)
            .map(|block| block.to_owned());
        assert_eq!(whole, FittedScaling::fit(Scaling::min_max_l2(), blocks));
    }

    #[test]
    fn a_constant_offset_cancels_in_min_max() {
        let train = array![[0.25, 0.5], [0.75, 0.125], [0.5, 0.25]];
        let moved = &train - &array![0.375, 0.75];
        let plain = scaled(Scaling::min_max_l2(), train.clone(), train);
        assert_eq!(plain, scaled(Scaling::min_max_l2(), moved.clone(), moved));
    }

    #[test]
    fn bad_exponents_are_errors() {
        for exponent in [0.0, -0.5, 1.5, f64::NAN] {
            let result = Scaling::none().signed_power(exponent).check();
            assert!(
                matches!(result, Err(Error::InvalidExponent(_))),
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
