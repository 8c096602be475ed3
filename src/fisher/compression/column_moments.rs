//! Means and variances of columns, from blocks of rows.

use ndarray::{Array1, ArrayView2};

use crate::checks::check_query;
use crate::numerics::columns::Moments;
use crate::{Float, Result};

/// Means and variances of the columns of records that come block by block, as Fisher vectors do
/// that are too many to be held at once.
///
/// All is in `f64`, and follows one row after another (Welford 1962): the bits do not depend on the
/// blocks.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::fisher::compression::{ColumnMoments, TopVariance};
/// use ndarray::array;
///
/// let mut moments = ColumnMoments::new(3);
/// moments.add(array![[1.0, 0.0, 2.0], [3.0, 0.0, 8.0]].view())?;
/// moments.add(array![[5.0, 0.0, 5.0]].view())?;
/// assert_eq!(moments.mean(), &array![3.0, 0.0, 5.0]);
/// assert_eq!(moments.variance()?, array![8.0 / 3.0, 0.0, 6.0]);
/// assert_eq!(TopVariance::params(2).check()?.choose(&moments)?.chosen(), [2, 0]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnMoments(Moments);

impl ColumnMoments {
    /// Those of no record of `columns` columns.
    pub fn new(columns: usize) -> Self {
        Self(Moments::new(columns))
    }

    /// Takes more records (`n x d`) into account.
    ///
    /// # Errors
    ///
    /// [`Width`](crate::error::RecordsError::Width),
    /// [`NonFinite`](crate::error::RecordsError::NonFinite); the moments stay as they were.
    pub fn add<F: Float>(&mut self, records: ArrayView2<F>) -> Result<()> {
        check_query(records, self.columns())?;
        self.0.extend(records);
        Ok(())
    }

    /// Number of records seen.
    pub fn nsamples(&self) -> usize {
        self.0.rows
    }

    /// Number of columns `d`.
    pub fn columns(&self) -> usize {
        self.0.mean.len()
    }

    /// Means of the columns (`d`), 0 without records.
    pub fn mean(&self) -> &Array1<f64> {
        &self.0.mean
    }

    /// Variances of the columns (`d`), the mean squared deviations from the means.
    ///
    /// # Errors
    ///
    /// [`EmptyRecords`](crate::error::RecordsError::EmptyRecords) without records or columns.
    pub fn variance(&self) -> Result<Array1<f64>> {
        crate::checks::check_shape(self.nsamples(), self.columns())?;
        Ok(&self.0.squares / self.nsamples() as f64)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::Error;
    use crate::error::RecordsError;

    #[test]
    fn bad_records_leave_the_moments_alone() {
        let mut moments = ColumnMoments::new(2);
        assert!(matches!(
            moments.variance(),
            Err(Error::Records(RecordsError::EmptyRecords {
                rows: 0,
                columns: 2
            }))
        ));
        moments.add(array![[1.0_f32, 2.0]].view()).unwrap();
        let before = moments.clone();
        for bad in [array![[1.0, 2.0, 3.0]], array![[f64::NAN]]] {
            assert!(matches!(
                moments.add(bad.view()),
                Err(Error::Records(RecordsError::Width { expected: 2, .. }))
            ));
        }
        assert!(matches!(
            moments.add(array![[1.0, f64::NAN]].view()),
            Err(Error::Records(RecordsError::NonFinite { column: 1, .. }))
        ));
        assert_eq!(moments, before);
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<ColumnMoments>();
    }
}
