//! The up-down algorithm, which trains a stack of machines as one generative model (Hinton,
//! Osindero and Teh 2006).
//!
//! All layers but the top two are a directed model from above to below, with weights of its own for
//! the way down (generative) and for the way up (recognition). The top two are an undirected
//! machine. A step for a batch:
//!
//! ```text
//! up:     states x_1, x_2, ... are drawn by the recognition weights, each layer from the one
//!         below; the generative weights learn to draw each layer from the one above
//! top:    contrastive divergence, a few Gibbs steps
//! down:   states are drawn by the generative weights from where the Gibbs steps have come to;
//!         the recognition weights learn to draw each layer from the one below
//! ```

use ndarray::{Array1, Array2, ArrayView2};
use rand::Rng;

use crate::boltzmann::{Conditionals, LearningRate, Neighbours, Parameters, figures};
use crate::discriminative::error::DiscriminativeError;
use crate::discriminative::network::hidden;
use crate::error::TrainingError;
use crate::numerics::dense::{product, sum_of_rows};
use crate::numerics::random::{Lanes, shuffled};
use crate::numerics::scalar::select_rows;
use crate::observer::{Event, Figures, Observer, Stage, TerminationReason};
use crate::{Float, Result};

/// Settings of the up-down algorithm.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::LearningRate;
/// use linfa_fisher::discriminative::{DeepBeliefNetwork, UpDown};
///
/// let up_down = UpDown {
///     epochs: 5,
///     learning_rate: LearningRate::Constant(0.01_f32),
///     ..UpDown::default()
/// };
/// let params = DeepBeliefNetwork::params(&[30, 20]).up_down(Some(up_down));
/// assert!(linfa::ParamGuard::check(params).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct UpDown<F> {
    /// Passes over the records, at least 1.
    pub epochs: usize,
    /// Records of one step, at least 1.
    pub batch_size: usize,
    /// Schedule of the learning rate.
    pub learning_rate: LearningRate<F>,
    /// Gibbs steps of the top machine, at least 1.
    pub steps: usize,
}

impl<F: Float> Default for UpDown<F> {
    /// 10 epochs of batches of 100 at a rate that falls from 0.01 to zero, with 3 Gibbs steps.
    fn default() -> Self {
        Self {
            epochs: 10,
            batch_size: 100,
            learning_rate: LearningRate::LinearToZero {
                initial: F::cast(0.01),
            },
            steps: 3,
        }
    }
}

/// A stack whose lower machines have weights for either way.
struct Untied<F> {
    /// Of the lower machines, `x_{l-1} W + c`.
    recognition: Vec<Parameters<F>>,
    /// Of the lower machines, `x_l W' + b`.
    generative: Vec<Parameters<F>>,
    top: Parameters<F>,
}

impl<F: Float> UpDown<F> {
    pub(super) fn check(&self) -> Result<()> {
        if self.epochs == 0 {
            return Err(TrainingError::InvalidEpochs(0).into());
        }
        if self.batch_size == 0 {
            return Err(TrainingError::InvalidBatchSize(0).into());
        }
        if self.steps == 0 {
            return Err(DiscriminativeError::InvalidSteps(0).into());
        }
        match self.learning_rate.invalid() {
            Some(value) => {
                let value = value.to_f64().unwrap_or(f64::NAN);
                Err(TrainingError::InvalidLearningRate(value).into())
            }
            None => Ok(()),
        }
    }

    /// Trains the machines of a stack, lowest first, of which the recognition weights are kept.
    pub(super) fn train<R: Rng>(
        &self,
        stack: &mut Vec<Parameters<F>>,
        records: ArrayView2<F>,
        rng: &mut R,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        let Some(top) = stack.pop() else {
            return Ok(());
        };
        let mut untied = Untied {
            generative: stack.clone(),
            recognition: std::mem::take(stack),
            top,
        };
        let stage = Stage::named("up-down");
        let mut reason = TerminationReason::Epochs;
        for epoch in 0..self.epochs {
            if observer.should_stop() {
                reason = TerminationReason::Interrupted;
                break;
            }
            let rate = self.learning_rate.at(epoch, self.epochs);
            let (order, seed) = (shuffled(records.nrows(), rng), rng.next_u64());
            let mut error = 0.0;
            for (number, rows) in order.chunks(self.batch_size).enumerate() {
                let batch = select_rows(records, rows);
                error += untied.step(batch, rate, self.steps, &mut Lanes::new(seed, number));
                if !untied.is_moderate() {
                    return Err(TrainingError::Diverged {
                        stage,
                        epoch: epoch + 1,
                        batch: number + 1,
                    }
                    .into());
                }
            }
            observer.observe(&Event::Epoch {
                stage: stage.clone(),
                epoch: epoch + 1,
                epochs: self.epochs,
                figures: Figures::default()
                    .with(figures::RECONSTRUCTION_ERROR, error / records.len() as f64),
            });
        }
        observer.observe(&Event::Finished { stage, reason });
        *stack = untied.recognition;
        stack.push(untied.top);
        Ok(())
    }
}

impl<F: Float> Untied<F> {
    fn is_moderate(&self) -> bool {
        let lower = self.recognition.iter().chain(&self.generative);
        lower.chain([&self.top]).all(Parameters::is_moderate)
    }

    /// One step; gives the squared error of the records, as the layer above tells them.
    fn step(&mut self, batch: Array2<F>, rate: F, steps: usize, random: &mut Lanes) -> f64 {
        let rate = rate / F::cast(batch.nrows());
        let mut layers = vec![batch];
        for machine in &self.recognition {
            let means = hidden(machine, 1, layers[layers.len() - 1].view());
            layers.push(drawn(means, random));
        }
        let error = self.up(&layers, rate);
        let highest = layers.pop().unwrap_or_default();
        let error = error.unwrap_or_else(|| {
            let above = hidden(&self.top, 1, highest.view());
            squared(&(&highest - &visible(&self.top, above.view())))
        });
        let states = self.contrast(highest, rate, steps, random);
        self.down(states, rate, random);
        error
    }

    /// The generative weights learn to tell the states of each layer from those of the one above.
    /// Gives the squared error of the records, unless the top machine is the only one.
    fn up(&mut self, layers: &[Array2<F>], rate: F) -> Option<f64> {
        let mut error = None;
        for (machine, pair) in self.generative.iter_mut().zip(layers.windows(2)) {
            let surprise = &pair[0] - &visible(machine, pair[1].view());
            error = error.or_else(|| Some(squared(&surprise)));
            machine.weights[0].scaled_add(rate, &product(surprise.t(), pair[1].view()));
            machine.biases[0].scaled_add(rate, &sum_of_rows(surprise.view()));
        }
        error
    }

    /// States are drawn from above to below, and the recognition weights learn to tell each layer
    /// from the one below.
    fn down(&mut self, mut states: Array2<F>, rate: F, random: &mut Lanes) {
        for (recognition, generative) in self.recognition.iter_mut().zip(&self.generative).rev() {
            let machine = Conditionals::of(generative);
            let mut below = visible_inputs(generative, states.view());
            machine.sample(0, below.view_mut(), random);
            let surprise = &states - &hidden(recognition, 1, below.view());
            recognition.weights[0].scaled_add(rate, &product(below.t(), surprise.view()));
            recognition.biases[1].scaled_add(rate, &sum_of_rows(surprise.view()));
            states = below;
        }
    }

    /// Contrastive divergence of the top machine; gives the states that its visible units have come
    /// to.
    fn contrast(
        &mut self,
        data: Array2<F>,
        rate: F,
        steps: usize,
        random: &mut Lanes,
    ) -> Array2<F> {
        let means = hidden(&self.top, 1, data.view());
        let mut change = sums(&data, &means);
        let (mut below, mut above) = (data, means);
        for _ in 0..steps {
            let states = drawn(above, random);
            below = visible_inputs(&self.top, states.view());
            Conditionals::of(&self.top).sample(0, below.view_mut(), random);
            above = hidden(&self.top, 1, below.view());
        }
        let chains = sums(&below, &above);
        change.0 -= &chains.0;
        change.1 -= &chains.1;
        change.2 -= &chains.2;
        self.top.weights[0].scaled_add(rate, &change.0);
        self.top.biases[0].scaled_add(rate, &change.1);
        self.top.biases[1].scaled_add(rate, &change.2);
        below
    }
}

/// The sums over the rows of `v h'`, `v` and `h`.
fn sums<F: Float>(v: &Array2<F>, h: &Array2<F>) -> (Array2<F>, Array1<F>, Array1<F>) {
    (
        product(v.t(), h.view()),
        sum_of_rows(v.view()),
        sum_of_rows(h.view()),
    )
}

/// States of units with these means.
fn drawn<F: Float>(mut means: Array2<F>, random: &mut Lanes) -> Array2<F> {
    if let Some(means) = means.as_slice_mut() {
        F::bernoulli_in_place(means, random);
    }
    means
}

/// The inputs of visible units.
fn visible_inputs<F: Float>(machine: &Parameters<F>, above: ArrayView2<F>) -> Array2<F> {
    let (below, above) = (None, Some(above));
    Conditionals::of(machine).input(0, &Neighbours { below, above })
}

/// The means of visible units.
fn visible<F: Float>(machine: &Parameters<F>, above: ArrayView2<F>) -> Array2<F> {
    let mut means = visible_inputs(machine, above);
    Conditionals::of(machine).activate(0, means.view_mut());
    means
}

fn squared<F: Float>(values: &Array2<F>) -> f64 {
    values.fold(0.0, |sum, &x| sum + (x * x).to_f64().unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boltzmann::enumeration::{all_states, example_machine};
    use crate::discriminative::tests::{assert_close, slopes};

    const RATE: f64 = 1e-3;

    /// `sum log p` of states of independent units of these means.
    fn log_likelihood(states: &Array2<f64>, means: &Array2<f64>) -> f64 {
        let log = |(&x, &p): (&f64, &f64)| if x > 0.5 { p.ln() } else { (1.0 - p).ln() };
        states.iter().zip(means).map(log).sum()
    }

    fn untied() -> Untied<f64> {
        Untied {
            recognition: vec![example_machine(&[5, 4], 0.8)],
            generative: vec![example_machine(&[5, 4], -0.6)],
            top: example_machine(&[4, 3], 0.7),
        }
    }

    /// What a step has added to parameters, for a rate of 1.
    fn change(after: &Parameters<f64>, before: &Parameters<f64>) -> Parameters<f64> {
        let mut change = after.clone();
        change.add_scaled(-1.0, before);
        change.scaled(1.0 / RATE)
    }

    #[test]
    fn both_ways_ascend_the_likelihood_of_what_they_tell() {
        let layers = [
            all_states(5),
            Array2::from_shape_fn((32, 4), |(i, j)| f64::from((i * 3 + j * 5) % 7 < 3)),
        ];
        let mut stack = untied();
        stack.up(&layers, RATE);
        let before = untied();
        let of_records =
            |theta: &Parameters<f64>| log_likelihood(&layers[0], &visible(theta, layers[1].view()));
        let found = change(&stack.generative[0], &before.generative[0]);
        assert_close(&found, &slopes(&before.generative[0], of_records), 1e-7);

        let mut stack = untied();
        stack.down(layers[1].clone(), RATE, &mut Lanes::new(3, 0));
        let mut below = visible_inputs(&before.generative[0], layers[1].view());
        let machine = Conditionals::of(&before.generative[0]);
        machine.sample(0, below.view_mut(), &mut Lanes::new(3, 0));
        let of_layer =
            |theta: &Parameters<f64>| log_likelihood(&layers[1], &hidden(theta, 1, below.view()));
        let found = change(&stack.recognition[0], &before.recognition[0]);
        assert_close(&found, &slopes(&before.recognition[0], of_layer), 1e-7);
    }

    /// Contrastive divergence of long chains that start at all states alike: the gradient of the
    /// likelihood of these states, which is known by enumeration, but for its noise.
    #[test]
    fn the_top_machine_learns_its_states() {
        let (repetitions, states) = (2000, all_states(4));
        let copies = vec![states.view(); repetitions];
        let data = ndarray::concatenate(ndarray::Axis(0), &copies).unwrap();
        let before = untied();
        let mut stack = untied();
        let rate = RATE / data.nrows() as f64;
        stack.contrast(data, rate, 30, &mut Lanes::new(1, 0));
        let mean_log_likelihood = |theta: &Parameters<f64>| {
            let free = |theta: &Parameters<f64>| {
                let mut energies = states.dot(&theta.weights[0]).dot(&all_states(3).t());
                energies += &states.dot(&theta.biases[0]).insert_axis(ndarray::Axis(1));
                energies += &all_states(3).dot(&theta.biases[1]);
                energies.mapv(f64::exp)
            };
            let weights = free(theta);
            let rows = weights.sum_axis(ndarray::Axis(1));
            rows.mapv(f64::ln).mean().unwrap() - weights.sum().ln()
        };
        let found = change(&stack.top, &before.top);
        // a mean of 32,000 values in [0, 1] has a standard error of at most 0.5 / sqrt(32,000)
        assert_close(
            &found,
            &slopes(&before.top, mean_log_likelihood),
            4.5 * 0.0028,
        );
    }

    /// Also where there is no machine below the top.
    #[test]
    fn the_error_is_that_of_the_records() {
        let records = all_states(5);
        let mut alone = Untied {
            recognition: Vec::new(),
            generative: Vec::new(),
            top: Parameters::of_zeros(&[5, 2]),
        };
        let mut stack = Untied {
            recognition: vec![Parameters::of_zeros(&[5, 2])],
            generative: vec![Parameters::of_zeros(&[5, 2])],
            top: Parameters::of_zeros(&[2, 2]),
        };
        for stack in [&mut alone, &mut stack] {
            // all means are one half
            let error = stack.step(records.clone(), 0.1, 1, &mut Lanes::new(1, 0));
            assert_eq!(error, 0.25 * 5.0 * 32.0);
        }
    }
}
