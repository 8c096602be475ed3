//! Exact quantities of tiny machines by enumeration of all states, as references for tests.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::Parameters;

/// All `2^units` states, one per row.
pub(crate) fn all_states(units: usize) -> Array2<f64> {
    Array2::from_shape_fn((1 << units, units), |(state, unit)| {
        ((state >> unit) & 1) as f64
    })
}

/// Every joint state of the machine, split into its layers.
pub(crate) fn joint_states(layers: &[usize]) -> Vec<Array2<f64>> {
    let all = all_states(layers.iter().sum());
    let mut start = 0;
    layers
        .iter()
        .map(|&units| {
            start += units;
            all.slice(ndarray::s![.., start - units..start]).to_owned()
        })
        .collect()
}

pub(crate) fn views(layers: &[Array2<f64>]) -> Vec<ArrayView2<'_, f64>> {
    layers.iter().map(Array2::view).collect()
}

pub(crate) fn log_sum_exp(values: &Array1<f64>) -> f64 {
    let most = values.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    most + values.mapv(|x| (x - most).exp()).sum().ln()
}

/// `log Z`.
pub(crate) fn log_partition(theta: &Parameters<f64>) -> f64 {
    log_sum_exp(&theta.negative_energy(&views(&joint_states(&theta.layers()))))
}

/// All joint states whose visible part is `v`.
pub(crate) fn completions(theta: &Parameters<f64>, v: &Array1<f64>) -> Vec<Array2<f64>> {
    let layers = theta.layers();
    let hidden = joint_states(&layers[1..]);
    let n = hidden[0].nrows();
    let visible = Array2::from_shape_fn((n, v.len()), |(_, i)| v[i]);
    std::iter::once(visible).chain(hidden).collect()
}

/// `log p(v)`.
pub(crate) fn log_likelihood(theta: &Parameters<f64>, v: &Array1<f64>) -> f64 {
    log_sum_exp(&theta.negative_energy(&views(&completions(theta, v)))) - log_partition(theta)
}

/// `E[T]` over the given states, each weighted by `exp(theta . T)`.
pub(crate) fn expectation(theta: &Parameters<f64>, states: &[Array2<f64>]) -> Parameters<f64> {
    let energies = theta.negative_energy(&views(states));
    let log_z = log_sum_exp(&energies);
    let probability = energies.mapv(|e| (e - log_z).exp());
    let weighted: Vec<_> = states
        .iter()
        .map(|x| x * &probability.view().insert_axis(Axis(1)))
        .collect();
    Parameters {
        weights: weighted
            .iter()
            .zip(&states[1..])
            .map(|(x, y)| x.t().dot(y))
            .collect(),
        biases: weighted.iter().map(|x| x.sum_axis(Axis(0))).collect(),
        visible: theta.visible,
    }
}

/// `E[T]` of the machine.
pub(crate) fn model_expectation(theta: &Parameters<f64>) -> Parameters<f64> {
    expectation(theta, &joint_states(&theta.layers()))
}

/// `E[T | v]`.
pub(crate) fn posterior_expectation(theta: &Parameters<f64>, v: &Array1<f64>) -> Parameters<f64> {
    expectation(theta, &completions(theta, v))
}

/// A machine with weights and biases of the given scale that look random.
pub(crate) fn example_machine(layers: &[usize], scale: f64) -> Parameters<f64> {
    let mut theta = Parameters::of_zeros(layers);
    let mut counter = 0.0_f64;
    let mut next = || {
        counter += 1.0;
        scale * (counter * 12.9898).sin()
    };
    theta.weights.iter_mut().flatten().for_each(|w| *w = next());
    theta.biases.iter_mut().flatten().for_each(|b| *b = next());
    theta
}

/// A machine whose units are on half of the time and depend on each other: every weight is
/// `strength` or its negative, and the biases cancel the mean input from the weights.
pub(crate) fn dependent_machine(layers: &[usize], strength: f64) -> Parameters<f64> {
    let mut theta = Parameters::of_zeros(layers);
    for (l, weights) in theta.weights.iter_mut().enumerate() {
        weights.indexed_iter_mut().for_each(|((i, j), w)| {
            *w = if (i >> j) & 1 == 0 {
                strength
            } else {
                -strength
            };
        });
        theta.biases[l] -= &(weights.sum_axis(Axis(1)) / 2.0);
        theta.biases[l + 1] -= &(weights.sum_axis(Axis(0)) / 2.0);
    }
    theta
}

/// Mean of `log p(v)` over the rows.
pub(crate) fn mean_log_likelihood(theta: &Parameters<f64>, records: &Array2<f64>) -> f64 {
    let log_z = log_partition(theta);
    let known: Vec<f64> = all_states(records.ncols())
        .rows()
        .into_iter()
        .map(|v| log_sum_exp(&theta.negative_energy(&views(&completions(theta, &v.to_owned())))))
        .collect();
    let number = |v: ArrayView1<f64>| v.iter().rev().fold(0, |n, &bit| 2 * n + bit as usize);
    let total: f64 = records.rows().into_iter().map(|v| known[number(v)]).sum();
    total / records.nrows() as f64 - log_z
}

/// Exact samples of the visible units, by inverse transform sampling at a sequence that fills the
/// unit interval evenly (multiples of the golden ratio).
pub(crate) fn samples(theta: &Parameters<f64>, n: usize) -> Array2<f64> {
    let states = all_states(theta.layers()[0]);
    let mut total = 0.0;
    let cumulative: Vec<f64> = states
        .rows()
        .into_iter()
        .map(|v| {
            total += log_likelihood(theta, &v.to_owned()).exp();
            total
        })
        .collect();
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let chosen: Vec<usize> = (0..n)
        .map(|i| cumulative.partition_point(|&c| c < (i as f64 * golden).fract()))
        .collect();
    states.select(Axis(0), &chosen)
}

/// A machine with Gaussian visible units and one hidden layer, written as the mixture that it is:
/// normal distributions of unit variance, one for every state of the hidden units,
/// `p(h) ~ exp(c'h + |b + W h|^2 / 2)`, `p(v | h) = N(b + W h, 1)`.
pub(crate) struct Mixture {
    /// States of the hidden units, one per row.
    pub(crate) hidden: Array2<f64>,
    /// `p(h)`.
    pub(crate) weights: Array1<f64>,
    /// `E[v | h]`, one per row.
    pub(crate) means: Array2<f64>,
    /// `log Z`.
    pub(crate) log_partition: f64,
}

pub(crate) fn mixture(theta: &Parameters<f64>) -> Mixture {
    let hidden = all_states(theta.layers()[1]);
    let means = hidden.dot(&theta.weights[0].t()) + &theta.biases[0];
    let logs = hidden.dot(&theta.biases[1]) + (&means * &means).sum_axis(Axis(1)) / 2.0;
    let total = log_sum_exp(&logs);
    Mixture {
        hidden,
        weights: logs.mapv(|log| (log - total).exp()),
        log_partition: total + 0.5 * means.ncols() as f64 * std::f64::consts::TAU.ln(),
        means,
    }
}

impl Mixture {
    /// `E[T]`.
    pub(crate) fn expectation(&self) -> Parameters<f64> {
        let weighted = &self.means * &self.weights.view().insert_axis(Axis(1));
        Parameters {
            weights: vec![weighted.t().dot(&self.hidden)],
            biases: vec![
                self.weights.dot(&self.means),
                self.weights.dot(&self.hidden),
            ],
            visible: super::VisibleUnits::Gaussian,
        }
    }
}
