//! What is made of the inner product of two scores.

use crate::error::FisherError;
use crate::numerics::kernels::vectorised;
use crate::{Float, Result};

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
    /// Checks that the power is at least 1, or the width positive.
    ///
    /// # Errors
    ///
    /// [`InvalidPower`](FisherError::InvalidPower), [`InvalidWidth`](FisherError::InvalidWidth).
    pub(super) fn check(self) -> Result<Self> {
        match self {
            Self::Power(0) => Err(FisherError::InvalidPower(0).into()),
            Self::Gaussian { width }
                if !(width > F::zero() && width.is_finite() && factor(width).is_finite()) =>
            {
                Err(FisherError::InvalidWidth(width.to_f64().unwrap_or(f64::NAN)).into())
            }
            valid => Ok(valid),
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

/// Raises every value to a power of at least 1.
pub(super) fn raise<F: Float>(values: &mut [F], power: u32) {
    vectorised(|| {
        for value in values {
            *value = powi(*value, power);
        }
    });
}

/// `base^power` by repeated squaring.
#[inline(always)]
fn powi<F: Float>(base: F, power: u32) -> F {
    let (mut result, mut square, mut left) = (F::one(), base, power);
    while left > 1 {
        if left % 2 == 1 {
            result *= square;
        }
        square *= square;
        left /= 2;
    }
    result * square
}

/// `1 / sqrt(square)`, 0 for a vector of norm 0, which has cosine 0 with all others.
pub(super) fn reciprocal_norm<F: Float>(square: F) -> F {
    match square > F::zero() {
        true => F::one() / square.sqrt(),
        false => F::zero(),
    }
}
