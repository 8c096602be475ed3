//! The kernel of the pixels: a power of the cosine of the records.

use super::rows::{raise, update};
use super::shape::MAX_POWER;
use crate::error::FisherError;
use crate::{Float, Result};

/// `k_P(x, y)^q` with the cosine `k_P(x, y) = v'w / (|v| |w|)` of two records `v` and `w`; 1 for
/// `q = 0`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate", transparent)
)]
pub(super) struct PixelPower(pub(super) u32);

impl PixelPower {
    /// Checks that the power is at most [`MAX_POWER`].
    ///
    /// # Errors
    ///
    /// [`InvalidPixelPower`](FisherError::InvalidPixelPower).
    pub(super) fn check(self) -> Result<()> {
        match self.0 <= MAX_POWER {
            true => Ok(()),
            false => Err(FisherError::InvalidPixelPower(self.0).into()),
        }
    }

    /// Multiplies the kernels of one record with many by those of their pixels, given the inner
    /// products `v'w`, `1 / |v|` and every `1 / |w|`.
    pub(super) fn apply<F: Float>(self, kernels: &mut [F], products: &[F], own: F, scales: &[F]) {
        if self.0 == 0 {
            return;
        }
        let mut powers = products.to_vec();
        update(&mut powers, scales, |vw, scale| vw * own * scale);
        raise(&mut powers, self.0);
        update(kernels, &powers, |kernel, power| kernel * power);
    }

    /// The same of a record with itself, which has cosine 1 unless it is blank.
    pub(super) fn apply_to_own<F: Float>(self, kernel: F, scale: F) -> F {
        match self.0 > 0 && scale == F::zero() {
            true => F::zero(),
            false => kernel,
        }
    }
}
