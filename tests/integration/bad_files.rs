//! Files of images that are missing, foreign or cut: a typed error that names the file and what was
//! expected.

use std::fs;
use std::path::{Path, PathBuf};

use crate::faults::assert_fault;
use linfa_fisher::datasets::{self, DataError, mat5::MatError};
use linfa_fisher::{Error, Result};

/// A folder of its own in the system's place for such, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("linfa-fisher-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn alphanumeric(&self, bytes: &[u8]) -> Result<()> {
        fs::write(self.0.join("binaryalphadigs.mat"), bytes).unwrap();
        load(&self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // nothing depends on the removal
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn load(folder: &Path) -> Result<()> {
    Ok(datasets::alphanumeric::<f32>(folder).map(drop)?)
}

#[test]
fn a_missing_file_of_images() {
    let folder = Folder::new("missing");
    let name = folder.0.to_str().unwrap();
    assert_fault!(
        load(&folder.0),
        Error::Data(DataError::Missing { .. }),
        "binaryalphadigs.mat",
        name,
        "LINFA_FISHER_DATA"
    );
    fs::create_dir(folder.0.join("binaryalphadigs.mat")).unwrap();
    assert_fault!(
        load(&folder.0),
        Error::Data(DataError::NotAFile { .. }),
        "regular file"
    );
}

#[test]
fn a_foreign_file_of_images() {
    let folder = Folder::new("foreign");
    assert_fault!(
        folder.alphanumeric(b""),
        Error::Data(DataError::Empty { .. }),
        "binaryalphadigs.mat is empty"
    );
    assert_fault!(
        folder.alphanumeric(b"<html>"),
        Error::Data(DataError::Foreign { .. }),
        "a web page",
        "get it again"
    );
    assert_fault!(
        folder.alphanumeric(b"MATLAB"),
        Error::Data(DataError::Mat {
            fault: MatError::Header { found: 6 },
            ..
        }),
        "6 bytes",
        "128 bytes"
    );
    assert_fault!(
        folder.alphanumeric(&[b' '; 200]),
        Error::Data(DataError::Mat {
            fault: MatError::Endianness { .. },
            ..
        }),
        "[32, 32]",
        "MI"
    );
    let mut empty = [0; 128];
    empty[124..].copy_from_slice(b"\0\x01IM");
    assert_fault!(
        folder.alphanumeric(&empty),
        Error::Data(DataError::MatSet { .. }),
        "classlabels"
    );
}

/// Wherever the real file is cut, it is not taken for whole.
#[test]
fn a_truncated_file_of_images() {
    let Some(data) = datasets::data_dir() else {
        eprintln!("skipped: LINFA_FISHER_DATA does not name the folder of the real data");
        return;
    };
    let files = ["binaryalphadigs.mat", "alphanumeric/binaryalphadigs.mat"];
    let file = files
        .map(|file| data.join(file))
        .into_iter()
        .find(|f| f.exists());
    let bytes = fs::read(file.unwrap()).unwrap();
    let folder = Folder::new("truncated");
    assert!(folder.alphanumeric(&bytes).is_ok());
    for length in [1, 127, 128, 135, bytes.len() / 2, bytes.len() - 1] {
        assert_fault!(
            folder.alphanumeric(&bytes[..length]),
            Error::Data(DataError::Mat { .. } | DataError::MatSet { .. }),
            "binaryalphadigs.mat"
        );
    }
}
