//! Image sets fetched from their publishers or well-known mirrors, and verified.

mod error;
mod remote;
mod target;
mod transfer;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use directories::ProjectDirs;
use ureq::Agent;

pub use self::error::{FailedAttempt, TransferError};
pub use self::remote::{RemoteFile, RemoteSet};

use self::target::Target;
use self::transfer::Transfer;
use super::error::DataError;
use super::{usps, wanted};
use crate::observer::{Event, Observer};

/// Longest pause that a server can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Fetches files into a folder, each verified before it gets its name.
///
/// A file that is there already, wherever the set's loader would find it, is verified and not fetched again. Otherwise its
/// addresses are tried in turn, each several times with growing pauses; a transfer that broke off goes on where it stopped if
/// the server can do that, also in a later run. The bytes go to a hidden partial file, which is moved into place once the
/// checksum of its uncompressed content is right, so that no reader ever finds half a file. Of an endless answer no more is
/// taken than the file can have.
///
/// Runs that fetch the same file into the same folder at once wait for each other, by a hidden lock file that stays there: one
/// fetches, the others find what it fetched.
///
/// Proxies are those of the environment variables `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
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
    /// Into the folder of the environment variable `LINFA_FISHER_DATA` or else the user's cache folder
    /// ([`Downloader::cache_dir`]), where [`data_dir`](crate::datasets::data_dir) finds it.
    pub fn new() -> Self {
        Self {
            folder: wanted::download_dir(),
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

    /// Pause after the first failed attempt at an address, doubled after each more. Default: one second. A busy server may ask
    /// for a longer one, up to a minute.
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
        // This form of the set has no checksums here: its loader counts the classes.
        if set == RemoteSet::Usps && usps::holds_libsvm(&self.folder) {
            return Ok(self.folder.clone());
        }
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
        if let Some(found) = file.find(&self.folder) {
            return Ok(found);
        }
        let path = self.folder.join(file.name());
        let failed = match Target::lock(&path) {
            Ok(target) => match self.try_addresses(file, &path, &target, observer) {
                Ok(path) => return Ok(path),
                Err(failed) => failed,
            },
            Err(error) => vec![FailedAttempt {
                url: file.urls().first().cloned().unwrap_or_default(),
                fault: TransferError::Disk(error),
                pause: Duration::ZERO,
            }],
        };
        Err(DataError::Download {
            file: path,
            urls: file.urls().to_vec(),
            failed,
        })
    }

    /// Tries the addresses in turn, unless another run fetched the file while this one waited for the lock.
    fn try_addresses(
        &self,
        file: &RemoteFile,
        path: &Path,
        target: &Target<'_>,
        observer: &mut impl Observer,
    ) -> Result<PathBuf, Vec<FailedAttempt>> {
        if let Some(found) = file.find(&self.folder) {
            return Ok(found);
        }
        let agent = self.agent();
        let mut failed = Vec::new();
        for url in file.urls() {
            match self.try_address(&agent, file, url, target, observer) {
                Ok(()) => return Ok(path.to_path_buf()),
                Err(mut attempts) => failed.append(&mut attempts),
            }
        }
        Err(failed)
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
        target: &Target<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), Vec<FailedAttempt>> {
        let mut failed: Vec<FailedAttempt> = Vec::new();
        loop {
            let Err((fault, passing)) = attempt(agent, file, url, target, observer) else {
                return Ok(());
            };
            let again = passing && failed.len() + 1 < self.attempts;
            let pause = match again {
                true => self.pause_after(failed.len(), &fault),
                false => Duration::ZERO,
            };
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
            if !again {
                return Err(failed);
            }
            sleep(pause);
        }
    }

    /// Doubled after each attempt that failed before, and no shorter than the server asks for.
    fn pause_after(&self, before: usize, fault: &TransferError) -> Duration {
        let doubled = self.pause.saturating_mul(1 << before.min(10));
        doubled.max(fault.after().min(LONGEST_WAIT))
    }
}

/// Fetches, verifies and moves into place; a fault comes with whether another attempt may do better.
fn attempt(
    agent: &Agent,
    file: &RemoteFile,
    url: &str,
    target: &Target<'_>,
    observer: &mut impl Observer,
) -> Result<(), (TransferError, bool)> {
    let part = target.part(url);
    let resumed = part.exists();
    let transfer = Transfer {
        agent,
        url,
        part: &part,
        limit: file.transfer_limit(),
    };
    let received = transfer.run(&mut |done, total| {
        observer.observe(&Event::Download {
            file: file.name().to_string(),
            done,
            total,
        });
    });
    // An answer of unknown length may have been cut short, and a partial file of an earlier run may be of content that the
    // server has replaced since.
    let doubtful = resumed || matches!(received, Ok(None));
    let outcome = received
        .and_then(|_| file.verify(&part))
        .and_then(|()| target.keep(&part).map_err(TransferError::Disk));
    outcome.map_err(|fault| discard(&part, fault, doubtful))
}

/// Removes a partial file of wrong content, and tells whether another attempt may do better.
fn discard(part: &Path, fault: TransferError, doubtful: bool) -> (TransferError, bool) {
    let useless = fault.is_content() || matches!(fault, TransferError::TooLarge { .. });
    if useless && part.exists() {
        if let Err(error) = fs::remove_file(part) {
            return (TransferError::Disk(error), false);
        }
    }
    let passing = fault.is_passing() || (doubtful && fault.is_content());
    (fault, passing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Downloader>();
    }

    #[test]
    fn pauses_double_and_follow_the_server_within_bounds() {
        let pause = |pause, before, after| {
            let fault = TransferError::Busy { status: 503, after };
            Downloader::new().pause(pause).pause_after(before, &fault)
        };
        let seconds = Duration::from_secs;
        assert_eq!(pause(seconds(1), 3, seconds(0)), seconds(8));
        assert_eq!(pause(seconds(1), 0, seconds(7)), seconds(7));
        assert_eq!(pause(seconds(1), 0, seconds(1 << 40)), LONGEST_WAIT);
        assert_eq!(pause(Duration::MAX, 99, seconds(0)), Duration::MAX);
    }
}
