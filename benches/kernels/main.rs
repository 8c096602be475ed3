//! Every hand-written kernel and scheduling device against the plain way: faer, rayon, ndarray,
//! rand.
//!
//! `../README.md` says how to run it and what the names and sizes mean.

mod checks;
mod data;
mod elementary;
mod gaussians;
mod packed;
mod sparse;
mod threads;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    let mut criterion = criterion().configure_from_args();
    sparse::benches(&mut criterion);
    packed::benches(&mut criterion);
    elementary::benches(&mut criterion);
    gaussians::benches(&mut criterion);
    checks::benches(&mut criterion);
    threads::benches(&mut criterion);
    criterion.final_summary();
}

/// Short measurements: the gains to be told apart are larger than their noise.
fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
}
