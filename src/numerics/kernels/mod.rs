//! The hand-written kernels behind [`Float`](super::Float), kept out of the public interface.

mod dispatch;
mod elementary;
mod finish;
mod gathered;
mod gaussians;
mod onto;
mod panels;
mod rows;

pub(crate) use dispatch::{Kernels, vectorised};
pub(crate) use elementary::softplus;
pub(crate) use gathered::Chosen;
pub(crate) use gaussians::{GAUSSIANS, LogDensities, gaussian_panels};
pub(crate) use onto::Onto;
#[cfg(test)]
pub(crate) use onto::starts;
pub(crate) use panels::PanelProduct;
pub(crate) use rows::Rows;
#[cfg(feature = "benchmarks")]
pub(crate) use rows::write_places;
