//! Improved Fisher vectors of all of MNIST by several processes, on one machine or on many: each
//! reads its own part of the files, and their statistics are merged.
//!
//!     cargo run --release --features serde --example mnist_processes -- --data-dir data --check
//!
//! starts two processes on this machine. On several machines, each with the files of MNIST, every
//! process is started by hand, with the same options and a file that has the address of each
//! process on a line of its own:
//!
//!     mnist_processes -n 2 -p 0 -h hosts.txt --out features.npy
//!     mnist_processes -n 2 -p 1 -h hosts.txt

mod processes;

use std::ffi::OsStr;
use std::process::Command;

use clap::Parser;

fn main() {
    let options = processes::Options::parse();
    let again = |options: &[&OsStr]| {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(std::env::args_os().skip(1)).args(options);
        Ok(command)
    };
    processes::run(&options, &again, |report| println!("{report}"));
}
