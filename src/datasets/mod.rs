//! Image sets as linfa datasets.

mod error;

pub use error::DataError;
