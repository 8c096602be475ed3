//! Classification by a vote of the nearest training rows.

mod classifier;
mod distance;
mod params;

pub use classifier::KNearestNeighbors;
pub use distance::{CosineDist, NeighborDistance};
pub use params::{KNearestNeighborsParams, KNearestNeighborsValidParams};
