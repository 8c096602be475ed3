//! Time and memory of steps.

use std::time::Instant;

/// Times one step after another.
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds since the last step.
    pub(crate) fn lap(&mut self) -> f64 {
        let seconds = self.0.elapsed().as_secs_f64();
        self.0 = Instant::now();
        seconds
    }
}

/// The largest resident set of the process so far in MB, or a dash where the system does not tell.
pub(crate) fn peak_memory() -> String {
    kilobytes().map_or_else(|| "-".into(), |kilobytes| (kilobytes / 1000).to_string())
}

fn kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
