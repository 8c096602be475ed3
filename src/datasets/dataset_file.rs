//! A file of a dataset: its names, and where it may lie in the folder of the datasets.

use std::io;
use std::path::{Path, PathBuf};

use super::error::DataError;

/// A file of a dataset: its names, the subfolders where it may lie, and where a user can get it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DatasetFile {
    /// Names that the file may have; the first is the name that a download gives it.
    pub(super) names: Vec<String>,
    /// Subfolders of the user's folder where the file may also lie, the usual one first.
    pub(super) subfolders: &'static [&'static str],
    /// Where a user can get the file.
    pub(super) origin: &'static str,
}

impl DatasetFile {
    /// Path of the file: the first of its names that exists in a subfolder of `folder`, or else in
    /// `folder` itself.
    ///
    /// Subfolders come first because several datasets use the same file names, so that only the
    /// subfolder tells which dataset a file belongs to.
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
            file: self.names.first().cloned().unwrap_or_default(),
            folder: folder.to_path_buf(),
            subfolder: self.subfolders.first().copied().unwrap_or_default(),
            origin: self.origin,
        }))
    }

    /// The paths where the file may be, in the order in which they are tried.
    fn places(&self, folder: &Path) -> impl Iterator<Item = PathBuf> + '_ {
        let below = self
            .subfolders
            .iter()
            .map(|subfolder| folder.join(subfolder));
        let folders: Vec<PathBuf> = below.chain([folder.to_path_buf()]).collect();
        folders
            .into_iter()
            .flat_map(|folder| self.names.iter().map(move |file| folder.join(file)))
    }

    /// Whether the path is a subfolder that is called like a file: `usps` is also a file of LIBSVM.
    fn is_subfolder(&self, folder: &Path, path: &Path) -> bool {
        let mut subfolders = self.subfolders.iter();
        subfolders.any(|subfolder| path == folder.join(subfolder)) && path.is_dir()
    }
}

/// Whether something exists at the path; nothing exists below a file.
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

    fn file() -> DatasetFile {
        DatasetFile {
            names: vec!["a.txt".into(), "b.txt".into(), "sub".into()],
            subfolders: &["sub", "Sub/raw"],
            origin: "its publisher",
        }
    }

    #[test]
    fn a_missing_file_tells_what_to_do() {
        let error = file().find(Path::new("nowhere")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a.txt is neither in nowhere nor in its subfolder sub: get it from its publisher and put it \
             there, or give the folder that holds it (the environment variable LINFA_FISHER_DATA names \
             the usual one)"
        );
    }

    #[test]
    fn subfolders_come_first_and_are_no_files() {
        let folder = Folder::new();
        let find = || file().find(&folder.0).ok();
        std::fs::create_dir(folder.0.join("sub")).unwrap();
        assert_eq!(find(), None);
        for name in ["a.txt", "Sub/raw/b.txt", "Sub/raw/a.txt", "sub/b.txt"] {
            let written = folder.write(name, b"x");
            assert_eq!(find(), Some(written));
        }
        let folder = Folder::new();
        let written = folder.write("sub", b"x");
        assert_eq!(file().find(&folder.0).unwrap(), written);
        assert!(matches!(
            file().find(&written),
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
        let outcome = file().find(&folder.0);
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
            file().find(&folder),
            Err(DataError::Unreadable { .. })
        ));
    }
}
