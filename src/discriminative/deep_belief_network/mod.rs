//! The deep belief network: a stack of restricted Boltzmann machines.

mod model;
mod params;
mod up_down;

pub use model::DeepBeliefNetwork;
pub use params::{DeepBeliefNetworkParams, DeepBeliefNetworkValidParams, Stacked};
pub use up_down::UpDown;
