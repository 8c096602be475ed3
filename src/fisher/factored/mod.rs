//! Scores that are outer products of layers' states, multiplied without being written out.
//!
//! The score of `x_i` and the next layer's units `h` is `x_i h' - E`: where a pixel is 0, all of
//! its scores are constants of the model. Products with scores thus take the rows in which the
//! pixel is not 0, a fifth of them for images of handwriting, and a few numbers of each.

mod block;
mod products;
mod scaled;
mod units;

pub(super) use block::FactoredRows;
pub(super) use products::{Products, padded};
pub(super) use scaled::{Resting, ScaledRows};

#[cfg(test)]
mod tests;
