//! Multi-class classification by one binary classifier for each pair of classes.

use std::marker::PhantomData;

use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, PredictInplace};
use linfa::{DatasetBase, Float, Label};
use ndarray::parallel::prelude::*;
use ndarray::{
    Array1, Array2, ArrayBase, ArrayView1, ArrayView2, ArrayViewMut2, Axis, Data, Ix2, Zip,
};

use super::decision::check_decisions;
use super::decision::greatest_classes;
use super::{write_predictions, BinaryDecision, DecisionFunction};
use crate::checks::{check_labelled, check_query, check_target_count};
#[cfg(feature = "serde")]
use crate::persistence::{check_binary_models, check_classes, check_columns, Loadable};
use crate::traits::{FitObserved, TryPredict};
use crate::{Error, Result};

/// Rows that are predicted at a time.
const BLOCK_ROWS: usize = 256;

/// Makes a multi-class classifier of a binary one: each pair of classes is told apart on the rows
/// of these two alone, and the class with most votes wins.
///
/// c classes make c (c - 1) / 2 small problems. For a classifier whose cost grows with the square
/// of the number of rows, such as linfa-svm, they are about c / 2 times cheaper than the c large
/// ones of [`OneVsRest`](super::OneVsRest); LIBSVM has gone this way (Knerr, Personnaz & Dreyfus
/// 1990; Chang & Lin 2011). `P` are the parameters of a binary linfa classifier, fitted on `bool`
/// targets, whose model implements [`BinaryDecision`]; `E` is its error and is always inferred.
/// The pairs are fitted in parallel, with results that do not depend on the number of threads.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::OneVsOne;
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let records = array![[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [8.0, 0.0], [4.0, 9.0], [5.0, 9.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right", "up", "up"]);
/// let params = OneVsOne::new(Svm::<f64, bool>::params().pos_neg_weights(1.0, 1.0));
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
pub struct OneVsOne<P, E> {
    params: P,
    #[cfg_attr(feature = "serde", serde(skip))]
    error: PhantomData<fn() -> E>,
}

impl<P: Clone, E> Clone for OneVsOne<P, E> {
    fn clone(&self) -> Self {
        Self::new(self.params.clone())
    }
}

impl<P, E> OneVsOne<P, E> {
    /// One classifier of these parameters a pair of classes; they are checked when fitted.
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

    /// Tells `first` (positive) from `second` on their rows, which keep their order.
    fn fit_pair<F, L, O>(
        &self,
        [first, second]: [&L; 2],
        records: ArrayView2<F>,
        targets: ArrayView1<L>,
        weights: &Array1<f32>,
    ) -> Result<O>
    where
        F: Float,
        L: Label,
        P: for<'a> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, E, Object = O>,
        E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    {
        let either = |&row: &usize| targets[row] == *first || targets[row] == *second;
        let rows: Vec<usize> = (0..targets.len()).filter(either).collect();
        let records = records.select(Axis(0), &rows);
        let is_first: Array1<bool> = rows.iter().map(|&row| targets[row] == *first).collect();
        let weights = rows.iter().filter_map(|&row| weights.get(row).copied());
        let binary =
            DatasetBase::new(records.view(), is_first.view()).with_weights(weights.collect());
        self.params.fit(&binary).map_err(Error::estimator)
    }
}

/// Fits one binary classifier a pair of classes on copies of the rows of the n x d records that
/// belong to it, as many copies at a time as there are threads.
///
/// # Errors
///
/// [`RecordsError::EmptyRecords`](crate::error::RecordsError::EmptyRecords), [`RecordsError::NonFinite`](crate::error::RecordsError::NonFinite), [`RecordsError::TargetCount`](crate::error::RecordsError::TargetCount),
/// [`RecordsError::WeightCount`](crate::error::RecordsError::WeightCount), [`RecordsError::SingleClass`](crate::error::RecordsError::SingleClass); [`Error::Estimator`] with what the binary
/// classifier returned, for the first pair that failed.
impl<F, L, D, T, P, E, O> Fit<ArrayBase<D, Ix2>, T, Error> for OneVsOne<P, E>
where
    F: Float,
    L: Label + Send + Sync,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = L>,
    P: for<'a> Fit<ArrayView2<'a, F>, ArrayView1<'a, bool>, E, Object = O> + Sync,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    O: Send,
{
    type Object = OneVsOneModel<L, O>;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self::Object> {
        let (records, weights) = (dataset.records.view(), &dataset.weights);
        let targets = dataset.targets.as_single_targets();
        let classes = check_labelled(dataset)?;
        let pairs: Vec<[usize; 2]> = pairs(classes.len()).collect();
        let models: Vec<Result<O>> = pairs
            .par_iter()
            .map(|pair| self.fit_pair(pair.map(|i| &classes[i]), records, targets, weights))
            .collect();
        Ok(OneVsOneModel {
            models: models.into_iter().collect::<Result<_>>()?,
            classes,
            features: records.ncols(),
        })
    }
}

/// Positions of the classes of each pair: (0, 1), (0, 2), ..., (1, 2), ...
fn pairs(classes: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..classes).flat_map(move |first| (first + 1..classes).map(move |second| [first, second]))
}

impl<F, L, D, T, P, E, O> FitObserved<ArrayBase<D, Ix2>, T, Error> for OneVsOne<P, E>
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

/// A fitted multi-class classifier of one binary model a pair of classes, made by [`OneVsOne`].
///
/// The decision value of a class is the number of its votes, plus what is less than a third and
/// grows with the sum s of the decision values in its favour, `s / (3 (|s| + 1))`: votes decide,
/// sums break ties. It is the rule of scikit-learn's `SVC`.
///
/// # Example
///
/// ```
/// use linfa::{traits::Fit, Dataset};
/// use linfa_fisher::classification::{DecisionFunction, OneVsOne};
/// use linfa_fisher::Error;
/// use linfa_svm::Svm;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [1.0], [3.0], [4.0]], array![7, 7, 9, 9]);
/// let model = OneVsOne::new(Svm::<f64, bool>::params()).fit(&dataset)?;
/// assert_eq!(model.try_predict(&array![[5.0]])?, array![9]);
/// assert_eq!(model.classes(), [7, 9]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct OneVsOneModel<L, M> {
    classes: Vec<L>,
    models: Vec<M>,
    features: usize,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    OneVsOneModel<L, M> { classes, models, features } where L: Label, M: Loadable
}

#[cfg(feature = "serde")]
impl<L: Label, M: Loadable> OneVsOneModel<L, M> {
    /// Distinct classes in ascending order, and as many binary models as they take.
    fn check_parts(&self) -> Result<()> {
        check_classes(&self.classes)?;
        let classes = self.classes.len();
        let problems = classes.saturating_mul(classes - 1) / 2;
        check_binary_models(&self.models, problems, classes, self.features)
    }
}

#[cfg(feature = "serde")]
impl<L, M> Loadable for OneVsOneModel<L, M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.features, columns)
    }
}

impl<L: Label, M> OneVsOneModel<L, M> {
    /// The binary models, those of the first class and each later one first, then those of the
    /// second class and each later one, and so on; the earlier class is the positive one.
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
        L: Sync,
        M: BinaryDecision<F> + Sync,
    {
        let values = self.decision_function(records)?;
        Ok(greatest_classes(values.view(), &self.classes))
    }

    /// Decision values of a block of rows, of which `start` is the first.
    fn write_decisions<F: Float>(
        &self,
        start: usize,
        records: ArrayView2<F>,
        mut votes: ArrayViewMut2<F>,
    ) -> Result<()>
    where
        M: BinaryDecision<F>,
    {
        let mut sums = Array2::<F>::zeros(votes.dim());
        let pairs = pairs(self.classes.len()).zip(&self.models);
        for (position, ([first, second], model)) in pairs.enumerate() {
            let values = model.decision_values(records);
            check_target_count(records.nrows(), values.len())?;
            check_decisions(values.view(), start, position)?;
            for (row, &value) in values.iter().enumerate() {
                let winner = if value >= F::zero() { first } else { second };
                votes[[row, winner]] += F::one();
                sums[[row, first]] += value;
                sums[[row, second]] -= value;
            }
        }
        Zip::from(votes)
            .and(&sums)
            .for_each(|votes, &sum| *votes += sum / (F::cast(3.0) * (sum.abs() + F::one())));
        Ok(())
    }
}

impl<F, L, M> DecisionFunction<F> for OneVsOneModel<L, M>
where
    F: Float,
    L: Label + Sync,
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
        let mut values = Array2::zeros((records.nrows(), self.classes.len()));
        records
            .axis_chunks_iter(Axis(0), BLOCK_ROWS)
            .into_par_iter()
            .zip(values.axis_chunks_iter_mut(Axis(0), BLOCK_ROWS))
            .enumerate()
            .map(|(block, (records, values))| {
                self.write_decisions(block * BLOCK_ROWS, records, values)
            })
            .collect::<Vec<_>>() // so that the first fault is found, on any number of threads
            .into_iter()
            .collect::<Result<()>>()?;
        Ok(values)
    }
}

impl<F, L, M> TryPredict<F, L> for OneVsOneModel<L, M>
where
    F: Float,
    L: Label + Sync,
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
/// [`try_predict`](OneVsOneModel::try_predict) returns, and where the number of targets is not
/// that of the records.
impl<F, L, D, M> PredictInplace<ArrayBase<D, Ix2>, Array1<L>> for OneVsOneModel<L, M>
where
    F: Float,
    L: Label + Sync,
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
    use approx::assert_abs_diff_eq;
    use linfa::traits::Predict;
    use linfa::Dataset;
    use linfa_svm::{Svm, SvmError, SvmParams};
    use ndarray::{array, Ix1};
    use proptest::prelude::*;

    use super::*;
    use crate::error::{ClassificationError, RecordsError};

    type LinearSvm = OneVsOne<SvmParams<f64, bool>, SvmError>;

    fn svm() -> LinearSvm {
        OneVsOne::new(Svm::<f64, bool>::params().eps(1e-3))
    }

    fn three_corners() -> Dataset<f64, &'static str, Ix1> {
        let records = array![[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [8.0, 0.0], [4.0, 9.0]];
        Dataset::new(records, array!["c", "c", "a", "a", "b"])
    }

    /// Decides by a fixed value whatever the row.
    struct Always(f64);

    impl BinaryDecision<f64> for Always {
        fn decision_values(&self, records: ArrayView2<'_, f64>) -> Array1<f64> {
            Array1::from_elem(records.nrows(), self.0)
        }
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<LinearSvm>();
        has_autotraits::<OneVsOneModel<String, Svm<f64, bool>>>();
    }

    #[test]
    fn votes_decide_and_sums_break_ties() {
        // Values of the pairs 01, 02, 12: a cycle of one vote each, then the sums 1, -3, 2.
        let model = OneVsOneModel {
            classes: vec!["x", "y", "z"],
            models: vec![Always(2.0), Always(-1.0), Always(1.0)],
            features: 1,
        };
        let values = model.decision_function(&array![[0.0]]).unwrap();
        let expected = array![[1.0 + 1.0 / 6.0, 1.0 - 1.0 / 6.0, 1.0]];
        assert_abs_diff_eq!(values, expected, epsilon = 1e-15);
        assert_eq!(model.try_predict(&array![[0.0]]).unwrap(), array!["x"]);
    }

    #[test]
    fn decision_values_that_are_not_finite_are_errors() {
        let model = OneVsOneModel {
            classes: vec!["x", "y", "z"],
            models: vec![Always(2.0), Always(f64::NAN), Always(1.0)],
            features: 1,
        };
        let error = model.try_predict(&Array2::zeros((BLOCK_ROWS + 3, 1)));
        assert!(matches!(
            error,
            Err(Error::Classification(
                ClassificationError::NonFiniteDecision {
                    row: 0,
                    model: 1,
                    ..
                }
            ))
        ));
    }

    #[test]
    fn models_are_those_of_pairs_fitted_by_hand() {
        let dataset = three_corners();
        let model = svm().fit(&dataset).unwrap();
        assert_eq!(model.classes(), ["a", "b", "c"]);
        assert_eq!(model.nfeatures(), 2);
        let rows = [[2, 3, 4].as_slice(), &[0, 1, 2, 3], &[0, 1, 4]];
        for ((model, rows), first) in model.models().iter().zip(rows).zip(["a", "a", "b"]) {
            let records = dataset.records.select(Axis(0), rows);
            let targets = dataset.targets.select(Axis(0), rows).map(|&t| t == first);
            let pair = Dataset::new(records, targets);
            assert_eq!(model, &svm().binary_params().fit(&pair).unwrap());
        }
        assert_eq!(model.predict(&dataset), dataset.targets);
        let views = svm().fit(&dataset.view()).unwrap();
        assert_eq!(views.predict(&dataset.records.view()), dataset.targets);
    }

    #[test]
    fn faulty_data_are_named() {
        let fit = |records, targets| svm().fit(&Dataset::new(records, targets)).unwrap_err();
        let error = fit(array![[1.0], [f64::NAN]], array![0, 1]);
        assert!(matches!(
            error,
            Error::Records(RecordsError::NonFinite { row: 1, .. })
        ));
        let error = fit(array![[1.0], [2.0]], array![4, 4]);
        assert!(matches!(
            error,
            Error::Records(RecordsError::SingleClass { .. })
        ));
        let error = fit(array![[1.0], [2.0]], array![4]);
        assert!(matches!(
            error,
            Error::Records(RecordsError::TargetCount { .. })
        ));
        let weighted = three_corners().with_weights(array![1.0]);
        let error = svm().fit(&weighted).unwrap_err();
        assert!(matches!(
            error,
            Error::Records(RecordsError::WeightCount { .. })
        ));
        let negative = OneVsOne::new(Svm::<f64, bool>::params().pos_neg_weights(-1.0, 1.0));
        let error = negative.fit(&three_corners()).unwrap_err();
        assert!(matches!(error, Error::Estimator(e) if e.is::<SvmError>()));
        let model = svm().fit(&three_corners()).unwrap();
        let wide = model.try_predict(&array![[1.0]]).unwrap_err();
        assert!(matches!(
            wide,
            Error::Records(RecordsError::Width { expected: 2, .. })
        ));
        let nothing = model.try_predict(&Array2::<f64>::zeros((0, 2)));
        assert!(nothing.unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn threads_change_nothing(
            values in prop::collection::vec(-1.0_f64..1.0, 600),
            targets in prop::collection::vec(0_usize..4, 300),
        ) {
            let records = Array2::from_shape_vec((300, 2), values).unwrap();
            let dataset = Dataset::new(records, Array1::from(targets));
            let predict = || {
                let model = svm().fit(&dataset).unwrap();
                model.decision_function(&dataset.records).unwrap()
            };
            let on = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                pool.unwrap().install(predict)
            };
            prop_assert_eq!(on(1), on(3));
        }
    }
}
