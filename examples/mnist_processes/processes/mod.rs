//! Improved Fisher vectors by several processes, which timely dataflow connects.
//!
//! `job` is what every worker does; `peers` is how workers talk to each other; the rest starts
//! processes and connects them. A process that is lost ends all others: the operating system closes
//! its connections, on which timely panics, and a panic ends the process ([`cluster`]). One that
//! falls silent with open connections ends them after a time limit. Results are only written once
//! all parts of them are there.

#[path = "../../shared/accuracy.rs"]
mod accuracy;
#[path = "../../shared/clock.rs"]
mod clock;
mod cluster;
mod connect;
mod files;
#[path = "../../shared/options.rs"]
mod fit_options;
mod hosts;
mod job;
mod launch;
mod options;
mod peers;
mod progress;
mod results;

use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use self::cluster::{stop, stop_on_panic};
use self::connect::{Greeting, connect};
use self::files::Files;
use self::hosts::Hosts;
use self::launch::{Again, Launched};
pub(crate) use self::options::Options;
pub(crate) use self::progress::Report;

/// What a fault of this program is told by; it ends the process.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Takes part in the run as the process that the options name, and starts the others if they are
/// to run on this machine. `again` is how this program is started with further options; `observer`
/// is told the steps. Ends the program with a message if anything fails, in any process.
pub(crate) fn run(options: &Options, again: &Again, observer: fn(&Report)) {
    let process = options.cluster.process;
    stop_on_panic(process);
    if let Err(fault) = try_run(options, again, observer) {
        stop(process, fault.as_ref());
    }
}

fn try_run(options: &Options, again: &Again, observer: fn(&Report)) -> Result<()> {
    let cluster = &options.cluster;
    cluster.check()?;
    let files = Files::find(&options.data_dir)?;
    let limit = Duration::from_secs(cluster.timeout);
    let (sockets, launched) = members(options, again, limit)?;
    let (process, workers) = (cluster.process, cluster.workers.get());
    let options = options.clone();
    cluster::execute(sockets, process, workers, limit, move |peers| {
        job::run(peers, &files, &options, observer)
    })?;
    launched.wait()
}

/// A socket to each other process, and those that this process has started.
fn members(
    options: &Options,
    again: &Again,
    limit: Duration,
) -> Result<(Vec<Option<TcpStream>>, Launched)> {
    let cluster = &options.cluster;
    let (process, processes) = (cluster.process, cluster.processes);
    let hosts = |folder: &Path| {
        launch::share_cores(processes)?;
        Hosts::of_folder(folder, processes, process, limit)
    };
    let connect = |hosts| connect(hosts, Greeting::new(options), limit);
    if let Some(file) = &cluster.hosts {
        let hosts = Hosts::of_file(file, processes, process)?;
        return Ok((connect(hosts)?, Launched::default()));
    }
    if let Some(folder) = &cluster.folder {
        return Ok((connect(hosts(folder)?)?, Launched::default()));
    }
    // of no more use when all processes have connected
    let folder = TempDir::new()?;
    let launched = Launched::start(again, processes, folder.path())?;
    Ok((connect(hosts(folder.path())?)?, launched))
}
