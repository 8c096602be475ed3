//! How the content of a downloaded file is verified.

use std::io::{self, Read};
use std::path::Path;

use linfa::Dataset;
use ndarray::Ix1;
use sha2::{Digest, Sha256};

use super::error::TransferError;
use crate::datasets::source::{Source, data_error};
use crate::datasets::{alphanumeric, usps};

/// What the content of a downloaded file must be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Check {
    /// Bytes with this SHA-256 checksum when uncompressed.
    Bytes(String),
    /// This many images of USPS, however the numbers are written; their SHA-256 checksum is that of
    /// [`digest_of_numbers`].
    Usps { images: usize, sha256: String },
    /// The arrays of Binary Alphadigits, however they are stored, with this sum of pixels.
    Alphanumeric { pixels: f64 },
}

impl Check {
    /// A check of the bytes by their SHA-256 checksum in hexadecimal, in capitals or not.
    pub(super) fn bytes(sha256: impl Into<String>) -> Self {
        Self::Bytes(sha256.into().to_ascii_lowercase())
    }

    /// Checks the content of a file of at most `limit` bytes.
    pub(super) fn verify(&self, path: &Path, limit: u64) -> Result<(), TransferError> {
        match self {
            Self::Bytes(expected) => same(digest_of_file(path, limit)?, expected),
            Self::Usps { images, sha256 } => {
                let dataset = usps::read_part(path, *images).map_err(TransferError::content)?;
                same(digest_of_numbers(&dataset), sha256)
            }
            Self::Alphanumeric { pixels } => {
                let dataset = alphanumeric::read::<f64>(path).map_err(TransferError::content)?;
                same(dataset.records.sum().to_string(), &pixels.to_string())
            }
        }
    }
}

fn same(found: String, expected: &str) -> Result<(), TransferError> {
    match found == expected {
        true => Ok(()),
        false => Err(TransferError::Checksum {
            found,
            expected: expected.to_string(),
        }),
    }
}

/// SHA-256 of the uncompressed bytes of a file.
fn digest_of_file(path: &Path, limit: u64) -> Result<String, TransferError> {
    let mut source = Source::open_any_kind(path, limit).map_err(TransferError::content)?;
    digest(&mut source).map_err(|error| TransferError::content(data_error(path, error)))
}

/// SHA-256 of all bytes that a reader gives.
fn digest(reader: &mut impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut chunk = [0; 1 << 13];
    loop {
        match reader.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            outcome => match outcome? {
                0 => return Ok(hexadecimal(hasher)),
                count => hasher.update(&chunk[..count]),
            },
        }
    }
}

/// SHA-256 of the numbers of a dataset, little endian: the number of rows and the number of fields
/// a row as u64, then for each row its label and 1000 times its values, rounded, as i16.
///
/// The published values have three decimals, which one file writes as `-0.948` and the other as
/// `-0.9480`.
fn digest_of_numbers(dataset: &Dataset<f64, usize, Ix1>) -> String {
    let mut hasher = Sha256::new();
    let (rows, pixels) = dataset.records.dim();
    for size in [rows, pixels + 1] {
        hasher.update((size as u64).to_le_bytes());
    }
    for (row, &label) in dataset.records.rows().into_iter().zip(&dataset.targets) {
        hasher.update((label as i16).to_le_bytes());
        for value in row {
            // [0, 1] back to the publisher's [-1, 1].
            let thousandths = (2000.0 * value - 1000.0).round() as i16;
            hasher.update(thousandths.to_le_bytes());
        }
    }
    hexadecimal(hasher)
}

fn hexadecimal(hasher: Sha256) -> String {
    let digest = hasher.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::{ImageShape, TextImages};

    #[test]
    fn numbers_count_and_not_how_they_are_written() {
        let digest = |text: &str| {
            let reader = TextImages::new(ImageShape::new(1, 2), 10);
            digest_of_numbers(&reader.read_from(text.as_bytes(), "x").unwrap())
        };
        let padded = digest("9.0000 -0.9480 -0.0000 \n6.0000 1.0000 -1.0000 \n");
        assert_eq!(padded, digest("9 -0.948 0\n6 1 -1"));
        assert_ne!(padded, digest("9 -0.949 0\n6 1 -1"));
        assert_ne!(padded, digest("8 -0.948 0\n6 1 -1"));
        assert_ne!(padded, digest("9 -0.948 0\n"));
    }
}
