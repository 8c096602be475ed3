//! Where the processes listen.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Result;
use super::connect::{Lost, PAUSE};

/// Where the processes listen, and the socket at which this one does.
pub(super) struct Hosts {
    pub(super) listener: TcpListener,
    pub(super) addresses: Vec<String>,
}

impl Hosts {
    /// The first lines of a file, as in timely's programs.
    pub(super) fn of_file(file: &Path, processes: usize, process: usize) -> Result<Self> {
        let name = file.display();
        let text = fs::read_to_string(file).map_err(|fault| format!("{name}: {fault}"))?;
        let addresses: Vec<_> = text.lines().take(processes).map(str::to_owned).collect();
        if addresses.len() < processes {
            let found = addresses.len();
            return Err(format!("{name} has {found} addresses, expected {processes}").into());
        }
        let own = &addresses[process];
        let listener = TcpListener::bind(own).map_err(|fault| format!("{own}: {fault}"))?;
        Ok(Self {
            listener,
            addresses,
        })
    }

    /// Free ports of this machine, which the processes tell each other by files in a folder.
    pub(super) fn of_folder(
        folder: &Path,
        processes: usize,
        process: usize,
        limit: Duration,
    ) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (file, hidden) = (
            folder.join(process.to_string()),
            folder.join(format!(".{process}")),
        );
        fs::write(&hidden, listener.local_addr()?.to_string())?;
        fs::rename(hidden, file)?;
        let started = Instant::now();
        let addresses = (0..processes).map(|process| {
            loop {
                match fs::read_to_string(folder.join(process.to_string())) {
                    Ok(address) => return Ok(address),
                    Err(_) if started.elapsed() < limit => std::thread::sleep(PAUSE),
                    Err(_) => return Err(Lost::never_started(process, limit)),
                }
            }
        });
        let addresses = addresses.collect::<std::result::Result<_, _>>()?;
        Ok(Self {
            listener,
            addresses,
        })
    }
}
