//! Models that are parts of other models in a file.

use crate::Result;

/// A model that can be part of another one in a file.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::BinaryDecision;
/// use linfa_fisher::persistence::Loadable;
/// use linfa_fisher::error::RecordsError;
/// use linfa_fisher::Result;
/// use ndarray::{Array1, ArrayView2};
///
/// struct Sign {
///     column: usize,
/// }
///
/// impl BinaryDecision<f64> for Sign {
///     fn decision_values(&self, records: ArrayView2<f64>) -> Array1<f64> {
///         records.column(self.column).to_owned()
///     }
/// }
///
/// impl Loadable for Sign {
///     fn check_loaded(&self, columns: usize) -> Result<()> {
///         let (expected, found) = (self.column + 1, columns);
///         match expected <= found {
///             true => Ok(()),
///             false => Err(RecordsError::Width { expected, found }.into()),
///         }
///     }
/// }
/// assert!(Sign { column: 2 }.check_loaded(2).is_err());
/// ```
pub trait Loadable {
    /// Checks that the model, which was just read from a file, can predict records of `columns`
    /// columns without a panic.
    ///
    /// # Errors
    ///
    /// [`Width`] if it takes records of another width; whatever else is wrong with it that its own
    /// `Deserialize` has not found.
    ///
    /// [`Width`]: crate::error::RecordsError::Width
    fn check_loaded(&self, columns: usize) -> Result<()>;
}

/// A fitted map from records to features that can be part of a
/// [`Pipeline`](crate::pipeline::Pipeline) in a file.
///
/// # Example
///
/// ```
/// use linfa_fisher::persistence::Featuriser;
///
/// struct FirstColumns(usize);
///
/// impl Featuriser for FirstColumns {
///     fn nfeatures(&self) -> usize {
///         self.0
///     }
/// }
/// assert_eq!(FirstColumns(3).nfeatures(), 3);
/// ```
pub trait Featuriser {
    /// Number of features, the columns that the classifier gets.
    fn nfeatures(&self) -> usize;
}
