//! Saving and loading of models, and the checks of loaded models (feature `serde`).
//!
//! Models, fitted featurisers, pipelines and hyper-parameters implement serde's `Serialize` and
//! `Deserialize`, for any format. Whatever a file contains, loading returns either an error or a
//! model that could have been fitted: its parts fit each other, its numbers are finite where the
//! model needs finite numbers, and its classes are sorted and distinct. A loaded model has the same
//! bits as the saved one, if the format keeps the bits of floating-point numbers. Checked
//! hyper-parameters are checked again when loaded; unchecked ones are checked when they are used.
//! A model of `f64` is not loaded as one of `f32`, nor the other way round: this crate's models
//! name the type of their numbers in the file.
//!
//! A model that is made of other models also checks that these fit it. The binary models of a
//! [`MultiClassModel`](crate::classification::MultiClassModel) and the classifier of a
//! [`Pipeline`](crate::pipeline::Pipeline) are therefore [`Loadable`], and the featuriser of a
//! pipeline is a [`Featuriser`]. Of linfa's own models, only those of linfa-svm have such a check;
//! a model in [`Infallible`](crate::traits::Infallible) is taken as it is.

mod checks;
mod deserialize;
mod error;
mod part;
mod state_file;
mod typed;

pub(crate) use checks::{
    check_ascending, check_binary_models, check_classes, check_columns, check_numbers,
    check_shape_of,
};
pub(crate) use deserialize::deserialize_checked;
pub use error::PersistenceError;
pub use part::{Featuriser, Loadable};
pub(crate) use state_file::StateFile;
pub(crate) use typed::{Typed, typed};
