//! Arrays of numbers, of any file format, as images and labels.

mod error;
mod numbers;
mod reader;

pub use self::error::ArrayError;
pub(super) use self::numbers::{Element, Kind, Numbers};
pub use self::reader::ArrayReader;
