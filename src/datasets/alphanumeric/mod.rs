//! "Binary Alphadigits": handwritten digits and capital letters.

mod content;
mod loader;
#[cfg(test)]
mod tests;

#[cfg(feature = "download")]
pub(super) use self::loader::{FILE_BYTES, dataset_file, read};
pub use self::loader::{alphanumeric, alphanumeric_from_bytes, alphanumeric_label};
