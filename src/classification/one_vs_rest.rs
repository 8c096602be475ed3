//! Multi-class classification by one binary classifier a class.

use std::marker::PhantomData;

use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, PredictInplace};
use linfa::{DatasetBase, Float, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Data, Ix2};
use rayon::prelude::*;

use super::decision::check_decisions;
use super::decision::greatest_classes;
use super::{write_predictions, BinaryDecision, DecisionFunction};
use crate::checks::{check_labelled, check_query, check_target_count};
#[cfg(feature = "serde")]
use crate::persistence::{check_binary_models, check_classes, check_columns, Loadable};
use crate::traits::{FitObserved, TryPredict};
use crate::{Error, Result};

/// Makes a multi-class classifier of a binary one: each class is told apart from all others, and
/// the greatest decision value wins.
///
/// `P` are the parameters of a binary linfa classifier, fitted on `bool` targets, whose model
/// implements [`BinaryDecision`]; `E` is its error and is always inferred. The classes are
/// sorted and fitted in parallel, with results that do not depend on the number of threads. Of
/// equal decision values the smaller class wins.
///
/// linfa's `one_vs_all` and `MultiClassModel` do the like by hand, but visit the classes in an
/// order that changes from run to run.
///
/// # With linfa-svm
///
/// Use C-classification without shrinking, which is its default, and set `eps` (1e-3, say): in f32
/// the default of 1e-7 is out of reach, and the solver only stops after ten million iterations a
/// class. Every class computes its own n x n kernel matrix, as many at a time as there are threads.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::OneVsRest;
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let records = array![[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [8.0, 0.0], [4.0, 9.0], [5.0, 9.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right", "up", "up"]);
/// let params = OneVsRest::new(Svm::<f64, bool>::params().pos_neg_weights(1.0, 1.0));
/// let model = params.fit(&dataset)?;
/// assert_eq!(model.predict(&array![[0.5, 0.0], [4.5, 8.0]]), array!["left", "up"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(
        crate = "serde_crate",
        bound(
            serialize = "P: serde_crate::Serialize",
            deserialize = "P: serde_crate::Deserialize<'de>"
        )
    )
)]
pub struct OneVsRest<P, E> {
    params: P,
    #[cfg_attr(feature = "serde", serde(skip))]
    error: PhantomData<fn() -> E>,
}

impl<P: Clone, E> Clone for OneVsRest<P, E> {
    fn clone(&self) -> Self {
        Self::new(self.params.clone())
    }
}

impl<P, E> OneVsRest<P, E> {
    /// One classifier of these parameters a class; they are checked when fitted.
    pub fn new(params: P) -> Self {
        Self {
            params,
            error: PhantomData,
        }
    }

    /// The parameters of the binary classifiers.
    pub fn binary_params(&self) -> &P {
        &self.params
    }

    fn fit_class<F, L, O>(
        &self,
        class: &L,
        records: ArrayView2<F>,
        targets: ArrayView1<L>,
        weights: &Array1<f32>,
    ) -> Result<O>
    where
        L: Label,
        P: for<'a> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, E, Object = O>,
        E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    {
        // in standard layout, whatever that of the targets is: linfa-svm takes no other
        let is_class: Array1<bool> = targets.iter().map(|target| target == class).collect();
        let binary =
            DatasetBase::new(records.view(), is_class.view()).with_weights(weights.clone());
        self.params.fit(&binary).map_err(Error::estimator)
    }
}

/// Fits one binary classifier a class on views of the n x d records.
///
/// # Errors
///
/// [`RecordsError::EmptyRecords`](crate::error::RecordsError::EmptyRecords), [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite), [`RecordsError::TargetCount`](crate::error::RecordsError::TargetCount),
/// [`RecordsError::WeightCount`](crate::error::RecordsError::WeightCount), [`RecordsError::SingleClass`](crate::error::RecordsError::SingleClass); [`Error::Estimator`] with what the binary
/// classifier returned, for the smallest class that failed.
impl<F, L, D, T, P, E, O> Fit<ArrayBase<D, Ix2>, T, Error> for OneVsRest<P, E>
where
    F: Float,
    L: Label + Send + Sync,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: for<'a> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, E, Object = O> + Sync,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    O: Send,
{
    type Object = OneVsRestModel<L, O>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let (records, weights) = (dataset.records.view(), &dataset.weights);
        let targets = dataset.targets.as_single_targets();
        let classes = check_labelled(dataset)?;
        let models: Vec<Result<O>> = classes
            .par_iter()
            .map(|class| self.fit_class(class, records, targets, weights))
            .collect();
        Ok(OneVsRestModel {
            classes,
            models: models.into_iter().collect::<Result<_>>()?,
            features: records.ncols(),
        })
    }
}

impl<F, L, D, T, P, E, O> FitObserved<ArrayBase<D, Ix2>, T, Error> for OneVsRest<P, E>
where
    F: Float,
    L: Label + Send + Sync,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: for<'a> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, E, Object = O> + Sync,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    O: Send,
{
}

/// A fitted multi-class classifier of one binary model a class, made by [`OneVsRest`].
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::OneVsRest;
/// use linfa_fisher::Error;
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [1.0], [3.0], [4.0]], array![7, 7, 9, 9]);
/// let model = OneVsRest::new(Svm::<f64, bool>::params()).fit(&dataset)?;
/// assert_eq!(model.try_predict(&array![[5.0]])?, array![9]);
/// let wide = model.try_predict(&array![[5.0, 6.0]]);
/// assert!(matches!(wide, Err(Error::Records(RecordsError::Width { expected: 1, found: 2 }))));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct OneVsRestModel<L, M> {
    classes: Vec<L>,
    models: Vec<M>,
    features: usize,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    OneVsRestModel<L, M> { classes, models, features } where L: Label, M: Loadable
}

#[cfg(feature = "serde")]
impl<L: Label, M: Loadable> OneVsRestModel<L, M> {
    /// Distinct classes in ascending order, and as many binary models as they take.
    fn check_parts(&self) -> Result<()> {
        check_classes(&self.classes)?;
        let classes = self.classes.len();
        let problems = classes;
        check_binary_models(&self.models, problems, classes, self.features)
    }
}

#[cfg(feature = "serde")]
impl<L, M> Loadable for OneVsRestModel<L, M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.features, columns)
    }
}

impl<L: Label, M> OneVsRestModel<L, M> {
    /// The binary models, in the order of the classes.
    pub fn models(&self) -> &[M] {
        &self.models
    }

    /// Number of features d that the model was trained on.
    pub fn nfeatures(&self) -> usize {
        self.features
    }

    /// The class of every row of `records` (n x d).
    ///
    /// # Errors
    ///
    /// [`RecordsError::Width`](crate::error::RecordsError::Width) for records of another width than the model was trained on,
    /// [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite) for NaN and infinities, [`ClassificationError::NonFiniteDecision`](crate::error::ClassificationError::NonFiniteDecision) where a binary
    /// model gives such a decision value, as it may for enormous records.
    pub fn try_predict<F, D>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>>
    where
        F: Float,
        D: Data<Elem = F>,
        M: BinaryDecision<F> + Sync,
    {
        let values = self.decision_function(records)?;
        Ok(greatest_classes(values.view(), &self.classes))
    }
}

impl<F, L, M> DecisionFunction<F> for OneVsRestModel<L, M>
where
    F: Float,
    M: BinaryDecision<F> + Sync,
{
    type Label = L;

    fn classes(&self) -> &[L] {
        &self.classes
    }

    fn decision_function<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array2<F>> {
        let records = records.view();
        check_query(records, self.features)?;
        let columns: Vec<Array1<F>> = self
            .models
            .par_iter()
            .map(|model| model.decision_values(records))
            .collect();
        let mut values = Array2::zeros((records.nrows(), columns.len()));
        for (model, (column, mut class)) in columns.iter().zip(values.columns_mut()).enumerate() {
            check_target_count(class.len(), column.len())?;
            check_decisions(column.view(), 0, model)?;
            class.assign(column);
        }
        Ok(values)
    }
}

impl<F, L, M> TryPredict<F, L> for OneVsRestModel<L, M>
where
    F: Float,
    L: Label,
    M: BinaryDecision<F> + Sync,
{
    fn try_predict<D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> Result<Array1<L>> {
        Self::try_predict(self, records)
    }
}

/// Predicts the class of every row of n x d records.
///
/// # Panics
///
/// `predict` and `predict_inplace` panic with the message of the error that
/// [`try_predict`](OneVsRestModel::try_predict) returns, and where the number of targets is not
/// that of the records.
impl<F, L, D, M> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for OneVsRestModel<L, M>
where
    F: Float,
    L: Label,
    D: Data<Elem = F>,
    M: BinaryDecision<F> + Sync,
{
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<L>) {
        write_predictions(self.try_predict(records), targets);
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<L> {
        Array1::default(records.nrows())
    }
}

#[cfg(test)]
mod tests {
    use linfa::dataset::Pr;
    use linfa::traits::Predict;
    use linfa::Dataset;
    use linfa_svm::{Svm, SvmError, SvmParams};
    use ndarray::{array, Axis, Ix1};
    use proptest::prelude::*;

    use super::super::Probabilistic;
    use super::*;
    use crate::error::{ClassificationError, RecordsError};

    /// Fits the mean of the positive rows; the nearer a row is to it, the greater its value.
    #[derive(Debug, Clone, PartialEq)]
    struct NearestMean;

    #[derive(Debug, Clone, PartialEq)]
    struct Mean<F>(Array1<F>);

    #[derive(Debug, thiserror::Error)]
    enum MeanError {
        #[error("{0} positive rows")]
        Count(usize),
        #[error(transparent)]
        Linfa(#[from] linfa::Error),
    }

    impl<'a, F: Float> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, MeanError> for NearestMean {
        type Object = Mean<F>;

        fn fit(
            &self,
            dataset: &DatasetBase<ArrayView2<'a, F>, ArrayView1<'a, bool>>,
        ) -> std::result::Result<Mean<F>, MeanError> {
            let targets = dataset.targets.iter().enumerate();
            let rows: Vec<usize> = targets.filter(|(_, &t)| t).map(|(row, _)| row).collect();
            let mean = dataset.records.select(Axis(0), &rows).mean_axis(Axis(0));
            mean.filter(|_| rows.len() != 4)
                .map(Mean)
                .ok_or(MeanError::Count(rows.len()))
        }
    }

    impl<F: Float> BinaryDecision<F> for Mean<F> {
        fn decision_values(&self, records: ArrayView2<'_, F>) -> Array1<F> {
            let distance = |row: ArrayView1<F>| (&row - &self.0).mapv(|x| x * x).sum();
            records.outer_iter().map(|row| -distance(row)).collect()
        }
    }

    fn three_corners<F: Float>() -> Dataset<F, usize, Ix1> {
        let records = array![
            [0.0, 0.0],
            [1.0, 0.0],
            [9.0, 0.0],
            [8.0, 0.0],
            [4.0, 9.0],
            [5.0, 9.0]
        ];
        Dataset::new(records.mapv(F::cast), array![30, 30, 10, 10, 20, 20])
    }

    #[test]
    fn the_memory_order_of_targets_does_not_matter() {
        let dataset = three_corners::<f64>();
        let reversed: Array1<usize> = dataset.targets.iter().rev().copied().collect();
        let records = dataset.records.view();
        let backwards = DatasetBase::new(records, reversed.slice(ndarray::s![..;-1]));
        let params = OneVsRest::new(Svm::<f64, bool>::params());
        let model = params.fit(&backwards).unwrap();
        assert_eq!(model, params.fit(&dataset).unwrap());
    }

    #[test]
    fn decision_values_that_are_not_finite_are_errors() {
        let model = OneVsRest::new(NearestMean)
            .fit(&three_corners::<f32>())
            .unwrap();
        let error = model.try_predict(&array![[1.0, 1.0], [1e30, 1.0]]);
        assert!(matches!(
            error,
            Err(Error::Classification(ClassificationError::NonFiniteDecision { row: 1, model: 0, value })) if value < 0.0
        ));
    }

    fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(work)
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<OneVsRest<SvmParams<f64, bool>, SvmError>>();
        has_autotraits::<OneVsRestModel<String, Svm<f64, bool>>>();
    }

    #[test]
    fn decision_values_are_worked_by_hand() {
        let model = OneVsRest::new(NearestMean)
            .fit(&three_corners::<f64>())
            .unwrap();
        assert_eq!(model.classes(), [10, 20, 30]);
        assert_eq!(model.nfeatures(), 2);
        assert_eq!(model.models()[1], Mean(array![4.5, 9.0]));
        let values = model.decision_function(&array![[4.5, 0.0]]).unwrap();
        assert_eq!(values, array![[-16.0, -81.0, -16.0]]);
    }

    #[test]
    fn the_smaller_class_wins_a_tie() {
        let model = OneVsRest::new(NearestMean)
            .fit(&three_corners::<f64>())
            .unwrap();
        assert_eq!(model.try_predict(&array![[4.5, 0.0]]).unwrap(), array![10]);
    }

    #[test]
    fn svms_of_both_precisions_fit_owned_records_and_views() {
        fn check<F: Float>() {
            let dataset = three_corners::<F>();
            let params = OneVsRest::new(Svm::<F, bool>::params());
            let owned = params.fit(&dataset).unwrap();
            let viewed = params.clone().fit(&dataset.view()).unwrap();
            assert_eq!(owned, viewed);
            assert_eq!(owned.predict(&dataset), dataset.targets);
            assert_eq!(viewed.predict(&dataset.records.view()), dataset.targets);
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn models_are_those_of_binary_problems_fitted_by_hand() {
        let dataset = three_corners::<f64>();
        let params = Svm::<f64, bool>::params();
        let model = OneVsRest::new(params.clone()).fit(&dataset).unwrap();
        for (class, one) in model.classes().iter().zip(model.models()) {
            let binary = dataset.clone().map_targets(|target| target == class);
            assert_eq!(one, &params.fit(&binary).unwrap());
        }
    }

    #[test]
    fn probabilities_serve_as_decision_values() {
        let svm = Svm::<f64, Pr>::params().gaussian_kernel(20.0);
        let dataset = three_corners();
        let model = OneVsRest::new(Probabilistic::new(svm))
            .fit(&dataset)
            .unwrap();
        assert_eq!(model.predict(&dataset), dataset.targets);
        let values = model.decision_function(&dataset.records).unwrap();
        assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
    }

    /// What a pipeline does: it knows its classifier only as some `Fit`.
    #[derive(Clone)]
    struct Generic<C>(C);

    impl<R: linfa::dataset::Records, T, E, C: Fit<R, T, E>> Fit<R, T, E> for Generic<C>
    where
        E: std::error::Error + From<linfa::Error>,
    {
        type Object = C::Object;

        fn fit(&self, dataset: &DatasetBase<R, T>) -> std::result::Result<Self::Object, E> {
            self.0.fit(dataset)
        }
    }

    #[test]
    fn the_error_type_is_inferred_through_wrappers_and_linfas_cross_validation() {
        let params = Generic(OneVsRest::new(Svm::<f64, bool>::params()));
        let mut dataset = three_corners();
        let model = params.clone().fit(&dataset).unwrap();
        assert_eq!(model.predict(&dataset), dataset.targets);
        let accuracy: Result<_> = dataset.cross_validate_single(6, &[params], |found, truth| {
            Ok(if found == truth { 1.0 } else { 0.0 })
        });
        assert_eq!(accuracy.unwrap(), array![1.0]);
    }

    #[test]
    fn faulty_data_are_named() {
        let params = OneVsRest::new(Svm::<f64, bool>::params());
        let fit = |records: Array2<f64>, targets: Array1<usize>| {
            params.fit(&Dataset::new(records, targets)).unwrap_err()
        };
        assert!(matches!(
            fit(Array2::zeros((0, 2)), array![]),
            Error::Records(RecordsError::EmptyRecords { rows: 0, .. })
        ));
        assert!(matches!(
            fit(array![[1.0], [f64::NAN]], array![0, 1]),
            Error::Records(RecordsError::NonFinite { row: 1, .. })
        ));
        assert!(matches!(
            fit(array![[1.0], [2.0]], array![0]),
            Error::Records(RecordsError::TargetCount { .. })
        ));
        assert!(matches!(
            fit(array![[1.0], [2.0]], array![4, 4]),
            Error::Records(RecordsError::SingleClass { .. })
        ));
        let weighted = three_corners::<f64>().with_weights(array![1.0]);
        assert!(matches!(
            params.fit(&weighted),
            Err(Error::Records(RecordsError::WeightCount { .. }))
        ));
    }

    #[test]
    fn errors_of_the_binary_classifier_are_passed_on() {
        let params = OneVsRest::new(Svm::<f64, bool>::params().pos_neg_weights(-1.0, 1.0));
        let error = params.fit(&three_corners()).unwrap_err();
        assert!(matches!(error, Error::Estimator(e) if e.is::<SvmError>()));
        let targets = array![3, 3, 1, 1, 1, 1];
        let error = OneVsRest::new(NearestMean).fit(&three_corners::<f64>().with_targets(targets));
        assert_eq!(
            error.unwrap_err().to_string(),
            "the wrapped estimator failed: 4 positive rows"
        );
    }

    #[test]
    fn queries_are_checked_and_may_be_empty() {
        let model = OneVsRest::new(NearestMean)
            .fit(&three_corners::<f64>())
            .unwrap();
        assert!(matches!(
            model.try_predict(&array![[1.0]]),
            Err(Error::Records(RecordsError::Width {
                expected: 2,
                found: 1
            }))
        ));
        assert!(matches!(
            model.try_predict(&array![[1.0, f64::INFINITY]]),
            Err(Error::Records(RecordsError::NonFinite { .. }))
        ));
        let nothing = model.try_predict(&Array2::<f64>::zeros((0, 2)));
        assert!(nothing.unwrap().is_empty());
    }

    #[test]
    #[should_panic(expected = "the records have 1 columns, the model expects 2")]
    fn predict_panics_with_the_message() {
        let model = OneVsRest::new(NearestMean)
            .fit(&three_corners::<f64>())
            .unwrap();
        model.predict(&array![[1.0]]);
    }

    #[test]
    #[should_panic(expected = "must match the number of output targets")]
    fn predict_panics_at_too_few_targets() {
        let model = OneVsRest::new(NearestMean)
            .fit(&three_corners::<f64>())
            .unwrap();
        model.predict_inplace(&array![[1.0, 1.0]], &mut Array1::zeros(2));
    }

    proptest! {
        #[test]
        fn threads_and_the_order_of_the_classes_change_nothing(
            values in prop::collection::vec(-1.0_f64..1.0, 60),
            targets in prop::collection::vec(0_usize..4, 30),
        ) {
            prop_assume!(targets.iter().any(|&target| target != targets[0]));
            let records = Array2::from_shape_vec((30, 2), values).unwrap();
            let dataset = Dataset::new(records, Array1::from(targets));
            let params = OneVsRest::new(Svm::<f64, bool>::params().eps(1e-3));
            let fit = || params.fit(&dataset).unwrap();
            let (one, four) = (on_threads(1, fit), on_threads(4, fit));
            prop_assert_eq!(&one, &four);
            let values = |model: &OneVsRestModel<_, _>| {
                model.decision_function(&dataset.records).unwrap()
            };
            prop_assert_eq!(on_threads(1, || values(&one)), on_threads(4, || values(&four)));
        }
    }
}
