//! The hand-written kernels behind [`Float`](super::Float), kept out of the public interface.

mod dispatch;
mod elementary;
mod finish;
mod onto;
mod panels;
mod rows;

pub(crate) use dispatch::{vectorised, Kernels};
pub(crate) use elementary::softplus;
#[cfg(test)]
pub(crate) use onto::starts;
pub(crate) use onto::Onto;
pub(crate) use panels::PanelProduct;
#[cfg(feature = "benchmarks")]
pub(crate) use rows::write_places;
pub(crate) use rows::Rows;
