//! A file on the web, and where it lies once it is downloaded.

use std::path::{Path, PathBuf};

use super::check::Check;
use super::error::TransferError;
use crate::datasets::dataset_file::DatasetFile;

/// A file on the web, with the checksum by which it is verified.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::RemoteFile;
///
/// let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"; // of "hello"
/// let urls = vec!["https://example.org/hello.txt.gz".into()];
/// let file = RemoteFile::new("greetings/hello.txt.gz", 5, sha256, urls);
/// assert_eq!(file.name(), "greetings/hello.txt.gz");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteFile {
    name: String,
    bytes: u64,
    check: Check,
    urls: Vec<String>,
    /// The file for which the loader of its set looks; `None` for a file of no set.
    pub(super) dataset_file: Option<DatasetFile>,
}

impl RemoteFile {
    /// A file of `bytes` bytes when uncompressed, which have the SHA-256 checksum `sha256` in
    /// hexadecimal.
    ///
    /// `name` is its path below the folder of the downloads, with `/` between the parts. The
    /// addresses `urls` are tried in order.
    pub fn new(
        name: impl Into<String>,
        bytes: u64,
        sha256: impl Into<String>,
        urls: Vec<String>,
    ) -> Self {
        Self::with_check(name, bytes, Check::bytes(sha256), urls)
    }

    /// A file of at most `bytes` bytes when uncompressed, which is verified by `check`.
    pub(super) fn with_check(
        name: impl Into<String>,
        bytes: u64,
        check: Check,
        urls: Vec<String>,
    ) -> Self {
        Self {
            name: name.into(),
            bytes,
            check,
            urls,
            dataset_file: None,
        }
    }

    /// Makes this the file for which the loader of a set looks.
    pub(super) fn of_set(mut self, file: DatasetFile) -> Self {
        self.dataset_file = Some(file);
        self
    }

    /// The path below the folder of the downloads.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The addresses, in the order in which they are tried.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Greatest number of bytes of the file as it is sent: gzip adds few bytes even to content that
    /// it cannot compress.
    pub(super) fn transfer_limit(&self) -> u64 {
        let added = self.bytes / 1000 + 1024;
        self.bytes.saturating_add(added)
    }

    /// Path of the verified file in `folder`, under its own name or where the loader of its set
    /// finds it; `None` when it is missing or has other content.
    pub(super) fn find(&self, folder: &Path) -> Option<PathBuf> {
        let path = match &self.dataset_file {
            Some(file) => file.find(folder).ok()?,
            None => folder.join(&self.name),
        };
        (path.is_file() && self.verify(&path).is_ok()).then_some(path)
    }

    /// Checks that the file at `path` has the right content.
    pub(super) fn verify(&self, path: &Path) -> Result<(), TransferError> {
        self.check.verify(path, self.transfer_limit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::fixtures::Folder;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<RemoteFile>();
    }

    #[test]
    fn sizes_and_checksums_may_be_written_in_any_way() {
        let folder = Folder::new();
        folder.write("x", b"hello");
        let sha256 = "2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824";
        let file = RemoteFile::new("x", u64::MAX, sha256, Vec::new());
        assert_eq!(file.transfer_limit(), u64::MAX);
        assert_eq!(file.find(&folder.0), Some(folder.0.join("x")));
    }
}
