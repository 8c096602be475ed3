//! Why a file could not be downloaded.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::datasets::error::DataError;

/// Why one attempt to fetch a file from one address failed.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::TransferError;
///
/// let fault = TransferError::Truncated { found: 10, expected: 20 };
/// assert_eq!(fault.to_string(), "the transfer ended after 10 bytes, expected 20");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The server answered with a status other than success.
    #[error("the server answered with status {0}, expected 200 or 206")]
    Status(u16),
    /// The server is busy and says after how long to ask again.
    #[error("the server is busy (status {status}), ask it again after {} s", after.as_secs())]
    Busy {
        /// Status of the answer: 429 or 503.
        status: u16,
        /// The time after which to ask again.
        after: Duration,
    },
    /// The server could not be reached, stopped sending, cut the answer short or took too long.
    #[error("the transfer failed: {0}")]
    Http(#[source] Box<ureq::Error>),
    /// The connection ended before the announced length.
    #[error("the transfer ended after {found} bytes, expected {expected}")]
    Truncated {
        /// Bytes received, those of earlier attempts included.
        found: u64,
        /// Bytes announced.
        expected: u64,
    },
    /// The server sends or announces more bytes than the file can have.
    #[error("the server sends more than {limit} bytes, expected at most {limit}")]
    TooLarge {
        /// Greatest number of bytes allowed.
        limit: u64,
    },
    /// The uncompressed content is not that of the dataset.
    #[error("the content has the SHA-256 checksum {found}, expected {expected}")]
    Checksum {
        /// Checksum found.
        found: String,
        /// Checksum expected.
        expected: String,
    },
    /// The content could not be read as a file of the dataset.
    #[error("the content is not that of the dataset: {0}")]
    Content(#[source] Box<DataError>),
    /// The file could not be written to the disk.
    #[error("the file could not be written: {0}")]
    Disk(#[source] io::Error),
}

impl TransferError {
    /// The content at hand is no file of the dataset, for the reason `error`.
    pub(super) fn content(error: DataError) -> Self {
        Self::Content(Box::new(error))
    }

    /// Whether the next attempt at the same address may succeed.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Http(error) => may_pass(error),
            Self::Truncated { .. } | Self::Busy { .. } => true,
            _ => false,
        }
    }

    /// Whether the bytes received are of no use.
    pub(super) fn is_content(&self) -> bool {
        matches!(self, Self::Checksum { .. } | Self::Content(_))
    }

    /// How long the server asks to wait before the next attempt.
    pub(super) fn after(&self) -> Duration {
        match self {
            Self::Busy { after, .. } => *after,
            _ => Duration::ZERO,
        }
    }
}

/// Whether a fault may pass: faults of the network do, those of an address, of redirects and of
/// certificates do not.
fn may_pass(error: &ureq::Error) -> bool {
    use ureq::Error::{ConnectionFailed, HostNotFound, Io, Protocol, Timeout};
    match error {
        // The transport reports a refused certificate as invalid data.
        Io(error) => error.kind() != io::ErrorKind::InvalidData,
        Protocol(_) | Timeout(_) | HostNotFound | ConnectionFailed => true,
        _ => false,
    }
}

/// A failed attempt to fetch a file from one address, as [`DownloadError`] lists them.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use linfa_fisher::datasets::{FailedAttempt, TransferError};
///
/// let attempt = FailedAttempt {
///     url: "https://example.org/x".into(),
///     fault: TransferError::Status(404),
///     pause: Duration::ZERO,
/// };
/// let text = "https://example.org/x: the server answered with status 404, expected 200 or 206";
/// assert_eq!(attempt.to_string(), text);
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{url}: {fault}")]
pub struct FailedAttempt {
    /// Address that was tried.
    pub url: String,
    /// Why the attempt failed.
    pub fault: TransferError,
    /// Pause before the next attempt at the same address; zero after the last attempt.
    pub pause: Duration,
}

/// A file that could be fetched from none of its addresses.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{Downloader, RemoteFile};
///
/// let folder = tempfile::tempdir()?;
/// let file = RemoteFile::new("x.gz", 5, "2cf24dba", vec![]);
/// let error = Downloader::new().folder(folder.path()).fetch_file(&file, &mut ()).unwrap_err();
/// assert!(error.to_string().contains("could not be fetched: it has no address"));
/// assert!(error.failed.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error(
    "{} could not be fetched: {}; {}",
    file.display(), last_faults(failed), what_to_do(urls)
)]
pub struct DownloadError {
    /// Path that the file should have.
    pub file: PathBuf,
    /// Addresses of the file.
    pub urls: Vec<String>,
    /// The failed attempts, in order.
    pub failed: Vec<FailedAttempt>,
}

/// The last fault of each address.
fn last_faults(failed: &[FailedAttempt]) -> String {
    let last: Vec<String> = failed
        .iter()
        .filter(|attempt| attempt.pause.is_zero())
        .map(FailedAttempt::to_string)
        .collect();
    match last.is_empty() {
        true => "it has no address".to_string(),
        false => last.join("; "),
    }
}

/// How the user can get the file without the downloader.
fn what_to_do(urls: &[String]) -> String {
    match urls {
        [] => "give it an address".to_string(),
        _ => format!(
            "fetch it by hand from {} and put it there",
            urls.join(" or ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_faults_of_the_network_pass() {
        let http = |error| TransferError::Http(Box::new(error)).is_passing();
        for error in [
            ureq::Error::BadUri(String::new()),
            ureq::Error::TooManyRedirects,
            ureq::Error::RedirectFailed,
            ureq::Error::InvalidProxyUrl,
            ureq::Error::Tls("no certificate"),
            ureq::Error::Io(io::ErrorKind::InvalidData.into()),
        ] {
            assert!(!http(error));
        }
        for error in [
            ureq::Error::HostNotFound,
            ureq::Error::ConnectionFailed,
            ureq::Error::Io(io::ErrorKind::ConnectionReset.into()),
            ureq::Error::Io(io::ErrorKind::UnexpectedEof.into()),
        ] {
            assert!(http(error));
        }
        assert!(!TransferError::Status(403).is_passing());
        assert!(TransferError::Status(429).is_passing());
    }
}
