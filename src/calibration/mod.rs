//! Probabilities of classes from decision values.
//!
//! [`Calibrated`] wraps any classifier with a
//! [`DecisionFunction`](crate::classification::DecisionFunction), pipelines included, and fits a
//! [`Sigmoid`] a class to decision values of held-out rows.

mod estimator;
mod model;
mod sigmoid;

pub use estimator::Calibrated;
pub use model::CalibratedModel;
pub use sigmoid::Sigmoid;
