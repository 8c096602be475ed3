//! What is made of the inner product of two scores.

use super::rows::raise;
use crate::error::FisherError;
use crate::numerics::digest::number;
use crate::{Float, Result};

/// Largest power of a kernel. That of a cosine of 0.5 is 2e-10 there: beyond it nearly all that is
/// left is the kernel of records with themselves.
pub(super) const MAX_POWER: u32 = 32;

/// A function of the inner products of two scores, or of scores of norm 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(super) enum Shape<F> {
    /// `(x'y)^power`.
    Power(u32),
    /// `exp(-|x - y|^2 / (2 width^2))`.
    Gaussian { width: F },
}

impl<F: Float> Shape<F> {
    /// Checks that the power is from 1 to [`MAX_POWER`], or the width positive.
    ///
    /// # Errors
    ///
    /// [`InvalidPower`](FisherError::InvalidPower), [`InvalidWidth`](FisherError::InvalidWidth).
    pub(super) fn check(self) -> Result<Self> {
        match self {
            Self::Power(power) if !(1..=MAX_POWER).contains(&power) => {
                Err(FisherError::InvalidPower(power).into())
            }
            Self::Gaussian { width }
                if !(width > F::zero() && width.is_finite() && factor(width).is_finite()) =>
            {
                Err(FisherError::InvalidWidth(width.to_f64().unwrap_or(f64::NAN)).into())
            }
            valid => Ok(valid),
        }
    }

    /// Tells it from other functions: the power, or the width with a minus sign.
    pub(super) fn number(self) -> f64 {
        match self {
            Self::Power(power) => f64::from(power),
            Self::Gaussian { width } => -number(&width),
        }
    }

    /// Turns the inner products `x'y` of one record with many into kernels, given `x'x` and every
    /// `y'y`.
    pub(super) fn apply(self, products: &mut [F], xx: F, yy: &[F]) {
        match self {
            Self::Power(power) => raise(products, power),
            Self::Gaussian { width } => {
                let factor = factor(width);
                for (xy, &yy) in products.iter_mut().zip(yy) {
                    let distance = (xx + yy - *xy - *xy).max(F::zero());
                    *xy = (distance * factor).exp();
                }
            }
        }
    }
}

/// `-1 / (2 width^2)`.
fn factor<F: Float>(width: F) -> F {
    -F::one() / (F::cast(2.0) * width * width)
}

/// `1 / sqrt(square)`, 0 for a vector of norm 0, which has cosine 0 with all others.
pub(super) fn reciprocal_norm<F: Float>(square: F) -> F {
    match square > F::zero() {
        true => F::one() / square.sqrt(),
        false => F::zero(),
    }
}
