//! Images and labels in NumPy's formats.

mod archive;
mod array;
mod images;

pub use self::images::{NpyArrays, NpyImages};
