//! Means, covariances and bounds of scores, as parts of the records give them.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip};

use super::key::Seen;
use crate::error::FisherError;
use crate::numerics::columns::Extremes;
use crate::numerics::dense::product;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// Moments of `p` normalised scores of some records: all that whitening depends on. Those of parts
/// of the records, taken apart from each other, [`merge`](Self::merge) into those of the whole
/// (Chan, Golub & LeVeque 1979: sums about each part's own mean, so that nothing cancels).
///
/// # Example
///
/// See [`FisherParts`](super::FisherParts).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct ScoreMoments {
    /// Tells the scores from others.
    key: u64,
    seen: Seen,
    mean: Array1<f64>,
    /// Sums of products of deviations from the mean: of all pairs, `p x p`, or of each score with
    /// itself, `p x 1`.
    products: Array2<f64>,
    /// Bounds, zeros without records.
    least: Array1<f64>,
    most: Array1<f64>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    ScoreMoments { key, seen, mean, products, least, most }
}

#[cfg(feature = "serde")]
impl ScoreMoments {
    /// As many finite numbers of each kind as there are scores, squares that are not negative, and
    /// a number of records that can be added up.
    fn check_parts(&self) -> Result<()> {
        const MOST: usize = usize::MAX >> 8;
        let p = self.mean.len();
        let columns = if self.products.ncols() == 1 { 1 } else { p };
        let samples = ndarray::aview0(&self.seen.samples);
        check_numbers("the number of records", &samples, |n| n <= MOST)?;
        check_numbers("the means", &self.mean, f64::is_finite)?;
        check_shape_of("products of scores", self.products.shape(), &[p, columns])?;
        check_numbers("the products of scores", &self.products, f64::is_finite)?;
        check_numbers("the squares of scores", &self.squares(), |x| x >= 0.0)?;
        for bounds in [&self.least, &self.most] {
            check_shape_of("bounds of the scores", bounds.shape(), &[p])?;
            check_numbers("the bounds of the scores", bounds, f64::is_finite)?;
        }
        // means are rounded
        let slack = |bound: f64| 1e-9 * bound.abs() + f64::MIN_POSITIVE;
        let above = Zip::from(&self.mean)
            .and(&self.least)
            .map_collect(|x, b| x - b + slack(*b));
        let below = Zip::from(&self.mean)
            .and(&self.most)
            .map_collect(|x, b| b - x + slack(*b));
        check_numbers("the means above the lower bounds", &above, |x: f64| {
            x >= 0.0
        })?;
        check_numbers("the means below the upper bounds", &below, |x: f64| {
            x >= 0.0
        })?;
        self.check_covariances()
    }
}

#[cfg(feature = "serde")]
impl ScoreMoments {
    /// No product of two scores is larger than their squares allow (Cauchy & Schwarz).
    fn check_covariances(&self) -> Result<()> {
        let squares = self.squares();
        let shares = Array2::from_shape_fn(self.products.dim(), |(i, j)| {
            let bound = squares[i].sqrt() * squares[if self.has_pairs() { j } else { i }].sqrt();
            self.products[[i, j]].abs() <= bound * (1.0 + 1e-6)
        });
        check_numbers("the products of scores", &shares, |within| within)
    }
}

impl ScoreMoments {
    /// Those of no records, with the products of all `pairs` of `p` scores or of each with itself.
    pub(super) fn new(key: u64, p: usize, pairs: bool) -> Self {
        Self {
            key,
            seen: Seen::default(),
            mean: Array1::zeros(p),
            products: Array2::zeros((p, if pairs { p } else { 1 })),
            least: Array1::zeros(p),
            most: Array1::zeros(p),
        }
    }

    /// Number of records `n`.
    pub fn samples(&self) -> usize {
        self.seen.samples
    }

    /// Which records they were.
    pub(super) fn seen(&self) -> Seen {
        self.seen
    }

    /// The means, `p`.
    pub fn mean(&self) -> &Array1<f64> {
        &self.mean
    }

    /// The variances over `n`, `p`; NaN without records.
    pub fn variances(&self) -> Array1<f64> {
        &self.squares() / self.seen.samples as f64
    }

    /// Sums of squared deviations from the mean.
    fn squares(&self) -> ArrayView1<'_, f64> {
        match self.has_pairs() {
            true => self.products.diag(),
            false => self.products.column(0),
        }
    }

    /// The covariance over `n`, `p x p`, or the variances, `p x 1`, where no more is needed; NaN
    /// without records.
    pub fn covariance(&self) -> Array2<f64> {
        &self.products / self.seen.samples as f64
    }

    /// The bounds of the scores.
    pub(super) fn extremes<F: Float>(&self) -> Extremes<F> {
        Extremes {
            least: self.least.mapv(F::cast),
            most: self.most.mapv(F::cast),
        }
    }

    /// Adds normalised scores of more records (`n x p`), of which `seen` knows.
    pub(super) fn add(&mut self, seen: Seen, scores: ArrayView2<f64>) {
        let Some(mean) = scores.mean_axis(Axis(0)) else {
            return;
        };
        let deviations = &scores - &mean;
        let products = match self.has_pairs() {
            true => product(deviations.t(), deviations.view()),
            false => deviations
                .map_axis(Axis(0), |column| column.dot(&column))
                .insert_axis(Axis(1)),
        };
        let mut extremes = Extremes::new(scores.ncols());
        extremes.extend(scores);
        let Extremes { least, most } = extremes;
        self.unite(&Self {
            key: self.key,
            seen,
            mean,
            products,
            least,
            most,
        });
    }

    /// Adds what was collected of other records of the same scores.
    ///
    /// # Errors
    ///
    /// [`OtherScores`](FisherError::OtherScores).
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.check(other.key, other.products.dim())?;
        self.unite(other);
        Ok(())
    }

    /// Checks that the statistics are of the scores with this key.
    pub(super) fn check(&self, key: u64, products: (usize, usize)) -> Result<()> {
        match self.key == key && self.products.dim() == products {
            true => Ok(()),
            false => Err(FisherError::OtherScores.into()),
        }
    }

    /// `M = M1 + M2 + n1 n2 / n d d'`, where `d` is the difference of the means.
    fn unite(&mut self, other: &Self) {
        if other.seen.samples == 0 {
            return;
        }
        if self.seen.samples == 0 {
            *self = other.clone();
            return;
        }
        let (ours, theirs) = (self.seen.samples as f64, other.seen.samples as f64);
        let difference = &other.mean - &self.mean;
        let weight = ours * theirs / (ours + theirs);
        let pairs = self.has_pairs();
        Zip::from(self.products.rows_mut())
            .and(other.products.rows())
            .and(&difference)
            .par_for_each(|mut sums, more, &d| {
                sums += &more;
                match pairs {
                    true => sums.scaled_add(weight * d, &difference),
                    false => sums += weight * d * d,
                }
            });
        self.mean.scaled_add(theirs / (ours + theirs), &difference);
        self.least.zip_mut_with(&other.least, |a, &b| *a = a.min(b));
        self.most.zip_mut_with(&other.most, |a, &b| *a = a.max(b));
        self.seen = self.seen.and(other.seen);
    }

    /// A single score is a pair with itself either way.
    fn has_pairs(&self) -> bool {
        self.products.is_square()
    }
}
