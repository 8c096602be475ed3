//! What a closure may give as a block of rows.

use linfa::DatasetBase;
use ndarray::Array2;

use super::SourceFault;

/// What becomes a block of rows (`rows x d`): an array, a dataset, whose targets do not matter, or
/// a result of one.
///
/// # Example
///
/// ```
/// use linfa_fisher::record_source::IntoBlock;
/// use ndarray::array;
///
/// let read: Result<_, std::fmt::Error> = Ok(linfa::DatasetBase::from(array![[0.0, 1.0]]));
/// assert_eq!(read.into_block().unwrap(), array![[0.0, 1.0]]);
/// ```
pub trait IntoBlock<F> {
    /// The rows.
    ///
    /// # Errors
    ///
    /// That of a result.
    fn into_block(self) -> Result<Array2<F>, SourceFault>;
}

impl<F> IntoBlock<F> for Array2<F> {
    fn into_block(self) -> Result<Array2<F>, SourceFault> {
        Ok(self)
    }
}

impl<F, T> IntoBlock<F> for DatasetBase<Array2<F>, T> {
    fn into_block(self) -> Result<Array2<F>, SourceFault> {
        Ok(self.records)
    }
}

impl<F, B: IntoBlock<F>, E: Into<SourceFault>> IntoBlock<F> for Result<B, E> {
    fn into_block(self) -> Result<Array2<F>, SourceFault> {
        self.map_err(Into::into)?.into_block()
    }
}
