//! The binary problems of a multi-class one.

use std::collections::BTreeSet;

use ndarray::ArrayView1;

use super::loss::Loss;

/// One class against the rest, for each class; of two classes, the second against the first.
pub(super) struct Problem {
    /// Of each record, the position of its class.
    codes: Vec<u32>,
    /// The cost of each record's loss, `C s_i`.
    costs: Vec<f64>,
    classes: usize,
    held_out: BTreeSet<usize>,
    pub(super) loss: Loss,
    /// The value B of the feature whose weight makes the intercept.
    pub(super) scaling: f64,
}

impl Problem {
    /// Records of these classes `0..classes` and weights `s`, at the cost `c`.
    pub(super) fn new(
        codes: Vec<u32>,
        weights: ArrayView1<f64>,
        classes: usize,
        c: f64,
        (loss, scaling): (Loss, f64),
    ) -> Self {
        Self {
            codes,
            costs: weights.iter().map(|weight| c * weight).collect(),
            classes,
            held_out: BTreeSet::new(),
            loss,
            scaling,
        }
    }

    /// Records n.
    pub(super) fn rows(&self) -> usize {
        self.codes.len()
    }

    /// Binary problems k.
    pub(super) fn count(&self) -> usize {
        if self.classes == 2 { 1 } else { self.classes }
    }

    /// The target `y` of a record in a binary problem, 1 or -1.
    pub(super) fn sign(&self, row: usize, problem: usize) -> f64 {
        let positive = if self.classes == 2 { 1 } else { problem };
        match self.codes[row] as usize == positive {
            true => 1.0,
            false => -1.0,
        }
    }

    /// The position of a record's class.
    pub(super) fn code(&self, row: usize) -> usize {
        self.codes[row] as usize
    }

    /// Holds these records out: their losses cost nothing, and nothing is learnt from them.
    pub(super) fn hold_out(&mut self, rows: &[usize]) {
        rows.iter().for_each(|&row| self.costs[row] = 0.0);
        self.held_out = rows.iter().copied().collect();
    }

    /// Whether a record is learnt from.
    pub(super) fn learns(&self, row: usize) -> bool {
        !self.held_out.contains(&row)
    }

    /// The class of greatest decision value, the first of equal ones, by the values of the binary
    /// problems.
    pub(super) fn winner<F: linfa::Float>(&self, values: &[F]) -> usize {
        match self.classes {
            2 => usize::from(values[0] > F::zero()),
            _ => (1..values.len()).fold(0, |best, next| match values[next] > values[best] {
                true => next,
                false => best,
            }),
        }
    }

    /// The objective of weights of zero, whose losses are 1.
    pub(super) fn cost_of_zero(&self) -> f64 {
        self.costs.iter().sum()
    }

    /// The cost `C s_i` of a record's loss.
    pub(super) fn cost(&self, row: usize) -> f64 {
        self.costs[row]
    }
}
