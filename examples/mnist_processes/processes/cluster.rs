//! Runs timely's workers, so that what goes wrong in one of them ends all processes.

use std::any::Any;
use std::fmt::Display;
use std::net::TcpStream;
use std::panic;
use std::process::exit;
use std::thread;
use std::time::Duration;

use timely::WorkerConfig;
use timely::communication::allocator::ProcessBuilder;
use timely::communication::allocator::zero_copy::initialize::initialize_networking_from_sockets;
use timely::communication::{AllocatorBuilder, Hooks};
use timely::execute::execute_from;

use super::Result;
use super::connect::Lost;
use super::peers::Peers;

/// Runs `work` in each of the process's workers, once the sockets to the other processes are there.
pub(super) fn execute(
    sockets: Vec<Option<TcpStream>>,
    process: usize,
    workers: usize,
    limit: Duration,
    work: impl Fn(&mut Peers) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    let hooks = Hooks::default();
    let inner = ProcessBuilder::new_typed_vector(workers, hooks.refill.clone(), None);
    let (builders, connections) =
        initialize_networking_from_sockets(inner, sockets, process, workers, hooks)?;
    let builders = builders.into_iter().map(AllocatorBuilder::Tcp).collect();
    let connections: Box<dyn Any + Send> = Box::new(connections);
    let guards = execute_from(
        builders,
        connections,
        WorkerConfig::default(),
        move |worker| {
            // an error that is returned would close the connections as success does
            if let Err(fault) = work(&mut Peers::new(worker, limit)) {
                stop(process, fault.as_ref());
            }
        },
    )?;
    let results = guards.join();
    results
        .into_iter()
        .collect::<std::result::Result<(), _>>()?;
    Ok(())
}

/// Ends a process that does not end by itself within the limit, since others do not close their
/// connections.
pub(super) fn end_within(limit: Duration, process: usize) {
    let seconds = limit.as_secs();
    thread::spawn(move || {
        thread::sleep(limit);
        stop(process, &Lost::Silent { seconds });
    });
}

/// Ends the process with a message; the others see its connections close.
pub(super) fn stop(process: usize, fault: &(impl Display + ?Sized)) -> ! {
    eprintln!("process {process}: {fault}");
    exit(1)
}

/// Makes every panic the end of the process: timely's threads panic when a connection closes, and
/// workers would go on without what comes by it.
pub(super) fn stop_on_panic(process: usize) {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        match message(info.payload()).strip_prefix("timely communication error: ") {
            Some(fault) => stop(process, &format!("another process was lost ({fault})")),
            None => report(info),
        }
        exit(1)
    }));
}

fn message(payload: &dyn Any) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or_default()
}
