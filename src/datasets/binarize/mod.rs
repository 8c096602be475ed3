//! Grey levels turned into black and white.

mod otsu;
mod stochastic;
mod threshold;

pub use self::otsu::{OtsuBinarize, otsu_threshold};
pub use self::stochastic::StochasticBinarize;
pub use self::threshold::Binarize;
