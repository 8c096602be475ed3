//! One attempt to fetch a file from one address, verify it and move it into place.

use std::fs;
use std::path::Path;

use ureq::Agent;

use super::error::TransferError;
use super::remote_file::RemoteFile;
use super::target::Target;
use super::transfer::Transfer;
use crate::observer::{Event, Observer};

/// What to fetch, from which address, to which place.
pub(super) struct Attempt<'a> {
    pub(super) agent: &'a Agent,
    pub(super) file: &'a RemoteFile,
    pub(super) url: &'a str,
    pub(super) target: &'a Target<'a>,
}

impl Attempt<'_> {
    /// Fetches, verifies and moves into place; a fault comes with whether another attempt may
    /// succeed.
    pub(super) fn run(&self, observer: &mut impl Observer) -> Result<(), (TransferError, bool)> {
        let part = self.target.part(self.url);
        let resumed = part.exists();
        let received = self.transfer(&part, observer);
        // An answer of unknown length may have been cut short, and the server may have replaced the
        // content since an earlier run wrote the partial file.
        let doubtful = resumed || matches!(received, Ok(None));
        let outcome = received
            .and_then(|_| self.file.verify(&part))
            .and_then(|()| self.target.keep(&part).map_err(TransferError::Disk));
        outcome.map_err(|fault| discard(&part, fault, doubtful))
    }

    /// Fetches what the partial file lacks; returns the announced length, if any.
    fn transfer(
        &self,
        part: &Path,
        observer: &mut impl Observer,
    ) -> Result<Option<u64>, TransferError> {
        let transfer = Transfer {
            agent: self.agent,
            url: self.url,
            part,
            limit: self.file.transfer_limit(),
        };
        transfer.run(&mut |done, total| {
            observer.observe(&Event::Download {
                file: self.file.name().to_string(),
                done,
                total,
            });
        })
    }
}

/// Removes a partial file of wrong content; returns the fault with whether another attempt may
/// succeed.
fn discard(part: &Path, fault: TransferError, doubtful: bool) -> (TransferError, bool) {
    let useless = fault.is_content() || matches!(fault, TransferError::TooLarge { .. });
    if useless
        && part.exists()
        && let Err(error) = fs::remove_file(part)
    {
        return (TransferError::Disk(error), false);
    }
    let passing = fault.is_passing() || (doubtful && fault.is_content());
    (fault, passing)
}
