//! The element types: `f32` and `f64`, with the numerical kernels of the crate.

use super::kernels::Kernels;

/// Floating-point types of records and parameters: `f32` and `f64`.
///
/// It is [`linfa::Float`] plus the numerical kernels of the crate; the trait is sealed.
///
/// The kernels of `f32` use the widest vector instructions of the processor. Their `sigmoid` and
/// `softplus` have a relative error of at most `4 f32::EPSILON`, and clamp the argument of `exp` to
/// `[-87, 88]`. A unit of probability `p` is on if a uniform number of 24 bits (32 bits in `f64`)
/// is below `p`, which rounds `p` up to a multiple of `2^-24` (`2^-32`).
///
/// # Example
///
/// ```
/// fn states_of<F: linfa_fisher::Float>(bits: &[bool]) -> Vec<F> {
///     bits.iter().map(|&b| if b { F::one() } else { F::zero() }).collect()
/// }
/// assert_eq!(states_of::<f32>(&[true, false]), [1.0, 0.0]);
/// ```
pub trait Float: linfa::Float + Kernels {}

impl Float for f32 {}
impl Float for f64 {}
