//! Estimators that are trained once for all who ask for the same.

mod memo;

use std::cell::RefCell;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use linfa::DatasetBase;
use linfa::dataset::AsTargets;
use linfa::traits::{Fit, Transformer};
use ndarray::{Array2, ArrayBase, ArrayView2, Data, Ix2};

use self::memo::Memo;
use crate::fisher::ScoreModel;
use crate::numerics::digest::{key, number};
use crate::observer::Observer;
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable};
use crate::traits::FitObserved;
use crate::{Float, Result};

/// The hyper-parameters of an estimator that is trained once on the same dataset: all clones share
/// what was trained, and the features that it has made.
///
/// In a [`Search`](crate::model_selection::Search), settings of later steps then cost nothing of
/// the earlier ones: a deep Boltzmann machine is trained once for all ranks, dampings and costs,
/// and features are made once for all costs. It takes the place of a machine in
/// [`FisherFeatures`](crate::fisher::FisherFeatures), or of a stage of a pipeline that maps records
/// to a `Result` of features, as all of this crate do.
///
/// What was trained on the last few datasets is kept, found by a digest of their records, targets
/// and weights; so are the last few blocks of features of each, as long as the fitted stage is kept
/// or in use. [`capacity`](Self::capacity) bounds both. A training that its observer has cut short
/// is not kept.
/// Saved hyper-parameters, or a saved model, are those that are shared, without what is kept.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::{datasets, pipeline::Shared, prelude::*};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let dbm = Shared::new(Dbm::params(&[8, 4]).pretraining_epochs(1).epochs(1));
/// let dfk = FisherFeatures::dfk(dbm.clone()).fit(&digits)?;
/// let idfk = FisherFeatures::idfk(dbm).fit(&digits)?; // no machine is trained
/// assert_eq!(dfk.model(), idfk.model());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Shared<P> {
    inner: P,
    memo: Arc<Memo>,
    /// Tells these hyper-parameters from others that share the memo.
    number: u64,
}

/// The number of the next hyper-parameters.
static NUMBER: AtomicU64 = AtomicU64::new(0);

fn next_number() -> u64 {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// A fitted stage that is shared, with the features that it has made.
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::pipeline::{PipelineExt, Shared};
/// use linfa_fisher::prelude::*;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0, 1.0], [1.0, 0.0]], array![7, 9]);
/// let features = Shared::new(FisherFeatures::fk(Rbm::params(2).epochs(1)));
/// let one = features.clone().then(KNearestNeighbors::params(1)).fit(&dataset)?;
/// let other = features.then(KNearestNeighbors::params(2)).fit(&dataset)?;
/// assert!(std::ptr::eq(one.features().inner(), other.features().inner()));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub struct SharedModel<M> {
    inner: Arc<M>,
    features: Arc<Memo>,
}

/// Datasets, and blocks of features, that are kept if nothing else is said: the training rows and
/// the validation rows of one fold.
const CAPACITY: usize = 2;

impl<P> Shared<P> {
    /// Nothing is trained yet.
    pub fn new(inner: P) -> Self {
        Self {
            inner,
            memo: Arc::new(Memo::new(CAPACITY)),
            number: next_number(),
        }
    }

    /// Keeps what was trained on so many datasets, at least one (default 2), and as many blocks of
    /// features of each; nothing of what was kept before. Twice the number of folds that are at
    /// work at once is enough.
    pub fn capacity(self, datasets: usize) -> Self {
        let memo = Arc::new(Memo::new(datasets.max(1)));
        Self { memo, ..self }
    }

    /// The hyper-parameters that are shared.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// Other hyper-parameters, of which nothing is trained yet. They have the same room in common,
    /// so that any number of changes keeps no more than one.
    pub fn map<Q>(self, change: impl FnOnce(P) -> Q) -> Shared<Q> {
        Shared {
            inner: change(self.inner),
            memo: self.memo,
            number: next_number(),
        }
    }

    /// The key of what is trained on data of this digest.
    fn key(&self, digest: u64) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.number, digest).hash(&mut hasher);
        hasher.finish()
    }

    /// What was trained on this dataset, or else what `train` gives.
    fn trained<F, D, T, M, E>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
        train: impl FnOnce(&mut dyn Observer) -> std::result::Result<M, E>,
    ) -> std::result::Result<SharedModel<M>, E>
    where
        F: Float,
        D: Data<Elem = F>,
        T: AsTargets,
        T::Elem: Hash,
        M: Send + Sync + 'static,
    {
        let mut hasher = DefaultHasher::new();
        for target in &dataset.targets.as_targets() {
            target.hash(&mut hasher);
        }
        for weight in &dataset.weights {
            weight.to_bits().hash(&mut hasher);
        }
        digest(dataset.records.view()).hash(&mut hasher);
        let (key, capacity) = (self.key(hasher.finish()), self.memo.capacity());
        let observer = RefCell::new(observer);
        let train = || {
            let model = train(*observer.borrow_mut())?;
            Ok(SharedModel::new(Arc::new(model), capacity))
        };
        let model = self
            .memo
            .get(key, train, || !observer.borrow().should_stop())?;
        Ok((*model).clone())
    }
}

impl<M> SharedModel<M> {
    fn new(inner: Arc<M>, capacity: usize) -> Self {
        let features = Arc::new(Memo::new(capacity));
        Self { inner, features }
    }

    /// The fitted stage.
    pub fn inner(&self) -> &M {
        &self.inner
    }
}

/// Shares the stage and the features.
impl<M> Clone for SharedModel<M> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            features: self.features.clone(),
        }
    }
}

/// A digest of records, whose order matters.
fn digest<F: Float>(records: ArrayView2<F>) -> u64 {
    let (rows, columns) = records.dim();
    let shape = [rows as f64, columns as f64];
    key(shape.into_iter().chain(records.iter().map(number)))
}

impl<P: fmt::Debug> fmt::Debug for Shared<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shared").field(&self.inner).finish()
    }
}

impl<M: fmt::Debug> fmt::Debug for SharedModel<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedModel").field(&self.inner).finish()
    }
}

impl<P: PartialEq> PartialEq for Shared<P> {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

impl<M: PartialEq> PartialEq for SharedModel<M> {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

/// A machine that is trained once on the same records.
impl<F, S> ScoreModel<F> for Shared<S>
where
    F: Float,
    S: ScoreModel<F>,
    S::Model: Clone + Send + Sync + 'static,
{
    type Model = S::Model;

    fn check(&self) -> Result<()> {
        self.inner.check()
    }

    fn model(&self, records: ArrayView2<F>, observer: &mut dyn Observer) -> Result<S::Model> {
        let observer = RefCell::new(observer);
        let train = || self.inner.model(records, *observer.borrow_mut());
        let is_whole = || !observer.borrow().should_stop();
        let model = self.memo.get(self.key(digest(records)), train, is_whole)?;
        Ok((*model).clone())
    }
}

impl<F, D, T, E, P> Fit<ArrayBase<D, Ix2>, T, E> for Shared<P>
where
    F: Float,
    D: Data<Elem = F>,
    T: AsTargets,
    T::Elem: Hash,
    E: std::error::Error + From<linfa::Error>,
    P: Fit<ArrayBase<D, Ix2>, T, E>,
    P::Object: Send + Sync + 'static,
{
    type Object = SharedModel<P::Object>;

    fn fit(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> std::result::Result<Self::Object, E> {
        self.trained(dataset, &mut (), |_| self.inner.fit(dataset))
    }
}

impl<F, D, T, E, P> FitObserved<ArrayBase<D, Ix2>, T, E> for Shared<P>
where
    F: Float,
    D: Data<Elem = F>,
    T: AsTargets,
    T::Elem: Hash,
    E: std::error::Error + From<linfa::Error>,
    P: FitObserved<ArrayBase<D, Ix2>, T, E>,
    P::Object: Send + Sync + 'static,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        observer: &mut dyn Observer,
    ) -> std::result::Result<Self::Object, E> {
        self.trained(dataset, observer, |observer| {
            self.inner.fit_observed(dataset, observer)
        })
    }
}

/// The features of the records, made once for the same ones.
///
/// # Errors
///
/// Those of the stage.
impl<F, D, M> Transformer<ArrayBase<D, Ix2>, Result<Array2<F>>> for SharedModel<M>
where
    F: Float,
    D: Data<Elem = F>,
    M: for<'a> Transformer<ArrayView2<'a, F>, Result<Array2<F>>>,
{
    fn transform(&self, records: ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        // a pipeline asks for one row to see what a stage makes of it
        if records.nrows() < 2 {
            return self.inner.transform(records.view());
        }
        let make = || self.inner.transform(records.view());
        let features = self.features.get(digest(records.view()), make, || true)?;
        Ok((*features).clone())
    }
}

/// The dataset of features that the stage makes, with the names that it gives them; made anew.
///
/// # Errors
///
/// Those of the stage.
impl<F, D, T, M> Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>
    for SharedModel<M>
where
    F: Float,
    D: Data<Elem = F>,
    T: AsTargets,
    M: Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>,
{
    fn transform(
        &self,
        dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<DatasetBase<Array2<F>, T>> {
        self.inner.transform(dataset)
    }
}

#[cfg(feature = "serde")]
impl<P: serde_crate::Serialize> serde_crate::Serialize for Shared<P> {
    fn serialize<S: serde_crate::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.inner.serialize(to)
    }
}

#[cfg(feature = "serde")]
impl<'de, P: serde_crate::Deserialize<'de>> serde_crate::Deserialize<'de> for Shared<P> {
    fn deserialize<S: serde_crate::Deserializer<'de>>(
        from: S,
    ) -> std::result::Result<Self, S::Error> {
        P::deserialize(from).map(Self::new)
    }
}

#[cfg(feature = "serde")]
impl<M: serde_crate::Serialize> serde_crate::Serialize for SharedModel<M> {
    fn serialize<S: serde_crate::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.inner.serialize(to)
    }
}

#[cfg(feature = "serde")]
impl<'de, M: serde_crate::Deserialize<'de>> serde_crate::Deserialize<'de> for SharedModel<M> {
    fn deserialize<S: serde_crate::Deserializer<'de>>(
        from: S,
    ) -> std::result::Result<Self, S::Error> {
        M::deserialize(from).map(|model| Self::new(Arc::new(model), CAPACITY))
    }
}

#[cfg(feature = "serde")]
impl<M: Featuriser> Featuriser for SharedModel<M> {
    fn nfeatures(&self) -> usize {
        self.inner.nfeatures()
    }
}

#[cfg(feature = "serde")]
impl<M: Loadable> Loadable for SharedModel<M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        self.inner.check_loaded(columns)
    }
}

#[cfg(test)]
mod tests {
    use linfa::Dataset;
    use ndarray::{Array1, Ix1, array};

    use super::*;
    use crate::Error;
    use crate::boltzmann::Rbm;
    use crate::classification::KNearestNeighbors;
    use crate::fisher::FisherFeatures;
    use crate::observer::Event;
    use crate::pipeline::PipelineExt;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Shared<crate::boltzmann::RbmParams<f32, rand_xoshiro::Xoshiro256Plus>>>();
        has_autotraits::<SharedModel<Rbm<f32>>>();
    }

    fn dataset() -> Dataset<f64, usize, Ix1> {
        let records = array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]];
        Dataset::new(records, array![7, 9, 7, 9])
    }

    /// Epochs that fits of these datasets train, one after the other.
    fn epochs<P>(params: &P, datasets: &[&Dataset<f64, usize, Ix1>]) -> Vec<usize>
    where
        P: FitObserved<Array2<f64>, Array1<usize>, Error>,
    {
        let count = |dataset: &&Dataset<f64, usize, Ix1>| {
            let mut epochs = 0;
            let mut observer = |event: &Event| {
                epochs += usize::from(matches!(event, Event::Epoch { .. }));
            };
            params.fit_observed(dataset, &mut observer).unwrap();
            epochs
        };
        datasets.iter().map(count).collect()
    }

    #[test]
    fn the_same_dataset_is_trained_on_once() {
        let dataset = dataset();
        let mut other = dataset.clone();
        other.records[[0, 0]] = 0.5;
        let machine = Shared::new(Rbm::params(2).epochs(3));
        let clone = FisherFeatures::fk(machine.clone()).then(KNearestNeighbors::params(1));
        let params = FisherFeatures::fk(machine).then(KNearestNeighbors::params(2));
        assert_eq!(
            epochs(&params, &[&dataset, &dataset, &other, &dataset]),
            [3, 0, 3, 0]
        );
        assert_eq!(epochs(&clone, &[&dataset, &other]), [0, 0]);
    }

    #[test]
    fn a_stage_is_fitted_again_for_other_targets_or_weights() {
        let dataset = dataset();
        let mut targets = dataset.clone();
        targets.targets[0] = 9;
        let weights = dataset.clone().with_weights(array![1.0, 2.0, 1.0, 1.0]);
        let stage = Shared::new(FisherFeatures::fk(Rbm::params(2).epochs(3))).capacity(3);
        let params = stage.clone().then(KNearestNeighbors::params(1));
        let fits = [&dataset, &targets, &weights, &dataset, &targets, &weights];
        assert_eq!(epochs(&params, &fits), [3, 3, 3, 0, 0, 0]);
        let changed = stage.clone().map(|features| features.rotated(true));
        assert_eq!(
            epochs(&changed.then(KNearestNeighbors::params(1)), &[&dataset]),
            [3]
        );
    }

    #[test]
    fn a_training_that_was_cut_short_is_not_kept() {
        struct First(usize);
        impl Observer for First {
            fn observe(&mut self, event: &Event) {
                self.0 += usize::from(matches!(event, Event::Epoch { .. }));
            }

            fn should_stop(&self) -> bool {
                self.0 > 0
            }
        }
        let params = FisherFeatures::fk(Shared::new(Rbm::params(2).epochs(3)));
        let stage = Shared::new(params);
        let cut = stage.fit_observed(&dataset(), &mut First(0)).unwrap();
        assert_eq!(
            epochs(
                &stage.clone().then(KNearestNeighbors::params(1)),
                &[&dataset()]
            ),
            [3]
        );
        assert_ne!(stage.fit(&dataset()).unwrap().inner(), cut.inner());
    }

    #[test]
    fn changes_have_room_in_common() {
        let one = Shared::new(FisherFeatures::fk(Rbm::params(2).epochs(3))).capacity(1);
        let other = one.clone().map(|features| features.rotated(true));
        let (one, other) = (
            one.then(KNearestNeighbors::params(1)),
            other.then(KNearestNeighbors::params(1)),
        );
        let trained = [&one, &other, &other, &one].map(|params| epochs(params, &[&dataset()])[0]);
        assert_eq!(trained, [3, 3, 0, 3]);
    }

    #[test]
    fn predictions_are_as_without_it() {
        let dataset = dataset();
        let features = FisherFeatures::fk(Rbm::params(2).epochs(3));
        let plain = features
            .clone()
            .then(KNearestNeighbors::params(1))
            .fit(&dataset)
            .unwrap();
        let params = Shared::new(features).then(KNearestNeighbors::params(1));
        for _ in 0..2 {
            let shared = params.fit(&dataset).unwrap();
            let expected = plain.try_predict::<_, usize, _>(&dataset.records).unwrap();
            assert_eq!(shared.try_predict(&dataset.records).unwrap(), expected);
            assert_eq!(shared.features().inner(), plain.features());
        }
        let narrow = params
            .fit(&dataset)
            .unwrap()
            .features()
            .transform(array![[0.0]]);
        assert!(narrow.is_err());
    }
}
