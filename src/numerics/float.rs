//! The element types: `f32` and `f64` with the numerical kernels that the crate is built on.

use super::kernels::Kernels;

/// Floating point numbers that Boltzmann machines can be trained in: `f32` and `f64`.
///
/// It is [`linfa::Float`] plus the numerical kernels of the crate; the trait is sealed.
///
/// In `f32` the kernels use the widest vectors of the machine. `sigmoid` and `softplus` are within a
/// relative error of `4 f32::EPSILON`; `exp(-x)` in them is clamped at `x = -88` and 87. A unit of
/// probability `p` is on if a uniform number of 24 bits (32 in `f64`) is below `p`, so that `p` is
/// rounded up to a multiple of `2^-24` (`2^-32`).
///
/// # Example
///
/// ```
/// fn in_place_to_spread<F: linfa_fisher::Float>(bits: &[bool]) -> Vec<F> {
///     bits.iter().map(|&b| if b { F::one() } else { F::zero() }).collect()
/// }
/// assert_eq!(in_place_to_spread::<f32>(&[true, false]), [1.0, 0.0]);
/// ```
pub trait Float: linfa::Float + Kernels {}

impl Float for f32 {}
impl Float for f64 {}
