//! Improved Fisher vectors by several processes, which timely dataflow connects.
//!
//! `job` is what every worker does; `peers` is how workers talk to each other; the rest starts
//! processes and connects them. A process that is lost ends all others: the operating system closes
//! its connections, on which timely panics, and a panic ends the process ([`cluster`]). One that
//! falls silent with open connections ends them after a time limit. Results are only written once
//! all parts of them are there.

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
#[path = "../../shared/ridge.rs"]
mod ridge;

use std::time::Duration;

use self::cluster::{stop, stop_on_panic};
use self::connect::Greeting;
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
    let launched = match cluster.starts_others() {
        true => Some(Launched::start(again, cluster.processes)?),
        false => None,
    };
    let limit = Duration::from_secs(cluster.timeout);
    let hosts = match (&cluster.hosts, cluster.folder(launched.as_ref())) {
        (Some(file), _) => Hosts::of_file(file, cluster.processes, cluster.process)?,
        (None, Some(folder)) => {
            launch::share_cores(cluster.processes)?;
            Hosts::of_folder(folder, cluster.processes, cluster.process, limit)?
        }
        (None, None) => Hosts::alone(),
    };
    let greeting = Greeting::new(options);
    let sockets = connect::connect(hosts, greeting, limit)?;
    let (job, process) = (options.clone(), cluster.process);
    cluster::execute(
        sockets,
        process,
        cluster.workers.get(),
        limit,
        move |peers| job::run(peers, &files, &job, observer),
    )?;
    launched.map_or(Ok(()), Launched::wait)
}
