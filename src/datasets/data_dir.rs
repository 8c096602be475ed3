//! The folder of the datasets.

use std::ffi::OsString;
use std::path::PathBuf;

#[cfg(feature = "download")]
use directories::ProjectDirs;

/// Environment variable that names the folder of the datasets.
const DATA_DIR: &str = "LINFA_FISHER_DATA";

/// The folder of the datasets: the one that the environment variable `LINFA_FISHER_DATA` names, if
/// the variable is set and not empty; otherwise, with the feature `download`, the user's cache
/// folder (`Downloader::cache_dir`), if it exists.
///
/// `Downloader` fetches into the same folder unless it is given another one, so that the loaders
/// find here what was downloaded.
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

/// The folder that downloads go to by default: [`data_dir`], whether it exists already or not.
#[cfg(feature = "download")]
pub(super) fn download_dir() -> PathBuf {
    named_dir(std::env::var_os(DATA_DIR)).unwrap_or_else(cache_dir)
}

fn named_dir(variable: Option<OsString>) -> Option<PathBuf> {
    variable
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
}

#[cfg(feature = "download")]
fn fetched_dir() -> Option<PathBuf> {
    Some(cache_dir()).filter(|folder| folder.is_dir())
}

#[cfg(not(feature = "download"))]
fn fetched_dir() -> Option<PathBuf> {
    None
}

/// The folder of this crate in the user's cache; a folder below the current one for a user without
/// a home.
#[cfg(feature = "download")]
pub(super) fn cache_dir() -> PathBuf {
    ProjectDirs::from("", "", "linfa-fisher").map_or_else(
        || PathBuf::from("linfa-fisher-data"),
        |dirs| dirs.cache_dir().to_path_buf(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
