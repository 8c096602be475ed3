//! Hyper-parameters of the ridge classifier.

use std::marker::PhantomData;

use linfa::ParamGuard;

use crate::error::ClassificationError;
use crate::{Error, Result};

/// Checked hyper-parameters of [`RidgeClassifier`](super::RidgeClassifier).
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::classification::RidgeClassifier;
///
/// let params = RidgeClassifier::<f64, usize>::params().check()?;
/// assert_eq!((params.alpha(), params.balanced()), (1.0, false));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        try_from = "RidgeClassifierParams<F, L>",
        bound(serialize = "", deserialize = "")
    )
)]
pub struct RidgeClassifierValidParams<F, L> {
    alpha: f64,
    balanced: bool,
    #[cfg_attr(feature = "serde", serde(skip))]
    phantom: PhantomData<fn() -> (F, L)>,
}

impl<F, L> RidgeClassifierValidParams<F, L> {
    /// The penalty on the squares of the weights.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Whether the classes weigh the same, however many records they have.
    pub fn balanced(&self) -> bool {
        self.balanced
    }
}

/// Hyper-parameters of [`RidgeClassifier`](super::RidgeClassifier), checked when fitted.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::classification::RidgeClassifier;
///
/// let params = RidgeClassifier::<f32, usize>::params().alpha(0.1).balanced(true);
/// assert!(params.check_ref().is_ok());
/// assert!(params.alpha(-1.0).check().is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate", bound(serialize = ""))
)]
pub struct RidgeClassifierParams<F, L>(RidgeClassifierValidParams<F, L>);

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    RidgeClassifierParams<F, L> { alpha, balanced } => Ok(Self(RidgeClassifierValidParams {
        alpha,
        balanced,
        phantom: PhantomData,
    }));
    where
}

#[cfg(feature = "serde")]
impl<F, L> TryFrom<RidgeClassifierParams<F, L>> for RidgeClassifierValidParams<F, L> {
    type Error = Error;

    fn try_from(unchecked: RidgeClassifierParams<F, L>) -> Result<Self> {
        unchecked.check()
    }
}

impl<F, L> RidgeClassifierParams<F, L> {
    /// A penalty of 1.
    pub fn new() -> Self {
        Self(RidgeClassifierValidParams {
            alpha: 1.0,
            balanced: false,
            phantom: PhantomData,
        })
    }

    /// The penalty `alpha >= 0` on the squares of the weights. Defaults to 1.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// Whether records weigh `n / (c n_k)` times as much, by the number `n_k` of records of their
    /// class, so that all c classes weigh the same. Defaults to false. For other weights of
    /// classes, give the dataset weights.
    pub fn balanced(mut self, balanced: bool) -> Self {
        self.0.balanced = balanced;
        self
    }
}

impl<F, L> Default for RidgeClassifierParams<F, L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F, L> ParamGuard for RidgeClassifierParams<F, L> {
    type Checked = RidgeClassifierValidParams<F, L>;
    type Error = Error;

    /// # Errors
    ///
    /// [`InvalidPenalty`](ClassificationError::InvalidPenalty).
    fn check_ref(&self) -> Result<&Self::Checked> {
        match self.0.alpha {
            alpha if alpha >= 0.0 && alpha.is_finite() => Ok(&self.0),
            alpha => Err(ClassificationError::InvalidPenalty(alpha).into()),
        }
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
