#![cfg_attr(feature = "datasets", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "datasets"),
    doc = "Fisher-vector features from Boltzmann machines, for linfa."
)]
//!
//! # Notation
//!
//! | symbol | is | here |
//! |---|---|---|
//! | v in {0,1}^d | visible units, the pixels of an image; values in `[0, 1]` are probabilities | a row of the records, `n x d` |
//! | h1, h2, ... | hidden layers | `hidden` |
//! | W1, W2, ... | couplings of neighbouring layers | [`boltzmann::Parameters`] |
//! | b, c1, c2, ... | biases | [`boltzmann::Parameters`] |
//! | -E(v,h) = v'W1 h1 + h1'W2 h2 + ... + b'v + c1'h1 + ... | negative energy, `theta . T(v,h)` | `energy` |
//! | phi(v) = E\[T \| v\] - E\[T\] | score, the gradient of log p(v) | [`fisher::FisherScore`] |
//! | F = U S U' | Fisher information, the scores' covariance | [`fisher::Information`] |
//! | S^(-1/2) U' phi | improved Fisher vector | [`fisher::FisherFeatures`] |
//!
//! A Boltzmann machine is an exponential family: training follows the mean of `E[T | v]` minus
//! `E[T]`, and the score of one sample is the same difference. One type of statistics, shaped like
//! the model's parameters, serves both.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod boltzmann;
mod checks;
pub mod classification;
#[cfg(feature = "datasets")]
pub mod datasets;
pub mod error;
pub mod fisher;
mod image_shape;
pub mod metrics;
pub mod model_selection;
mod numerics;
pub mod observer;
#[cfg(feature = "serde")]
pub mod persistence;
pub mod pipeline;
#[cfg(feature = "plot")]
pub mod report;
pub mod traits;

pub use boltzmann::{Dbm, Rbm};
pub use error::{Error, Result};
pub use fisher::FisherFeatures;
pub use image_shape::{Drawing, ImageShape};
pub use model_selection::{cross_validate, StratifiedKFold};
#[cfg(feature = "benchmarks")]
#[doc(hidden)]
pub use numerics::benchmarks;
pub use numerics::Float;
pub use pipeline::Pipeline;
