//! Elementary functions and random states of a block of hidden units.

use criterion::{BatchSize, Bencher, Criterion};
use linfa_fisher::benchmarks::{self, Random};
use rand::Rng;

use crate::data::{BLOCK, normal, rng};

/// Units of a layer.
const UNITS: usize = 500;

pub(crate) fn benches(c: &mut Criterion) {
    function(c, "sigmoid", benchmarks::sigmoid, sigmoid);
    function(c, "softplus", benchmarks::softplus, softplus);
    states(c);
}

fn function(c: &mut Criterion, name: &str, kernel: fn(&mut [f32]), plain: fn(f32) -> f32) {
    let mut group = c.benchmark_group(format!("{name} {BLOCK}x{UNITS}"));
    group.bench_function("vectors", |b| each(b, kernel));
    group.bench_function("map of std", |b| {
        each(b, |values| values.iter_mut().for_each(|x| *x = plain(*x)));
    });
    group.finish();
}

/// States of units of given inputs, and of given probabilities.
fn states(c: &mut Criterion) {
    let (mut random, mut rng) = (Random::new(42), rng());
    let mut group = c.benchmark_group(format!("states of inputs {BLOCK}x{UNITS}"));
    group.bench_function("lanes", |b| {
        each(b, |inputs| random.bernoulli_of_input(inputs))
    });
    group.bench_function("rand", |b| {
        each(b, |inputs| {
            let state = |x: &mut f32| *x = f32::from(u8::from(rng.r#gen::<f32>() < sigmoid(*x)));
            inputs.iter_mut().for_each(state);
        });
    });
    group.finish();
    let mut group = c.benchmark_group(format!("states of probabilities {BLOCK}x{UNITS}"));
    group.bench_function("lanes", |b| each(b, |values| random.bernoulli(values)));
    group.bench_function("rand", |b| {
        each(b, |values| {
            let state = |x: &mut f32| *x = f32::from(u8::from(rng.r#gen::<f32>() < *x));
            values.iter_mut().for_each(state);
        });
    });
    group.finish();
}

/// What is done to fresh values.
fn each(b: &mut Bencher, mut work: impl FnMut(&mut [f32])) {
    let values = normal(BLOCK, UNITS).into_raw_vec_and_offset().0;
    let fresh = || values.clone();
    b.iter_batched_ref(fresh, |values| work(values), BatchSize::SmallInput);
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
