//! Training that reports its events.

use linfa::dataset::Records;
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};

use crate::observer::Observer;

/// A `Fit` that reports its events while it works.
///
/// By default it reports nothing and calls `fit`. An estimator without events therefore implements
/// it by an empty `impl`. Of parameters that have to be checked, only the checked ones implement
/// it.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::Rbm;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::fisher::FisherFeatures;
/// use linfa_fisher::pipeline::PipelineExt;
/// use linfa_fisher::observer::Event;
/// use linfa_fisher::traits::FitObserved;
/// use linfa::Dataset;
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]], array![7, 9, 9]);
/// let params = FisherFeatures::fk(Rbm::params(2).epochs(5)).then(KNearestNeighbors::params(1));
/// let mut epochs = 0;
/// params.fit_observed(&dataset, &mut |event: &Event| {
///     epochs += usize::from(matches!(event, Event::Epoch { .. }));
/// })?;
/// assert_eq!(epochs, 5);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not report its training to an observer",
    note = "an estimator without events implements `FitObserved` by an empty `impl`; `linfa_fisher::traits::Infallible` does so for classifiers of other crates"
)]
pub trait FitObserved<R, T, E>: Fit<R, T, E>
where
    R: Records,
    E: std::error::Error + From<linfa::Error>,
{
    /// Fits as [`Fit::fit`] does, and reports the events to the observer.
    ///
    /// # Errors
    ///
    /// Those of `fit`.
    fn fit_observed(
        &self,
        dataset: &DatasetBase<R, T>,
        observer: &mut dyn Observer,
    ) -> std::result::Result<Self::Object, E> {
        let _ = observer;
        self.fit(dataset)
    }
}

/// Checks the parameters and fits, as linfa does for [`Fit`].
impl<R, T, E, P> FitObserved<R, T, E> for P
where
    R: Records,
    E: std::error::Error + From<linfa::Error> + From<P::Error>,
    P: ParamGuard,
    P::Checked: FitObserved<R, T, E>,
{
    fn fit_observed(
        &self,
        dataset: &DatasetBase<R, T>,
        observer: &mut dyn Observer,
    ) -> std::result::Result<Self::Object, E> {
        self.check_ref()?.fit_observed(dataset, observer)
    }
}
