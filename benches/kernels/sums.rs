//! Passes over matrices: sums of rows, checks of all values.

use criterion::Criterion;
use linfa_fisher::benchmarks;
use ndarray::Axis;

use crate::data::{normal, pixels, BATCH, PIXELS};

pub(crate) fn benches(c: &mut Criterion) {
    sum_of_rows(c);
    are_states(c);
}

fn sum_of_rows(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("sum of rows {BATCH}x{PIXELS}"));
    let matrix = normal(BATCH, PIXELS);
    let mut sum = vec![0.0; PIXELS];
    group.bench_function("vectors", |b| {
        b.iter(|| benchmarks::add_rows(matrix.as_slice().unwrap_or_default(), &mut sum));
    });
    group.bench_function("ndarray", |b| b.iter(|| matrix.sum_axis(Axis(0))));
    group.finish();
}

fn are_states(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("check of all values {BATCH}x{PIXELS}"));
    let matrix = pixels(BATCH);
    group.bench_function("vectors", |b| {
        b.iter(|| benchmarks::are_states(matrix.as_slice().unwrap_or_default()));
    });
    group.bench_function("iterator", |b| {
        b.iter(|| matrix.iter().all(|&x| x == 0.0 || x == 1.0));
    });
    group.finish();
}
