//! Images and labels in HDF5 files.

mod bounds;
mod fault;
mod file;
mod images;

pub(super) use self::file::Hdf5File;
pub use self::images::{Hdf5Arrays, Hdf5Images};
