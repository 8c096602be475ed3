//! How long a message between two cores takes.

use std::hint;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use super::machine::cores;

/// Round trips of the average, after as many that warm up.
const ROUND_TRIPS: u32 = 50_000;

/// Nanoseconds that a cache line takes from one thread to another and back; `None` on one core.
///
/// A host may move virtual cores. Two cores that share a cache exchange data several times as fast
/// as two that do not, and steps of small machines consist mostly of such exchange.
pub(crate) fn round_trip() -> Option<f64> {
    if cores() < 2 {
        return None;
    }
    let line = AtomicU32::new(0);
    let last = 4 * ROUND_TRIPS;
    let wait_for = |value: u32| {
        while line.load(Ordering::Acquire) != value {
            hint::spin_loop();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            for value in (1..last).step_by(2) {
                wait_for(value);
                line.store(value + 1, Ordering::Release);
            }
        });
        let mut started = Instant::now();
        for value in (0..last).step_by(2) {
            if value == last / 2 {
                started = Instant::now();
            }
            line.store(value + 1, Ordering::Release);
            wait_for(value + 2);
        }
        let nanoseconds = started.elapsed().as_secs_f64() * 1e9;
        Some(nanoseconds / f64::from(ROUND_TRIPS))
    })
}
