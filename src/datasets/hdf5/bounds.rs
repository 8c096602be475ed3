//! What a header may claim of an array before any memory is taken for it.

use hdf5_pure::{Chunk, ChunkIndex, Layout};

use super::fault::format_fault;
use crate::datasets::arrays::ArrayError;

/// Greatest number of bytes that one compressed byte stands for: deflate writes up to 258 bytes for
/// two bits.
const EXPANSION: u64 = 1032;

/// Checks that a file of `file` bytes can hold an array of elements of `bytes` bytes.
///
/// Values that are stored as they are take up their bytes in the file. Those in chunks may be
/// compressed, and every chunk takes up at least one byte.
pub(super) fn check_size(
    dims: &[u64],
    layout: &Layout,
    bytes: u64,
    file: u64,
) -> Result<(), ArrayError> {
    let Layout::Chunked { chunk_shape, .. } = layout else {
        return check(dims, bytes, file, file);
    };
    let limit = file.saturating_mul(EXPANSION);
    check(dims, bytes, limit, file)?;
    check(chunk_shape, bytes, limit, file)?;
    let chunks = dims.iter().zip(chunk_shape);
    let chunks: Vec<_> = chunks.map(|(dim, &n)| dim.div_ceil(n.max(1))).collect();
    check(&chunks, 1, file, file)
}

/// Checks that chunks are found by an index that takes no more memory than it has bytes.
///
/// hdf5-pure takes memory for what the header of an extensible array claims, and shifts by what
/// that of a fixed array claims. HDF5 writes both only when it is told to use a newer form of the
/// format.
pub(super) fn check_index(layout: &Layout) -> Result<(), ArrayError> {
    use ChunkIndex::{BTreeV1, SingleChunk};
    match layout {
        Layout::Chunked { index, .. } if !matches!(index, BTreeV1 | SingleChunk) => Err(
            format_fault(format!("chunks in an index of the kind {index}")),
        ),
        _ => Ok(()),
    }
}

/// Checks that every chunk starts within the array: hdf5-pure adds to its offsets without a check.
pub(super) fn check_offsets(dims: &[u64], chunks: &[Chunk]) -> Result<(), ArrayError> {
    let inside = |chunk: &&Chunk| chunk.offset.iter().zip(dims).all(|(at, dim)| at < dim);
    match chunks.iter().find(|chunk| !inside(chunk)) {
        None => Ok(()),
        Some(chunk) => {
            let found = format!("a chunk at {:?} of the shape {dims:?}", chunk.offset);
            Err(format_fault(found))
        }
    }
}

/// Checks that elements of `bytes` bytes, in an array of lengths `found`, are within the limit.
fn check(found: &[u64], bytes: u64, limit: u64, file: u64) -> Result<(), ArrayError> {
    let mut lengths = found.iter();
    let size = lengths.try_fold(bytes, |size, &length| size.checked_mul(length));
    match size.is_some_and(|size| size <= limit) {
        true => Ok(()),
        false => Err(ArrayError::Size {
            found: found.to_vec(),
            file,
            limit,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_bounded_by_the_length_of_the_file() {
        let plain = Layout::Contiguous {
            address: Some(96),
            size: 0,
        };
        let chunked = |chunk: [u64; 2]| Layout::Chunked {
            chunk_shape: chunk.to_vec(),
            index: ChunkIndex::BTreeV1,
        };
        let fits = |dims: [u64; 2], layout| check_size(&dims, &layout, 4, 1000).is_ok();
        assert!(fits([10, 25], plain.clone()));
        assert!(!fits([10, 26], plain.clone()));
        assert!(!fits([1 << 32, 1 << 32], plain));
        assert!(fits([1000, 258], chunked([10, 258])));
        assert!(!fits([1000, 259], chunked([10, 259])));
        assert!(!fits([10, 10], chunked([1000, 259])));
        assert!(!fits([1001, 1], chunked([1, 1])));
        assert!(fits([1000, 1], chunked([1, 1])));
    }

    /// An overflow in hdf5-pure without the check.
    #[test]
    fn chunks_start_within_the_array() {
        let mut file = hdf5_pure::FileBuilder::new();
        let data = file.create_dataset("x").with_u8_data(&[0; 8]);
        data.with_shape(&[8]).with_chunks(&[4]).with_deflate(6);
        let file = hdf5_pure::File::from_bytes(file.finish().unwrap()).unwrap();
        let chunks = file.dataset("x").unwrap().chunks().unwrap();
        assert!(check_offsets(&[8], &chunks).is_ok());
        assert!(check_offsets(&[4], &chunks).is_err());
    }
}
