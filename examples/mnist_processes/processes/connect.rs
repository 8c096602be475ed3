//! Connections between all processes. timely would wait for ever for one that never starts; here
//! the wait is limited, and who connects is asked what it is about to do.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::Result;
use super::hosts::Hosts;
use super::options::Options;

/// How long to wait before something is tried again.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    #[error("process {process} did not answer within {seconds} s: is it running?")]
    NeverStarted { process: usize, seconds: u64 },
    #[error("another process or its part of the work did not come within {seconds} s")]
    Silent { seconds: u64 },
    #[error(
        "process {process} was started for another run: the options, the number of processes and \
         the program must be the same"
    )]
    OtherRun { process: u64 },
}

impl Lost {
    pub(super) fn never_started(process: usize, limit: Duration) -> Self {
        let seconds = limit.as_secs();
        Self::NeverStarted { process, seconds }
    }
}

/// What two processes tell each other first: that they belong to this program, who they are, and
/// what they were started to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Greeting {
    process: u64,
    /// A hash of all that has to be alike.
    run: u64,
}

impl Greeting {
    const MAGIC: u64 = u64::from_be_bytes(*b"linfa-fi");

    pub(super) fn new(options: &Options) -> Self {
        let mut hasher = DefaultHasher::new();
        let (fit, cluster) = (&options.fit, &options.cluster);
        format!("{fit:?}, {:?}", options.penalty).hash(&mut hasher);
        (options.machine_rows, cluster.processes, cluster.workers).hash(&mut hasher);
        Self {
            process: cluster.process as u64,
            run: hasher.finish(),
        }
    }

    fn write(self, stream: &mut TcpStream) -> io::Result<()> {
        let words = [Self::MAGIC, self.process, self.run];
        stream.write_all(words.map(u64::to_be_bytes).as_flattened())
    }

    /// The greeting of a process of this program; nothing if a stranger called.
    fn read(stream: &mut TcpStream, limit: Duration) -> Option<Self> {
        let mut bytes = [[0; 8]; 3];
        stream.set_nonblocking(false).ok()?;
        stream.set_read_timeout(Some(limit)).ok()?;
        stream.read_exact(bytes.as_flattened_mut()).ok()?;
        stream.set_read_timeout(None).ok()?;
        let [magic, process, run] = bytes.map(u64::from_be_bytes);
        (magic == Self::MAGIC).then_some(Self { process, run })
    }

    /// The other process is of the same run.
    fn check(self, other: Self) -> std::result::Result<(), Lost> {
        let process = other.process;
        match self.run == other.run {
            true => Ok(()),
            false => Err(Lost::OtherRun { process }),
        }
    }
}

/// A socket to each process but this one, in their order.
pub(super) fn connect(
    hosts: Hosts,
    own: Greeting,
    limit: Duration,
) -> Result<Vec<Option<TcpStream>>> {
    let until = Instant::now() + limit;
    let late = |process| Lost::never_started(process, limit);
    let number = own.process as usize;
    let mut sockets: Vec<Option<TcpStream>> = hosts.addresses.iter().map(|_| None).collect();
    for (process, address) in hosts.addresses.iter().enumerate().take(number) {
        sockets[process] = Some(call(address, own, until)?.ok_or(late(process))?);
    }
    while let Some(missing) = (number + 1..sockets.len()).find(|&i| sockets[i].is_none()) {
        let (other, stream) = answer(&hosts.listener, own, until)?.ok_or(late(missing))?;
        let place = usize::try_from(other.process).ok();
        let place = place.filter(|&place| place > number);
        match place.and_then(|place| sockets.get_mut(place)) {
            Some(socket @ None) => *socket = Some(stream),
            _ => {
                return Err(Lost::OtherRun {
                    process: other.process,
                }
                .into());
            }
        }
    }
    for socket in sockets.iter().flatten() {
        socket.set_nodelay(true)?;
    }
    Ok(sockets)
}

/// A connection to a process, tried again until it is there and has answered.
fn call(address: &str, own: Greeting, until: Instant) -> Result<Option<TcpStream>> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        if let Ok(mut stream) = TcpStream::connect(address)
            && own.write(&mut stream).is_ok()
            && let Some(other) = Greeting::read(&mut stream, left)
        {
            own.check(other)?;
            return Ok(Some(stream));
        }
        thread::sleep(PAUSE);
    }
}

/// The next process that calls.
fn answer(
    listener: &TcpListener,
    own: Greeting,
    until: Instant,
) -> Result<Option<(Greeting, TcpStream)>> {
    listener.set_nonblocking(true)?;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        if let Ok((mut stream, _)) = listener.accept()
            // strangers are not waited for
            && let Some(other) = Greeting::read(&mut stream, left.min(Duration::from_secs(5)))
            && own.write(&mut stream).is_ok()
        {
            own.check(other)?;
            return Ok(Some((other, stream)));
        }
        thread::sleep(PAUSE);
    }
}
