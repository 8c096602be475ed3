//! Records that a machine is trained on.

use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, ArrayView2, Axis, CowArray, Ix2};
use rayon::prelude::*;

use super::hyperparams::Training;
use crate::boltzmann::machine::Visible;
use crate::checks::{check_binary, check_shape};
use crate::numerics::columns::{COLUMN_BLOCK, mean_of_sums, sum_of_block};
use crate::numerics::dense::add_rows;
use crate::numerics::scalar::select_rows;
use crate::numerics::sparse::{SparseRows, pays};
use crate::{Float, Result};

/// Records (`n x d`) with what training needs to know about all of them, computed in the first pass
/// over them.
#[derive(Debug)]
pub(super) struct Records<'a, F> {
    values: CowArray<'a, F, Ix2>,
    /// The records in blocks of sparse rows, if that is faster.
    sparse: Option<Vec<SparseRows<F>>>,
    pub(super) means: Array1<F>,
}

impl<'a, F: Float> Records<'a, F> {
    /// Records with any values.
    pub(super) fn of(values: impl Into<CowArray<'a, F, Ix2>>) -> Self {
        let values = values.into();
        let all = if looks_dense(values.view()) {
            values.len()
        } else {
            0
        };
        let entries = AtomicUsize::new(all);
        let read = |rows: ArrayView2<F>| {
            if !pays(entries.load(Ordering::Relaxed), values.len()) {
                return (sum_of_block(rows), None);
            }
            let (columns, rows) = (rows.ncols(), rows.as_standard_layout());
            let mut sum = vec![F::zero(); columns];
            let rows = rows.as_slice().unwrap_or_default();
            let sparse = SparseRows::of_rows(rows, columns, |row| add_rows(row, &mut sum));
            entries.fetch_add(sparse.entries(), Ordering::Relaxed);
            (Array1::from(sum), Some(sparse))
        };
        let blocks = values.axis_chunks_iter(Axis(0), COLUMN_BLOCK);
        let (sums, sparse): (Vec<_>, Vec<_>) = blocks.into_par_iter().map(read).unzip();
        let sparse: Option<Vec<_>> = sparse.into_iter().collect();
        Self {
            sparse: sparse.filter(|_| pays(entries.into_inner(), values.len())),
            means: mean_of_sums(&sums, values.dim()),
            values,
        }
    }

    /// Records, after a check that the machine can be trained on them.
    ///
    /// # Errors
    ///
    /// [`EmptyRecords`](crate::error::RecordsError::EmptyRecords); as for [`check_values`].
    pub(super) fn for_training(values: ArrayView2<'a, F>, training: &Training<F>) -> Result<Self> {
        check_shape(values.nrows(), values.ncols())?;
        let records = Self::of(values);
        // zeros and ones are always valid
        if !records.are_states() {
            check_values(values, training)?;
        }
        Ok(records)
    }

    /// Whether all values are known to be 0 or 1.
    fn are_states(&self) -> bool {
        let sparse = self.sparse.as_ref();
        sparse.is_some_and(|blocks| blocks.iter().all(SparseRows::are_states))
    }

    pub(super) fn values(&self) -> ArrayView2<'_, F> {
        self.values.view()
    }

    pub(super) fn nrows(&self) -> usize {
        self.values.nrows()
    }

    /// The records of `indices`, in that order, as a visible layer.
    pub(super) fn select(&self, indices: &[usize]) -> Visible<F> {
        match &self.sparse {
            Some(blocks) => Visible::Sparse(SparseRows::select(blocks, COLUMN_BLOCK, indices)),
            None => Visible::Dense(select_rows(self.values.view(), indices)),
        }
    }
}

/// Checks that a machine can be trained on the values of records.
///
/// # Errors
///
/// As for [`VisibleInput::check`](super::options::VisibleInput::check);
/// [`NotBinary`](crate::error::RecordsError::NotBinary) if the pseudo-likelihood is the metric of
/// early stopping and the records are not binary.
pub(super) fn check_values<F: Float>(values: ArrayView2<F>, training: &Training<F>) -> Result<()> {
    training
        .visible_input
        .check(values, training.visible_units)?;
    match training.early_stopping {
        Some(early) if early.metric().needs_states() => check_binary(values),
        _ => Ok(()),
    }
}

/// Whether a sample of evenly spaced records has so many non-zeros that sparse rows are not built
/// at all; they would take up memory meanwhile.
fn looks_dense<F: Float>(values: ArrayView2<F>) -> bool {
    const LOOKS: usize = 32;
    let looks = LOOKS.min(values.nrows());
    let rows = (0..looks).map(|look| values.row(look * values.nrows() / looks));
    let entries = rows.map(|row| row.iter().filter(|&&x| x != F::zero()).count());
    !pays(entries.sum(), 2 * looks * values.ncols())
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::Error;
    use crate::boltzmann::machine::VisibleUnits;
    use crate::boltzmann::training::options::VisibleInput;
    use crate::error::RecordsError;
    use crate::numerics::columns::means_of;

    fn records(every: usize, value: f64) -> Array2<f64> {
        Array2::from_shape_fn((300, 7), |(i, j)| match (i + j) % every {
            0 => value,
            _ => 0.0,
        })
    }

    #[test]
    fn they_are_sparse_if_that_pays() {
        for (every, value) in [(1, 1.0), (5, 1.0), (5, 0.5)] {
            let values = records(every, value);
            let records = Records::of(values.view());
            let chosen = [299, 0, 128, 127];
            let visible = records.select(&chosen);
            assert_eq!(visible.to_dense(), values.select(Axis(0), &chosen));
            let means = values.mean_axis(Axis(0)).unwrap();
            approx::assert_abs_diff_eq!(records.means, means, epsilon = 1e-12);
            assert_eq!(records.means, means_of(values.view()));
            let by_columns = values.t().to_owned();
            assert_eq!(records.means, means_of(by_columns.t()));
            assert_eq!(records.means, Records::of(by_columns.t()).means);
            let sparse = matches!(visible, Visible::Sparse(_));
            assert_eq!(sparse, every == 5);
            assert_eq!(records.are_states(), every == 5 && value == 1.0);
        }
    }

    /// All blocks are sparse but the last one, which has one row.
    #[test]
    fn the_whole_decides_what_pays() {
        let mut values = Array2::<f64>::zeros((COLUMN_BLOCK + 1, 7));
        values.row_mut(COLUMN_BLOCK).fill(1.0);
        let by_columns = values.t().to_owned();
        for values in [values.view(), by_columns.t()] {
            let visible = Records::of(values).select(&[COLUMN_BLOCK, 3]);
            assert!(matches!(visible, Visible::Sparse(_)));
            assert_eq!(
                visible.to_dense(),
                values.select(Axis(0), &[COLUMN_BLOCK, 3])
            );
        }
    }

    #[test]
    fn records_that_are_mostly_not_zero_look_dense() {
        for rows in [1, 31, 300] {
            assert!(looks_dense(Array2::<f64>::ones((rows, 7)).view()));
            assert!(!looks_dense(Array2::<f64>::zeros((rows, 7)).view()));
        }
        assert!(!looks_dense(Array2::<f64>::zeros((0, 7)).view()));
        assert!(!looks_dense(records(2, 1.0).view()), "half of them");
    }

    #[test]
    fn what_cannot_be_shown_is_an_error_wherever_it_is() {
        for every in [1, 5] {
            for (value, visible_input) in [
                (f64::NAN, VisibleInput::AsIs),
                (2.0, VisibleInput::Resampled),
                (0.5, VisibleInput::RequireBinary),
            ] {
                let mut values = records(every, 1.0);
                values[[299, 6]] = value;
                let training = Training {
                    visible_input,
                    ..Training::default()
                };
                let checked = Records::for_training(values.view(), &training).map(drop);
                let expected = visible_input.check(values.view(), VisibleUnits::Binary);
                assert!(expected.is_err());
                assert_eq!(format!("{checked:?}"), format!("{expected:?}"));
            }
        }
        let none = Array2::<f64>::zeros((0, 7));
        let checked = Records::for_training(none.view(), &Training::default());
        assert!(matches!(
            checked,
            Err(Error::Records(RecordsError::EmptyRecords { .. }))
        ));
    }
}
