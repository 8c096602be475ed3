//! Pictures of models, curves of trainings, reports of cross-validations.

mod file;
pub mod plot;
#[cfg(feature = "report")]
mod validation;

#[cfg(feature = "report")]
pub use self::validation::{ReportError, ValidationReport};
