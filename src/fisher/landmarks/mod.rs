//! Improved Fisher vectors by landmarks (Nyström): features whose inner products approximate a
//! kernel by what `m` training records tell of it.
//!
//! With the kernels `k(x)` of a record with the landmarks and `K = L L'` of the landmarks among
//! themselves, `L^-1 k(x)` are features whose inner products are those of the best approximation in
//! the landmarks' span (Williams & Seeger 2001, where `K^(-1/2)` is a rotation of `L^-1`). Their
//! covariance over the training records is the information matrix `F = U S U'`, so that the
//! improved vectors `(S + damping s_max)^(-1/2) U' L^-1 (k(x) - mean k)` are one product with a
//! matrix `m x r`, whatever the length of the scores.

mod basis;
mod features;
mod fit;
mod params;
mod statistics;
#[cfg(test)]
mod tests;

pub use basis::{Landmarks, landmark_rows};
pub use features::LandmarkFeatures;
pub use params::{LandmarkFeaturesParams, LandmarkFeaturesValidParams};
pub use statistics::LandmarkStatistics;
