//! The information matrix as estimated from training scores.

use ndarray::{Array1, Array2, ArrayView2};

use super::analytical::Analytical;
use super::basis::Basis;
use super::diagonal::Diagonal;
use super::identity::Identity;
use super::kind::Information;
use super::low_rank::LowRank;
use super::projection::Projection;
use super::whitening::Whitening;
use crate::error::FisherError;
use crate::fisher::factored::Products;
use crate::fisher::moments::ScoreMoments;
use crate::fisher::scaling::{FittedScaling, Scaling};
use crate::fisher::streaming::Blocks;
use crate::observer::Observer;
use crate::{Float, Result};

/// What is asked for.
#[derive(Debug, Clone)]
pub(in crate::fisher) struct InformationPlan<F> {
    pub(in crate::fisher) information: Information,
    /// Normalisation of whitened scores, without min-max.
    pub(in crate::fisher) scaling: Scaling<F>,
    /// Whether features that are not yet coordinates in a basis are expressed in an orthonormal
    /// basis of the training features' span.
    pub(in crate::fisher) rotated: bool,
    /// The diagonal of `F` that the model has in closed form, if it has.
    pub(in crate::fisher) analytical: Option<Array1<F>>,
}

/// The whitening by an information matrix, the normalisation and the change of coordinates after
/// it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(in crate::fisher) struct FittedInformation<F> {
    kind: FittedKind<F>,
    scaling: FittedScaling<F>,
    /// An orthonormal basis of the span of the training features.
    rotation: Option<Basis<F>>,
}

/// One variant for each kind of [`Information`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
enum FittedKind<F> {
    Identity(Identity),
    Diagonal(Diagonal<F>),
    LowRank(LowRank<F>),
    Analytical(Analytical<F>),
}

impl<F: Float> FittedKind<F> {
    fn fit(
        plan: InformationPlan<F>,
        blocks: &Blocks<F>,
        varies: Option<&Array1<bool>>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        Ok(match plan.information {
            Information::Identity => Self::Identity(Identity),
            Information::Diagonal { damping } => {
                Self::Diagonal(Diagonal::fit(damping, blocks, varies)?)
            }
            Information::LowRank { rank, damping } => {
                Self::LowRank(LowRank::fit(rank, damping, blocks, varies, observer)?)
            }
            Information::Analytical => {
                Self::Analytical(Analytical::of(plan.analytical, blocks.length())?)
            }
        })
    }

    fn whitening(&self) -> &dyn Whitening<F> {
        match self {
            Self::Identity(identity) => identity,
            Self::Diagonal(diagonal) => diagonal,
            Self::LowRank(low_rank) => low_rank,
            Self::Analytical(analytical) => analytical,
        }
    }
}

impl<F: Float> FittedInformation<F> {
    /// Estimates the information matrix from training scores, unless the model has it; `varies`
    /// says which of them are not constant, for the kinds that
    /// [need it](Information::needs_bounds).
    ///
    /// # Errors
    ///
    /// [`NoInformation`](crate::error::FisherError::NoInformation),
    /// [`Decomposition`](crate::error::FisherError::Decomposition); those of computing the scores,
    /// and of an analytical diagonal.
    pub(in crate::fisher) fn fit(
        plan: InformationPlan<F>,
        blocks: &Blocks<F>,
        varies: Option<&Array1<bool>>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let (rotated, scaling) = (plan.rotated, FittedScaling::new(plan.scaling, None));
        let kind = FittedKind::fit(plan, blocks, varies, observer)?;
        let mut fitted = Self {
            kind,
            scaling,
            rotation: None,
        };
        if rotated && fitted.basis().is_none() {
            fitted.rotation = Some(fitted.span(blocks, observer)?);
        }
        Ok(fitted)
    }

    /// As [`fit`](Self::fit), from moments of the scores, without a change of coordinates.
    ///
    /// # Errors
    ///
    /// As for `fit`.
    pub(in crate::fisher) fn of_moments(
        plan: InformationPlan<F>,
        moments: &ScoreMoments,
        varies: Option<&Array1<bool>>,
    ) -> Result<Self> {
        let kind = match plan.information {
            Information::Identity => FittedKind::Identity(Identity),
            Information::Diagonal { damping } => {
                FittedKind::Diagonal(Diagonal::of_moments(damping, moments, varies))
            }
            Information::LowRank { rank, damping } => {
                FittedKind::LowRank(LowRank::of_moments(rank, damping, moments, varies)?)
            }
            Information::Analytical => {
                FittedKind::Analytical(Analytical::of(plan.analytical, moments.mean().len())?)
            }
        };
        Ok(Self {
            kind,
            scaling: FittedScaling::new(plan.scaling, None),
            rotation: None,
        })
    }

    /// The basis of the span of the training features, which are not centred.
    fn span(&self, blocks: &Blocks<F>, observer: &mut dyn Observer) -> Result<Basis<F>> {
        let compute = |range| blocks.rows(range).map(|rows| self.normalised(rows));
        let products = |range| compute(range).map(Products::Written);
        let (shape, ranges) = ((blocks.samples(), blocks.length()), blocks.ranges());
        let blocks = Blocks::new(shape, &compute, &products, ranges.collect());
        let origin = Array1::zeros(blocks.length());
        let unit = |values: &Array1<f64>| Array1::ones(values.len());
        Basis::fit(&blocks, &origin, usize::MAX, unit, observer)
    }

    /// Low-rank information of another rank and damping.
    ///
    /// # Errors
    ///
    /// [`NotLowRank`](FisherError::NotLowRank), [`RankNotFitted`](FisherError::RankNotFitted).
    pub(in crate::fisher) fn with(&self, rank: usize, damping: f64) -> Result<Self> {
        match &self.kind {
            FittedKind::LowRank(low_rank) => Ok(Self {
                kind: FittedKind::LowRank(low_rank.with(rank, damping)?),
                scaling: self.scaling.clone(),
                rotation: None,
            }),
            _ => Err(FisherError::NotLowRank.into()),
        }
    }

    /// Features of normalised scores, `n x r` from `n x p`.
    pub(in crate::fisher) fn apply(&self, scores: Array2<F>) -> Array2<F> {
        let features = self.normalised(scores);
        match &self.rotation {
            Some(rotation) => rotation.apply(&features),
            None => features,
        }
    }

    /// The whitening as a projection of scores that need not be written out, if it is one. Its
    /// coordinates are [`normalise`](Self::normalise)d, and not rotated.
    pub(in crate::fisher) fn projection(&self) -> Option<Projection<'_, F>> {
        self.kind.whitening().projection()
    }

    /// Whitened scores after the normalisation.
    fn normalised(&self, scores: Array2<F>) -> Array2<F> {
        self.normalise(self.kind.whitening().apply(scores))
    }

    /// The normalisation of whitened scores.
    pub(in crate::fisher) fn normalise(&self, mut whitened: Array2<F>) -> Array2<F> {
        self.scaling.apply(&mut whitened);
        whitened
    }

    /// Number of features `r` from `p` scores.
    pub(in crate::fisher) fn length(&self, p: usize) -> usize {
        self.basis().map_or(p, Basis::length)
    }

    /// Eigenvalues of the matrix that was decomposed, largest first, if any was.
    pub(in crate::fisher) fn spectrum(&self) -> Option<&Array1<f64>> {
        self.basis().map(Basis::spectrum)
    }

    /// The directions that features are coordinates along, `p x r`, if they are.
    pub(in crate::fisher) fn components(&self) -> Option<ArrayView2<'_, F>> {
        self.basis().map(Basis::directions)
    }

    /// The direction in the space of `p` normalised scores that a feature is the coordinate along,
    /// up to a shift: `p` numbers. `None` past the last feature, and if features are normalised
    /// after the whitening, which is not linear.
    pub(in crate::fisher) fn direction(&self, feature: usize, p: usize) -> Option<Array1<F>> {
        let features = self.length(p);
        if feature >= features || !self.scaling.is_none() {
            return None;
        }
        let whitened = match &self.rotation {
            Some(rotation) => rotation.directions().column(feature).to_owned(),
            None => {
                let mut unit = Array1::zeros(features);
                unit[feature] = F::one();
                unit
            }
        };
        Some(self.kind.whitening().adjoint(whitened))
    }

    /// The basis that features are coordinates in.
    pub(in crate::fisher) fn basis(&self) -> Option<&Basis<F>> {
        self.rotation.as_ref().or(self.kind.whitening().basis())
    }

    /// Checks loaded parts, which must fit `p` scores.
    ///
    /// # Errors
    ///
    /// [`PersistenceError`](crate::error::PersistenceError) for parts of other shapes, or numbers
    /// that are out of range.
    #[cfg(feature = "serde")]
    pub(in crate::fisher) fn check_loaded(&self, p: usize) -> Result<()> {
        let whitening = self.kind.whitening();
        whitening.check_loaded(p)?;
        self.scaling.check_of_features()?;
        match &self.rotation {
            Some(rotation) => rotation.check_loaded(whitening.basis().map_or(p, Basis::length)),
            None => Ok(()),
        }
    }
}
