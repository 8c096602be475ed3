//! Log densities of a mixture of Gaussians: differences that are squared in registers against two
//! matrix products by faer, of which the squares are multiplied out.

use criterion::{BenchmarkId, Criterion};
use linfa_fisher::benchmarks::Gaussians;
use ndarray::{Array2, Axis, concatenate};

use crate::data::{gemm, normal, pool};

/// Components and coordinates, those of the peer benchmark.
const SHAPE: (usize, usize) = (256, 64);
/// Descriptors of an image.
const DESCRIPTORS: usize = 100;

pub(crate) fn benches(c: &mut Criterion) {
    let (components, width) = SHAPE;
    let name = format!("log densities {DESCRIPTORS}x{width}");
    let mut group = c.benchmark_group(name);
    let (rows, one) = (normal(DESCRIPTORS, width), pool(1));
    let variances = normal(components, width).mapv(|x| x * x + 0.5);
    let gaussians = Gaussians::of(normal(components, width).view(), variances.view());
    let mut out = Array2::zeros((DESCRIPTORS, components));
    group.bench_function(BenchmarkId::new("kernel", components), |b| {
        one.install(|| b.iter(|| gaussians.write_log_densities(rows.view(), out.view_mut())));
    });
    // x / variance * mean and -x^2 / (2 variance)
    let right = normal(2 * width, components);
    group.bench_function(BenchmarkId::new("faer", components), |b| {
        b.iter(|| {
            let squares = rows.mapv(|x| x * x);
            let both = concatenate![Axis(1), rows, squares];
            gemm(both.view(), right.view(), out.view_mut());
        });
    });
    group.finish();
}
