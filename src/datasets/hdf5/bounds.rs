//! What a header may claim of an array before any memory is taken for it.

use hdf5_pure::Layout;

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
    use hdf5_pure::ChunkIndex;

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
}
