//! Which features speak for a class and which against it: Shapley values of a model's outputs.
//!
//! The Shapley value of a feature is what it adds to the output of a model, averaged over all
//! orders in which features can become known. Features that are not yet known take the values of
//! background records, independently of those that are: values are interventional. For a record
//! `x` and a class c with the output `f_c`, the values of all features sum up to
//!
//! ```text
//! sum_j phi_jc = f_c(x) - mean of f_c over the background
//! ```
//!
//! A feature that the model does not use has the value 0, and features that it uses in the same
//! way have equal values (Shapley 1953; Lundberg & Lee 2017, "A unified approach to interpreting
//! model predictions").
//!
//! - [`LinearShap`] has the exact values of a linear decision function.
//! - [`PermutationShap`] samples them for any model, in antithetic pairs of orders, and tells the
//!   standard error of each.
//! - [`GlobalShap`], of either of them, summarises the values of many records: the features that
//!   most support each class, and those that most refute it.
//!
//! # From features to pictures
//!
//! A feature of an improved Fisher vector is a coordinate along a direction in the space of scores,
//! which has a number for each parameter of the machine.
//! [`direction`](crate::fisher::FisherFeatures::direction) gives it, and
//! [`split`](crate::fisher::ScoreLayout::split) cuts it into matrices: that of `W1` has a picture
//! of the pixels for each hidden unit, that of `W2` is one of the hidden layers.
//!
#![cfg_attr(all(feature = "datasets", feature = "plot"), doc = "```")]
#![cfg_attr(not(all(feature = "datasets", feature = "plot")), doc = "```ignore")]
//! use linfa::prelude::*;
//! use linfa_fisher::classification::{DecisionFunction, LinearSvm};
//! use linfa_fisher::explanation::LinearShap;
//! use linfa_fisher::report::plot::ImageGrid;
//! use linfa_fisher::{Dbm, FisherFeatures, ImageShape, datasets};
//! use ndarray::Axis;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let digits = datasets::digits::<f32>()?;
//! let features = FisherFeatures::idfk(Dbm::params(&[12, 6]).epochs(2)).fit(&digits)?;
//! let vectors = features.transform(digits)?;
//! let svm = LinearSvm::params().fit(&vectors)?;
//!
//! let mean = vectors.records.mean_axis(Axis(0)).unwrap();
//! let shap = LinearShap::new(svm.coefficients().view(), mean.view())?;
//! let global = shap.global(&vectors.records, svm.classes(), vectors.targets.view())?;
//! let first = global.supporting(1)[0][0]; // the feature that most supports the first class
//!
//! let direction = features.direction(first.feature).unwrap();
//! let layout = features.layout();
//! let matrices = layout.split(direction.view())?;
//! let pixels = ImageGrid::filters(matrices[0].view(), ImageShape::new(8, 8))?; // one a unit
//! let couplings = matrices[1].to_shape((72, 1))?; // 12 x 6, as one picture
//! let hidden = ImageGrid::filters(couplings.view(), ImageShape::new(12, 6))?;
//! assert_eq!(pixels.columns(4).grey()?.dim(), (3 * 8 + 2, 4 * 8 + 3));
//! assert_eq!(hidden.grey()?.dim(), (12, 6));
//! # Ok(())
//! # }
//! ```
// shap-rs 0.1.0 gives neither: its permutation explainer takes at most 62 features, its standard
// errors are of whole repetitions instead of pairs, it is of `f64` alone, and its linear explainer
// holds records x features x classes.

mod class_rows;
mod error;
#[cfg(test)]
mod exact;
mod global_shap;
mod linear_shap;
mod permutation_shap;

pub use error::ExplanationError;
pub use global_shap::{Attribution, GlobalShap};
pub use linear_shap::LinearShap;
pub use permutation_shap::{PermutationShap, PermutationShapParams, ShapValues};
