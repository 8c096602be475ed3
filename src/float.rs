//! The element types: `f32` and `f64` with the numerical kernels that the crate is built on.

mod elementary;
pub(crate) mod kernels;
mod rows;

/// Floating point numbers that Boltzmann machines can be trained in: `f32` and `f64`.
///
/// It is [`linfa::Float`] plus single-threaded matrix multiplication and a vectorised logistic
/// function; the trait is sealed.
///
/// # Example
///
/// ```
/// fn in_place_to_spread<F: linfa_fisher::Float>(bits: &[bool]) -> Vec<F> {
///     bits.iter().map(|&b| if b { F::one() } else { F::zero() }).collect()
/// }
/// assert_eq!(in_place_to_spread::<f32>(&[true, false]), [1.0, 0.0]);
/// ```
pub trait Float: linfa::Float + kernels::Kernels {}

impl Float for f32 {}
impl Float for f64 {}
