//! What a file is that is not a file of images: found by its first bytes, so that an error can say
//! what to do.

use std::path::Path;

use super::error::DataError;

/// A kind of file that no reader of images takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Foreign {
    /// What the file is.
    found: &'static str,
    /// What a user can do.
    advice: &'static str,
}

/// Number of bytes at the start of a file by which kinds are told apart.
pub(super) const START: usize = 64;

const UNPACK: &str = "unpack it first";
const AGAIN: &str = "its download has failed, get it again";
const EXPORT: &str = "it is one image, expected a set: store the images as .npy, .csv or IDX";

/// The starts of files, a kind, and what to do.
const KINDS: [(&[u8], &str, &str); 12] = [
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"\xfd7zXZ\0", "compressed by xz", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", UNPACK),
    (
        b"\x89HDF\r\n\x1a\n",
        "an HDF5 file",
        "read it with the feature hdf5, by Hdf5Images or datasets::usps, or convert it, in Python by \
         h5py.File(..) and numpy.save, and read it by NpyImages (feature npy)",
    ),
    (
        b"MATLAB 7.3",
        "a MAT-file of version 7.3, which is HDF5",
        "save it again in MATLAB by `save -v7`",
    ),
    (
        b"\x93NUMPY",
        "a NumPy array",
        "read it by NpyImages (feature npy)",
    ),
    (
        b"version https://git-lfs",
        "a pointer of Git LFS",
        "fetch the file itself by `git lfs pull`",
    ),
    (b"%PDF", "a PDF document", AGAIN),
    (b"\x89PNG", "a PNG image", EXPORT),
    (b"\xff\xd8\xff", "a JPEG image", EXPORT),
    (b"GIF8", "a GIF image", EXPORT),
];

impl Foreign {
    /// Checks that a file does not start like one that is known not to be a file of images.
    pub(super) fn check(start: &[u8], path: &Path) -> Result<(), DataError> {
        match Self::of(start) {
            None => Ok(()),
            Some(Self { found, advice }) => Err(DataError::Foreign {
                path: path.to_path_buf(),
                found,
                advice,
            }),
        }
    }

    /// What a file is that starts by these bytes, if it is known not to be a file of images.
    fn of(start: &[u8]) -> Option<Self> {
        let known = KINDS.iter().find(|(magic, ..)| start.starts_with(magic));
        match known {
            Some(&(_, found, advice)) => Some(Self { found, advice }),
            None if is_web_page(start) => Some(Self {
                found: "a web page",
                advice: AGAIN,
            }),
            None => None,
        }
    }
}

fn is_web_page(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let start = start.trim_ascii_start().to_ascii_lowercase();
    let tags: [&[u8]; 4] = [b"<!doctype", b"<html", b"<head", b"<?xml"];
    tags.iter().any(|tag| start.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_bytes() {
        let found = |start: &[u8]| Foreign::of(start).map(|foreign| foreign.found);
        assert_eq!(found(b"\x89HDF\r\n\x1a\n\0\0"), Some("an HDF5 file"));
        assert_eq!(found(b"\xef\xbb\xbf\n <!DOCTYPE html>"), Some("a web page"));
        assert_eq!(found(b"<Html>"), Some("a web page"));
        for start in [&b""[..], b"1,2,3", b"\0\0\x08\x03", b"MATLAB 5.0 MAT-file"] {
            assert_eq!(found(start), None);
        }
    }

    #[test]
    fn the_start_is_long_enough() {
        assert!(KINDS.iter().all(|(magic, ..)| magic.len() <= START));
    }
}
