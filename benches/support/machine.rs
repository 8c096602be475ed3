//! The machine on which the figures were measured.

use std::fmt;
use std::fs;
use std::process::Command;
use std::thread;

/// Processor, load and compiler.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    processor: String,
    load: Option<String>,
    compiler: Option<String>,
}

impl Machine {
    /// This machine, at the start of a run.
    pub(crate) fn of_this_run() -> Self {
        let processor = line_of("/proc/cpuinfo", "model name");
        Self {
            processor: processor.unwrap_or_else(|| std::env::consts::ARCH.into()),
            load: fs::read_to_string("/proc/loadavg")
                .ok()
                .and_then(|line| line.split(' ').next().map(str::to_owned)),
            compiler: first_line(Command::new("rustc").arg("--version")),
        }
    }
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The value of a `name : value` line of a file.
fn line_of(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The first line that a program prints.
fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(str::to_owned)
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} cores", self.processor, cores())?;
        if let Some(load) = &self.load {
            write!(f, " (load {load} at the start)")?;
        }
        match &self.compiler {
            Some(compiler) => write!(f, "; {compiler}"),
            None => Ok(()),
        }
    }
}
