//! Numbers, matrices, random bits and threads: what everything else is computed with.

pub(crate) mod aligned;
#[cfg(feature = "benchmarks")]
#[doc(hidden)]
pub mod benchmarks;
pub(crate) mod dense;
pub(crate) mod eigen;
mod float;
pub(crate) mod kernels;
pub(crate) mod packed;
pub(crate) mod parallel;
pub(crate) mod random;
pub(crate) mod scalar;
pub(crate) mod sparse;

pub use float::Float;
