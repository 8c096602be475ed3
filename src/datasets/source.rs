//! A file, plain or compressed, as a stream of bounded length whose errors name the file.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;

use super::error::DataError;
use super::foreign::{Foreign, START};

/// Number of bytes by which compressed files are told apart.
const MAGIC: u64 = 4;

/// A stream of at most `limit` bytes, which is decompressed when it starts like a gzip or a bzip2
/// file.
///
/// Its `io::Error`s wrap a [`DataError`], which [`data_error`] unwraps.
pub(super) struct Source<R: BufRead> {
    path: PathBuf,
    /// The first bytes, read to tell what the file is.
    start: Cursor<Vec<u8>>,
    stream: Stream<R>,
    limit: u64,
    left: u64,
}

/// The bytes that were read to tell the compression, followed by the rest.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

enum Stream<R: BufRead> {
    Plain(Whole<R>),
    Gzip(MultiGzDecoder<Counted<Whole<R>>>),
    Bzip2(MultiBzDecoder<Counted<Whole<R>>>),
}

impl Source<BufReader<File>> {
    /// Opens a regular file; one that no reader of images takes is refused.
    pub(super) fn open(path: &Path, limit: u64) -> Result<Self, DataError> {
        Self::open_any_kind(path, limit)?.of_images()
    }

    /// Opens a regular file of any kind.
    pub(super) fn open_any_kind(path: &Path, limit: u64) -> Result<Self, DataError> {
        let unreadable = |source| DataError::unreadable(path, source);
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(DataError::NotAFile {
                path: path.to_path_buf(),
            });
        }
        let file = File::open(path).map_err(unreadable)?;
        Self::of_any_kind(path, BufReader::new(file), limit)
    }
}

impl<R: BufRead> Source<R> {
    /// A stream from any reader; errors call it by `path`. A file that no reader of images takes is
    /// refused.
    pub(super) fn new(path: &Path, reader: R, limit: u64) -> Result<Self, DataError> {
        Self::of_any_kind(path, reader, limit)?.of_images()
    }

    /// The stream itself, unless its start is that of a file that holds no images.
    fn of_images(self) -> Result<Self, DataError> {
        Foreign::check(self.start.get_ref(), &self.path)?;
        Ok(self)
    }

    /// [`new`](Self::new) for files of any kind.
    fn of_any_kind(path: &Path, mut reader: R, limit: u64) -> Result<Self, DataError> {
        // A reader may give the first bytes one by one.
        let magic = read_start(&mut reader, MAGIC).map_err(|error| data_error(path, error))?;
        if magic.is_empty() {
            return Err(DataError::Empty {
                path: path.to_path_buf(),
            });
        }
        let mut source = Self {
            path: path.to_path_buf(),
            start: Cursor::default(),
            stream: Stream::new(magic, reader),
            limit,
            left: limit,
        };
        let start = read_start(&mut source, START as u64);
        source.start = Cursor::new(start.map_err(|error| data_error(path, error))?);
        Ok(source)
    }

    /// Reads all remaining bytes.
    pub(super) fn read_all(mut self) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        match self.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(data_error(&self.path, error)),
        }
    }

    /// Whether all remaining bytes can be read.
    pub(super) fn reads_to_its_end(mut self) -> bool {
        io::copy(&mut self, &mut io::sink()).is_ok()
    }
}

fn read_start(reader: &mut impl Read, count: u64) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(count).read_to_end(&mut start)?;
    Ok(start)
}

impl<R: BufRead> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.start.read(buffer)? {
            0 => self.read_stream(buffer),
            count => Ok(count),
        }
    }
}

impl<R: BufRead> Source<R> {
    /// Reads beyond the start.
    fn read_stream(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let outcome = self.stream.read(buffer);
        let count = outcome.map_err(|fault| match self.stream.compressed() {
            // Where bytes could not be read, nothing is known about the format.
            Some((format, offset, false)) => io::Error::other(DataError::Compressed {
                path: self.path.clone(),
                format,
                offset,
                fault,
            }),
            _ => fault,
        })?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(DataError::TooLarge {
                path: self.path.clone(),
                limit: self.limit,
            })
        })?;
        Ok(count)
    }
}

impl<R: BufRead> Stream<R> {
    /// The bytes `magic` and those of `reader`, decompressed.
    fn new(magic: Vec<u8>, reader: R) -> Self {
        let (gzip, bzip2) = (magic.starts_with(&[0x1f, 0x8b]), magic.starts_with(b"BZh"));
        let whole = Cursor::new(magic).chain(reader);
        if gzip {
            Self::Gzip(MultiGzDecoder::new(Counted::new(whole)))
        } else if bzip2 {
            Self::Bzip2(MultiBzDecoder::new(Counted::new(whole)))
        } else {
            Self::Plain(whole)
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Bzip2(decoder) => decoder.read(buffer),
        }
    }

    /// The compression, the number of compressed bytes that were taken, and whether reading them
    /// failed.
    fn compressed(&self) -> Option<(&'static str, u64, bool)> {
        let (format, counted) = match self {
            Self::Plain(_) => return None,
            Self::Gzip(decoder) => ("gzip", decoder.get_ref()),
            Self::Bzip2(decoder) => ("bzip2", decoder.get_ref()),
        };
        Some((format, counted.bytes, counted.failed))
    }
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
    use crate::datasets::fixtures::{Folder, bzip2, gzip};

    fn read(bytes: &[u8], limit: u64) -> Result<Vec<u8>, DataError> {
        Source::new(Path::new("x"), bytes, limit)?.read_all()
    }

    #[test]
    fn plain_and_compressed_give_the_same_bytes() {
        assert_eq!(read(b"hello", 5).unwrap(), b"hello");
        for compress in [gzip, bzip2] {
            assert_eq!(read(&compress(b"hello"), 5).unwrap(), b"hello");
            let two_members = [compress(b"hel"), compress(b"lo")].concat();
            assert_eq!(read(&two_members, 5).unwrap(), b"hello");
        }
    }

    #[test]
    fn what_a_file_is_is_said_also_of_compressed_ones() {
        let page = b"<!doctype html><title>404</title>";
        for bytes in [page.to_vec(), gzip(page), bzip2(page)] {
            assert_eq!(
                read(&bytes, 99).unwrap_err().to_string(),
                "x is a web page, expected a file of images: its download has failed, get it again"
            );
        }
    }

    #[test]
    fn faults_are_told_apart() {
        assert!(matches!(read(b"", 5), Err(DataError::Empty { .. })));
        assert_eq!(
            read(b"PK\x03\x04", 99).unwrap_err().to_string(),
            "x is a zip archive, expected a file of images: unpack it first"
        );
        assert!(matches!(
            read(b"hello!", 5),
            Err(DataError::TooLarge { limit: 5, .. })
        ));
        for compress in [gzip, bzip2] {
            let bomb = compress(&vec![0; 1 << 24]);
            assert!(matches!(
                read(&bomb, 1 << 16),
                Err(DataError::TooLarge { .. })
            ));
            let broken = |bytes: &[u8]| matches!(read(bytes, 5), Err(DataError::Compressed { .. }));
            let whole = compress(b"hello");
            for cut in 3..whole.len() {
                assert!(broken(&whole[..cut]), "{cut}");
            }
            let mut corrupt = whole.clone();
            corrupt[12] ^= 0x40;
            assert!(broken(&corrupt));
            assert!(broken(&[whole, b"garbage beyond".to_vec()].concat()));
        }
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
            drip(b"PK\x03\x04", 99),
            Err(DataError::Foreign { .. })
        ));
    }

    #[test]
    fn a_failing_disk_is_no_broken_compression() {
        for left in 0..20 {
            for compress in [gzip, bzip2] {
                assert!(matches!(
                    drip(&compress(b"hello"), left),
                    Err(DataError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::ConnectionReset
                ));
            }
        }
    }
}
