//! Starting the other processes on this machine.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::{self, JoinHandle};

use super::Result;
use super::cluster::stop;

/// How this program is started once more, with further options.
pub(crate) type Again<'a> = dyn Fn(&[&OsStr]) -> io::Result<Command> + 'a;

/// The processes that process 0 has started. If one of them fails, so does process 0, at once.
#[derive(Default)]
pub(super) struct Launched(Vec<JoinHandle<()>>);

impl Launched {
    /// Starts all processes but process 0, which find each other in the folder.
    pub(super) fn start(again: &Again, processes: usize, folder: &Path) -> Result<Self> {
        let mut watchers = Vec::new();
        for process in 1..processes {
            let number = process.to_string();
            let options = ["-p", &number, "--folder"].map(OsStr::new);
            let child = again(&[&options[..], &[folder.as_os_str()]].concat())?.spawn()?;
            println!("process {process} has the id {}", child.id());
            watchers.push(thread::spawn(move || watch(process, child)));
        }
        Ok(Self(watchers))
    }

    /// Waits for the end of all processes.
    pub(super) fn wait(self) -> Result<()> {
        for watcher in self.0 {
            let ended = watcher.join();
            ended.map_err(|_| "a process could not be watched")?;
        }
        Ok(())
    }
}

/// Waits for the end of a process, and ends this one if that was not a success.
fn watch(process: usize, mut child: Child) {
    match child.wait() {
        Ok(status) if status.success() => {}
        Ok(status) => stop(
            0,
            format!("process {process} ended early: {status}").as_str(),
        ),
        Err(fault) => stop(0, &fault),
    }
}

/// Leaves every process of this machine its share of the cores; bits do not depend on it.
pub(super) fn share_cores(processes: usize) -> Result<()> {
    let cores = thread::available_parallelism()?.get();
    let threads = (cores / processes).max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    Ok(pool.build_global()?)
}
