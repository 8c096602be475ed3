//! The sets that can be downloaded, and from where.

use super::check::Check;
use super::remote_file::RemoteFile;
use crate::datasets::dataset_file::DatasetFile;
use crate::datasets::idx::Names;
use crate::datasets::{alphanumeric, mnist, usps};

/// A set that [`Downloader`](super::Downloader) can fetch.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::RemoteSet;
///
/// let files = RemoteSet::Usps.files();
/// let names: Vec<&str> = files.iter().map(|file| file.name()).collect();
/// assert_eq!(names, ["usps/zip.train.gz", "usps/zip.test.gz"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RemoteSet {
    /// The four files of [`mnist`](crate::datasets::mnist()), 11 MB.
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
            Self::Alphanumeric => vec![alphanumeric_file()],
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

/// Name, number of images and checksum of the numbers: the publisher and the copies that we know
/// write the same numbers differently.
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

/// The two addresses of the publisher's page.
const ALPHANUMERIC: [&str; 2] = [
    "https://cs.nyu.edu/~roweis/data/binaryalphadigs.mat",
    "http://www.cs.nyu.edu/~roweis/data/binaryalphadigs.mat",
];

/// The files of MNIST, from the mirrors of torchvision and of TensorFlow's tutorials.
fn mnist_files() -> Vec<RemoteFile> {
    let mirrors = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ];
    let kinds = ["images-idx3", "labels-idx1"];
    let set_files = Names::PARTS
        .iter()
        .flat_map(|part| kinds.map(|kind| mnist::NAMES.file(part, kind)));
    let remote = |(&(name, bytes, sha256), file): (&Entry, DatasetFile)| {
        let urls = on_mirrors(mirrors, name);
        RemoteFile::new(format!("mnist/{name}"), bytes, sha256, urls).of_set(file)
    };
    MNIST.iter().zip(set_files).map(remote).collect()
}

/// The files of USPS, from the pages of "The Elements of Statistical Learning". LIBSVM's files are
/// compressed by bzip2 and cannot stand in for these.
fn usps_files() -> Vec<RemoteFile> {
    let mirrors = [
        "https://hastie.su.domains/ElemStatLearn/datasets/",
        "https://web.stanford.edu/~hastie/ElemStatLearn/datasets/",
    ];
    let remote = |((name, images, sha256), file): ((&str, usize, &str), DatasetFile)| {
        let sha256 = sha256.to_string();
        let check = Check::Usps { images, sha256 };
        let urls = on_mirrors(mirrors, name);
        let name = format!("usps/{name}");
        RemoteFile::with_check(name, usps::FILE_BYTES, check, urls).of_set(file)
    };
    USPS.into_iter()
        .zip(usps::dataset_files())
        .map(remote)
        .collect()
}

fn alphanumeric_file() -> RemoteFile {
    let name = "alphanumeric/binaryalphadigs.mat";
    let check = Check::Alphanumeric { pixels: 185_346.0 };
    let urls = ALPHANUMERIC.map(String::from).to_vec();
    RemoteFile::with_check(name, alphanumeric::FILE_BYTES, check, urls)
        .of_set(alphanumeric::dataset_file())
}

/// The addresses of a file on two mirrors.
fn on_mirrors(mirrors: [&str; 2], name: &str) -> Vec<String> {
    mirrors.map(|mirror| format!("{mirror}{name}")).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::DataError;
    use crate::datasets::download::TransferError;
    use crate::datasets::fixtures::Folder;
    use crate::datasets::source::Source;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<RemoteSet>();
    }

    /// The loader finds a download first.
    #[test]
    fn files_are_put_where_their_loaders_look_first() {
        let folder = Folder::new();
        for file in RemoteSet::ALL.iter().flat_map(|set| set.files()) {
            let set_file = file.dataset_file.clone().unwrap();
            let base = set_file.names[0].clone();
            let elsewhere = folder.write(&base, b"x");
            assert_eq!(set_file.find(&folder.0).unwrap(), elsewhere);
            let path = folder.write(file.name(), b"x");
            assert_eq!(set_file.find(&folder.0).unwrap(), path);
        }
    }

    #[test]
    fn the_real_files_are_recognised_as_the_loaders_find_them() {
        let Some(folder) = crate::datasets::data_dir() else {
            eprintln!("skipped: LINFA_FISHER_DATA does not name the folder of the real data");
            return;
        };
        for file in RemoteSet::ALL.iter().flat_map(|set| set.files()) {
            let found = file.dataset_file.as_ref().unwrap().find(&folder);
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
            // In the folder itself, plain, and with no more decimals than needed, as it is
            // published.
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
