//! More training images made of those at hand: shifted, rotated, sheared and bent at random, one at
//! a time.

mod affine;
mod elastic;
mod settings;
mod source;
mod stream;
#[cfg(test)]
mod tests;
mod warp;

pub use self::settings::Augment;
pub use self::source::AugmentSource;
pub use self::stream::Augmented;
