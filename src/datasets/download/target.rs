//! The place of a file on disk: its name, its partial files, and a lock that one run at a time
//! holds.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A file that this run fetches and that no other run fetches meanwhile.
///
/// The lock is the operating system's and ends with the process. The lock file stays: if it were
/// removed, two runs could hold locks on two files of the same name.
pub(super) struct Target<'a> {
    path: &'a Path,
    _lock: Option<File>,
}

impl<'a> Target<'a> {
    /// Makes the folder and waits until no other run fetches the same file.
    pub(super) fn lock(path: &'a Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let name = format!(".{}.lock", name(path));
        let file = File::create(path.with_file_name(name))?;
        match file.lock() {
            // Some network file systems have no locks.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Self { path, _lock: None })
            }
            outcome => outcome.map(|()| Self {
                path,
                _lock: Some(file),
            }),
        }
    }

    /// Path of the partial file of an address. Each address has its own, since mirrors may compress
    /// the same content differently.
    pub(super) fn part(&self, url: &str) -> PathBuf {
        let digest = Sha256::digest(url.as_bytes());
        let address: String = digest[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.path
            .with_file_name(format!(".{}.{address}.part", name(self.path)))
    }

    /// Gives a complete partial file its final name and removes the partial files of other
    /// addresses.
    pub(super) fn keep(&self, part: &Path) -> io::Result<()> {
        fs::rename(part, self.path)?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let start = format!(".{}.", name(self.path));
        for entry in fs::read_dir(folder)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&start) && name.ends_with(".part") {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
