//! Traits that linfa lacks: prediction that can fail, and training that reports its events.

mod evaluation;
mod fit_observed;
mod infallible;
mod try_predict;

pub use evaluation::{Choice, DecisionValues, Evaluation};
pub use fit_observed::FitObserved;
pub use infallible::Infallible;
pub use try_predict::TryPredict;
