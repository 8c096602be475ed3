//! "Binary Alphadigits": handwritten digits and capital letters.

mod content;
mod error;
mod loader;
#[cfg(test)]
mod tests;

pub use self::error::AlphanumericError;
pub use self::loader::{alphanumeric, alphanumeric_from_bytes, alphanumeric_label};
#[cfg(feature = "download")]
pub(super) use self::loader::{dataset_file, read, FILE_BYTES};
