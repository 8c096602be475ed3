//! What is fetched from where, and how it is recognised.

use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::TransferError;
use crate::datasets::alphanumeric_from_bytes;
use crate::datasets::source::{data_error, Source};

/// How a fetched file is recognised.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Check {
    /// SHA-256 of the uncompressed bytes.
    Bytes(String),
    /// SHA-256 of the uncompressed text with one blank between fields, none at the ends of lines.
    Fields(String),
    /// The arrays of Binary Alphadigits, however stored, with this sum of pixels.
    Alphanumeric { pixels: f64 },
}

/// A file on the web.
///
/// ```
/// use linfa_fisher::datasets::RemoteFile;
///
/// let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"; // of "hello"
/// let file = RemoteFile::new("greetings/hello.txt.gz", 5, sha256, vec!["https://example.org/hello.txt.gz".into()]);
/// assert_eq!(file.name(), "greetings/hello.txt.gz");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteFile {
    name: String,
    bytes: u64,
    check: Check,
    urls: Vec<String>,
}

impl RemoteFile {
    /// A file to be stored under `name` (below the folder of the downloads, `/` between its parts), of `bytes` bytes when
    /// uncompressed, which have the SHA-256 checksum `sha256` in hexadecimal. `urls` are tried in order.
    pub fn new(
        name: impl Into<String>,
        bytes: u64,
        sha256: impl Into<String>,
        urls: Vec<String>,
    ) -> Self {
        Self {
            name: name.into(),
            bytes,
            check: Check::Bytes(sha256.into()),
            urls,
        }
    }

    /// The path below the folder of the downloads.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The addresses, in the order in which they are tried.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Most bytes of the file as it is sent: gzip adds little even where it cannot compress.
    pub(super) fn transfer_limit(&self) -> u64 {
        self.bytes + self.bytes / 1000 + 1024
    }

    /// The file has the content that it should.
    pub(super) fn verify(&self, path: &Path) -> Result<(), TransferError> {
        let content = |error| TransferError::Content(Box::new(error));
        let mut source = Source::open(path, self.transfer_limit()).map_err(content)?;
        let (found, expected) = match &self.check {
            Check::Bytes(expected) => (digest(&mut source, false), expected),
            Check::Fields(expected) => (digest(&mut source, true), expected),
            Check::Alphanumeric { pixels } => {
                let bytes = source.read_all().map_err(content)?;
                let dataset = alphanumeric_from_bytes::<f64>(&bytes, path).map_err(content)?;
                return same(dataset.records.sum().to_string(), pixels.to_string());
            }
        };
        let found = found.map_err(|error| content(data_error(path, error)))?;
        same(found, expected.clone())
    }
}

fn same(found: String, expected: String) -> Result<(), TransferError> {
    match found == expected {
        true => Ok(()),
        false => Err(TransferError::Checksum { found, expected }),
    }
}

/// SHA-256 of all that a reader gives; of its fields, one blank between them, if `fields`.
fn digest(reader: &mut impl Read, fields: bool) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut normal = Normal::default();
    let mut chunk = [0; 1 << 13];
    loop {
        let count = match reader.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            outcome => outcome?,
        };
        match count {
            0 => break,
            _ if fields => hasher.update(normal.blanks(&chunk[..count])),
            _ => hasher.update(&chunk[..count]),
        }
    }
    Ok(hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Makes runs of blanks one blank and drops them at the ends of lines.
#[derive(Default)]
struct Normal {
    blank: bool,
    within_line: bool,
}

impl Normal {
    fn blanks(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut normal = Vec::with_capacity(bytes.len() + 1);
        for &byte in bytes {
            match byte {
                b'\n' => {
                    normal.push(byte);
                    (self.blank, self.within_line) = (false, false);
                }
                _ if byte.is_ascii_whitespace() => self.blank = self.within_line,
                _ => {
                    if std::mem::take(&mut self.blank) {
                        normal.push(b' ');
                    }
                    normal.push(byte);
                    self.within_line = true;
                }
            }
        }
        normal
    }
}

/// A set that can be fetched.
///
/// ```
/// use linfa_fisher::datasets::RemoteSet;
///
/// let names: Vec<_> = RemoteSet::Usps.files().iter().map(|file| file.name().to_string()).collect();
/// assert_eq!(names, ["usps/zip.train.gz", "usps/zip.test.gz"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RemoteSet {
    /// The four files of [`mnist`](crate::datasets::mnist), 11 MB.
    Mnist,
    /// The two files of [`usps`](crate::datasets::usps), 2 MB.
    Usps,
    /// The file of [`alphanumeric`](crate::datasets::alphanumeric), 0.5 MB.
    Alphanumeric,
}

impl RemoteSet {
    /// All sets.
    pub const ALL: [Self; 3] = [Self::Mnist, Self::Usps, Self::Alphanumeric];

    /// The files of the set.
    pub fn files(self) -> Vec<RemoteFile> {
        match self {
            Self::Mnist => MNIST.iter().map(mnist).collect(),
            Self::Usps => USPS.iter().map(usps).collect(),
            Self::Alphanumeric => vec![RemoteFile {
                name: "alphanumeric/binaryalphadigs.mat".into(),
                // The arrays take up 0.5 MB; however MATLAB stored them, they are below this.
                bytes: 1 << 24,
                check: Check::Alphanumeric { pixels: 185_346.0 },
                urls: ALPHANUMERIC.map(String::from).to_vec(),
            }],
        }
    }
}

/// Name, uncompressed bytes and checksum of a file.
type Entry = (&'static str, u64, &'static str);

const MNIST: [Entry; 4] = [
    (
        "train-images-idx3-ubyte.gz",
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    (
        "train-labels-idx1-ubyte.gz",
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    (
        "t10k-images-idx3-ubyte.gz",
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    (
        "t10k-labels-idx1-ubyte.gz",
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
];

/// The checksums are of the fields, not of the bytes: copies differ in the blank that may end a line. The sizes are bounds.
const USPS: [Entry; 2] = [
    (
        "zip.train.gz",
        1 << 24,
        "cffe3715cf1d92aa5881a14674dbbf6343f59ca12dae90a73c1b6c7500f643aa",
    ),
    (
        "zip.test.gz",
        1 << 23,
        "99a533840801264c6352c7987e5a4ee5fd8cc30ae722acc85a5d20a3d833c732",
    ),
];

const ALPHANUMERIC: [&str; 1] = ["https://cs.nyu.edu/~roweis/data/binaryalphadigs.mat"];

/// The mirrors of torchvision and of TensorFlow's tutorials.
fn mnist(&(name, bytes, sha256): &Entry) -> RemoteFile {
    let mirrors = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ];
    let urls = mirrors.map(|mirror| format!("{mirror}{name}")).to_vec();
    RemoteFile::new(format!("mnist/{name}"), bytes, sha256, urls)
}

/// The pages of "The Elements of Statistical Learning".
fn usps(&(name, bytes, sha256): &Entry) -> RemoteFile {
    let mirrors = [
        "https://hastie.su.domains/ElemStatLearn/datasets/",
        "https://web.stanford.edu/~hastie/ElemStatLearn/datasets/",
    ];
    RemoteFile {
        name: format!("usps/{name}"),
        bytes,
        check: Check::Fields(sha256.to_string()),
        urls: mirrors.map(|mirror| format!("{mirror}{name}")).to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<RemoteFile>();
        has_autotraits::<RemoteSet>();
        has_autotraits::<TransferError>();
        has_autotraits::<super::super::error::FailedAttempt>();
    }

    #[test]
    fn blanks_do_not_count_in_fields() {
        let digest = |text: &str| digest(&mut text.as_bytes(), true).unwrap();
        assert_eq!(digest(" 1  2\t3 \r\n4 \n"), digest("1 2 3\n4\n"));
        assert_ne!(digest("12\n"), digest("1 2\n"));
        assert_ne!(digest("1\n2\n"), digest("1 2\n"));
    }

    #[test]
    fn the_real_files_are_recognised() {
        let Some(folder) = crate::datasets::data_dir() else {
            eprintln!("skipped: LINFA_FISHER_DATA does not name the folder of the real data");
            return;
        };
        for file in RemoteSet::ALL.iter().flat_map(|set| set.files()) {
            file.verify(&folder.join(file.name())).unwrap();
        }
        let [train, test] = [0, 1].map(|i| RemoteSet::Usps.files()[i].clone());
        let wrong = train.verify(&folder.join(test.name())).unwrap_err();
        assert!(matches!(wrong, TransferError::Checksum { .. }));
    }
}
