//! The transfer of one file from one address: a request, its answer, the bytes on disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use ureq::http::{Response, header};
use ureq::{Agent, Body};

use super::error::TransferError;

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// A transfer into a partial file, which a later attempt resumes.
pub(super) struct Transfer<'a> {
    pub(super) agent: &'a Agent,
    pub(super) url: &'a str,
    pub(super) part: &'a Path,
    /// Greatest number of bytes of the whole file.
    pub(super) limit: u64,
}

impl Transfer<'_> {
    /// Fetches what the partial file lacks; returns the announced length, if any. `progress` gets
    /// the number of bytes done and the number announced.
    pub(super) fn run(
        &self,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Option<u64>, TransferError> {
        let have = self.part.metadata().map_or(0, |metadata| metadata.len());
        let mut response = self.request(have)?;
        let mut answer = Answer::new(&response, have)?;
        if answer == Answer::OtherRange && have > 0 {
            response = self.request(0)?;
            answer = Answer::new(&response, 0)?;
        }
        let Answer::From { start, total } = answer else {
            return Err(TransferError::Status(response.status().as_u16()));
        };
        if total.is_some_and(|total| total > self.limit) {
            return Err(TransferError::TooLarge { limit: self.limit });
        }
        let file = self.open(start).map_err(TransferError::Disk)?;
        self.copy(response, file, start, total, progress)?;
        Ok(total)
    }

    fn request(&self, start: u64) -> Result<Response<Body>, TransferError> {
        let mut request = self.agent.get(self.url);
        if start > 0 {
            request = request.header(header::RANGE, format!("bytes={start}-"));
        }
        // The bytes as they are stored: the files are compressed already.
        let request = request.header(header::ACCEPT_ENCODING, "identity");
        request
            .call()
            .map_err(|error| TransferError::Http(Box::new(error)))
    }

    /// Opens the partial file for writing from byte `start` on.
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

/// Which part of the file an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The bytes from `start` on, of `total` if that is known.
    From { start: u64, total: Option<u64> },
    /// The server does not have the range asked for, or sends another one; ask it for the whole
    /// file.
    OtherRange,
}

impl Answer {
    /// The answer to a request for the bytes from `asked` on.
    fn new(response: &Response<Body>, asked: u64) -> Result<Self, TransferError> {
        let header = |name| response.headers().get(name)?.to_str().ok();
        match response.status().as_u16() {
            200 => Ok(Self::From {
                start: 0,
                total: response.body().content_length(),
            }),
            206 => match header(header::CONTENT_RANGE).and_then(content_range) {
                Some((start, total)) if start == asked => Ok(Self::From { start, total }),
                _ => Ok(Self::OtherRange),
            },
            416 => Ok(Self::OtherRange),
            status => Err(refusal(status, header(header::RETRY_AFTER))),
        }
    }
}

/// The first byte and the length of the whole file in a header such as `bytes 5-9/10`, where the
/// length may be `*`.
///
/// The last byte may be any byte, since a server may send less than it was asked for.
fn content_range(range: &str) -> Option<(u64, Option<u64>)> {
    let (bytes, total) = range.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = bytes.split_once('-')?;
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    Some((start.trim().parse().ok()?, total))
}

/// The fault of a status other than success; a busy server may say after how many seconds to ask
/// again.
fn refusal(status: u16, retry_after: Option<&str>) -> TransferError {
    let seconds = retry_after.and_then(|seconds| seconds.trim().parse().ok());
    match (status, seconds) {
        (429 | 503, Some(seconds)) => TransferError::Busy {
            status,
            after: Duration::from_secs(seconds),
        },
        _ => TransferError::Status(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_tell_the_length_of_the_whole() {
        assert_eq!(content_range("bytes 5-7/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        for other in [
            "",
            "bytes",
            "bytes */10",
            "bytes 5-9",
            "lines 5-9/10",
            "bytes 5-9/x",
        ] {
            assert_eq!(content_range(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_busy_server_is_waited_for() {
        let after = |status, header| refusal(status, header).after();
        assert_eq!(after(503, Some(" 7 ")), Duration::from_secs(7));
        for (status, header) in [(503, None), (429, Some("Fri, 31 Dec")), (404, Some("7"))] {
            assert_eq!(after(status, header), Duration::ZERO);
        }
    }
}
