//! Stochastic gradient descent, the way of the paper.

mod descent;
mod figures;
mod schedule;
mod settings;

pub(super) use descent::solve;
pub use schedule::Schedule;
pub use settings::Sgd;
