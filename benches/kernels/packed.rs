//! Products of few rows with a large matrix: panels that are laid out once against faer, which lays
//! the matrix out each time.

use criterion::{BenchmarkId, Criterion};
use linfa_fisher::benchmarks::Panels;
use ndarray::Array2;

use crate::data::{gemm, normal, pool};

/// Units of the two hidden layers.
const SHAPE: (usize, usize) = (500, 1000);

pub(crate) fn benches(c: &mut Criterion) {
    let (depth, columns) = SHAPE;
    let mut group = c.benchmark_group(format!("rows x {depth}x{columns}"));
    let (right, transposed, one) = (normal(depth, columns), normal(columns, depth), pool(1));
    let mut panels = Panels::of(right.view());
    for rows in [1, 25, 50, 100] {
        let left = normal(rows, depth);
        let mut out = Array2::zeros((rows, columns));
        group.bench_function(BenchmarkId::new("panels", rows), |b| {
            b.iter(|| panels.write_product(left.view(), out.view_mut()));
        });
        group.bench_function(BenchmarkId::new("faer", rows), |b| {
            b.iter(|| gemm(left.view(), right.view(), out.view_mut()));
        });
        group.bench_function(BenchmarkId::new("faer, transposed", rows), |b| {
            b.iter(|| gemm(left.view(), transposed.t(), out.view_mut()));
        });
    }
    group.bench_function("laying out", |b| {
        one.install(|| b.iter(|| panels.write(right.view())));
    });
    group.bench_function("laying out, transposed", |b| {
        one.install(|| b.iter(|| panels.write(transposed.t())));
    });
    group.finish();
}
