//! The files of a report.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::report::file::replace;
use crate::report::validation::error::ReportError;

/// Writes texts at the path with their extensions after it, and returns these paths.
pub(super) fn write_files<const N: usize>(
    path: &Path,
    files: [(&str, String); N],
) -> Result<[PathBuf; N]> {
    create_folder(path)?;
    for (extension, text) in &files {
        let file = with_extension(path, extension);
        replace(&file, text.as_bytes()).map_err(|source| unwritable(&file, source))?;
    }
    Ok(files.map(|(extension, _)| with_extension(path, extension)))
}

/// The path with an extension after it, whatever dots it may have.
fn with_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(extension);
    name.into()
}

/// Creates the folder of a file, unless the path names none.
fn create_folder(path: &Path) -> Result<()> {
    if !names_file(path) {
        let fault = io::Error::new(io::ErrorKind::InvalidInput, "it names no file");
        return Err(unwritable(path, fault).into());
    }
    match path.parent() {
        Some(folder) => Ok(fs::create_dir_all(folder).map_err(|fault| unwritable(folder, fault))?),
        None => Ok(()),
    }
}

/// Whether the path ends with the name of a file: not with a separator, nor with a dot after it,
/// which `file_name` does not see.
fn names_file(path: &Path) -> bool {
    let whole = path.as_os_str().as_encoded_bytes();
    path.file_name()
        .is_some_and(|name| whole.ends_with(name.as_encoded_bytes()))
}

fn unwritable(path: &Path, source: io::Error) -> ReportError {
    let path = path.to_path_buf();
    ReportError::Unwritable { path, source }
}
