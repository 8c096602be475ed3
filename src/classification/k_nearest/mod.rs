//! Classification by a vote of the nearest training rows.

mod classifier;
mod distance;
mod leave_one_out;
mod neighbors;
mod params;
mod search;
mod vote;

pub use classifier::KNearestNeighbors;
pub use distance::{ByProducts, CosineDist, NeighborDistance};
pub use leave_one_out::BestNeighbors;
pub use neighbors::Neighbors;
pub use params::{KNearestNeighborsParams, KNearestNeighborsValidParams};
pub use vote::VoteWeights;
pub(crate) use vote::majority;
