//! Bounds of scores, as parts of the records give them.

use ndarray::Array1;

use crate::error::FisherError;
use crate::fisher::key::Seen;
use crate::numerics::columns::Extremes;
use crate::numerics::digest::number;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// The least and the largest value of each of `p` scores in some records. Those of parts of the
/// records, taken apart from each other, [`merge`](Self::merge) into those of the whole.
///
/// # Example
///
/// See [`FisherParts`](crate::fisher::FisherParts).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct ScoreBounds {
    /// Tells the scores from others.
    key: u64,
    seen: Seen,
    /// Zeros without records.
    least: Array1<f64>,
    most: Array1<f64>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! { ScoreBounds { key, seen, least, most } }

#[cfg(feature = "serde")]
impl ScoreBounds {
    /// As many finite lower bounds as upper ones, and a number of records that can be added up.
    fn check_parts(&self) -> Result<()> {
        const MOST: usize = usize::MAX >> 8;
        let samples = ndarray::aview0(&self.seen.samples);
        check_numbers("the number of records", &samples, |n| n <= MOST)?;
        let p = self.least.len();
        check_shape_of("upper bounds", self.most.shape(), &[p])?;
        check_numbers("the lower bounds", &self.least, f64::is_finite)?;
        check_numbers("the upper bounds", &self.most, f64::is_finite)?;
        let ranges = &self.most - &self.least;
        check_numbers("the ranges of the scores", &ranges, |x: f64| x >= 0.0)
    }
}

impl ScoreBounds {
    /// Those of no records.
    pub(super) fn new(key: u64, p: usize) -> Self {
        Self {
            key,
            seen: Seen::default(),
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

    /// The least values, `p`; zeros without records.
    pub fn least(&self) -> &Array1<f64> {
        &self.least
    }

    /// The largest values, `p`; zeros without records.
    pub fn most(&self) -> &Array1<f64> {
        &self.most
    }

    /// Adds what was collected of other records of the same scores.
    ///
    /// # Errors
    ///
    /// [`OtherScores`](FisherError::OtherScores).
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.check(other.key, other.least.len())?;
        if other.seen.samples == 0 {
            return Ok(());
        }
        if self.seen.samples == 0 {
            *self = other.clone();
        } else {
            self.least.zip_mut_with(&other.least, |a, &b| *a = a.min(b));
            self.most.zip_mut_with(&other.most, |a, &b| *a = a.max(b));
            self.seen = self.seen.and(other.seen);
        }
        Ok(())
    }

    /// Adds the bounds of scores of more records, of which `seen` knows.
    pub(super) fn add<F: Float>(&mut self, seen: Seen, extremes: &Extremes<F>) -> Result<()> {
        self.merge(&Self {
            key: self.key,
            seen,
            least: extremes.least.map(number),
            most: extremes.most.map(number),
        })
    }

    /// Checks that the bounds are of `p` scores with this key.
    pub(super) fn check(&self, key: u64, p: usize) -> Result<()> {
        match self.key == key && self.least.len() == p {
            true => Ok(()),
            false => Err(FisherError::OtherScores.into()),
        }
    }

    pub(super) fn extremes<F: Float>(&self) -> Extremes<F> {
        Extremes {
            least: self.least.mapv(F::cast),
            most: self.most.mapv(F::cast),
        }
    }
}
