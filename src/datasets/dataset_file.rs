//! A file of a dataset: its names, and where it may lie in the folder of the datasets.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::error::DataError;
use super::source::Source;

/// Greatest number of decompressed bytes of a file that is checked for being whole.
const FILE_BYTES: u64 = 1 << 31;

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
    /// subfolder tells which dataset a file belongs to. Where a folder holds the file in several
    /// forms, one that cannot be decompressed is passed over.
    pub(super) fn find(&self, folder: &Path) -> Result<PathBuf, DataError> {
        let mut unreadable = None;
        for place in self.folders(folder) {
            let mut found = Vec::new();
            for path in self.paths(&place) {
                match is_there(&path) {
                    Ok(true) => found.push(path),
                    Ok(false) => {}
                    Err(source) => {
                        unreadable = unreadable.or(Some(DataError::Unreadable { path, source }))
                    }
                }
            }
            if let Some(path) = first_whole(found) {
                return Ok(path);
            }
        }
        Err(unreadable.unwrap_or_else(|| self.missing(folder)))
    }

    /// Why there is no file in `folder`: it is not there, or a folder has its name.
    fn missing(&self, folder: &Path) -> DataError {
        let subfolders = self.subfolders.iter();
        let subfolders: Vec<_> = subfolders.map(|below| folder.join(below)).collect();
        let mut paths = self.folders(folder).flat_map(|place| {
            let names = self.names.iter();
            names.map(move |name| place.join(name))
        });
        match paths.find(|path| path.is_dir() && !subfolders.contains(path)) {
            Some(path) => DataError::NotAFile { path },
            None => DataError::Missing {
                file: self.names.first().cloned().unwrap_or_default(),
                folder: folder.to_path_buf(),
                subfolder: self.subfolders.first().copied().unwrap_or_default(),
                origin: self.origin,
            },
        }
    }

    /// The folders where the file may lie, in the order in which they are searched.
    fn folders(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        let below = self.subfolders.iter().map(|below| folder.join(below));
        below.chain([folder.to_path_buf()])
    }

    /// The paths that the file may have in a folder: by any of its names, or in a folder of that
    /// name, as some archives unpack it.
    fn paths(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        let names = self.names.iter();
        names.flat_map(move |name| [folder.join(name), folder.join(name).join(name)])
    }
}

/// Whether something other than a folder is at the path; nothing is below a file.
fn is_there(path: &Path) -> io::Result<bool> {
    use io::ErrorKind::{NotADirectory, NotFound};
    match fs::metadata(path) {
        Ok(found) => Ok(!found.is_dir()),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The first of several files that can be decompressed; the first one if none can.
fn first_whole(mut found: Vec<PathBuf>) -> Option<PathBuf> {
    let whole = |path: &PathBuf| Source::open(path, FILE_BYTES).is_ok_and(Source::reads_to_its_end);
    let first = match found.len() {
        0 => return None,
        1 => 0,
        _ => found.iter().position(whole).unwrap_or(0),
    };
    Some(found.swap_remove(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::fixtures::{Folder, gzip};

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

    /// The layout of a widespread archive of MNIST.
    #[test]
    fn a_file_in_a_folder_of_its_name_is_found() {
        let folder = Folder::new();
        let inner = folder.write("a.txt/a.txt", b"x");
        assert_eq!(file().find(&folder.0).unwrap(), inner);
        let beside = folder.write("b.txt", b"x");
        fs::remove_file(inner).unwrap();
        assert_eq!(file().find(&folder.0).unwrap(), beside);
    }

    #[test]
    fn a_broken_download_does_not_hide_the_file_beside_it() {
        let folder = Folder::new();
        let whole = gzip(b"the content of the file");
        let broken = folder.write("a.txt", &whole[..whole.len() - 9]);
        assert_eq!(file().find(&folder.0).unwrap(), broken);
        let plain = folder.write("b.txt", b"the content of the file");
        assert_eq!(file().find(&folder.0).unwrap(), plain);
        folder.write("a.txt", &whole);
        assert_eq!(file().find(&folder.0).unwrap(), broken);
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
