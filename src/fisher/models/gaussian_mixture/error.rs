//! Faults of a mixture of Gaussians.

use crate::numerics::scalar::shown;

/// Faults of a mixture of Gaussians.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MixtureError {
    /// No components, or Gaussians of no coordinates.
    #[error(
        "a mixture of {components} components of {width} coordinates, expected at least 1 of each"
    )]
    Empty {
        /// Components found.
        components: usize,
        /// Coordinates found.
        width: usize,
    },
    /// Parameters of different shapes.
    #[error(
        "{part} of shape {found:?}, expected {expected:?} for {} weights and means of {} coordinates",
        expected[0],
        expected[1]
    )]
    Shape {
        /// What has the shape.
        part: &'static str,
        /// The shape found.
        found: Vec<usize>,
        /// The shape that fits the weights and the width of the means.
        expected: Vec<usize>,
    },
    /// A weight that is zero, negative, not finite or too small to divide by.
    #[error(
        "the weight of component {component} is {}, expected a positive number: leave the component out",
        shown(*value)
    )]
    InvalidWeight {
        /// The component.
        component: usize,
        /// The value found.
        value: f64,
    },
    /// Weights that do not sum to 1.
    #[error("the weights sum to {}, expected 1", shown(*.0))]
    WeightSum(f64),
    /// A mean that is NaN or infinite.
    #[error(
        "the mean of component {component}, coordinate {coordinate}, is {}, expected a finite number",
        shown(*value)
    )]
    NonFiniteMean {
        /// The component.
        component: usize,
        /// The coordinate.
        coordinate: usize,
        /// The value found.
        value: f64,
    },
    /// A variance that is zero, negative, not finite or too small to divide by.
    #[error(
        "the variance of component {component}, coordinate {coordinate}, is {}, expected a positive number: add a small one to all variances, or leave the coordinate out",
        shown(*value)
    )]
    InvalidVariance {
        /// The component.
        component: usize,
        /// The coordinate.
        coordinate: usize,
        /// The value found.
        value: f64,
    },
    /// A covariance that is NaN or infinite.
    #[error(
        "the covariance of component {component}, coordinates {row} and {column}, is {}, expected a finite number",
        shown(*value)
    )]
    NonFiniteCovariance {
        /// The component.
        component: usize,
        /// The first coordinate.
        row: usize,
        /// The second coordinate.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// A component that no descriptor belongs to, of which nothing can be estimated.
    #[error("no descriptor belongs to component {component}: leave the component out")]
    EmptyComponent {
        /// The component.
        component: usize,
    },
    /// A least variance that is negative or not finite.
    #[error("least variance {}, expected a finite number of at least 0", shown(*.0))]
    InvalidLeastVariance(f64),
    /// A place for Fisher vectors of another shape than theirs.
    #[error("a place of shape {found:?} for Fisher vectors of shape {expected:?}")]
    OutputShape {
        /// The shape of the vectors, `n x p`.
        expected: (usize, usize),
        /// The shape found.
        found: (usize, usize),
    },
    /// Records of no descriptors.
    #[error("records of {0} descriptors, expected at least 1")]
    InvalidDescriptors(usize),
}
