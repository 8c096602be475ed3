//! Sparse rows: finding the non-zeros of states, and products with them.

use criterion::{BenchmarkId, Criterion};
use linfa_fisher::benchmarks::{self, Sparse, aligned};
use ndarray::Array2;

use crate::data::{BATCH, BLOCK, PIXELS, gemm, normal, pixels, pool};

/// Hidden units of the machines.
const WIDTHS: [usize; 3] = [10, 256, 500];

/// Columns of the sums of a narrow machine: a vector of `f32`.
const NARROW: usize = 16;

pub(crate) fn benches(c: &mut Criterion) {
    product(c);
    statistics(c);
    places(c);
}

/// `v W` of a batch: sparse rows against a dense product.
fn product(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("product {BATCH}x{PIXELS}, 19 % ones"));
    let (left, one) = (pixels(BATCH), pool(1));
    let sparse = Sparse::of(left.view());
    for width in WIDTHS {
        let right = normal(PIXELS, width);
        let mut out = Array2::zeros((BATCH, width));
        group.bench_function(BenchmarkId::new("sparse", width), |b| {
            one.install(|| b.iter(|| sparse.write_product(right.view(), out.view_mut())));
        });
        group.bench_function(BenchmarkId::new("faer", width), |b| {
            b.iter(|| gemm(left.view(), right.view(), out.view_mut()));
        });
    }
    group.finish();
}

/// `v' h`, the statistics of the first couplings.
fn statistics(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("transposed product {PIXELS}x{BATCH}"));
    let (left, one) = (pixels(BATCH), pool(1));
    let sparse = Sparse::of(left.view());
    for width in WIDTHS {
        let right = normal(BATCH, width);
        let mut out = Array2::zeros((PIXELS, width));
        group.bench_function(BenchmarkId::new("transposed sparse rows", width), |b| {
            let product = || {
                sparse
                    .transposed()
                    .write_product(right.view(), out.view_mut())
            };
            one.install(|| b.iter(product));
        });
        group.bench_function(BenchmarkId::new("faer", width), |b| {
            b.iter(|| gemm(left.t(), right.view(), out.view_mut()));
        });
    }
    group.finish();
    let mut group = c.benchmark_group(format!("added transposed product {PIXELS}x{BLOCK}x16"));
    let sparse = Sparse::of(pixels(BLOCK).view());
    let right = normal(BLOCK, NARROW);
    let mut sums = aligned((PIXELS, NARROW));
    group.bench_function("row by row, aligned", |b| {
        b.iter(|| sparse.add_transposed_product(right.view(), sums.view_mut()));
    });
    // where the allocator puts large matrices: 16 bytes after the start of a line
    let mut values = aligned((1, PIXELS * NARROW + NARROW));
    group.bench_function("row by row, not aligned", |b| {
        b.iter(|| {
            let sums = values.view_mut();
            let sums = sums.into_slice().expect("row-major order");
            let sums = &mut sums[4..4 + PIXELS * NARROW];
            let sums = ndarray::ArrayViewMut2::from_shape((PIXELS, NARROW), sums);
            sparse.add_transposed_product(right.view(), sums.expect("as many values"));
        });
    });
    let mut out = Array2::zeros((PIXELS, NARROW));
    let dense = pixels(BLOCK);
    group.bench_function("faer", |b| {
        b.iter(|| gemm(dense.t(), right.view(), out.view_mut()));
    });
    group.bench_function("transposed sparse rows", |b| {
        let product = || {
            sparse
                .transposed()
                .write_product(right.view(), out.view_mut())
        };
        one.install(|| b.iter(product));
    });
    group.finish();
}

/// The columns of the non-zeros of states.
fn places(c: &mut Criterion) {
    let mut group = c.benchmark_group(format!("places of non-zeros, {BATCH}x{PIXELS}"));
    let states = pixels(BATCH);
    let mut places = vec![0; PIXELS + 16];
    type Write = fn(&[f32], &mut [u32]) -> usize;
    let ways: [(&str, Write); 3] = [
        ("AVX-512", benchmarks::write_places),
        (
            "loop without branches",
            benchmarks::write_places_without_compress,
        ),
        ("loop with branches", places_with_branches),
    ];
    for (name, write) in ways {
        group.bench_function(name, |b| {
            b.iter(|| {
                let rows = states.rows().into_iter();
                let row = |row: ndarray::ArrayView1<f32>| {
                    write(row.to_slice().unwrap_or_default(), &mut places)
                };
                rows.map(row).sum::<usize>()
            });
        });
    }
    group.finish();
}

fn places_with_branches(values: &[f32], places: &mut [u32]) -> usize {
    let mut end = 0;
    for (place, _) in values.iter().enumerate().filter(|&(_, &x)| x != 0.0) {
        places[end] = place as u32;
        end += 1;
    }
    end
}
