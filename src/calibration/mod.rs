//! Probabilities of classes from decision values.
//!
//! [`Calibrated`] wraps any classifier with a
//! [`DecisionFunction`](crate::classification::DecisionFunction), pipelines included, and fits a
//! [`Curve`] a class to decision values of held-out rows: Platt's sigmoid, or any that does not
//! fall.

mod curve;
mod estimator;
mod isotonic;
mod model;
mod sigmoid;

pub use curve::{Curve, Method};
pub use estimator::Calibrated;
pub use isotonic::Isotonic;
pub use model::CalibratedModel;
pub use sigmoid::Sigmoid;
