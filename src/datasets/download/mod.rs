//! Image sets fetched from their publishers or well-known mirrors, and verified.

mod error;
mod remote;
mod transfer;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use directories::ProjectDirs;
use sha2::{Digest, Sha256};
use ureq::Agent;

pub use self::error::{FailedAttempt, TransferError};
pub use self::remote::{RemoteFile, RemoteSet};

use self::transfer::Transfer;
use super::error::DataError;
use crate::observer::{Event, Observer};

/// Fetches files into a folder, each verified before it gets its name.
///
/// A file that is there already is verified and not fetched again. Otherwise its addresses are tried in turn, each several times
/// with growing pauses; a transfer that broke off goes on where it stopped if the server can do that, also in a later run. The bytes go to a
/// hidden partial file, which is moved into place once the checksum of its uncompressed content is right, so that no reader ever
/// finds half a file. Of an endless answer no more is taken than the file can have.
///
/// Proxies are those of the environment variables `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Two runs must not fetch the same file into the
/// same folder at once.
///
/// # Example
///
/// ```no_run
/// use linfa_fisher::datasets::{self, Downloader, RemoteSet};
/// use linfa_fisher::observer::ProgressBar;
///
/// # #[cfg(feature = "progress")] {
/// let folder = Downloader::new().fetch(RemoteSet::Usps, &mut ProgressBar::new("usps"))?;
/// let split = datasets::usps::<f32>(folder)?;
/// # }
/// # Ok::<(), datasets::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Downloader {
    folder: PathBuf,
    attempts: usize,
    pause: Duration,
    silence: Duration,
    timeout: Duration,
}

impl Default for Downloader {
    fn default() -> Self {
        Self::new()
    }
}

impl Downloader {
    /// Into the user's cache folder ([`Downloader::cache_dir`]).
    pub fn new() -> Self {
        Self {
            folder: Self::cache_dir(),
            attempts: 4,
            pause: Duration::from_secs(1),
            silence: Duration::from_secs(20),
            timeout: Duration::from_secs(600),
        }
    }

    /// The folder of this crate in the user's cache, such as `~/.cache/linfa-fisher` on Linux; `linfa-fisher-data` below the
    /// current folder for a user without a home.
    pub fn cache_dir() -> PathBuf {
        ProjectDirs::from("", "", "linfa-fisher").map_or_else(
            || PathBuf::from("linfa-fisher-data"),
            |dirs| dirs.cache_dir().to_path_buf(),
        )
    }

    /// The folder that the files go to, each in the subfolder of its set. It is made when it is needed.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Attempts at each address, at least one. Default: 4.
    pub fn attempts(mut self, attempts: usize) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Pause after the first failed attempt at an address, doubled after each more. Default: one second.
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// How long to wait for a connection and for each next byte, and how long an attempt may take in all.
    /// Default: 20 seconds and 10 minutes.
    pub fn timeouts(mut self, silence: Duration, attempt: Duration) -> Self {
        (self.silence, self.timeout) = (silence, attempt);
        self
    }

    /// Fetches the files of a set that the folder lacks and gives the folder, for the set's loader.
    ///
    /// `observer` gets an [`Event::Download`] for each piece received and an [`Event::DownloadFailed`] for each failed attempt.
    ///
    /// # Errors
    ///
    /// [`DataError::Download`] when a file could not be had from any address; it says which file to put where by hand.
    pub fn fetch(
        &self,
        set: RemoteSet,
        observer: &mut impl Observer,
    ) -> Result<PathBuf, DataError> {
        for file in set.files() {
            self.fetch_file(&file, observer)?;
        }
        Ok(self.folder.clone())
    }

    /// Fetches one file, unless it is there already, and gives its path.
    ///
    /// # Errors
    ///
    /// As [`Downloader::fetch`].
    pub fn fetch_file(
        &self,
        file: &RemoteFile,
        observer: &mut impl Observer,
    ) -> Result<PathBuf, DataError> {
        let target = self.folder.join(file.name());
        if target.is_file() && file.verify(&target).is_ok() {
            return Ok(target);
        }
        let agent = self.agent();
        let mut failed = Vec::new();
        for url in file.urls() {
            match self.try_address(&agent, file, url, &target, observer) {
                Ok(()) => return Ok(target),
                Err(mut attempts) => failed.append(&mut attempts),
            }
        }
        Err(DataError::Download {
            file: target,
            urls: file.urls().to_vec(),
            failed,
        })
    }

    fn agent(&self) -> Agent {
        Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(5)
            .timeout_connect(Some(self.silence))
            .timeout_recv_response(Some(self.silence))
            .timeout_per_read(Some(self.silence))
            .timeout_per_call(Some(self.timeout))
            .user_agent(concat!("linfa-fisher/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent()
    }

    /// Attempts at one address until one succeeds, none is left, or another would fail alike.
    fn try_address(
        &self,
        agent: &Agent,
        file: &RemoteFile,
        url: &str,
        target: &Path,
        observer: &mut impl Observer,
    ) -> Result<(), Vec<FailedAttempt>> {
        let mut failed: Vec<FailedAttempt> = Vec::new();
        loop {
            let resumed = part_path(target, url).exists();
            let Err(fault) = attempt(agent, file, url, target, observer) else {
                return Ok(());
            };
            // A partial file of an earlier run may be of content that the server has replaced since.
            let again = fault.is_passing()
                || (resumed
                    && matches!(
                        fault,
                        TransferError::Checksum { .. } | TransferError::Content(_)
                    ));
            let pause = match again && failed.len() + 1 < self.attempts {
                true => self.pause * (1 << failed.len().min(10)),
                false => Duration::ZERO,
            };
            let last = !again || failed.len() + 1 >= self.attempts;
            observer.observe(&Event::DownloadFailed {
                url: url.to_string(),
                fault: fault.to_string(),
                pause,
            });
            failed.push(FailedAttempt {
                url: url.to_string(),
                fault,
                pause,
            });
            if last {
                return Err(failed);
            }
            sleep(pause);
        }
    }
}

/// Fetches, verifies and moves into place.
fn attempt(
    agent: &Agent,
    file: &RemoteFile,
    url: &str,
    target: &Path,
    observer: &mut impl Observer,
) -> Result<(), TransferError> {
    let part = part_path(target, url);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(TransferError::Disk)?;
    }
    let transfer = Transfer {
        agent,
        url,
        part: &part,
        limit: file.transfer_limit(),
    };
    let outcome = transfer
        .run(&mut |done, total| {
            observer.observe(&Event::Download {
                file: file.name().to_string(),
                done,
                total,
            });
        })
        .and_then(|()| file.verify(&part));
    match outcome {
        Ok(()) => fs::rename(&part, target).map_err(TransferError::Disk),
        Err(fault) => {
            if !fault.is_passing() && part.exists() {
                fs::remove_file(&part).map_err(TransferError::Disk)?;
            }
            Err(fault)
        }
    }
}

/// The partial file of a target, one for each address: mirrors may compress the same content differently.
fn part_path(target: &Path, url: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let digest = Sha256::digest(url.as_bytes());
    let address: String = digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    target.with_file_name(format!(".{name}.{address}.part"))
}
