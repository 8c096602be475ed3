//! Ridge classifiers: least squares on targets of 1 and -1, in closed form.

mod fit;
mod model;
mod moments;
mod params;
#[cfg(test)]
mod tests;

pub use model::RidgeClassifier;
pub use moments::RidgeMoments;
pub use params::{RidgeClassifierParams, RidgeClassifierValidParams};
