//! How a featuriser's hyper-parameters get a classifier.

use super::params::PipelineParams;

/// Gives every featuriser's hyper-parameters the method [`then`](Self::then).
///
/// It is implemented for all types: whether two estimators fit each other shows when the pipeline
/// is fitted.
///
/// # Example
///
/// ```
/// use linfa::traits::{Fit, Predict};
/// use linfa::Dataset;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::pipeline::PipelineExt;
/// use linfa_fisher::{FisherFeatures, Rbm};
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]], array![7, 9, 9]);
/// let params = FisherFeatures::fk(Rbm::params(2).epochs(5)).then(KNearestNeighbors::params(1));
/// assert_eq!(params.fit(&dataset)?.predict(&dataset), dataset.targets);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub trait PipelineExt: Sized {
    /// Fits `classifier` on the features: one estimator from records to labels.
    fn then<C, E>(self, classifier: C) -> PipelineParams<Self, C, E> {
        PipelineParams::new(self, classifier)
    }
}

impl<P> PipelineExt for P {}
