//! linfa's traits, for all classifiers of this module.

use linfa::DatasetBase;
use linfa::Label;
use linfa::dataset::AsSingleTargets;
use linfa::traits::Fit;
use ndarray::{ArrayBase, Data, Ix2};
use rand::Rng;

use super::architecture::Architecture;
use super::params::ClassifierValidParams;
use crate::observer::Observer;
use crate::traits::FitObserved;
use crate::{Error, Float, Result};

/// Trains on the dataset, like a [`run`](ClassifierValidParams::run) without options.
impl<A, F, R, D, T> Fit<ArrayBase<D, Ix2>, T, Error> for ClassifierValidParams<A, F, R>
where
    A: Architecture<F>,
    F: Float,
    R: Rng + Clone,
    D: Data<Elem = F>,
    T: AsSingleTargets,
    T::Elem: Label,
{
    type Object = A::Model<T::Elem>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        self.run(dataset).train()
    }
}

impl<A, F, R, D, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for ClassifierValidParams<A, F, R>
where
    A: Architecture<F>,
    F: Float,
    R: Rng + Clone,
    D: Data<Elem = F>,
    T: AsSingleTargets,
    T::Elem: Label,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> Result<Self::Object> {
        self.run(dataset).observer(observer).train()
    }
}
