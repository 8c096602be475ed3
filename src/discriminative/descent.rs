//! Gradient ascent of a classifier's likelihood, on mini-batches.

use std::time::Instant;

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use super::labelled::{Batch, Labelled};
use super::settings::Descent;
use crate::boltzmann::{Ascent, Parameters, figures};
use crate::classification::first_greatest;
use crate::error::TrainingError;
use crate::numerics::random::{Lanes, shuffled};
use crate::observer::{EpochRecord, Event, Figures, Observer, SECONDS, Stage, TerminationReason};
use crate::{Float, Result};

/// Name of the figure that is the share of held-out records that are misclassified.
pub(super) const VALIDATION_ERROR: &str = "validation error";

/// Name of the figure that is the mean of `-log p(class)` over the batches of an epoch.
pub(super) const LOSS: &str = "loss";

/// Records that are classified at a time.
const BLOCK: usize = 1000;

/// What gives the classes of an input probabilities, and learns them.
pub(super) trait Discriminator<F: Float> {
    /// `log p(class)` of every class (`n x c`).
    fn log_probabilities(&self, theta: &Parameters<F>, inputs: ArrayView2<F>) -> Array2<F>;

    /// Where a batch leads to.
    fn step(&self, theta: &Parameters<F>, batch: &Batch<F>, random: &mut Lanes) -> Step<F>;

    /// All that its steps depend on beside parameters, records and the settings of the descent.
    #[cfg(feature = "serde")]
    fn key(&self) -> String;
}

/// The mean loss of a batch and the direction to go.
pub(super) struct Step<F> {
    pub(super) loss: f64,
    pub(super) gradient: Parameters<F>,
}

/// All that a descent depends on, but for its state.
pub(super) struct Task<'r, 'a, F, D> {
    pub(super) discriminator: &'a D,
    pub(super) data: &'a Labelled<'r, 'a, F>,
    /// The rows that are learnt, and those that are held out.
    pub(super) rows: [Vec<usize>; 2],
    pub(super) descent: &'a Descent<F>,
    pub(super) stage: Stage,
}

/// All that the rest of a descent depends on.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            deserialize = "F: Float + serde_crate::Deserialize<'de>, R: serde_crate::Deserialize<'de>"
        )
    )
)]
pub(super) struct State<F, R> {
    pub(super) theta: Parameters<F>,
    pub(super) ascent: Ascent<F>,
    pub(super) best: Option<Best<F>>,
    pub(super) rng: R,
    /// The epochs that are done.
    pub(super) epochs: Vec<EpochRecord>,
}

/// The parameters that were best on the records held out.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(deserialize = "F: Float + serde_crate::Deserialize<'de>")
    )
)]
pub(super) struct Best<F> {
    pub(super) epoch: usize,
    pub(super) theta: Parameters<F>,
    /// Share of errors and mean loss, which decides between equal shares.
    value: (f64, f64),
}

impl<F: Float, R> State<F, R> {
    pub(super) fn start(theta: Parameters<F>, rng: R) -> Self {
        Self {
            ascent: Ascent::new(&theta.layers()),
            theta: theta.aligned(),
            best: None,
            rng,
            epochs: Vec::new(),
        }
    }

    /// Why the descent is over, if it is.
    pub(super) fn finished(&self, descent: &Descent<F>) -> Option<TerminationReason> {
        let epoch = self.epochs.len();
        match descent.held_out.zip(self.best.as_ref()) {
            Some((held_out, best)) if held_out.is_over(epoch, best.epoch) => {
                let best_epoch = best.epoch;
                Some(TerminationReason::EarlyStopped { best_epoch })
            }
            _ => (epoch >= descent.epochs()).then_some(TerminationReason::Epochs),
        }
    }
}

impl<F: Float, D: Discriminator<F>> Task<'_, '_, F, D> {
    /// Runs the epochs that are left, each of which `keep` gets to see, and whether it is the last
    /// one of this run. Gives the parameters of the best one if records are held out, otherwise of
    /// the last one.
    pub(super) fn run<R: Rng>(
        &self,
        mut state: State<F, R>,
        observer: &mut dyn Observer,
        mut keep: impl FnMut(&State<F, R>, bool) -> Result<()>,
    ) -> Result<Parameters<F>> {
        if !state.epochs.is_empty() {
            observer.observe(&Event::Resumed {
                stage: self.stage.clone(),
                epoch: state.epochs.len(),
                epochs: self.descent.epochs(),
                records: state.epochs.clone(),
            });
        }
        let mut stopped = observer.should_stop();
        let reason = loop {
            if let Some(reason) = state.finished(self.descent) {
                break reason;
            }
            if stopped {
                break TerminationReason::Interrupted;
            }
            self.epoch(&mut state, observer)?;
            stopped = observer.should_stop();
            let kept = keep(&state, stopped || state.finished(self.descent).is_some());
            if stopped {
                kept?;
            } else if let Err(fault) = kept {
                observer.observe(&Event::NotSaved {
                    stage: self.stage.clone(),
                    epoch: state.epochs.len(),
                    fault: fault.to_string(),
                });
            }
        };
        let stage = self.stage.clone();
        observer.observe(&Event::Finished { stage, reason });
        Ok(state.best.map_or(state.theta, |best| best.theta))
    }

    /// Passes over the records once, and reports it.
    fn epoch<R: Rng>(&self, state: &mut State<F, R>, observer: &mut dyn Observer) -> Result<()> {
        let (started, epoch) = (Instant::now(), state.epochs.len());
        let loss = self.steps(state, epoch)?;
        let rate = self
            .descent
            .learning_rate()
            .at(epoch, self.descent.epochs());
        let figures = self.validated(state, epoch + 1).and(
            Figures::default()
                .with(LOSS, loss)
                .with(figures::LEARNING_RATE, rate.to_f64().unwrap_or(f64::NAN))
                .with(SECONDS, started.elapsed().as_secs_f64()),
        );
        state.epochs.push(EpochRecord {
            stage: self.stage.clone(),
            epoch: epoch + 1,
            figures: figures.clone(),
        });
        observer.observe(&Event::Epoch {
            stage: self.stage.clone(),
            epoch: epoch + 1,
            epochs: self.descent.epochs(),
            figures,
        });
        Ok(())
    }

    /// The steps of an epoch (counted from 0); their mean loss.
    fn steps<R: Rng>(&self, state: &mut State<F, R>, epoch: usize) -> Result<f64> {
        let [learnt, _] = &self.rows;
        let order = shuffled(learnt.len(), &mut state.rng);
        let seed = state.rng.next_u64();
        let mut losses = 0.0;
        for (number, places) in order.chunks(self.descent.batch_size()).enumerate() {
            let rows: Vec<_> = places.iter().map(|&place| learnt[place]).collect();
            let batch = self.data.select(&rows);
            let random = &mut Lanes::new(seed, number);
            let step = self.discriminator.step(&state.theta, &batch, random);
            losses += step.loss * rows.len() as f64;
            let (theta, training) = (&mut state.theta, &self.descent.training);
            state.ascent.step(theta, &step.gradient, training, epoch);
            if !state.theta.is_moderate() {
                return Err(TrainingError::Diverged {
                    stage: self.stage.clone(),
                    epoch: epoch + 1,
                    batch: number + 1,
                }
                .into());
            }
        }
        Ok(losses / learnt.len() as f64)
    }

    /// The error on the records held out, if any; keeps the parameters if they are the best so far.
    fn validated<R>(&self, state: &mut State<F, R>, epoch: usize) -> Figures {
        let [_, held_out] = &self.rows;
        if held_out.is_empty() {
            return Figures::default();
        }
        let value = self.judge(&state.theta, held_out);
        let better = |best: &Best<F>| value < best.value || best.value.1.is_nan();
        if state.best.as_ref().is_none_or(better) {
            state.best = Some(Best {
                epoch,
                theta: state.theta.clone(),
                value,
            });
        }
        Figures::default().with(VALIDATION_ERROR, value.0)
    }

    /// The share of rows that are misclassified, and their mean loss.
    fn judge(&self, theta: &Parameters<F>, rows: &[usize]) -> (f64, f64) {
        let (mut wrong, mut loss) = (0, 0.0);
        for rows in rows.chunks(BLOCK) {
            let batch = self.data.select(rows);
            let inputs = batch.inputs.view();
            let logs = self.discriminator.log_probabilities(theta, inputs);
            loss += batch.loss(logs.view()) * rows.len() as f64;
            let classified = logs.outer_iter().map(first_greatest).zip(&batch.codes);
            wrong += classified
                .filter(|&(it, &code)| it != code as usize)
                .count();
        }
        let count = rows.len() as f64;
        (wrong as f64 / count, loss / count)
    }
}
