//! One array of a `.npz` archive.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::datasets::arrays::ArrayError;

/// The bytes of the array `name` in the archive `bytes`, at most `limit`.
pub(super) fn member(bytes: &[u8], name: &str, limit: u64) -> Result<Vec<u8>, ArrayError> {
    let fault = |found: String| ArrayError::Format {
        found,
        expected: "an archive as numpy.savez writes it",
    };
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| fault(error.to_string()))?;
    let file = format!("{name}.npy");
    let Some(index) = archive.index_for_name(&file) else {
        let names = archive.file_names().take(10);
        return Err(ArrayError::Member {
            found: names
                .map(|name| name.trim_end_matches(".npy").into())
                .collect(),
            expected: name.to_string(),
        });
    };
    let member = archive.by_index(index);
    let member = member.map_err(|error| fault(error.to_string()))?;
    let mut array = Vec::new();
    let read = member.take(limit + 1).read_to_end(&mut array);
    read.map_err(|error| fault(error.to_string()))?;
    match array.len() as u64 > limit {
        true => Err(fault(format!("{file} of more than {limit} bytes"))),
        false => Ok(array),
    }
}
