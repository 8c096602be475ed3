//! The information matrix as estimated from training scores.

use ndarray::{Array1, Array2, ArrayView2};

use super::basis::Basis;
use super::diagonal::Diagonal;
use super::identity::Identity;
use super::kind::Information;
use super::low_rank::LowRank;
use super::projection::Projection;
use super::whitening::Whitening;
use crate::error::FisherError;
use crate::fisher::factored::Products;
use crate::fisher::streaming::Blocks;
use crate::observer::Observer;
use crate::{Float, Result};

/// The whitening by an information matrix, and the change of coordinates after it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(in crate::fisher) struct FittedInformation<F> {
    kind: FittedKind<F>,
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
}

impl<F: Float> FittedKind<F> {
    fn fit(
        information: Information,
        blocks: &Blocks<F>,
        varies: Option<&Array1<bool>>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        Ok(match information {
            Information::Identity => Self::Identity(Identity),
            Information::Diagonal { damping } => {
                Self::Diagonal(Diagonal::fit(damping, blocks, varies)?)
            }
            Information::LowRank { rank, damping } => {
                Self::LowRank(LowRank::fit(rank, damping, blocks, varies, observer)?)
            }
        })
    }

    fn whitening(&self) -> &dyn Whitening<F> {
        match self {
            Self::Identity(identity) => identity,
            Self::Diagonal(diagonal) => diagonal,
            Self::LowRank(low_rank) => low_rank,
        }
    }
}

impl<F: Float> FittedInformation<F> {
    /// Estimates the information matrix from training scores; `varies` says which of them are not
    /// constant, for the kinds that [need it](Information::needs_bounds). If `rotated`, features
    /// that are not yet coordinates in a basis are expressed in an orthonormal basis of the
    /// training features' span.
    ///
    /// # Errors
    ///
    /// [`NoInformation`](crate::error::FisherError::NoInformation),
    /// [`Decomposition`](crate::error::FisherError::Decomposition); those of computing the scores.
    pub(in crate::fisher) fn fit(
        information: Information,
        rotated: bool,
        blocks: &Blocks<F>,
        varies: Option<&Array1<bool>>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let kind = FittedKind::fit(information, blocks, varies, observer)?;
        let rotation = match rotated && kind.whitening().basis().is_none() {
            true => Some(rotation(kind.whitening(), blocks, observer)?),
            false => None,
        };
        Ok(Self { kind, rotation })
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
                rotation: None,
            }),
            _ => Err(FisherError::NotLowRank.into()),
        }
    }

    /// Features of normalised scores, `n x r` from `n x p`.
    pub(in crate::fisher) fn apply(&self, scores: Array2<F>) -> Array2<F> {
        let features = self.kind.whitening().apply(scores);
        match &self.rotation {
            Some(rotation) => rotation.apply(&features),
            None => features,
        }
    }

    /// The features as a projection of normalised scores, if they are one.
    pub(in crate::fisher) fn projection(&self) -> Option<Projection<'_, F>> {
        self.kind.whitening().projection()
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

    /// The basis that features are coordinates in.
    fn basis(&self) -> Option<&Basis<F>> {
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
        match &self.rotation {
            Some(rotation) => rotation.check_loaded(whitening.basis().map_or(p, Basis::length)),
            None => Ok(()),
        }
    }
}

/// The basis of the span of the training features, which are not centred.
fn rotation<F: Float>(
    whitening: &dyn Whitening<F>,
    blocks: &Blocks<F>,
    observer: &mut dyn Observer,
) -> Result<Basis<F>> {
    let compute = |range| blocks.rows(range).map(|rows| whitening.apply(rows));
    let products = |range| compute(range).map(Products::Written);
    let (shape, ranges) = (
        (blocks.samples(), blocks.length()),
        blocks.ranges().collect(),
    );
    let blocks = Blocks::new(shape, &compute, &products, ranges);
    let origin = Array1::zeros(blocks.length());
    let unit = |values: &Array1<f64>| Array1::ones(values.len());
    Basis::fit(&blocks, &origin, usize::MAX, unit, observer)
}
