//! linfa's traits, for all Boltzmann machines.

use linfa::DatasetBase;
use linfa::traits::{Fit, FitWith};
use ndarray::{ArrayBase, Data, Ix2};
use rand::Rng;

use super::architecture::Architecture;
use super::ongoing::Ongoing;
use super::params::BoltzmannValidParams;
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Trains on the records of the dataset, like a [`run`](BoltzmannValidParams::run) without options.
impl<A, F, R, D, T> Fit<ArrayBase<D, Ix2>, T, Error> for BoltzmannValidParams<A, F, R>
where
    A: Architecture<F>,
    F: Float,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
    type Object = A::Machine;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<A::Machine> {
        self.run(dataset).train()
    }
}

/// Starts training, or continues it, like a [`run`](BoltzmannValidParams::run) `from` it.
/// Schedules of learning rate and momentum count the epochs of each call from the first.
impl<'a, A, F, R, D, T> FitWith<'a, ArrayBase<D, Ix2>, T, Error> for BoltzmannValidParams<A, F, R>
where
    A: Architecture<F>,
    A::Machine: 'a,
    F: Float,
    R: Rng + Clone + 'a,
    D: Data<Elem = F>,
    T: 'a,
{
    type ObjectIn = Option<Ongoing<A::Machine, F, R>>;
    type ObjectOut = Ongoing<A::Machine, F, R>;

    fn fit_with(
        &self,
        ongoing: Self::ObjectIn,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Self::ObjectOut> {
        let run = self.run(dataset);
        match ongoing {
            Some(ongoing) => run.from(ongoing).train_on(),
            None => run.train_on(),
        }
    }
}

impl<A, F, R, D, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for BoltzmannValidParams<A, F, R>
where
    A: Architecture<F>,
    F: Float,
    R: Rng + Clone,
    D: Data<Elem = F>,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<A::Machine> {
        self.run(dataset).observer(observer).train()
    }
}
