//! Mean-field inference: a factorised approximation of the posterior `p(h | v)`.
//!
//! `q(h) = prod mu^h (1 - mu)^(1 - h)` maximises the lower bound
//!
//! ```text
//! log p(v) >= theta . T(v, mu) + H(mu) - log Z
//! ```
//!
//! The maximum is a fixed point of `mu_l = sigmoid(mu_{l-1} W_{l-1} + mu_{l+1} W_l' + b_l)`, which
//! is iterated for odd layers first, then for even ones; each update maximises the bound over the
//! layers it touches (Salakhutdinov & Hinton 2009, section 3.2). With one hidden layer the first
//! update is exact.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};

use crate::boltzmann::machine::PackedMachine;
use crate::boltzmann::machine::{Conditionals, Neighbours};
use crate::error::MachineError;
use crate::numerics::aligned;
use crate::numerics::kernels::{Onto, vectorised};
use crate::numerics::parallel::map_blocks;
use crate::{Float, Result};

/// Stopping criterion of mean-field inference.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::MeanField;
///
/// let precise = MeanField { iterations: 200, tolerance: 1e-6 };
/// assert!(precise.iterations > MeanField::<f64>::default().iterations);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct MeanField<F> {
    /// Largest number of sweeps over all hidden layers, at least 1.
    pub iterations: usize,
    /// A sample has converged once no activation probability of its hidden units changes by more
    /// than this in a sweep, in `[0, 1)`. Samples stop one by one, so that a sample's result does
    /// not depend on the other samples of its batch.
    pub tolerance: F,
}

impl<F: Float> Default for MeanField<F> {
    /// 30 sweeps, tolerance 1e-3.
    fn default() -> Self {
        Self {
            iterations: 30,
            tolerance: F::cast(1e-3),
        }
    }
}

impl<F: Float> MeanField<F> {
    /// # Errors
    ///
    /// [`InvalidMeanFieldIterations`], [`InvalidMeanFieldTolerance`].
    ///
    /// [`InvalidMeanFieldIterations`]: crate::error::MachineError::InvalidMeanFieldIterations
    /// [`InvalidMeanFieldTolerance`]: crate::error::MachineError::InvalidMeanFieldTolerance
    pub(crate) fn check(&self) -> Result<()> {
        if self.iterations == 0 {
            Err(MachineError::InvalidMeanFieldIterations(self.iterations).into())
        } else if !(F::zero()..F::one()).contains(&self.tolerance) {
            let tolerance = self.tolerance.to_f64().unwrap_or(f64::NAN);
            Err(MachineError::InvalidMeanFieldTolerance(tolerance).into())
        } else {
            Ok(())
        }
    }

    /// The activation probabilities of all layers, the records themselves first.
    pub(crate) fn infer(&self, machine: Conditionals<F>, visible: ArrayView2<F>) -> Vec<Array2<F>> {
        let visible = visible.as_standard_layout().into_owned();
        let is_deep = machine.theta().weights.len() > 1;
        let laid_out = is_deep.then(|| PackedMachine::of(machine.theta()));
        let (up, down) = machine.factors();
        let machine = match &laid_out {
            Some(laid_out) => laid_out.conditionals().scaled(up, down),
            None => machine,
        };
        let (below, above) = (Some(visible.view()), None);
        let input = machine.input(1, &Neighbours { below, above });
        let mut layers = vec![visible];
        layers.extend(self.infer_hidden(machine, input).hidden);
        layers
    }

    /// Inference from the input that the first hidden layer gets from the visible one.
    pub(crate) fn infer_hidden(&self, machine: Conditionals<F>, input: Array2<F>) -> Inference<F> {
        let rows = input.nrows();
        let upper = machine.theta().biases.iter().skip(2);
        let mut hidden = vec![input];
        hidden.extend(upper.map(|bias| aligned::zeros((rows, bias.len()))));
        let blocks = map_blocks(&mut hidden, |_, block| self.infer_block(machine, block));
        let stats = blocks.into_iter().reduce(InferenceStats::with);
        Inference {
            hidden,
            stats: stats.unwrap_or_default(),
        }
    }

    /// Infers the hidden layers of a block, the first of which holds its input; returns the
    /// statistics.
    fn infer_block(
        &self,
        machine: Conditionals<F>,
        hidden: &mut [ArrayViewMut2<F>],
    ) -> InferenceStats {
        if let [only] = hidden {
            machine.activate(1, only.view_mut());
            return InferenceStats::default();
        }
        let mut pending = Pending::bottom_up(machine, hidden[0].to_owned());
        for sweep in 1..=self.iterations {
            pending.sweep(machine, self.tolerance);
            pending.close(false, hidden);
            let open = pending.count_open();
            if open == 0 {
                return InferenceStats {
                    sweeps: sweep,
                    unconverged: 0,
                };
            }
            // compacting the rows takes as long as a sweep over some of them
            if 2 * open <= pending.rows.len() {
                pending.keep_open();
            }
        }
        let unconverged = pending.count_open();
        pending.close(true, hidden);
        InferenceStats {
            sweeps: self.iterations,
            unconverged,
        }
    }
}

/// The result of mean-field inference.
#[derive(Debug, Clone)]
pub(crate) struct Inference<F> {
    /// Activation probabilities of the hidden layers.
    pub(crate) hidden: Vec<Array2<F>>,
    pub(crate) stats: InferenceStats,
}

/// Convergence statistics of mean-field inference.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InferenceStats {
    /// The largest number of sweeps that any sample took.
    pub(crate) sweeps: usize,
    /// Samples that still changed by more than the tolerance in the last sweep.
    pub(crate) unconverged: usize,
}

impl InferenceStats {
    /// The statistics of both together.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            sweeps: self.sweeps.max(other.sweeps),
            unconverged: self.unconverged + other.unconverged,
        }
    }
}

/// The samples of a block that have not converged yet, and converged ones not yet dropped.
struct Pending<F> {
    /// Their rows in the block.
    rows: Vec<usize>,
    /// Whether they have not converged.
    open: Vec<bool>,
    /// Whether a unit changed by more than the tolerance in the last sweep.
    moved: Vec<bool>,
    /// Input of the first hidden layer from the visible units, which does not change.
    bottom: Array2<F>,
    /// Activation probabilities of the hidden layers.
    hidden: Vec<Array2<F>>,
    /// Buffers for the next activation probabilities.
    spare: Vec<Array2<F>>,
}

impl<F: Float> Pending<F> {
    /// The starting point, by a bottom-up pass: each hidden layer is computed from the one below,
    /// whose input is doubled to make up for the layer above, which has no values yet.
    fn bottom_up(machine: Conditionals<F>, bottom: Array2<F>) -> Self {
        let top = machine.theta().weights.len();
        let two = F::one() + F::one();
        let doubled = machine.scaled(two, F::one());
        let mut first = &bottom * two - &machine.theta().biases[1];
        machine.activate(1, first.view_mut());
        let mut hidden = vec![first];
        for layer in 2..=top {
            let conditionals = if layer < top { doubled } else { machine };
            let below = hidden.last().map(Array2::view);
            let neighbours = Neighbours { below, above: None };
            let next = conditionals.mean(layer, &neighbours);
            hidden.push(next);
        }
        Self {
            rows: (0..bottom.nrows()).collect(),
            open: vec![true; bottom.nrows()],
            moved: vec![false; bottom.nrows()],
            bottom,
            spare: hidden.clone(),
            hidden,
        }
    }

    /// Updates the hidden layers, odd ones first.
    fn sweep(&mut self, machine: Conditionals<F>, tolerance: F) {
        self.moved.fill(false);
        let top = self.hidden.len();
        for layer in (1..=top).step_by(2).chain((2..=top).step_by(2)) {
            self.update(machine, layer);
            let (new, old) = (&mut self.hidden[layer - 1], &mut self.spare[layer - 1]);
            std::mem::swap(new, old);
            let (Some(new), Some(old)) = (new.as_slice(), old.as_slice()) else {
                unreachable!("layers are allocated in row-major order");
            };
            mark_moves(new, old, tolerance, &mut self.moved);
        }
    }

    /// Applies the fixed-point equation of one layer and leaves the result in `spare`.
    fn update(&mut self, machine: Conditionals<F>, layer: usize) {
        let out = &mut self.spare[layer - 1];
        if layer == 1 {
            out.assign(&self.bottom);
            machine.write_from_above(1, self.hidden[1].view(), Onto::Destination, out.view_mut());
        } else {
            let neighbours = Neighbours::of(layer - 1, &self.hidden);
            machine.write_input(layer, &neighbours, out.view_mut());
        }
        machine.activate(layer, out.view_mut());
    }

    fn count_open(&self) -> usize {
        self.open.iter().filter(|&&open| open).count()
    }

    /// Writes the rows that have converged to their places in the block; with `all`, every row that
    /// has not been written yet.
    fn close(&mut self, all: bool, block: &mut [ArrayViewMut2<F>]) {
        for (row, open) in self.open.iter_mut().enumerate() {
            if *open && (all || !self.moved[row]) {
                for (from, to) in self.hidden.iter().zip(&mut *block) {
                    to.row_mut(self.rows[row]).assign(&from.row(row));
                }
                *open = false;
            }
        }
    }

    /// Drops the rows that have converged.
    fn keep_open(&mut self) {
        let kept: Vec<usize> = (0..self.rows.len()).filter(|&row| self.open[row]).collect();
        self.rows = kept.iter().map(|&row| self.rows[row]).collect();
        self.open = vec![true; kept.len()];
        self.moved = vec![false; kept.len()];
        self.bottom = self.bottom.select(Axis(0), &kept);
        for layer in &mut self.hidden {
            *layer = layer.select(Axis(0), &kept);
        }
        self.spare = self.hidden.clone();
    }
}

/// Marks the rows in which a value changed by more than the tolerance; `moved` has one mark per
/// row.
fn mark_moves<F: Float>(new: &[F], old: &[F], tolerance: F, moved: &mut [bool]) {
    let units = (new.len() / moved.len().max(1)).max(1);
    vectorised(|| {
        let rows = new.chunks_exact(units).zip(old.chunks_exact(units));
        for ((new, old), moved) in rows.zip(moved) {
            let moves = new.iter().zip(old).map(|(&new, &old)| (new - old).abs());
            *moved |= moves.fold(false, |any, by| any | (by > tolerance));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_moved_by_more_than_the_tolerance_are_marked() {
        for units in [1, 3, 16, 20, 40] {
            let old = vec![0.5; 4 * units];
            let mut new = old.clone();
            new[units] = 0.25;
            new[2 * units] = 0.5 + 1e-4;
            new[4 * units - 1] = 0.75;
            let mut moved = [true, false, false, false];
            mark_moves(&new, &old, 1e-3, &mut moved);
            assert_eq!(moved, [true, true, false, true]);
            let mut moved = [false; 4];
            mark_moves(&new, &old, 0.0, &mut moved);
            assert_eq!(moved, [false, true, true, true]);
        }
    }
}
