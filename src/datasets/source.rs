//! A file, plain or gzip'd, as a stream of bounded length whose errors name the file.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::error::DataError;

/// Number of bytes by which formats are told apart.
const MAGIC: u64 = 6;

/// A stream of at most `limit` bytes, which is decompressed when it starts like a gzip file.
///
/// Its `io::Error`s wrap a [`DataError`], which [`data_error`] unwraps.
pub(super) struct Source<R: BufRead> {
    path: PathBuf,
    stream: Stream<R>,
    limit: u64,
    left: u64,
}

/// The bytes that were read to tell the format, followed by the rest.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

enum Stream<R: BufRead> {
    Plain(Whole<R>),
    Gzip(MultiGzDecoder<Counted<Whole<R>>>),
}

impl Source<BufReader<File>> {
    /// Opens a regular file.
    pub(super) fn open(path: &Path, limit: u64) -> Result<Self, DataError> {
        let unreadable = |source| DataError::unreadable(path, source);
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(DataError::NotAFile {
                path: path.to_path_buf(),
            });
        }
        let file = File::open(path).map_err(unreadable)?;
        Self::new(path, BufReader::new(file), limit)
    }
}

impl<R: BufRead> Source<R> {
    /// A stream from any reader; errors call it by `path`.
    pub(super) fn new(path: &Path, mut reader: R, limit: u64) -> Result<Self, DataError> {
        let mut start = Vec::new();
        // A reader may give the first bytes one by one.
        (&mut reader)
            .take(MAGIC)
            .read_to_end(&mut start)
            .map_err(|error| data_error(path, error))?;
        if start.is_empty() {
            return Err(DataError::Empty {
                path: path.to_path_buf(),
            });
        }
        if let Some(format) = archive_format(&start) {
            return Err(DataError::Archive {
                path: path.to_path_buf(),
                format,
            });
        }
        let gzip = start.starts_with(&[0x1f, 0x8b]);
        let whole = Cursor::new(start).chain(reader);
        let stream = match gzip {
            true => Stream::Gzip(MultiGzDecoder::new(Counted::new(whole))),
            false => Stream::Plain(whole),
        };
        Ok(Self {
            path: path.to_path_buf(),
            stream,
            limit,
            left: limit,
        })
    }

    /// Reads all remaining bytes.
    pub(super) fn read_all(mut self) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        match self.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(data_error(&self.path, error)),
        }
    }
}

impl<R: BufRead> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.stream {
            Stream::Plain(reader) => reader.read(buffer)?,
            Stream::Gzip(decoder) => match decoder.read(buffer) {
                Ok(count) => count,
                // The compressed bytes could not be read, which says nothing about the format.
                Err(fault) if decoder.get_ref().failed => return Err(fault),
                Err(fault) => {
                    return Err(io::Error::other(DataError::Gzip {
                        path: self.path.clone(),
                        offset: decoder.get_ref().bytes,
                        fault,
                    }));
                }
            },
        };
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(DataError::TooLarge {
                path: self.path.clone(),
                limit: self.limit,
            })
        })?;
        Ok(count)
    }
}

/// The name of the format of an archive that other programs must unpack first.
fn archive_format(start: &[u8]) -> Option<&'static str> {
    const FORMATS: [(&[u8], &str); 3] = [
        (b"BZh", "bzip2"),
        (b"PK\x03\x04", "zip"),
        (b"\xfd7zXZ\0", "xz"),
    ];
    let found = FORMATS.iter().find(|(magic, _)| start.starts_with(magic));
    found.map(|&(_, name)| name)
}

/// Counts the compressed bytes that the decompressor took, and tells whether the last read failed.
struct Counted<R> {
    reader: R,
    bytes: u64,
    failed: bool,
}

impl<R> Counted<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            bytes: 0,
            failed: false,
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let outcome = self.reader.read(buffer);
        self.failed = outcome.is_err();
        self.bytes += *outcome.as_ref().unwrap_or(&0) as u64;
        outcome
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let outcome = self.reader.fill_buf();
        self.failed = outcome.is_err();
        outcome
    }

    fn consume(&mut self, count: usize) {
        self.bytes += count as u64;
        self.reader.consume(count);
    }
}

/// The [`DataError`] inside an error of a [`Source`], or else the operating system's error with the
/// name of the file.
pub(super) fn data_error(path: &Path, error: io::Error) -> DataError {
    error
        .downcast::<DataError>()
        .unwrap_or_else(|source| DataError::unreadable(path, source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::fixtures::{Folder, gzip};

    fn read(bytes: &[u8], limit: u64) -> Result<Vec<u8>, DataError> {
        Source::new(Path::new("x"), bytes, limit)?.read_all()
    }

    #[test]
    fn plain_and_gzip_give_the_same_bytes() {
        assert_eq!(read(b"hello", 5).unwrap(), b"hello");
        assert_eq!(read(&gzip(b"hello"), 5).unwrap(), b"hello");
        let two_members = [gzip(b"hel"), gzip(b"lo")].concat();
        assert_eq!(read(&two_members, 5).unwrap(), b"hello");
    }

    #[test]
    fn faults_are_told_apart() {
        assert!(matches!(read(b"", 5), Err(DataError::Empty { .. })));
        assert_eq!(
            read(b"BZh91AY&SY", 99).unwrap_err().to_string(),
            "x is compressed by bzip2, expected a plain or a gzip file: unpack it first"
        );
        assert!(matches!(
            read(b"hello!", 5),
            Err(DataError::TooLarge { limit: 5, .. })
        ));
        let bomb = gzip(&vec![0; 1 << 24]);
        assert!(matches!(
            read(&bomb, 1 << 16),
            Err(DataError::TooLarge { .. })
        ));
        let whole = gzip(b"hello");
        for cut in 2..whole.len() {
            assert!(matches!(
                read(&whole[..cut], 5),
                Err(DataError::Gzip { .. })
            ));
        }
        let mut corrupt = whole.clone();
        corrupt[12] ^= 0x40;
        assert!(matches!(read(&corrupt, 5), Err(DataError::Gzip { .. })));
        let trailing = [whole, b"garbage beyond".to_vec()].concat();
        assert!(matches!(read(&trailing, 5), Err(DataError::Gzip { .. })));
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = std::env::temp_dir();
        assert!(matches!(
            Source::open(&folder, 5),
            Err(DataError::NotAFile { .. })
        ));
        assert!(matches!(
            Source::open(&folder.join("no such file of linfa-fisher"), 5),
            Err(DataError::Unreadable { .. })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_without_permission_is_named() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new();
        let path = folder.write("secret", b"x");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        match Source::open(&path, 5) {
            Err(DataError::Unreadable {
                path: named,
                source,
            }) => {
                assert_eq!(
                    (named, source.kind()),
                    (path, io::ErrorKind::PermissionDenied)
                );
            }
            Err(other) => panic!("{other}"),
            Ok(_) => eprintln!("skipped: this user may read every file"),
        }
    }

    /// Gives one byte at a time, and fails after `left` of them.
    struct Dripping<'a> {
        bytes: &'a [u8],
        left: usize,
    }

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.left = self
                .left
                .checked_sub(1)
                .ok_or(io::ErrorKind::ConnectionReset)?;
            let length = buffer.len().min(1);
            self.bytes.read(&mut buffer[..length])
        }
    }

    fn drip(bytes: &[u8], left: usize) -> Result<Vec<u8>, DataError> {
        let reader = BufReader::new(Dripping { bytes, left });
        Source::new(Path::new("x"), reader, 99)?.read_all()
    }

    #[test]
    fn formats_are_told_apart_however_short_the_reads_are() {
        assert_eq!(drip(&gzip(b"hello"), 99).unwrap(), b"hello");
        assert_eq!(drip(b"h", 99).unwrap(), b"h");
        assert!(matches!(
            drip(b"BZh91AY&SY", 99),
            Err(DataError::Archive { .. })
        ));
    }

    #[test]
    fn a_failing_disk_is_no_broken_gzip() {
        for left in 0..20 {
            assert!(matches!(
                drip(&gzip(b"hello"), left),
                Err(DataError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::ConnectionReset
            ));
        }
    }
}
