//! Reports of cross-validations (feature `report`).
//!
//! [`ValidationReport`] gathers the [`CrossValidation`]s of one dataset, and writes them as
//! tables, JSON, CSV, Markdown and one HTML page that needs no other file and no script.
//!
//! [`CrossValidation`]: crate::model_selection::CrossValidation

mod calibration;
mod charts;
mod comparison;
mod contents;
mod csv;
mod data;
mod error;
mod markdown;
mod mistakes;
mod page;
mod pipeline;
mod pooled;
mod report;
mod roc;
mod table;
mod tables;

pub use self::error::ReportError;
pub use self::report::ValidationReport;
