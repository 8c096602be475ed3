//! Images and labels in NumPy's formats.

mod archive;
mod array;
mod error;
mod images;

pub use self::error::NpyError;
pub use self::images::NpyImages;
