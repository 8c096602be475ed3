//! What distinguishes one kind of classifier from another.

use std::fmt::Debug;

use linfa::Label;
use ndarray::{Array1, ArrayView2, CowArray, Ix2};
use rand::Rng;

use super::descent::{Discriminator, State, Task};
use super::labelled::Labelled;
use super::settings::Descent;
#[cfg(feature = "serde")]
use super::store::Keeper;
use crate::boltzmann::Parameters;
use crate::observer::{Observer, Stage};
use crate::{Float, Result};

/// How a classifier starts and learns: [`Joint`], [`Stacked`] or [`Unrolled`].
///
/// [`Joint`]: super::Joint
/// [`Stacked`]: super::Stacked
/// [`Unrolled`]: super::Unrolled
pub trait Architecture<F: Float>: Clone + Debug + PartialEq {
    /// The classifier that is trained, with classes of type `L`.
    type Model<L>;

    /// Checks that there is such a classifier, and that it can be trained with these settings.
    ///
    /// # Errors
    ///
    /// The first setting that is out of range.
    fn check(&self, descent: &Descent<F>) -> Result<()>;

    /// The trained parameters.
    ///
    /// # Errors
    ///
    /// Those of [`ClassifierRun::train`](super::ClassifierRun::train).
    fn learn<R: Rng + Clone>(&self, setting: Setting<'_, '_, F, R>) -> Result<Parameters<F>>;

    /// The classifier with the trained parameters, and its classes in ascending order.
    fn model<L: Label>(&self, theta: Parameters<F>, classes: Vec<L>) -> Self::Model<L>;
}

/// What a classifier is trained on, and how.
pub struct Setting<'r, 'a, F: Float, R> {
    pub(super) records: ArrayView2<'r, F>,
    /// Records without classes.
    pub(super) unlabelled: Option<ArrayView2<'r, F>>,
    /// The position of each record's class.
    pub(super) codes: &'a [u32],
    pub(super) weights: &'a Array1<f64>,
    pub(super) classes: usize,
    pub(super) descent: &'a Descent<F>,
    pub(super) rng: R,
    pub(super) observer: &'a mut dyn Observer,
    #[cfg(feature = "serde")]
    pub(super) keeper: Option<&'a dyn Keeper<F, R>>,
}

impl<'r, F: Float, R: Rng + Clone> Setting<'r, '_, F, R> {
    /// Descends from `theta` with the given inputs of the records.
    pub(super) fn descend<D: Discriminator<F>>(
        mut self,
        (stage, discriminator): (&'static str, &D),
        inputs: CowArray<'r, F, Ix2>,
        theta: Parameters<F>,
    ) -> Result<Parameters<F>> {
        let all = inputs.nrows();
        let rows = match self.descent.held_out {
            Some(held_out) => held_out.split(all, &mut self.rng)?,
            None => [(0..all).collect(), Vec::new()],
        };
        let (codes, weights) = (self.codes, self.weights);
        let data = Labelled {
            inputs,
            codes,
            weights,
        };
        let task = Task {
            discriminator,
            data: &data,
            rows,
            descent: self.descent,
            stage: Stage::named(stage),
        };
        let start = State::start(theta, self.rng);
        #[cfg(feature = "serde")]
        if let Some(keeper) = self.keeper {
            let objective = format!("{} {}", task.stage, discriminator.key());
            let (state, key) = keeper.open_descent(&objective, task.descent, &data, start)?;
            return task.run(state, self.observer, |state, is_last| {
                keeper.keep_descent(&key, state, is_last)
            });
        }
        task.run(start, self.observer, |_, _| Ok(()))
    }
}
