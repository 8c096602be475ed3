//! Passes over matrices: sums of rows, checks of all values, rows that have moved.

use criterion::Criterion;
use linfa_fisher::benchmarks;
use ndarray::Axis;

use crate::data::{normal, pixels, BATCH, BLOCK, PIXELS};

/// Units of the layer of which rows are marked.
const UNITS: usize = 1000;

/// By how much a unit may move.
const TOLERANCE: f32 = 1e-3;

pub(crate) fn benches(c: &mut Criterion) {
    sum_of_rows(c);
    are_states(c);
    moves(c);
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

fn moves(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("moves of {BLOCK}x{UNITS}"));
    let old = normal(BLOCK, UNITS);
    let new = &old + 1e-4;
    let mut moved = [false; BLOCK];
    group.bench_function("vectors", |b| {
        let slices = [&new, &old].map(|matrix| matrix.as_slice().unwrap_or_default());
        b.iter(|| benchmarks::mark_moves(slices[0], slices[1], TOLERANCE, &mut moved));
    });
    group.bench_function("iterator", |b| {
        b.iter(|| {
            let rows = new.rows().into_iter().zip(old.rows());
            for ((new, old), moved) in rows.zip(&mut moved) {
                let moves = |(new, old): (&f32, &f32)| (new - old).abs() > TOLERANCE;
                *moved |= new.iter().zip(old).any(moves);
            }
        });
    });
    group.finish();
}
