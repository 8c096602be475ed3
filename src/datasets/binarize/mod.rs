//! Grey levels turned into black and white.

mod otsu;
mod stochastic;
mod threshold;

pub use self::otsu::{otsu_threshold, OtsuBinarize};
pub use self::stochastic::StochasticBinarize;
pub use self::threshold::Binarize;
