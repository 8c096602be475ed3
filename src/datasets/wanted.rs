//! The folder of the datasets, and where a file may lie in it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::error::DataError;

/// Environment variable that names the folder of the datasets.
const DATA_DIR: &str = "LINFA_FISHER_DATA";

/// The folder of the datasets: the one that the environment variable `LINFA_FISHER_DATA` names, if it is set and not empty;
/// otherwise, with the feature `download`, the user's cache folder (`Downloader::cache_dir`), once something was fetched into it.
///
/// `Downloader` fetches into the same folder unless it is told another, so that what it fetched is found here.
///
/// ```
/// use linfa_fisher::datasets;
///
/// let folder = datasets::data_dir().unwrap_or_else(|| "data".into());
/// assert!(!folder.as_os_str().is_empty());
/// ```
pub fn data_dir() -> Option<PathBuf> {
    named_dir(std::env::var_os(DATA_DIR)).or_else(fetched_dir)
}

/// Where downloads go that are told no folder: [`data_dir`], whether it is there already or not.
#[cfg(feature = "download")]
pub(super) fn download_dir() -> PathBuf {
    named_dir(std::env::var_os(DATA_DIR)).unwrap_or_else(super::Downloader::cache_dir)
}

fn named_dir(variable: Option<OsString>) -> Option<PathBuf> {
    variable
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
}

#[cfg(feature = "download")]
fn fetched_dir() -> Option<PathBuf> {
    Some(super::Downloader::cache_dir()).filter(|folder| folder.is_dir())
}

#[cfg(not(feature = "download"))]
fn fetched_dir() -> Option<PathBuf> {
    None
}

/// A file that a user downloads: its names, the subfolders where it may lie, and where to get it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    /// Names of the file, the one that downloads give it first.
    pub(super) files: Vec<String>,
    /// Folders below the user's where it may lie too, the usual one first.
    pub(super) subfolders: &'static [&'static str],
    pub(super) origin: &'static str,
}

impl Wanted {
    /// Path of the first of the names that exists in a subfolder of `folder`, or in the folder itself.
    ///
    /// The subfolder comes first since only there is it certain which dataset a file of a common name belongs to.
    pub(super) fn find(&self, folder: &Path) -> Result<PathBuf, DataError> {
        let mut unreadable = None;
        for path in self.places(folder) {
            match exists(&path) {
                Ok(true) if !self.is_subfolder(folder, &path) => return Ok(path),
                Ok(_) => {}
                Err(source) => {
                    unreadable = unreadable.or(Some(DataError::Unreadable { path, source }))
                }
            }
        }
        Err(unreadable.unwrap_or_else(|| DataError::Missing {
            file: self.files.first().cloned().unwrap_or_default(),
            folder: folder.to_path_buf(),
            subfolder: self.subfolders.first().copied().unwrap_or_default(),
            origin: self.origin,
        }))
    }

    fn places(&self, folder: &Path) -> impl Iterator<Item = PathBuf> + '_ {
        let below = self
            .subfolders
            .iter()
            .map(|subfolder| folder.join(subfolder));
        let folders: Vec<PathBuf> = below.chain([folder.to_path_buf()]).collect();
        folders
            .into_iter()
            .flat_map(|folder| self.files.iter().map(move |file| folder.join(file)))
    }

    /// A subfolder may be called like a file: `usps` is one of LIBSVM's.
    fn is_subfolder(&self, folder: &Path, path: &Path) -> bool {
        let mut subfolders = self.subfolders.iter();
        subfolders.any(|subfolder| path == folder.join(subfolder)) && path.is_dir()
    }
}

/// Whether there is something, as far as may be known; there is nothing below a file.
fn exists(path: &Path) -> io::Result<bool> {
    match path.try_exists() {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::fixtures::Folder;

    fn wanted() -> Wanted {
        Wanted {
            files: vec!["a.txt".into(), "b.txt".into(), "sub".into()],
            subfolders: &["sub", "Sub/raw"],
            origin: "its publisher",
        }
    }

    #[test]
    fn an_empty_variable_names_no_folder() {
        assert_eq!(named_dir(None), None);
        assert_eq!(named_dir(Some("".into())), None);
        assert_eq!(named_dir(Some("x".into())), Some("x".into()));
    }

    #[cfg(feature = "download")]
    #[test]
    fn what_is_fetched_is_found() {
        assert!(data_dir().is_none_or(|folder| folder == download_dir()));
    }

    #[test]
    fn a_missing_file_tells_what_to_do() {
        let error = wanted().find(Path::new("nowhere")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a.txt is neither in nowhere nor in its subfolder sub: get it from its publisher and put it there, \
             or name the folder that holds it by --data-dir or by the environment variable LINFA_FISHER_DATA"
        );
    }

    #[test]
    fn subfolders_come_first_and_are_no_files() {
        let folder = Folder::new();
        let find = || wanted().find(&folder.0).ok();
        std::fs::create_dir(folder.0.join("sub")).unwrap();
        assert_eq!(find(), None);
        for name in ["a.txt", "Sub/raw/b.txt", "Sub/raw/a.txt", "sub/b.txt"] {
            let written = folder.write(name, b"x");
            assert_eq!(find(), Some(written));
        }
        let folder = Folder::new();
        let file = folder.write("sub", b"x");
        assert_eq!(wanted().find(&folder.0).unwrap(), file);
        assert!(matches!(
            wanted().find(&file),
            Err(DataError::Missing { .. })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_without_permission_is_named() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new();
        let path = folder.write("sub/a.txt", b"x");
        let allow = |mode| {
            std::fs::set_permissions(folder.0.join("sub"), std::fs::Permissions::from_mode(mode))
        };
        allow(0o000).unwrap();
        let outcome = wanted().find(&folder.0);
        allow(0o755).unwrap();
        match outcome {
            Err(DataError::Unreadable {
                path: named,
                source,
            }) => {
                assert_eq!(
                    (named, source.kind()),
                    (path, io::ErrorKind::PermissionDenied)
                );
            }
            Err(other) => panic!("{other}"),
            Ok(_) => eprintln!("skipped: this user may read every folder"),
        }
    }

    /// A name too long for any file system, which every user is refused.
    #[test]
    fn a_folder_that_cannot_be_searched_is_not_a_missing_file() {
        let folder = PathBuf::from("x".repeat(5000));
        assert!(matches!(
            wanted().find(&folder),
            Err(DataError::Unreadable { .. })
        ));
    }
}
