//! K-fold cross-validation that validates every row and keeps every fold's accuracy.

use linfa::dataset::AsTargets;
use linfa::traits::Fit;
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, Data, Ix2};

use super::fold_work::FoldWork;
use super::folds::Splitter;
use super::report::CrossValidation;
use crate::Result;
use crate::observer::Observer;
use crate::traits::{FitObserved, TryPredict};

/// Fits `params` k times, each time without the validation rows of one fold, and predicts these.
///
/// `params` is any linfa estimator that is fitted on `Array2<F>` records and `Array1<L>` targets
/// and whose model implements [`TryPredict`]: this crate's classifiers, pipelines of them, and any
/// other classifier in [`Infallible`](crate::traits::Infallible). Unlike linfa's
/// `cross_validate_single`, this function validates all rows, also if k does not divide their
/// number, and returns every fold's score. It holds one model at a time. [`StratifiedKFold::first`]
/// makes it validate only some of the folds.
///
/// # Errors
///
/// Those of [`StratifiedKFold::folds`]; [`EmptyRecords`], [`TargetCount`], [`WeightCount`]. A fold
/// that `fit` or `try_predict` fails for is reported by [`CrossValidation::failures`], and the
/// others are kept. If every fold fails, the first one's error is returned, in [`Fold`] with the
/// number of the fold.
///
/// # Panics
///
/// Only where the `predict_inplace` of a classifier in [`Infallible`](crate::traits::Infallible)
/// panics.
///
/// # Example
///
/// [`StratifiedKFold::first`]: super::StratifiedKFold::first
/// [`StratifiedKFold::folds`]: super::StratifiedKFold::folds
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`TargetCount`]: crate::error::RecordsError::TargetCount
/// [`WeightCount`]: crate::error::RecordsError::WeightCount
/// [`Fold`]: crate::error::SelectionError::Fold
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::datasets;
/// use linfa_fisher::prelude::*;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let params = FisherFeatures::fk(Rbm::params(4).epochs(1)).then(KNearestNeighbors::params(1));
/// let report = cross_validate(&digits, &params, &StratifiedKFold::new(3))?;
/// println!("{report}"); // mean and standard deviation
/// assert_eq!(report.fold_accuracies().len(), 3);
/// assert_eq!(report.confusion_matrix().total(), 1797);
/// # Ok(())
/// # }
/// ```
pub fn cross_validate<F, L, D, T, P, E, S>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    params: &P,
    folds: &S,
) -> Result<CrossValidation<L>>
where
    F: linfa::Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsTargets<Elem = L>,
    P: Fit<Array2<F>, Array1<L>, E>,
    P::Object: TryPredict<F, L>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    S: Splitter<L> + ?Sized,
{
    let work = FoldWork::new(dataset, folds)?;
    work.run(&mut (), |training, _| params.fit(training))
}

/// [`cross_validate`], with the events of the training, such as the epochs of a Boltzmann
/// machine, and an [`Event::Fold`](crate::observer::Event::Fold) or
/// [`Event::FoldFailed`](crate::observer::Event::FoldFailed) after every fold.
///
/// # Errors
///
/// As for [`cross_validate`].
///
/// # Panics
///
/// As for [`cross_validate`].
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::datasets;
/// use linfa_fisher::model_selection::{cross_validate_observed, StratifiedKFold};
/// use linfa_fisher::observer::Event;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let (params, folds) = (KNearestNeighbors::params(1), StratifiedKFold::new(3));
/// let mut print = |event: &Event| println!("{event:?}");
/// let report = cross_validate_observed(&digits, &params, &folds, &mut print)?;
/// assert!(report.accuracy() > 0.97);
/// # Ok(())
/// # }
/// ```
pub fn cross_validate_observed<F, L, D, T, P, E, S>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    params: &P,
    folds: &S,
    observer: &mut dyn Observer,
) -> Result<CrossValidation<L>>
where
    F: linfa::Float,
    L: Label,
    D: Data<Elem = F>,
    T: AsTargets<Elem = L>,
    P: FitObserved<Array2<F>, Array1<L>, E>,
    P::Object: TryPredict<F, L>,
    E: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    S: Splitter<L> + ?Sized,
{
    let work = FoldWork::new(dataset, folds)?;
    work.run(observer, |training, observer| {
        params.fit_observed(training, observer)
    })
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use linfa::Dataset;
    use ndarray::{Ix1, array, s};

    use super::*;
    use crate::Error;
    use crate::classification::KNearestNeighbors;
    use crate::error::{RecordsError, SelectionError};
    use crate::model_selection::StratifiedKFold;
    use crate::observer::Event;

    /// Predicts the class that is most frequent among the training rows, the smallest of equals.
    struct Majority;

    impl Fit<Array2<f64>, Array1<usize>, Error> for Majority {
        type Object = Constant;

        fn fit(&self, dataset: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Constant> {
            crate::checks::check_unit_interval(dataset.records.view())?;
            let count = |class| dataset.targets.iter().filter(|&&t| t == class).count();
            let majority = (0..3).rev().max_by_key(|&class| count(class));
            Ok(Constant(majority.unwrap_or(0)))
        }
    }

    struct Constant(usize);

    impl FitObserved<Array2<f64>, Array1<usize>, Error> for Majority {}

    impl TryPredict<f64, usize> for Constant {
        fn try_predict<D: Data<Elem = f64>>(
            &self,
            records: &ArrayBase<D, Ix2>,
        ) -> Result<Array1<usize>> {
            crate::checks::check_unit_interval(records.view())?;
            Ok(Array1::from_elem(records.nrows(), self.0))
        }
    }

    fn seven() -> Dataset<f64, usize, Ix1> {
        let targets = array![0, 0, 0, 0, 1, 1, 2];
        Dataset::new(Array2::zeros((7, 1)), targets)
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<CrossValidation<usize>>();
    }

    #[test]
    fn hand_worked_folds() {
        // Dealt in turn: folds 0 3 6 | 1 4 | 2 5 of targets 0 0 2 | 0 1 | 0 1. Class 0 leads in the
        // training rows of each.
        let folds = StratifiedKFold::new(3).shuffle(false);
        let mut events = Vec::new();
        let mut observer = |event: &Event| events.push(event.clone());
        let report = cross_validate_observed(&seven(), &Majority, &folds, &mut observer).unwrap();
        let expected = array![2.0 / 3.0, 0.5, 0.5];
        assert_abs_diff_eq!(report.fold_accuracies(), expected, epsilon = 1e-15);
        assert_abs_diff_eq!(report.mean(), 5.0 / 9.0, epsilon = 1e-15);
        assert_abs_diff_eq!(report.std_dev(), (1.0_f64 / 108.0).sqrt(), epsilon = 1e-15);
        assert_abs_diff_eq!(report.accuracy(), 4.0 / 7.0, epsilon = 1e-15);
        assert_eq!(report.predictions(), array![0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(report.row_folds(), [1, 2, 3, 1, 2, 3, 1]);
        assert_eq!(report.failures(), []);
        assert_eq!(report.confusion_matrix().classes(), [0, 1, 2]);
        let matrix = report.confusion_matrix();
        let counts = matrix.counts();
        assert_eq!(counts.slice(s![.., 0]), array![4, 2, 1]);
        assert_eq!(counts.sum(), 7);
        assert_eq!(report.to_string(), "55.56 ± 9.62 %");
        assert_eq!(
            events[2],
            Event::Fold {
                fold: 3,
                folds: 3,
                accuracy: 0.5
            }
        );
    }

    #[test]
    fn a_part_of_the_folds_is_as_in_the_whole() {
        let folds = StratifiedKFold::new(3).shuffle(false);
        let whole = cross_validate(&seven(), &Majority, &folds).unwrap();
        assert_eq!(whole.rows(), [0, 1, 2, 3, 4, 5, 6]);
        let part = cross_validate(&seven(), &Majority, &folds.clone().first(2)).unwrap();
        assert_eq!(part.rows(), [0, 1, 3, 4, 6]);
        assert_eq!(part.predictions(), array![0, 0, 0, 0, 0]);
        assert_eq!(part.confusion_matrix().total(), 5);
        let accuracies = whole.fold_accuracies();
        assert_eq!(part.fold_accuracies(), accuracies.slice(s![..2]));
        for none in [0, 4] {
            let error = cross_validate(&seven(), &Majority, &folds.clone().first(none));
            assert!(
                matches!(error, Err(Error::Selection(SelectionError::ValidatedFolds { k: 3, folds })) if folds == none)
            );
        }
    }

    #[test]
    fn a_bad_row_is_an_error_wherever_it_lies() {
        for row in 0..7 {
            let mut dataset = seven();
            dataset.records[[row, 0]] = 2.0;
            let folds = StratifiedKFold::new(3).shuffle(false);
            let error = cross_validate(&dataset, &Majority, &folds).unwrap_err();
            let Error::Selection(SelectionError::Fold { fold, source }) = error else {
                panic!("{error}")
            };
            assert_eq!(
                fold, 1,
                "row {row} is trained on or predicted in every fold"
            );
            assert!(matches!(
                source.downcast_ref(),
                Some(Error::Records(RecordsError::OutsideUnitInterval {
                    row: found,
                    value: 2.0,
                    ..
                })) if *found == row
            ));
        }
    }

    /// Takes any training rows, and predicts as [`Constant`] does.
    struct Trusting;

    impl Fit<Array2<f64>, Array1<usize>, Error> for Trusting {
        type Object = Constant;

        fn fit(&self, _: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Constant> {
            Ok(Constant(0))
        }
    }

    impl FitObserved<Array2<f64>, Array1<usize>, Error> for Trusting {}

    #[test]
    fn a_fold_that_fails_leaves_the_others() {
        let mut dataset = seven();
        dataset.records[[4, 0]] = 2.0; // in the second fold
        let folds = StratifiedKFold::new(3).shuffle(false);
        let mut events = Vec::new();
        let mut observer = |event: &Event| match event {
            Event::Fold { fold, .. } => events.push((*fold, true)),
            Event::FoldFailed { fold, .. } => events.push((*fold, false)),
            _ => {}
        };
        let report = cross_validate_observed(&dataset, &Trusting, &folds, &mut observer).unwrap();
        assert_eq!(events, [(1, true), (2, false), (3, true)]);
        let [failure] = report.failures() else {
            panic!("{:?}", report.failures())
        };
        assert_eq!(failure.fold(), 2);
        let fault = failure.fault();
        assert!(fault.contains("record [4, 0] is 2"), "{fault}");
        assert_eq!(report.rows(), [0, 2, 3, 5, 6]);
        assert_eq!(report.row_folds(), [1, 3, 1, 3, 1]);
        let accuracies = array![2.0 / 3.0, 0.5];
        assert_abs_diff_eq!(report.fold_accuracies(), accuracies, epsilon = 1e-15);
        assert!(
            report.to_string().ends_with("(1 of 3 folds failed)"),
            "{report}"
        );
    }

    /// Asks to stop once it has seen a fold.
    #[derive(Default)]
    struct OneFold(bool);

    impl Observer for OneFold {
        fn observe(&mut self, event: &Event) {
            self.0 |= matches!(event, Event::Fold { .. });
        }

        fn should_stop(&self) -> bool {
            self.0
        }
    }

    #[test]
    fn folds_after_a_stop_are_not_validated() {
        let folds = StratifiedKFold::new(3).shuffle(false);
        let stopped =
            cross_validate_observed(&seven(), &Majority, &folds, &mut OneFold::default()).unwrap();
        assert_eq!(stopped.rows(), [0, 3, 6]);
        let failed: Vec<_> = stopped.failures().iter().map(|f| f.fold()).collect();
        assert_eq!(failed, [2, 3]);
        assert!(stopped.failures()[0].fault().contains("asked to stop"));
    }

    /// Predicts one label, whatever it is asked.
    struct Short;

    impl Fit<Array2<f64>, Array1<usize>, Error> for Short {
        type Object = Short;

        fn fit(&self, _: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Short> {
            Ok(Short)
        }
    }

    impl TryPredict<f64, usize> for Short {
        fn try_predict<D: Data<Elem = f64>>(&self, _: &ArrayBase<D, Ix2>) -> Result<Array1<usize>> {
            Ok(array![0])
        }
    }

    #[test]
    fn predictions_are_counted() {
        let folds = StratifiedKFold::new(3).shuffle(false);
        let error = cross_validate(&seven(), &Short, &folds).unwrap_err();
        assert!(
            error.to_string().contains("1 predictions for 3 records"),
            "{error}"
        );
    }

    /// One row of the rarer class: its fold is trained on one class alone.
    #[test]
    fn a_class_of_one_row_is_validated() {
        let place = |(i, _)| if i == 0 { -1000.0 } else { i as f64 };
        let records = Array2::from_shape_fn((1000, 1), place);
        let targets = Array1::from_shape_fn(1000, |i| usize::from(i > 0));
        let dataset = Dataset::new(records, targets);
        let nearest = KNearestNeighbors::params(1);
        let report = cross_validate(&dataset, &nearest, &StratifiedKFold::new(10)).unwrap();
        assert_eq!(
            (report.fold_accuracies().len(), report.failures().len()),
            (10, 0)
        );
        assert_eq!(report.accuracy(), 0.999);
    }

    #[test]
    fn faults_of_the_dataset_are_named() {
        let of = |k, dataset: &Dataset<f64, usize, Ix1>| {
            cross_validate(dataset, &Majority, &StratifiedKFold::new(k))
        };
        assert!(matches!(
            of(8, &seven()),
            Err(Error::Selection(SelectionError::Folds { .. }))
        ));
        let mut short = seven();
        short.targets = array![0, 1];
        assert!(matches!(
            of(2, &short),
            Err(Error::Records(RecordsError::TargetCount { .. }))
        ));
    }
}
