//! Work of microseconds that two threads share, again and again.

use std::hint::{black_box, spin_loop};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use linfa_fisher::benchmarks;

use crate::data::pool;

/// Microseconds of work on either thread.
const MICROSECONDS: [u64; 3] = [20, 50, 200];

/// Microseconds that one thread works alone between two pairs, as in a gradient step.
const ALONE: u64 = 20;

/// Pairs that are measured together.
const PAIRS: usize = 50;

pub(crate) fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("{PAIRS} pairs, {ALONE} us alone after each"));
    let two = pool(2);
    let alone = || work(ALONE);
    for microseconds in MICROSECONDS {
        let half = || work(microseconds);
        group.bench_function(BenchmarkId::new("stand-by", microseconds), |b| {
            two.install(|| b.iter(|| benchmarks::pairs_with_stand_by(PAIRS, half, alone)));
        });
        group.bench_function(BenchmarkId::new("join_awake", microseconds), |b| {
            two.install(|| b.iter(|| pairs(|| benchmarks::join_awake(half, half), alone)));
        });
        group.bench_function(BenchmarkId::new("rayon::join", microseconds), |b| {
            two.install(|| b.iter(|| pairs(|| rayon::join(half, half), alone)));
        });
        group.bench_function(BenchmarkId::new("one thread", microseconds), |b| {
            b.iter(|| pairs(|| (half(), half()), alone));
        });
    }
    group.finish();
}

fn pairs<T>(pair: impl Fn() -> T, alone: impl Fn()) {
    for _ in 0..PAIRS {
        black_box(pair());
        alone();
    }
}

/// Keeps a thread busy.
fn work(microseconds: u64) {
    let started = Instant::now();
    while started.elapsed() < Duration::from_micros(microseconds) {
        spin_loop();
    }
}
