//! Fisher-vector features from Boltzmann machines, for [linfa](https://github.com/rust-ml/linfa).
//!
//! A deep Boltzmann machine learns images without labels. The gradient of its log-likelihood at an
//! image is a feature vector of fixed length, which any linfa classifier takes:
//!
#![cfg_attr(feature = "datasets", doc = "```")]
#![cfg_attr(not(feature = "datasets"), doc = "```ignore")]
//! use linfa::prelude::*;
//! use linfa_fisher::{datasets, prelude::*};
//!
//! # fn main() -> linfa_fisher::Result<()> {
//! let digits = datasets::digits::<f32>()?;
//! let dbm = Dbm::params(&[20, 40]).epochs(5);
//! let pipeline = FisherFeatures::idfk(dbm).then(KNearestNeighbors::params(1));
//! let report = cross_validate(&digits, &pipeline, &StratifiedKFold::new(3))?;
//! assert!(report.mean() > 0.9);
//! # Ok(())
//! # }
//! ```
//!
//! The [`guide`] explains the machines, the features, honest evaluation and reproducibility.
//!
//! | module | what is there |
//! |---|---|
//! | [`boltzmann`] | restricted and deep Boltzmann machines: training, sampling, likelihoods |
//! | [`fisher`] | scores, scaling, Fisher information |
//! | [`preprocessing`] | scaling of records to the unit interval, patches of images |
//! | [`pipeline`] | transformers and a classifier, one after another, as one estimator |
//! | [`classification`] | linear machines, nearest neighbours, multi-class strategies |
//! | [`calibration`] | probabilities of classes from decision values |
//! | [`discriminative`] | Boltzmann machines that classify |
//! | [`explanation`] | Shapley values of features: which support a class, which refute it |
//! | [`model_selection`] | folds, cross-validation, comparison, search of hyper-parameters |
//! | [`metrics`] | of predictions, scores, probabilities, rankings and clusters |
//! | [`observer`] | events of long computations, histories, a progress bar |
//! | [`record_source`] | records that come in blocks, where memory does not hold the set |
//! | [`traits`], [`error`] | what linfa's traits leave out; what can go wrong |
#![cfg_attr(
    feature = "datasets",
    doc = "| [`datasets`] | readers of image sets, binarisation, deskewing, augmentation |"
)]
#![cfg_attr(
    feature = "serde",
    doc = "| [`persistence`] | what a model in a file is held to |"
)]
#![cfg_attr(
    feature = "plot",
    doc = "| [`report`] | samples and filters as pictures, trainings as curves; cross-validations |"
)]
//!
//! # Notation
//!
//! | symbol | is | here |
//! |---|---|---|
//! | v in {0,1}^d | visible units, the pixels of an image | a row of the records, `n x d` |
//! | h1, h2, ... | hidden layers | `hidden` |
//! | W1, W2, ... | couplings of neighbouring layers | [`boltzmann::Parameters`] |
//! | b, c1, c2, ... | biases | [`boltzmann::Parameters`] |
//! | -E(v,h) = v'W1 h1 + h1'W2 h2 + ... + b'v + c1'h1 + ... | `theta . T(v,h)` | `energy` |
//! | phi(v) = E\[T \| v\] - E\[T\] | score, the gradient of log p(v) | [`fisher::FisherScore`] |
//! | F = U S U' | Fisher information, the scores' covariance | [`fisher::Information`] |
//! | S^(-1/2) U' phi | improved Fisher vector | [`FisherFeatures`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod boltzmann;
pub mod calibration;
mod checks;
pub mod classification;
#[cfg(feature = "datasets")]
pub mod datasets;
pub mod discriminative;
pub mod error;
pub mod explanation;
pub mod fisher;
pub mod guide;
mod image_shape;
pub mod metrics;
pub mod model_selection;
mod numerics;
pub mod observer;
#[cfg(feature = "serde")]
pub mod persistence;
pub mod pipeline;
pub mod prelude;
pub mod preprocessing;
pub mod record_source;
#[cfg(feature = "plot")]
pub mod report;
pub mod traits;

pub use boltzmann::{Dbm, Rbm};
pub use error::{Error, Result};
pub use fisher::FisherFeatures;
pub use image_shape::{Drawing, ImageShape};
pub use model_selection::{StratifiedKFold, cross_validate};
pub use numerics::Float;
#[cfg(feature = "benchmarks")]
#[doc(hidden)]
pub use numerics::benchmarks;
pub use pipeline::Pipeline;
