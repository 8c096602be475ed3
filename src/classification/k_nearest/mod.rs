//! Classification by a vote of the nearest training rows.

mod classifier;
mod distance;
mod params;
mod vote;

pub use classifier::KNearestNeighbors;
pub use distance::{CosineDist, NeighborDistance};
pub use params::{KNearestNeighborsParams, KNearestNeighborsValidParams};
pub(crate) use vote::majority;
