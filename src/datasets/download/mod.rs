//! Image sets fetched from their publishers or well-known mirrors, and verified.

mod attempt;
mod check;
mod downloader;
mod error;
mod remote_file;
mod remote_set;
mod target;
mod transfer;

pub use self::downloader::Downloader;
pub use self::error::{DownloadError, FailedAttempt, TransferError};
pub use self::remote_file::RemoteFile;
pub use self::remote_set::RemoteSet;
