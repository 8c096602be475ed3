//! One IDX file: a header whose claims are checked, then exactly the bytes that it announces.
//!
//! ```text
//! 0  magic: 0, 0, 8 (unsigned bytes), number of dimensions
//! 4  the dimensions, 4 bytes each, big endian
//!    the values, last dimension fastest
//! ```

use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::path::Path;

use super::error::IdxError;
use crate::datasets::error::DataError;
use crate::datasets::source::{Source, data_error};

/// Greatest number of values of a file: twice the pixels of the largest set of this kind (EMNIST
/// ByClass).
pub(super) const VALUES: u64 = 1 << 30;
/// Length of the longest file, which has the longest header.
pub(super) const FILE_BYTES: u64 = VALUES + 16;
/// Bytes read at a time.
const CHUNK: usize = 1 << 13;

/// An IDX file of unsigned bytes in N dimensions, read up to the end of its header.
pub(super) struct IdxFile<'a, R: BufRead, const N: usize> {
    source: Source<R>,
    path: &'a Path,
    pub(super) dims: [u32; N],
}

impl<'a, R: BufRead, const N: usize> IdxFile<'a, R, N> {
    const HEADER: usize = 4 + 4 * N;

    /// Reads and checks the header.
    pub(super) fn new(mut source: Source<R>, path: &'a Path) -> Result<Self, DataError> {
        let mut header = Vec::with_capacity(Self::HEADER);
        (&mut source)
            .take(Self::HEADER as u64)
            .read_to_end(&mut header)
            .map_err(|error| data_error(path, error))?;
        let dims = Self::dimensions(&header).map_err(|fault| DataError::idx(path, fault))?;
        Ok(Self { source, path, dims })
    }

    fn dimensions(header: &[u8]) -> Result<[u32; N], IdxError> {
        let mut words = [0; N];
        let mut magic = 0;
        let numbers = header.chunks_exact(4).map(big_endian);
        for (word, number) in [&mut magic].into_iter().chain(&mut words).zip(numbers) {
            *word = number;
        }
        let expected = 0x0800 | N as u32;
        if header.len() >= 4 && magic != expected {
            return Err(IdxError::Magic {
                found: magic,
                expected,
            });
        }
        if header.len() < Self::HEADER {
            return Err(IdxError::Header {
                found: header.len(),
                expected: Self::HEADER,
            });
        }
        match product(&words) {
            Some(1..=VALUES) => Ok(words),
            _ => Err(IdxError::Dimensions {
                found: words.to_vec(),
                limit: VALUES,
            }),
        }
    }

    /// Reads the values that follow the header and maps those of the items `rows` of the first
    /// dimension by `map`, which is given their offsets; the number of all values must be the one
    /// that the header claims.
    pub(super) fn read<T>(
        self,
        rows: &Range<usize>,
        map: impl Fn(u64, u8) -> Result<T, IdxError>,
    ) -> Result<Vec<T>, DataError> {
        let mut all = Vec::new();
        let outcome: Result<(), DataError> =
            self.read_blocks(rows, map, usize::MAX, &mut |values| {
                all = values;
                Ok(())
            });
        outcome.map(|()| all)
    }

    /// Like [`read`](Self::read), but hands the values over in blocks of `block_values`, at least
    /// 1; the last one has the rest, once the end of the file is known to be right.
    pub(super) fn read_blocks<T, E: From<DataError>>(
        mut self,
        rows: &Range<usize>,
        map: impl Fn(u64, u8) -> Result<T, IdxError>,
        block_values: usize,
        take: &mut dyn FnMut(Vec<T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let header = Self::HEADER as u64;
        let kept = self.bytes_of(rows);
        let expected = header + product(&self.dims).unwrap_or(0);
        let mut offset = header;
        let mut values = Vec::new();
        let mut chunk = [0; CHUNK];
        loop {
            let count = read_some(&mut self.source, &mut chunk)
                .map_err(|error| data_error(self.path, error))?;
            let fault = match count {
                0 if offset == expected && values.is_empty() => return Ok(()),
                0 if offset == expected => return take(values),
                0 => IdxError::Truncated {
                    found: offset,
                    expected,
                },
                _ if offset + count as u64 > expected => IdxError::Trailing { expected },
                _ => match append(&mut values, &chunk[..count], offset, &kept, &map) {
                    Ok(()) => {
                        offset += count as u64;
                        while values.len() > block_values {
                            let rest = values.split_off(block_values);
                            take(std::mem::replace(&mut values, rest))?;
                        }
                        continue;
                    }
                    Err(fault) => fault,
                },
            };
            return Err(DataError::idx(self.path, fault).into());
        }
    }

    /// The offsets of the items `rows` of the first dimension.
    fn bytes_of(&self, rows: &Range<usize>) -> Range<u64> {
        let item = product(&self.dims[1..]).unwrap_or(0);
        let start = |row: usize| (row as u64).saturating_mul(item) + Self::HEADER as u64;
        start(rows.start)..start(rows.end)
    }
}

/// Maps the bytes, the first of which is at `offset`, whose offsets are in `kept`.
fn append<T>(
    values: &mut Vec<T>,
    bytes: &[u8],
    offset: u64,
    kept: &Range<u64>,
    map: impl Fn(u64, u8) -> Result<T, IdxError>,
) -> Result<(), IdxError> {
    let skipped = kept.start.saturating_sub(offset);
    let left = kept.end.saturating_sub(offset.max(kept.start));
    let bytes = (offset..).zip(bytes).skip(skipped as usize);
    for (offset, &byte) in bytes.take(left as usize) {
        values.push(map(offset, byte)?);
    }
    Ok(())
}

/// Like `read`, but tries again after an interrupt, as `read_to_end` does.
fn read_some(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, &byte| n << 8 | u32::from(byte))
}

fn product(dims: &[u32]) -> Option<u64> {
    dims.iter()
        .try_fold(1_u64, |n, &dim| n.checked_mul(u64::from(dim)))
}
