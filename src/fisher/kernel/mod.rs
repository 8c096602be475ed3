//! The Fisher kernel in closed form: inner products of scores that are never written out.
//!
//! A machine's sufficient statistics are outer products of the states of neighbouring layers, so
//! that with the states `x_0 = v, x_1, ...` of one record and `y_0, y_1, ...` of another
//!
//! ```text
//! T(x)' T(y) = sum_l (x_l' y_l) (x_{l+1}' y_{l+1})   [+ sum_l x_l' y_l with biases]
//! ```
//!
//! costs the units of the layers instead of their couplings.

mod centre;
mod closed_form;
mod gram;
mod layered;
mod pixels;
mod rows;
mod search;
mod shape;
mod states;

#[cfg(test)]
mod tests;

pub use closed_form::FisherKernel;
pub use layered::LayeredScore;
pub use search::LayerStates;
pub(super) use states::States;
