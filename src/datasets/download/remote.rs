//! What is fetched from where, and how it is recognised.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use linfa::Dataset;
use ndarray::Ix1;
use sha2::{Digest, Sha256};

use super::error::TransferError;
use crate::datasets::idx::Names;
use crate::datasets::mnist;
use crate::datasets::source::{data_error, Source};
use crate::datasets::wanted::Wanted;
use crate::datasets::{alphanumeric, usps};

/// How a fetched file is recognised.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Check {
    /// SHA-256 of the uncompressed bytes.
    Bytes(String),
    /// SHA-256 of the numbers of this many images of USPS, however written.
    Usps { images: usize, sha256: String },
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
    /// Where the loader looks for it, if it is the file of a set.
    wanted: Option<Wanted>,
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
            check: Check::Bytes(sha256.into().to_ascii_lowercase()),
            urls,
            wanted: None,
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
        let added = self.bytes / 1000 + 1024;
        self.bytes.saturating_add(added)
    }

    /// The verified file, under its own name or where the set's loader finds it in `folder`.
    pub(super) fn find(&self, folder: &Path) -> Option<PathBuf> {
        let path = match &self.wanted {
            Some(wanted) => wanted.find(folder).ok()?,
            None => folder.join(&self.name),
        };
        (path.is_file() && self.verify(&path).is_ok()).then_some(path)
    }

    /// The file has the content that it should.
    pub(super) fn verify(&self, path: &Path) -> Result<(), TransferError> {
        let content = |error| TransferError::Content(Box::new(error));
        match &self.check {
            Check::Bytes(expected) => {
                let mut source = Source::open(path, self.transfer_limit()).map_err(content)?;
                let found =
                    digest(&mut source).map_err(|error| content(data_error(path, error)))?;
                same(found, expected.clone())
            }
            Check::Usps { images, sha256 } => {
                let dataset = usps::read_part(path, *images).map_err(content)?;
                same(digest_of_numbers(&dataset), sha256.clone())
            }
            Check::Alphanumeric { pixels } => {
                let dataset = alphanumeric::read::<f64>(path).map_err(content)?;
                same(dataset.records.sum().to_string(), pixels.to_string())
            }
        }
    }
}

fn same(found: String, expected: String) -> Result<(), TransferError> {
    match found == expected {
        true => Ok(()),
        false => Err(TransferError::Checksum { found, expected }),
    }
}

/// SHA-256 of all that a reader gives.
fn digest(reader: &mut impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut chunk = [0; 1 << 13];
    loop {
        match reader.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            outcome => match outcome? {
                0 => return Ok(hexadecimal(hasher)),
                count => hasher.update(&chunk[..count]),
            },
        }
    }
}

/// SHA-256 of numbers, little endian: rows and fields a row as u64, then for each row its label and 1000 times its values,
/// rounded, as i16. The published values have three decimals, which one file writes as `-0.948` and the other as `-0.9480`.
fn digest_of_numbers(dataset: &Dataset<f64, usize, Ix1>) -> String {
    let mut hasher = Sha256::new();
    let (rows, pixels) = dataset.records.dim();
    for size in [rows, pixels + 1] {
        hasher.update((size as u64).to_le_bytes());
    }
    for (row, &label) in dataset.records.rows().into_iter().zip(&dataset.targets) {
        hasher.update((label as i16).to_le_bytes());
        for value in row {
            // [0, 1] back to the publisher's [-1, 1].
            let thousandths = (2000.0 * value - 1000.0).round() as i16;
            hasher.update(thousandths.to_le_bytes());
        }
    }
    hexadecimal(hasher)
}

fn hexadecimal(hasher: Sha256) -> String {
    let digest = hasher.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
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
            Self::Mnist => mnist_files(),
            Self::Usps => usps_files(),
            Self::Alphanumeric => vec![RemoteFile {
                name: "alphanumeric/binaryalphadigs.mat".into(),
                bytes: alphanumeric::FILE_BYTES,
                check: Check::Alphanumeric { pixels: 185_346.0 },
                urls: ALPHANUMERIC.map(String::from).to_vec(),
                wanted: Some(alphanumeric::wanted()),
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

/// The checksums are of the numbers: the publisher writes the two files, and we wrote ours, differently.
const USPS: [(&str, usize, &str); 2] = [
    (
        "zip.train.gz",
        7291,
        "6b9a73c011c0498fd016beb80b82baacd739832a6652412b1ae924988200a8ab",
    ),
    (
        "zip.test.gz",
        2007,
        "9d5d2c49c92d522ddb57261f9d9285f4926e6b0c36de00ad1cdbc7c7bf724b24",
    ),
];

/// The publisher's page under its two addresses.
const ALPHANUMERIC: [&str; 2] = [
    "https://cs.nyu.edu/~roweis/data/binaryalphadigs.mat",
    "http://www.cs.nyu.edu/~roweis/data/binaryalphadigs.mat",
];

/// From the mirrors of torchvision and of TensorFlow's tutorials.
fn mnist_files() -> Vec<RemoteFile> {
    let mirrors = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ];
    let kinds = ["images-idx3", "labels-idx1"];
    let wanted = Names::PARTS
        .iter()
        .flat_map(|part| kinds.map(|kind| mnist::NAMES.file(part, kind)));
    let file = |(&(name, bytes, sha256), wanted): (&Entry, Wanted)| {
        let urls = mirrors.map(|mirror| format!("{mirror}{name}")).to_vec();
        RemoteFile {
            wanted: Some(wanted),
            ..RemoteFile::new(format!("mnist/{name}"), bytes, sha256, urls)
        }
    };
    MNIST.iter().zip(wanted).map(file).collect()
}

/// From the pages of "The Elements of Statistical Learning". LIBSVM's files are bzip2 and cannot stand in for these.
fn usps_files() -> Vec<RemoteFile> {
    let mirrors = [
        "https://hastie.su.domains/ElemStatLearn/datasets/",
        "https://web.stanford.edu/~hastie/ElemStatLearn/datasets/",
    ];
    let file = |((name, images, sha256), wanted): ((&str, usize, &str), Wanted)| RemoteFile {
        name: format!("usps/{name}"),
        bytes: usps::FILE_BYTES,
        check: Check::Usps {
            images,
            sha256: sha256.to_string(),
        },
        urls: mirrors.map(|mirror| format!("{mirror}{name}")).to_vec(),
        wanted: Some(wanted),
    };
    USPS.into_iter().zip(usps::wanted()).map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::fixtures::Folder;
    use crate::datasets::{DataError, ImageShape, TextImages};

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<RemoteFile>();
        has_autotraits::<RemoteSet>();
        has_autotraits::<TransferError>();
        has_autotraits::<super::super::error::FailedAttempt>();
    }

    #[test]
    fn numbers_count_and_not_how_they_are_written() {
        let digest = |text: &str| {
            let reader = TextImages::new(ImageShape::new(1, 2), 10);
            digest_of_numbers(&reader.read_from(text.as_bytes(), "x").unwrap())
        };
        let padded = digest("9.0000 -0.9480 -0.0000 \n6.0000 1.0000 -1.0000 \n");
        assert_eq!(padded, digest("9 -0.948 0\n6 1 -1"));
        assert_ne!(padded, digest("9 -0.949 0\n6 1 -1"));
        assert_ne!(padded, digest("8 -0.948 0\n6 1 -1"));
        assert_ne!(padded, digest("9 -0.948 0\n"));
    }

    #[test]
    fn sizes_and_checksums_may_be_written_in_any_way() {
        let folder = Folder::new();
        folder.write("x", b"hello");
        let sha256 = "2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824";
        let file = RemoteFile::new("x", u64::MAX, sha256, Vec::new());
        assert_eq!(file.transfer_limit(), u64::MAX);
        assert_eq!(file.find(&folder.0), Some(folder.0.join("x")));
    }

    /// A download is the first that its loader finds.
    #[test]
    fn files_are_put_where_their_loaders_look_first() {
        let folder = Folder::new();
        for file in RemoteSet::ALL.iter().flat_map(|set| set.files()) {
            let wanted = file.wanted.clone().unwrap();
            let base = wanted.files[0].clone();
            let elsewhere = folder.write(&base, b"x");
            assert_eq!(wanted.find(&folder.0).unwrap(), elsewhere);
            let path = folder.write(file.name(), b"x");
            assert_eq!(wanted.find(&folder.0).unwrap(), path);
        }
    }

    #[test]
    fn the_real_files_are_recognised_as_the_loaders_find_them() {
        let Some(folder) = crate::datasets::data_dir() else {
            eprintln!("skipped: LINFA_FISHER_DATA does not name the folder of the real data");
            return;
        };
        for file in RemoteSet::ALL.iter().flat_map(|set| set.files()) {
            let found = file.wanted.as_ref().unwrap().find(&folder);
            if matches!(found, Err(DataError::Missing { .. })) {
                eprintln!("skipped: {} is not there", file.name());
                continue;
            }
            file.verify(&found.unwrap()).unwrap();
        }
        let [train, test] = [0, 1].map(|i| RemoteSet::Usps.files()[i].clone());
        if let Some(test) = test.find(&folder) {
            let wrong = train.verify(&test).unwrap_err();
            assert!(matches!(wrong, TransferError::Checksum { .. }));
            // In the folder itself, plain, and with no more decimals than needed, as it is published.
            let source = Source::open(&test, usps::FILE_BYTES).unwrap();
            let text = String::from_utf8(source.read_all().unwrap()).unwrap();
            let short = |field: &str| field.parse::<f64>().unwrap().to_string();
            let line = |line: &str| {
                line.split_whitespace()
                    .map(short)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let published: Vec<String> = text.lines().map(line).collect();
            let elsewhere = Folder::new();
            let path = elsewhere.write("zip.test", published.join("\n").as_bytes());
            assert_eq!(RemoteSet::Usps.files()[1].find(&elsewhere.0), Some(path));
        }
    }
}
