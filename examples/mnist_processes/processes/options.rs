//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser};

use super::Result;
pub(super) use super::fit_options::FitOptions;

/// Improved Fisher vectors of all of MNIST by several processes, each of which reads its own part
/// of the files.
#[derive(Parser, Debug, Clone)]
#[command(disable_help_flag = true, args_override_self = true)]
pub(crate) struct Options {
    /// Folder that holds MNIST.
    #[arg(long, env = "LINFA_FISHER_DATA", default_value = "data")]
    pub(super) data_dir: PathBuf,
    #[command(flatten)]
    pub(super) fit: FitOptions,
    /// Training images, from the first, that the first worker trains the machine on.
    #[arg(long, default_value_t = 10_000)]
    pub(super) machine_rows: usize,
    /// A trained machine (JSON), instead of training one; only the first worker reads it.
    #[arg(long)]
    pub(super) machine: Option<PathBuf>,
    /// Penalty of the ridge classifier, relative to the mean variance of the features; as the
    /// example `mnist_idfk` chooses it.
    #[arg(long, default_value_t = 0.1)]
    pub(super) penalty: f64,
    /// File for the features of the test images (NumPy's format), in the order of the images.
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
    /// Computes all features in the first process too, and fails if they differ by more than
    /// rounding.
    #[arg(long)]
    pub(super) check: bool,
    #[command(flatten)]
    pub(super) cluster: ClusterOptions,
    /// Prints help.
    #[arg(long, action = ArgAction::HelpLong)]
    help: Option<bool>,
}

/// How many processes there are and where: the options of timely's programs.
#[derive(Args, Debug, Clone)]
pub(crate) struct ClusterOptions {
    /// Workers in each process, each with a part of the images of its own.
    #[arg(short = 'w', long, default_value = "1")]
    pub(super) workers: NonZeroUsize,
    /// Number of processes.
    #[arg(short = 'n', long, default_value_t = 2)]
    pub(super) processes: usize,
    /// Number of this process, from 0.
    #[arg(short = 'p', long, default_value_t = 0)]
    pub(super) process: usize,
    /// File with the address (host:port) of each process on a line of its own; without it, process
    /// 0 starts the others on this machine.
    #[arg(short = 'h', long)]
    pub(super) hosts: Option<PathBuf>,
    /// Folder in which processes of one machine tell each other their addresses.
    #[arg(long, hide = true, conflicts_with = "hosts")]
    pub(super) folder: Option<PathBuf>,
    /// Seconds that a process waits for the others in any step before it gives up.
    #[arg(long, default_value_t = 120)]
    pub(super) timeout: u64,
}

impl ClusterOptions {
    /// The process is one of the processes, and it is known where the others are.
    pub(super) fn check(&self) -> Result<()> {
        let (process, processes) = (self.process, self.processes);
        let known = self.hosts.is_some() || self.folder.is_some();
        if process >= processes {
            return Err(format!("process {process} of {processes}, expected one from 0").into());
        }
        match process == 0 || known {
            true => Ok(()),
            false => Err(format!("process {process} needs the addresses of all: see -h").into()),
        }
    }
}
