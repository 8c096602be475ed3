//! The file of a long computation, which holds a complete state at any moment.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf, is_separator};

use serde_crate::de::DeserializeOwned;
use serde_crate::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::error::PersistenceError;
use crate::{Error, Result};

/// Suffix of the names of temporary files.
const SUFFIX: &str = ".part";

/// Symbolic links that are followed from one to the next.
const LINKS: usize = 40;

/// Bytes of the SHA-256 checksum, which follows the state.
const CHECKSUM: usize = 32;

/// Number of random letters and digits in the names of temporary files.
const RANDOM: usize = 6;

#[derive(Serialize)]
#[serde(crate = "serde_crate")]
struct Outgoing<'a, P> {
    format: &'a str,
    fingerprint: &'a str,
    progress: &'a P,
}

#[derive(Deserialize)]
#[serde(crate = "serde_crate")]
struct Incoming<P> {
    format: String,
    fingerprint: String,
    progress: P,
}

/// A file that is written under a temporary name in the same folder and then renamed: the state in
/// CBOR and its checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// Header of the file, which tells a reader the format of the rest.
    format: &'static str,
}

impl StateFile {
    pub(crate) fn new(path: PathBuf, format: &'static str) -> Self {
        Self { path, format }
    }

    /// The state in the file; `None` if there is no file.
    pub(crate) fn load<P: DeserializeOwned>(&self, fingerprint: &str) -> Result<Option<P>> {
        let bytes = match self.read() {
            Ok(bytes) => bytes,
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
            Err(fault) => return Err(self.fault(fault)),
        };
        let (state, checksum) = bytes
            .split_last_chunk::<CHECKSUM>()
            .unwrap_or((&[], &[0; _]));
        if Sha256::digest(state)[..] != checksum[..] {
            let fault = "its checksum is wrong: it is damaged, or no checkpoint of this version; \
                         remove it to start anew";
            return Err(self.fault(fault));
        }
        let saved: Incoming<P> = ciborium::from_reader(state).map_err(|fault| self.fault(fault))?;
        if saved.format != self.format {
            let fault = format!(
                "it begins with {:?}, expected {:?}",
                saved.format, self.format
            );
            return Err(self.fault(fault));
        }
        if saved.fingerprint != fingerprint {
            return Err(PersistenceError::OtherTraining {
                path: self.path.clone(),
            }
            .into());
        }
        Ok(Some(saved.progress))
    }

    /// All bytes of the file: a pipe would never end.
    fn read(&self) -> io::Result<Vec<u8>> {
        match fs::metadata(&self.path)?.is_file() {
            true => fs::read(&self.path),
            false => Err(io::Error::other("it is no regular file")),
        }
    }

    /// Finds out whether the file can be written, before any work is done for it.
    pub(crate) fn try_out(&self) -> Result<()> {
        self.temporary()
            .map(drop)
            .map_err(|fault| self.fault(fault))
    }

    pub(crate) fn fault(&self, fault: impl std::fmt::Display) -> Error {
        Error::Persistence(PersistenceError::Checkpoint {
            path: self.path.clone(),
            fault: fault.to_string(),
        })
    }

    /// Writes a temporary file, which it holds locked meanwhile, and renames it.
    pub(crate) fn save<P: Serialize>(&self, fingerprint: &str, progress: &P) -> Result<()> {
        let saved = Outgoing {
            format: self.format,
            fingerprint,
            progress,
        };
        // another training may have taken a file that was not locked yet for a leftover
        match self.replace(&saved) {
            Err(fault) if fault.kind() == ErrorKind::NotFound => self.replace(&saved),
            result => result,
        }
        .map_err(|fault| self.fault(fault))
    }

    fn replace<P: Serialize>(&self, saved: &Outgoing<P>) -> io::Result<()> {
        let mut file = self.temporary()?;
        write(file.as_file_mut(), saved)?;
        file.persist(self.target())?;
        self.sync_folder();
        Ok(())
    }

    /// A temporary file, which is locked as long as it is open. It has the permissions of the file
    /// that is there, or those that the process gives to new files.
    fn temporary(&self) -> io::Result<NamedTempFile> {
        let path = self.path.as_os_str().as_encoded_bytes();
        if path.last().is_none_or(|&last| is_separator(last.into())) {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "the path names no file",
            ));
        }
        let folder = self.folder();
        if !folder.is_dir() {
            let missing = format!("{} is no folder, create it first", folder.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, missing));
        }
        let mut builder = tempfile::Builder::new();
        let prefix = self.prefix();
        builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder)?;
        if let Ok(metadata) = fs::metadata(&self.path) {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        // where there are no locks, no file is taken for a leftover
        let _ = file.as_file().try_lock();
        Ok(file)
    }

    /// The file itself, where the path is a symbolic link, to a file that may be missing yet.
    fn target(&self) -> PathBuf {
        let mut path = self.path.clone();
        for _ in 0..LINKS {
            match fs::read_link(&path) {
                Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
                Err(_) => break,
            }
        }
        path
    }

    /// Makes the new name survive a power failure, where folders can be synchronised.
    fn sync_folder(&self) {
        if cfg!(unix) {
            let _ = File::open(self.folder()).and_then(|folder| folder.sync_all());
        }
    }

    fn folder(&self) -> PathBuf {
        match self.target().parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
            _ => PathBuf::from("."),
        }
    }

    /// Prefix of the names of temporary files.
    fn prefix(&self) -> OsString {
        let mut prefix = OsString::from(".");
        prefix.push(self.target().file_name().unwrap_or_default());
        prefix.push(".");
        prefix
    }

    /// Whether a file is a temporary one of this checkpoint, not of one whose name has the same
    /// beginning.
    fn is_leftover(&self, name: &[u8]) -> bool {
        let rest = name.strip_prefix(self.prefix().as_encoded_bytes());
        let random = rest.and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
        random.is_some_and(|random| {
            random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric)
        })
    }

    /// Removes the temporary files of trainings that were killed while writing, except those that
    /// are locked by a running one; if a file cannot be removed, it does no harm.
    pub(crate) fn remove_leftovers(&self) {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        for entry in entries {
            if self.is_leftover(entry.file_name().as_encoded_bytes()) {
                remove_unless_locked(&entry.path());
            }
        }
    }
}

/// Removes a file that no process holds locked; holds the lock meanwhile.
fn remove_unless_locked(path: &Path) {
    if let Ok(file) = File::open(path)
        && file.try_lock().is_ok()
    {
        let _ = fs::remove_file(path);
    }
}

/// Writes a state and its checksum, to the disk itself.
fn write<P: Serialize>(file: &mut File, saved: &Outgoing<P>) -> io::Result<()> {
    let hash = {
        let mut writer = Hashing {
            inner: BufWriter::new(&mut *file),
            hash: Sha256::new(),
        };
        ciborium::into_writer(saved, &mut writer).map_err(io::Error::other)?;
        writer.flush()?;
        writer.hash
    };
    file.write_all(&hash.finalize())?;
    file.sync_all()
}

/// Hashes what is written.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
