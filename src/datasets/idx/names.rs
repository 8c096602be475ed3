//! The names of the four files of a set.

use crate::datasets::dataset_file::DatasetFile;

/// The names of the four files of a set, and where they lie.
#[derive(Debug, Clone, Copy)]
pub(in crate::datasets) struct Names<'a> {
    pub(in crate::datasets) prefix: &'a str,
    pub(in crate::datasets) subfolders: &'static [&'static str],
    pub(in crate::datasets) origin: &'static str,
}

impl Names<'_> {
    /// Names of the training part and of the test part.
    pub(in crate::datasets) const PARTS: [&'static [&'static str]; 2] =
        [&["train"], &["t10k", "test"]];

    /// The file of a part that is called by any of `names`, of a kind such as `images-idx3`.
    pub(in crate::datasets) fn file(&self, names: &[&str], kind: &str) -> DatasetFile {
        let kinds = [kind.to_string(), kind.replace('-', ".")];
        let variants = |name: &&str| {
            let stem = format!("{}{name}-", self.prefix);
            let plain = kinds.clone().map(|kind| format!("{stem}{kind}-ubyte"));
            plain.map(|plain| [format!("{plain}.gz"), plain])
        };
        DatasetFile {
            names: names.iter().flat_map(variants).flatten().collect(),
            subfolders: self.subfolders,
            origin: self.origin,
        }
    }
}
