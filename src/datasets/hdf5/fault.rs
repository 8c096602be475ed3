//! The fault of a file that cannot be read.

use crate::datasets::arrays::ArrayError;

/// What was found in place of an HDF5 file.
pub(super) fn format_fault(found: impl ToString) -> ArrayError {
    ArrayError::Format {
        found: found.to_string(),
        expected: "an HDF5 file as h5py writes it by default",
    }
}
