//! The machine: parameters, kinds of units, the conditionals of its layers.

mod base_rates;
mod batch;
mod conditionals;
mod error;
mod memory;
mod packed_machine;
mod packed_weights;
mod parameters;
mod units;

pub(crate) use base_rates::visible_biases;
pub(crate) use batch::Visible;
pub(crate) use conditionals::{Conditionals, Neighbours};
pub use error::MachineError;
pub(crate) use memory::check_room;
pub(crate) use packed_machine::PackedMachine;
pub use parameters::Parameters;
pub(crate) use parameters::half_squared_norms;
pub use units::VisibleUnits;
