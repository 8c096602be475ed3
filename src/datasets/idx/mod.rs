//! Pairs of IDX files, the format of MNIST and of the sets made after it.

mod error;
mod file;
mod images;
mod names;
mod source;

pub use self::error::IdxError;
pub use self::images::IdxImages;
pub(super) use self::names::Names;
pub use self::source::IdxSource;
