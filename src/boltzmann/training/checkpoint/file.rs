//! The file of a checkpoint, which holds a complete state at any moment.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_crate::de::DeserializeOwned;
use serde_crate::{Deserialize, Serialize};

use crate::error::PersistenceError;
use crate::{Error, Result};

/// Header of a checkpoint, which tells a reader the format of the rest.
const FORMAT: &str = "linfa-fisher training, version 4";

/// Suffix of the names of temporary files.
const SUFFIX: &str = ".part";

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

/// A file that is written under a temporary name in the same folder and then renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StateFile {
    path: PathBuf,
}

impl StateFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The state in the file; `None` if there is no file.
    pub(super) fn load<P: DeserializeOwned>(&self, fingerprint: &str) -> Result<Option<P>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
            Err(fault) => return Err(self.fault(fault)),
        };
        let saved: Incoming<P> =
            ciborium::from_reader(BufReader::new(file)).map_err(|fault| self.fault(fault))?;
        if saved.format != FORMAT {
            let fault = format!("it begins with {:?}, expected {FORMAT:?}", saved.format);
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

    pub(super) fn fault(&self, fault: impl std::fmt::Display) -> Error {
        Error::Persistence(PersistenceError::Checkpoint {
            path: self.path.clone(),
            fault: fault.to_string(),
        })
    }

    /// Writes a temporary file and renames it.
    pub(super) fn save<P: Serialize>(&self, fingerprint: &str, progress: &P) -> Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(&self.prefix())
            .suffix(SUFFIX)
            .rand_bytes(RANDOM)
            .tempfile_in(self.folder())
            .map_err(|e| self.fault(e))?;
        let saved = Outgoing {
            format: FORMAT,
            fingerprint,
            progress,
        };
        let mut writer = BufWriter::new(file.as_file_mut());
        ciborium::into_writer(&saved, &mut writer).map_err(|e| self.fault(e))?;
        writer.flush().map_err(|e| self.fault(e))?;
        drop(writer);
        file.as_file().sync_all().map_err(|e| self.fault(e))?;
        file.persist(&self.path).map_err(|e| self.fault(e))?;
        Ok(())
    }

    fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// Prefix of the names of temporary files.
    fn prefix(&self) -> OsString {
        let mut prefix = OsString::from(".");
        prefix.push(self.path.file_name().unwrap_or_default());
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

    /// Removes the temporary files of trainings that were killed while writing; if a file cannot be
    /// removed, it does no harm.
    pub(super) fn remove_leftovers(&self) {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        for entry in entries {
            if self.is_leftover(entry.file_name().as_encoded_bytes()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
