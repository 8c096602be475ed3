//! Hyper-parameters of product quantisation.

use linfa::ParamGuard;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::error::CompressionError;
use crate::{Error, Result};

/// The most centroids that a code of one byte can name.
pub(super) const MOST_CENTROIDS: usize = 256;

/// Checked hyper-parameters of [`ProductQuantizer`](super::ProductQuantizer).
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::ProductQuantizer;
///
/// let params = ProductQuantizer::params(64).check()?;
/// assert_eq!((params.subspaces(), params.centroids(), params.iterations()), (64, 256, 25));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "ProductQuantizerParams<R>",
        bound(deserialize = "R: serde_crate::Deserialize<'de>")
    )
)]
pub struct ProductQuantizerValidParams<R = Xoshiro256Plus> {
    subspaces: usize,
    centroids: usize,
    iterations: usize,
    rng: R,
}

impl<R> ProductQuantizerValidParams<R> {
    /// Number of subspaces m, the bytes of a code.
    pub fn subspaces(&self) -> usize {
        self.subspaces
    }

    /// Number of centroids k of each subspace, 1 to 256.
    pub fn centroids(&self) -> usize {
        self.centroids
    }

    /// Most iterations of Lloyd's algorithm, at least 1.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// The random-number generator that chooses the first centroids.
    pub fn rng(&self) -> &R {
        &self.rng
    }
}

/// Hyper-parameters of [`ProductQuantizer`](super::ProductQuantizer), checked when fitted.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::ProductQuantizer;
/// use rand::SeedableRng;
/// use rand_xoshiro::Xoshiro256Plus;
///
/// let params = ProductQuantizer::params(64).with_rng(Xoshiro256Plus::seed_from_u64(7));
/// assert!(params.check_ref().is_ok());
/// assert!(params.centroids(257).check().is_err()); // codes are bytes
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct ProductQuantizerParams<R = Xoshiro256Plus>(ProductQuantizerValidParams<R>);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    ProductQuantizerParams<R> { subspaces, centroids, iterations, rng } =>
        Ok(Self(ProductQuantizerValidParams { subspaces, centroids, iterations, rng }));
    where R: serde_crate::Deserialize<'de>
}

#[cfg(feature = "serde")]
impl<R> TryFrom<ProductQuantizerParams<R>> for ProductQuantizerValidParams<R> {
    type Error = Error;

    fn try_from(unchecked: ProductQuantizerParams<R>) -> Result<Self> {
        unchecked.check()
    }
}

impl ProductQuantizerParams {
    /// Codes of `subspaces` bytes.
    pub fn new(subspaces: usize) -> Self {
        Self(ProductQuantizerValidParams {
            subspaces,
            centroids: MOST_CENTROIDS,
            iterations: 25,
            rng: Xoshiro256Plus::seed_from_u64(42),
        })
    }
}

impl<R> ProductQuantizerParams<R> {
    /// Number of centroids k of each subspace, 1 to 256 and at most one a training record. Defaults
    /// to 256, which make use of all values of a byte.
    pub fn centroids(mut self, centroids: usize) -> Self {
        self.0.centroids = centroids;
        self
    }

    /// Most iterations of Lloyd's algorithm, at least 1. Defaults to 25; it ends earlier when the
    /// error no longer falls.
    pub fn iterations(mut self, iterations: usize) -> Self {
        self.0.iterations = iterations;
        self
    }

    /// The random-number generator that chooses the first centroids. Defaults to one that is seeded
    /// with 42.
    pub fn with_rng<R2: Rng + Clone>(self, rng: R2) -> ProductQuantizerParams<R2> {
        ProductQuantizerParams(ProductQuantizerValidParams {
            subspaces: self.0.subspaces,
            centroids: self.0.centroids,
            iterations: self.0.iterations,
            rng,
        })
    }
}

impl<R> ParamGuard for ProductQuantizerParams<R> {
    type Checked = ProductQuantizerValidParams<R>;
    type Error = Error;

    /// # Errors
    ///
    /// [`InvalidSubspaces`](CompressionError::InvalidSubspaces),
    /// [`InvalidCentroids`](CompressionError::InvalidCentroids),
    /// [`InvalidIterations`](CompressionError::InvalidIterations).
    fn check_ref(&self) -> Result<&Self::Checked> {
        let params = &self.0;
        let fault = if params.subspaces == 0 {
            CompressionError::InvalidSubspaces(0)
        } else if !(1..=MOST_CENTROIDS).contains(&params.centroids) {
            CompressionError::InvalidCentroids(params.centroids)
        } else if params.iterations == 0 {
            CompressionError::InvalidIterations(0)
        } else {
            return Ok(params);
        };
        Err(fault.into())
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
