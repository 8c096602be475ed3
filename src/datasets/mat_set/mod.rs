//! Image sets that are distributed as MAT-files.

mod content;
mod error;

pub(super) use self::content::{MatSet, numbers};
pub use self::error::MatSetError;
