//! The Fisher information matrix and the whitening of scores by it.

mod eigenbasis;

use eigenbasis::{Eigenbasis, Route};
use ndarray::{Array1, Array2};

use super::streaming::{Blocks, Progress};
use super::scaling::reciprocal;
use crate::error::FisherError;
use crate::numerics::dense::product;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Error, Float, Result};

/// Approximation of the Fisher information matrix `F` in the kernel `phi(x)' F^-1 phi(y)`.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::Information;
///
/// let idfk = Information::LowRank { rank: 256, damping: 1e-4_f32 };
/// assert_ne!(idfk, Information::full_rank(1e-4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Information<F> {
    /// The identity: the Fisher kernel of an RBM (FK) or of a DBM (DFK).
    Identity,
    /// The features' variances: each feature is centred and divided by its standard deviation; one
    /// that does not vary in training is 0.
    Diagonal,
    /// The leading eigenvectors of the empirical Fisher information, the covariance
    /// `F = U S U'` (over `n`) of the normalised training scores: features
    /// `(S + damping * s_max)^(-1/2) U' (phi - mean)`, the improved deep Fisher kernel (IDFK).
    LowRank {
        /// Directions kept at most, at least 1; those of no variance are always dropped.
        rank: usize,
        /// Added to every eigenvalue, as a share of the largest one; at least 0.
        damping: F,
    },
}

impl<F: Float> Information<F> {
    /// All directions in which the training scores vary.
    pub fn full_rank(damping: F) -> Self {
        Self::LowRank {
            rank: usize::MAX,
            damping,
        }
    }

    /// # Errors
    ///
    /// [`FisherError::InvalidRank`](crate::error::FisherError::InvalidRank), [`FisherError::InvalidDamping`](crate::error::FisherError::InvalidDamping).
    pub(super) fn check(&self) -> Result<()> {
        match *self {
            Self::LowRank { rank: 0, .. } => Err(Error::Fisher(FisherError::InvalidRank(0))),
            Self::LowRank { damping, .. } if !(damping >= F::zero() && damping.is_finite()) => {
                Err(Error::Fisher(FisherError::InvalidDamping(
                    damping.to_f64().unwrap_or(f64::NAN),
                )))
            }
            _ => Ok(()),
        }
    }
}

/// The reciprocal of a feature's standard deviation, or 0 if that is no more than what rounding
/// leaves of a constant: a feature is known to its type's precision and a mean of `samples`
/// numbers to `samples` times that of `f64`, both as a share of the mean.
fn standardising_factor<F: Float>(mean: f64, deviation: f64, samples: usize) -> F {
    let epsilon = F::epsilon().to_f64().unwrap_or(f64::EPSILON);
    let rounding = epsilon.max(samples as f64 * f64::EPSILON);
    if deviation > rounding * mean.abs() {
        reciprocal(F::cast(deviation))
    } else {
        F::zero()
    }
}

/// In the memory order of an array read from a file, so that products with either have the same
/// bits.
fn row_major<F: Float>(basis: Array2<F>) -> Array2<F> {
    basis.as_standard_layout().into_owned()
}

/// What the information matrix, and the change of coordinates after it, does to a row:
/// `(x - centre) * factor`, then a product with `basis`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) struct FittedInformation<F> {
    centre: Option<Array1<F>>,
    factor: Option<Array1<F>>,
    basis: Option<Array2<F>>,
    spectrum: Array1<f64>,
}

impl<F: Float> FittedInformation<F> {
    /// Estimates the information from training features. With `rotated`, features of
    /// `Identity` and `Diagonal` are given in an orthonormal basis of the training features' span.
    ///
    /// # Errors
    ///
    /// [`FisherError::NoInformation`](crate::error::FisherError::NoInformation), [`FisherError::Decomposition`](crate::error::FisherError::Decomposition); those of computing the features.
    pub(super) fn fit(
        information: Information<F>,
        rotated: bool,
        blocks: &Blocks<F>,
        progress: &mut Progress,
    ) -> Result<Self> {
        let route = Route::for_shape(blocks.samples(), blocks.length());
        match information {
            Information::Identity => Self::identity().rotate(rotated, blocks, route, progress),
            Information::Diagonal => {
                Self::diagonal(blocks)?.rotate(rotated, blocks, route, progress)
            }
            Information::LowRank { rank, damping } => {
                Self::low_rank(rank, damping, blocks, route, progress)
            }
        }
    }

    fn identity() -> Self {
        Self {
            centre: None,
            factor: None,
            basis: None,
            spectrum: Array1::zeros(0),
        }
    }

    fn diagonal(blocks: &Blocks<F>) -> Result<Self> {
        let mean = blocks.mean()?;
        let mut variance = Array1::zeros(blocks.length());
        for range in blocks.ranges() {
            let squares = blocks.centred(range, &mean)?.mapv_into(|x| x * x);
            variance += &squares.sum_axis(ndarray::Axis(0));
        }
        variance /= blocks.samples() as f64;
        let factor = ndarray::Zip::from(&mean)
            .and(&variance)
            .map_collect(|&m, &s| standardising_factor(m, s.sqrt(), blocks.samples()));
        Ok(Self {
            factor: Some(factor),
            centre: Some(mean.mapv(F::cast)),
            ..Self::identity()
        })
    }

    fn low_rank(
        rank: usize,
        damping: F,
        blocks: &Blocks<F>,
        route: Route,
        progress: &mut Progress,
    ) -> Result<Self> {
        let basis = Eigenbasis::of(blocks, blocks.mean()?, route, progress)?;
        let damping = damping.to_f64().unwrap_or(f64::NAN) * basis.values[0];
        let kept = basis.values.iter().take(rank);
        let factors: Array1<f64> = kept.map(|s| 1.0 / (s + damping).sqrt()).collect();
        let directions = basis.directions(blocks, &factors, progress)?;
        Ok(Self {
            centre: Some(basis.centre.mapv(F::cast)),
            factor: None,
            basis: Some(row_major(directions.mapv(F::cast))),
            spectrum: basis.values,
        })
    }

    /// Appends a rotation into the span of the (uncentred) training features.
    fn rotate(
        self,
        rotated: bool,
        blocks: &Blocks<F>,
        route: Route,
        progress: &mut Progress,
    ) -> Result<Self> {
        if !rotated {
            return Ok(self);
        }
        let compute = |range| blocks.rows(range).map(|rows| self.apply(rows));
        let blocks = Blocks::new(blocks.samples(), blocks.length(), &compute);
        let basis = Eigenbasis::of(&blocks, Array1::zeros(blocks.length()), route, progress)?;
        let unit = Array1::ones(basis.values.len());
        let directions = basis.directions(&blocks, &unit, progress)?;
        Ok(Self {
            basis: Some(row_major(directions.mapv(F::cast))),
            spectrum: basis.values,
            ..self
        })
    }

    /// Whether what a file says can be applied to `p` scores.
    ///
    /// # Errors
    ///
    /// [`PersistenceError`](crate::error::PersistenceError) for parts of other shapes, or numbers that are not finite.
    #[cfg(feature = "serde")]
    pub(super) fn check_loaded(&self, p: usize) -> Result<()> {
        if let Some(centre) = &self.centre {
            check_shape_of("centre of the scores", centre.shape(), &[p])?;
            check_numbers("the centre of the scores", centre, F::is_finite)?;
        }
        if let Some(factor) = &self.factor {
            check_shape_of("factors of the scores", factor.shape(), &[p])?;
            check_numbers("the factors of the scores", factor, F::is_finite)?;
        }
        let rank = match &self.basis {
            Some(basis) => {
                // at least one direction, at most one an eigenvalue
                let rank = basis.ncols().clamp(1, self.spectrum.len().max(1));
                check_shape_of("eigenbasis", basis.shape(), &[p, rank])?;
                check_numbers("the eigenbasis", basis, F::is_finite)?;
                self.spectrum.len().max(rank)
            }
            None => 0,
        };
        check_shape_of("spectrum", self.spectrum.shape(), &[rank])?;
        check_numbers("the spectrum", &self.spectrum, |x: f64| {
            x > 0.0 && x.is_finite()
        })?;
        Ok(())
    }

    /// Features of normalised scores, `n x r` from `n x p`.
    pub(super) fn apply(&self, mut scores: Array2<F>) -> Array2<F> {
        if let Some(centre) = &self.centre {
            scores -= centre;
        }
        if let Some(factor) = &self.factor {
            scores *= factor;
        }
        match &self.basis {
            Some(basis) => product(scores.view(), basis.view()),
            None => scores,
        }
    }

    /// Features of a row, from `p` scores.
    pub(super) fn length(&self, p: usize) -> usize {
        self.basis.as_ref().map_or(p, Array2::ncols)
    }

    /// Eigenvalues of the matrix that was decomposed, largest first; none if none was.
    pub(super) fn spectrum(&self) -> &Array1<f64> {
        &self.spectrum
    }

    /// Blocks of rows that [`fit`](Self::fit) reports at most.
    pub(super) fn passes(information: Information<F>, rotated: bool, blocks: &Blocks<F>) -> usize {
        let decomposed = rotated || matches!(information, Information::LowRank { .. });
        match Route::for_shape(blocks.samples(), blocks.length()) {
            _ if !decomposed => 0,
            Route::Gram => 2 * blocks.ranges().len(),
            Route::Covariance => blocks.ranges().len(),
        }
    }
}
