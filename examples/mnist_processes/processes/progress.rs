//! What an observer is told of a worker's steps.

use std::fmt;

use super::clock::{Clock, peak_memory};

/// A step of the work, which has been finished.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Step {
    /// The worker's rows of the files have been read.
    Images { train: usize, test: usize },
    /// The machine has been trained, or has come from the first worker.
    Machine,
    /// The landmarks of all workers are there.
    Landmarks { number: usize },
    /// The statistics of the worker's training images.
    Statistics,
    /// The features were made of all statistics, or have come from the first worker.
    Features { number: usize },
    /// The features of the worker's images.
    Transformed,
    /// The features of one process, for comparison.
    Checked,
    /// All features are with the first worker, and have been written.
    Results,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Images { train, test } => write!(f, "{train} + {test} images read"),
            Self::Machine => write!(f, "machine"),
            Self::Landmarks { number } => write!(f, "{number} landmarks"),
            Self::Statistics => write!(f, "statistics of its training images"),
            Self::Features { number } => write!(f, "{number} features, of all statistics"),
            Self::Transformed => write!(f, "features of its images"),
            Self::Checked => write!(f, "all features by one process"),
            Self::Results => write!(f, "results"),
        }
    }
}

/// A step of a worker, with the time since the last one and the memory that was needed so far.
pub(crate) struct Report {
    pub(crate) worker: usize,
    pub(crate) step: Step,
    seconds: f64,
    peak: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (worker, step) = (self.worker, self.step);
        let (seconds, peak) = (self.seconds, &self.peak);
        write!(
            f,
            "worker {worker}: {seconds:6.1} s, peak {peak:>5} MB: {step}"
        )
    }
}

/// Tells an observer the steps of a worker.
pub(super) struct Progress {
    worker: usize,
    clock: Clock,
    observer: fn(&Report),
}

impl Progress {
    pub(super) fn new(worker: usize, observer: fn(&Report)) -> Self {
        let clock = Clock::start();
        Self {
            worker,
            clock,
            observer,
        }
    }

    pub(super) fn finish(&mut self, step: Step) {
        (self.observer)(&Report {
            worker: self.worker,
            step,
            seconds: self.clock.lap(),
            peak: peak_memory(),
        });
    }
}
