//! Checks of all values of a matrix.

use criterion::Criterion;
use linfa_fisher::benchmarks;

use crate::data::{BATCH, PIXELS, pixels};

pub(crate) fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("check of all values {BATCH}x{PIXELS}"));
    let matrix = pixels(BATCH);
    group.bench_function("without early exit", |b| {
        b.iter(|| benchmarks::are_states(matrix.as_slice().unwrap_or_default()));
    });
    group.bench_function("with early exit", |b| {
        b.iter(|| matrix.iter().all(|&x| x == 0.0 || x == 1.0));
    });
    group.finish();
}
