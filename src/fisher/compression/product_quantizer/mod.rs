//! Product quantisation.

mod distances;
mod fit;
mod lloyd;
mod params;
mod quantizer;
mod search;
#[cfg(test)]
mod tests;

pub use params::{ProductQuantizerParams, ProductQuantizerValidParams};
pub use quantizer::ProductQuantizer;
