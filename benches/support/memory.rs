//! The largest resident set of a piece of work in this process.

use std::fs;

/// Begins anew, where the system can.
pub(crate) fn begin() {
    // an older kernel keeps the mark, and then the figure is that of the whole run
    let _unsupported = fs::write("/proc/self/clear_refs", "5");
}

/// Bytes of the largest resident set since [`begin`], or `None` where the system does not tell.
pub(crate) fn peak() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(1024.0 * kilobytes)
}
