//! Files fetched from the web into a folder, each verified before it gets its name.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use ureq::Agent;

use super::attempt::Attempt;
use super::error::{DownloadError, FailedAttempt, TransferError};
use super::remote_file::RemoteFile;
use super::remote_set::RemoteSet;
use super::target::Target;
use crate::datasets::{data_dir, usps};
use crate::observer::{Event, Observer};

/// Longest pause that a server can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Fetches files into a folder and verifies each of them before it gets its name.
///
/// A file that exists already, wherever the loader of its set would find it, is verified and not
/// fetched again. Otherwise the addresses are tried in turn, each several times with growing
/// pauses. A transfer that broke off is resumed where it stopped if the server supports this, also
/// in a later run. The bytes go to a hidden partial file, which is moved into place once the
/// checksum of its uncompressed content is right, so that no reader ever finds half a file. The
/// downloader stops reading an answer that is longer than the file can be.
///
/// Several runs that fetch the same file into the same folder wait for each other by means of a
/// hidden lock file, which stays in the folder: one run fetches the file, the others find it.
///
/// Proxies are taken from the environment variables `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
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
/// # Ok::<(), linfa_fisher::Error>(())
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
    /// A downloader into the folder that the environment variable `LINFA_FISHER_DATA` names, or
    /// else into the user's cache folder ([`Downloader::cache_dir`]); [`data_dir`] returns the same
    /// folder.
    ///
    /// [`data_dir`]: crate::datasets::data_dir
    pub fn new() -> Self {
        Self {
            folder: data_dir::download_dir(),
            attempts: 4,
            pause: Duration::from_secs(1),
            silence: Duration::from_secs(20),
            timeout: Duration::from_secs(600),
        }
    }

    /// The folder of this crate in the user's cache, such as `~/.cache/linfa-fisher` on Linux, or
    /// `linfa-fisher-data` below the current folder for a user without a home.
    pub fn cache_dir() -> PathBuf {
        data_dir::cache_dir()
    }

    /// Sets the folder that the files go to, each into the subfolder of its set. The folder is made
    /// when it is needed.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Sets the number of attempts at each address; 0 counts as 1. Default: 4.
    pub fn attempts(mut self, attempts: usize) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the pause after the first failed attempt at an address; each further failure doubles
    /// it. A busy server may ask for a longer pause, up to a minute. Default: one second.
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Sets how long to wait for a connection and for each next byte (`silence`), and how long an
    /// attempt may take in all (`attempt`). Default: 20 seconds and 10 minutes.
    pub fn timeouts(mut self, silence: Duration, attempt: Duration) -> Self {
        (self.silence, self.timeout) = (silence, attempt);
        self
    }

    /// Fetches the files of a set that the folder lacks; returns the folder, for the set's loader.
    ///
    /// `observer` gets an [`Event::Download`] for each piece received and an
    /// [`Event::DownloadFailed`] for each failed attempt.
    ///
    /// # Errors
    ///
    /// [`DownloadError`] when a file could be fetched from none of its addresses; the message says
    /// which file to put where by hand.
    pub fn fetch(
        &self,
        set: RemoteSet,
        observer: &mut impl Observer,
    ) -> Result<PathBuf, DownloadError> {
        // No checksums of LIBSVM's form are known here: its loader counts the images of each class.
        if set == RemoteSet::Usps && usps::holds_libsvm(&self.folder) {
            return Ok(self.folder.clone());
        }
        for file in set.files() {
            self.fetch_file(&file, observer)?;
        }
        Ok(self.folder.clone())
    }

    /// Fetches one file, unless it exists already; returns its path.
    ///
    /// # Errors
    ///
    /// As [`Downloader::fetch`].
    pub fn fetch_file(
        &self,
        file: &RemoteFile,
        observer: &mut impl Observer,
    ) -> Result<PathBuf, DownloadError> {
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
        Err(DownloadError {
            file: path,
            urls: file.urls().to_vec(),
            failed,
        })
    }

    /// Tries the addresses in turn, unless another run fetched the file while this run waited for
    /// the lock.
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
            let attempt = Attempt {
                agent: &agent,
                file,
                url,
                target,
            };
            match self.try_address(&attempt, observer) {
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

    /// Makes attempts at one address until one succeeds, none is left, or another would fail in the
    /// same way.
    fn try_address(
        &self,
        attempt: &Attempt<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), Vec<FailedAttempt>> {
        let mut failed: Vec<FailedAttempt> = Vec::new();
        loop {
            let Err((fault, passing)) = attempt.run(observer) else {
                return Ok(());
            };
            let again = passing && failed.len() + 1 < self.attempts;
            let pause = match again {
                true => self.pause_after(failed.len(), &fault),
                false => Duration::ZERO,
            };
            observer.observe(&Event::DownloadFailed {
                url: attempt.url.to_string(),
                fault: fault.to_string(),
                pause,
            });
            failed.push(FailedAttempt {
                url: attempt.url.to_string(),
                fault,
                pause,
            });
            if !again {
                return Err(failed);
            }
            sleep(pause);
        }
    }

    /// The pause after a fault with `before` failures before it: doubled for each of them, and no
    /// shorter than the server asks for.
    fn pause_after(&self, before: usize, fault: &TransferError) -> Duration {
        let doubled = self.pause.saturating_mul(1 << before.min(10));
        doubled.max(fault.after().min(LONGEST_WAIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Downloader>();
        has_autotraits::<TransferError>();
        has_autotraits::<FailedAttempt>();
        has_autotraits::<DownloadError>();
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
