//! Why a file could not be fetched.

use std::io;
use std::time::Duration;

use crate::datasets::error::DataError;

/// A fault of one attempt to fetch a file from one address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The server answered with another status than success.
    #[error("the server answered with status {0}, expected 200 or 206")]
    Status(u16),
    /// The server is busy and names the time after which to ask again.
    #[error("the server answered with status {status}, to be asked again after {} s", after.as_secs())]
    Busy {
        /// Status of the answer: 429 or 503.
        status: u16,
        /// The time that it names.
        after: Duration,
    },
    /// The server could not be reached, or fell silent, or cut the answer short, or took too long.
    #[error("the transfer failed: {0}")]
    Http(#[source] Box<ureq::Error>),
    /// The connection ended before the announced length.
    #[error("the transfer ended after {found} bytes, expected {expected}")]
    Truncated {
        /// Bytes received, with those of earlier attempts.
        found: u64,
        /// Bytes announced.
        expected: u64,
    },
    /// The server sends or announces more bytes than the file can have.
    #[error("the server sends more than {limit} bytes, expected at most these")]
    TooLarge {
        /// Most bytes allowed.
        limit: u64,
    },
    /// The uncompressed content is not the dataset's.
    #[error("the content has the SHA-256 checksum {found}, expected {expected}")]
    Checksum {
        /// Checksum found.
        found: String,
        /// Checksum expected.
        expected: String,
    },
    /// The content could not be read as what the file should be.
    #[error("the content is wrong: {0}")]
    Content(#[source] Box<DataError>),
    /// The file could not be written on this side.
    #[error("the file could not be written: {0}")]
    Disk(#[source] io::Error),
}

impl TransferError {
    /// Whether the same address may do better at the next attempt.
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

    /// The time that the server asked to be left alone for.
    pub(super) fn after(&self) -> Duration {
        match self {
            Self::Busy { after, .. } => *after,
            _ => Duration::ZERO,
        }
    }
}

/// Faults of the network pass; those of an address, of redirects and of certificates do not.
fn may_pass(error: &ureq::Error) -> bool {
    use ureq::Error::{ConnectionFailed, HostNotFound, Io, Protocol, Timeout};
    match error {
        // The certificate is refused within a transport, which wraps it.
        Io(error) => error.kind() != io::ErrorKind::InvalidData,
        Protocol(_) | Timeout(_) | HostNotFound | ConnectionFailed => true,
        _ => false,
    }
}

/// An attempt that failed, as [`DataError::Download`] lists them.
#[derive(Debug, thiserror::Error)]
#[error("{url}: {fault}")]
pub struct FailedAttempt {
    /// Address that was tried.
    pub url: String,
    /// What went wrong.
    pub fault: TransferError,
    /// Pause before the next attempt at the same address; zero for the last.
    pub pause: Duration,
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
