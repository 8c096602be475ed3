//! One attempt at one address: a request, its answer, the bytes on disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use ureq::http::{header, Response};
use ureq::{Agent, Body};

use super::error::TransferError;

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// A transfer into a partial file that later attempts go on with.
pub(super) struct Transfer<'a> {
    pub(super) agent: &'a Agent,
    pub(super) url: &'a str,
    pub(super) part: &'a Path,
    /// Most bytes of the whole file.
    pub(super) limit: u64,
}

impl Transfer<'_> {
    /// Fetches what the partial file lacks; `progress` gets the bytes done and those announced.
    pub(super) fn run(
        &self,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<(), TransferError> {
        let have = self.part.metadata().map_or(0, |metadata| metadata.len());
        let mut response = self.request(have)?;
        let start = match response.status().as_u16() {
            200 => 0,
            206 if starts_at(&response, have) => have,
            // A range that the server does not have, or another than was asked for: start again.
            206 | 416 => {
                response = self.request(0)?;
                match response.status().as_u16() {
                    200 => 0,
                    status => return Err(TransferError::Status(status)),
                }
            }
            status => return Err(TransferError::Status(status)),
        };
        let total = response
            .body()
            .content_length()
            .map(|length| start.saturating_add(length));
        if total.is_some_and(|total| total > self.limit) {
            return Err(TransferError::TooLarge { limit: self.limit });
        }
        let file = self.open(start).map_err(TransferError::Disk)?;
        self.copy(response, file, start, total, progress)
    }

    fn request(&self, start: u64) -> Result<Response<Body>, TransferError> {
        let mut request = self.agent.get(self.url);
        if start > 0 {
            request = request.header(header::RANGE, format!("bytes={start}-"));
        }
        // The bytes as they are stored: the checksum's file is already compressed.
        let request = request.header(header::ACCEPT_ENCODING, "identity");
        request
            .call()
            .map_err(|error| TransferError::Http(Box::new(error)))
    }

    /// The partial file, to go on at byte `start`.
    fn open(&self, start: u64) -> io::Result<File> {
        OpenOptions::new()
            .create(true)
            .write(true)
            .append(start > 0)
            .truncate(start == 0)
            .open(self.part)
    }

    fn copy(
        &self,
        response: Response<Body>,
        mut file: File,
        start: u64,
        total: Option<u64>,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<(), TransferError> {
        let mut reader = response.into_body().into_reader();
        let mut chunk = vec![0; CHUNK];
        let mut done = start;
        progress(done, total);
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(TransferError::Http(Box::new(ureq::Error::from(error)))),
            };
            if count == 0 {
                break;
            }
            done += count as u64;
            if done > self.limit {
                return Err(TransferError::TooLarge { limit: self.limit });
            }
            file.write_all(&chunk[..count])
                .map_err(TransferError::Disk)?;
            progress(done, total);
        }
        match total {
            Some(expected) if expected != done => Err(TransferError::Truncated {
                found: done,
                expected,
            }),
            _ => file.sync_all().map_err(TransferError::Disk),
        }
    }
}

/// The answer is the rest of the file from byte `start` on.
fn starts_at(response: &Response<Body>, start: u64) -> bool {
    let range = response.headers().get(header::CONTENT_RANGE);
    let range = range
        .and_then(|range| range.to_str().ok())
        .unwrap_or_default();
    range.starts_with(&format!("bytes {start}-"))
}
