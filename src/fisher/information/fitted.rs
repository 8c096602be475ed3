//! The information matrix as estimated from training scores.

use ndarray::{Array1, Array2};

use super::basis::Basis;
use super::diagonal::Diagonal;
use super::eigenbasis::{Eigenbasis, Route};
use super::kind::Information;
use super::low_rank::LowRank;
use crate::fisher::streaming::{Blocks, Progress};
use crate::observer::Observer;
use crate::{Float, Result};

/// What the information matrix does to normalised scores, and the change of coordinates after it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(in crate::fisher) struct FittedInformation<F> {
    whitening: Whitening<F>,
    /// An orthonormal basis of the span of the training features.
    rotation: Option<Basis<F>>,
}

/// One variant for each [`Information`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
enum Whitening<F> {
    Identity,
    Diagonal(Diagonal<F>),
    LowRank(LowRank<F>),
}

impl<F: Float> Whitening<F> {
    fn fit(
        information: Information<F>,
        blocks: &Blocks<F>,
        progress: &mut Progress,
    ) -> Result<Self> {
        Ok(match information {
            Information::Identity => Self::Identity,
            Information::Diagonal => Self::Diagonal(Diagonal::fit(blocks)?),
            Information::LowRank { rank, damping } => {
                Self::LowRank(LowRank::fit(rank, damping, blocks, progress)?)
            }
        })
    }

    fn apply(&self, scores: Array2<F>) -> Array2<F> {
        match self {
            Self::Identity => scores,
            Self::Diagonal(diagonal) => diagonal.apply(scores),
            Self::LowRank(low_rank) => low_rank.apply(scores),
        }
    }

    /// The basis of the features, if they are coordinates already.
    fn basis(&self) -> Option<&Basis<F>> {
        match self {
            Self::Identity | Self::Diagonal(_) => None,
            Self::LowRank(low_rank) => Some(low_rank.basis()),
        }
    }

    #[cfg(feature = "serde")]
    fn check_loaded(&self, p: usize) -> Result<()> {
        match self {
            Self::Identity => Ok(()),
            Self::Diagonal(diagonal) => diagonal.check_loaded(p),
            Self::LowRank(low_rank) => low_rank.check_loaded(p),
        }
    }
}

impl<F: Float> FittedInformation<F> {
    /// Estimates the information matrix from training scores. If `rotated`, features that are not
    /// coordinates already are given in an orthonormal basis of the training features' span.
    ///
    /// # Errors
    ///
    /// [`NoInformation`](crate::error::FisherError::NoInformation),
    /// [`Decomposition`](crate::error::FisherError::Decomposition); those of computing the scores.
    pub(in crate::fisher) fn fit(
        information: Information<F>,
        rotated: bool,
        blocks: &Blocks<F>,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let decomposed = rotated || matches!(information, Information::LowRank { .. });
        let progress = &mut Progress {
            observer,
            done: 0,
            total: if decomposed { passes(blocks) } else { 0 },
        };
        let whitening = Whitening::fit(information, blocks, progress)?;
        let rotation = match rotated && whitening.basis().is_none() {
            true => Some(rotation(&whitening, blocks, progress)?),
            false => None,
        };
        Ok(Self {
            whitening,
            rotation,
        })
    }

    /// Features of normalised scores, `n x r` from `n x p`.
    pub(in crate::fisher) fn apply(&self, scores: Array2<F>) -> Array2<F> {
        let features = self.whitening.apply(scores);
        match &self.rotation {
            Some(rotation) => rotation.apply(&features),
            None => features,
        }
    }

    /// Number of features `r` from `p` scores.
    pub(in crate::fisher) fn length(&self, p: usize) -> usize {
        self.basis().map_or(p, Basis::length)
    }

    /// Eigenvalues of the matrix that was decomposed, largest first, if any was.
    pub(in crate::fisher) fn spectrum(&self) -> Option<&Array1<f64>> {
        self.basis().map(Basis::spectrum)
    }

    /// The basis that features are coordinates in.
    fn basis(&self) -> Option<&Basis<F>> {
        self.rotation.as_ref().or(self.whitening.basis())
    }

    /// Checks what a file holds, which must fit `p` scores.
    ///
    /// # Errors
    ///
    /// [`PersistenceError`](crate::error::PersistenceError) for parts of other shapes, or numbers
    /// that are out of range.
    #[cfg(feature = "serde")]
    pub(in crate::fisher) fn check_loaded(&self, p: usize) -> Result<()> {
        self.whitening.check_loaded(p)?;
        match &self.rotation {
            Some(rotation) => {
                rotation.check_loaded(self.whitening.basis().map_or(p, Basis::length))
            }
            None => Ok(()),
        }
    }
}

/// The basis of the span of the training features, which are not centred.
fn rotation<F: Float>(
    whitening: &Whitening<F>,
    blocks: &Blocks<F>,
    progress: &mut Progress,
) -> Result<Basis<F>> {
    let compute = |range| blocks.rows(range).map(|rows| whitening.apply(rows));
    let blocks = Blocks::new(blocks.samples(), blocks.length(), &compute);
    let route = Route::for_shape(blocks.samples(), blocks.length());
    let eigen = Eigenbasis::of(&blocks, Array1::zeros(blocks.length()), route, progress)?;
    let unit = Array1::ones(eigen.values.len());
    Basis::fit(eigen, &unit, &blocks, progress)
}

/// Blocks of rows that a decomposition reports.
fn passes<F: Float>(blocks: &Blocks<F>) -> usize {
    match Route::for_shape(blocks.samples(), blocks.length()) {
        Route::Gram => 2 * blocks.ranges().len(),
        Route::Covariance => blocks.ranges().len(),
    }
}
