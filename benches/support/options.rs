//! The command line.

use std::path::{Path, PathBuf};

use clap::Parser;

use super::Fault;
use super::work::Work;

/// Measures linfa-fisher and its peers in turn; relative paths start at the crate's folder
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Python that has the packages of benches/peers/requirements.txt
    #[arg(long, default_value = "python3")]
    pub(crate) python: PathBuf,
    /// Folder that holds MNIST
    #[arg(long, env = "LINFA_FISHER_DATA")]
    pub(crate) data_dir: Option<PathBuf>,
    /// What to measure
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Work::ALL)]
    pub(crate) only: Vec<Work>,
    /// Rounds, in each of which every program has a turn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) repetitions: u16,
    /// First rows of MNIST to use, a multiple of the batch of 100
    #[arg(long, default_value_t = 60_000)]
    pub(crate) rows: usize,
    /// File for the tables in Markdown
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

impl Options {
    /// The folder of MNIST, which is only needed when something is measured.
    pub(crate) fn data_dir(&self) -> Result<&Path, Fault> {
        let folder = self.data_dir.as_deref();
        folder.ok_or_else(|| "no folder of MNIST: give --data-dir".into())
    }
}
