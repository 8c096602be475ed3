//! Hyper-parameters of the k-nearest-neighbours classifier.

use std::marker::PhantomData;

use linfa::{Float, ParamGuard};
use linfa_nn::CommonNearestNeighbour;
use linfa_nn::distance::L2Dist;

use super::distance::NeighborDistance;
use super::vote::VoteWeights;
use crate::error::ClassificationError;
use crate::{Error, Result};

/// Checked hyper-parameters of [`KNearestNeighbors`](super::KNearestNeighbors).
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_nn::CommonNearestNeighbour;
///
/// let params = KNearestNeighbors::<f32, usize>::params(3).check()?;
/// assert_eq!(params.k(), 3);
/// assert_eq!(params.algorithm(), &CommonNearestNeighbour::LinearSearch);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "KNearestNeighborsParams<F, L, D>",
        bound(
            serialize = "D: serde_crate::Serialize",
            deserialize = "F: Float, D: NeighborDistance<F> + serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct KNearestNeighborsValidParams<F, L, D = L2Dist> {
    k: usize,
    algorithm: CommonNearestNeighbour,
    distance: D,
    weights: VoteWeights,
    #[cfg_attr(feature = "serde", serde(skip))]
    phantom: PhantomData<fn() -> (F, L)>,
}

/// Hyper-parameters of [`KNearestNeighbors`](super::KNearestNeighbors), checked when fitted.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::classification::{CosineDist, KNearestNeighbors};
/// use linfa_nn::CommonNearestNeighbour;
///
/// let params = KNearestNeighbors::<f64, usize>::params(5).distance(CosineDist);
/// assert!(params.check_ref().is_ok());
/// let params = params.algorithm(CommonNearestNeighbour::KdTree);
/// assert!(params.check_ref().is_err()); // the tree misses neighbours by this distance
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate", bound(serialize = "D: serde_crate::Serialize"))
)]
pub struct KNearestNeighborsParams<F, L, D = L2Dist>(KNearestNeighborsValidParams<F, L, D>);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    KNearestNeighborsParams<F, L, D> { k, algorithm, distance, weights } => {
        let params = KNearestNeighborsParams::new(k).weights(weights);
        Ok(params.algorithm(algorithm).distance(distance))
    };
    where D: serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<F, L, D> TryFrom<KNearestNeighborsParams<F, L, D>> for KNearestNeighborsValidParams<F, L, D>
where
    F: Float,
    D: NeighborDistance<F>,
{
    type Error = Error;

    fn try_from(unchecked: KNearestNeighborsParams<F, L, D>) -> Result<Self> {
        unchecked.check()
    }
}

impl<F, L> KNearestNeighborsParams<F, L> {
    /// A vote of `k` neighbours, `1 <= k <= n`, found by linear search in Euclidean distance.
    pub fn new(k: usize) -> Self {
        Self(KNearestNeighborsValidParams {
            k,
            algorithm: CommonNearestNeighbour::LinearSearch,
            distance: L2Dist,
            weights: VoteWeights::Uniform,
            phantom: PhantomData,
        })
    }
}

impl<F, L, D> KNearestNeighborsParams<F, L, D> {
    /// The number `k` of neighbours that vote, at least 1.
    pub fn k(mut self, k: usize) -> Self {
        self.0.k = k;
        self
    }

    /// The index that finds the neighbours (default: linear search). Trees are faster up to some
    /// ten features, and need a distance that [admits](NeighborDistance::admits) them.
    pub fn algorithm(mut self, algorithm: CommonNearestNeighbour) -> Self {
        self.0.algorithm = algorithm;
        self
    }

    /// How much each neighbour's vote weighs (default: all the same).
    pub fn weights(mut self, weights: VoteWeights) -> Self {
        self.0.weights = weights;
        self
    }

    /// The distance (default: Euclidean), one of linfa-nn's,
    /// [`CosineDist`](crate::classification::CosineDist) or one's own.
    pub fn distance<E>(self, distance: E) -> KNearestNeighborsParams<F, L, E> {
        KNearestNeighborsParams(KNearestNeighborsValidParams {
            k: self.0.k,
            algorithm: self.0.algorithm,
            distance,
            weights: self.0.weights,
            phantom: PhantomData,
        })
    }
}

/// # Errors
///
/// [`InvalidNeighbors`] for k = 0, [`InvalidIndex`] for an index that the distance does not admit;
/// those of the distance's own [`check`](NeighborDistance::check).
///
/// [`InvalidNeighbors`]: crate::error::ClassificationError::InvalidNeighbors
/// [`InvalidIndex`]: crate::error::ClassificationError::InvalidIndex
impl<F: Float, L, D: NeighborDistance<F>> ParamGuard for KNearestNeighborsParams<F, L, D> {
    type Checked = KNearestNeighborsValidParams<F, L, D>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        self.0.distance.check()?;
        match &self.0 {
            params if params.k == 0 => Err(Error::Classification(
                ClassificationError::InvalidNeighbors(params.k),
            )),
            params if !params.distance.admits(&params.algorithm) => {
                Err(Error::Classification(ClassificationError::InvalidIndex {
                    index: params.algorithm.clone(),
                }))
            }
            params => Ok(params),
        }
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<F, L, D> KNearestNeighborsValidParams<F, L, D> {
    /// Number of neighbours that vote, at least 1.
    pub fn k(&self) -> usize {
        self.k
    }

    /// The index that finds the neighbours.
    pub fn algorithm(&self) -> &CommonNearestNeighbour {
        &self.algorithm
    }

    /// How much each neighbour's vote weighs.
    pub fn weights(&self) -> VoteWeights {
        self.weights
    }

    /// The distance.
    pub fn distance(&self) -> &D {
        &self.distance
    }
}
