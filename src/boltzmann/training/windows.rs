//! Records as training passes over them: a window at a time.
//!
//! Records in memory are one window. Those of a source are gathered in windows, each of which is
//! shuffled and trained on before the next one is read.

use ndarray::{Array1, Array2};

use super::records::Records;
use super::stage::Below;
use crate::numerics::columns::ColumnMeans;
use crate::{Float, Result};

/// Called with each window of a pass, in order.
pub(super) type Visit<'v, F> = dyn FnMut(&Records<F>) -> Result<()> + 'v;

/// Records that are passed over a window at a time.
pub(super) trait Windows<F: Float> {
    /// Means of the columns.
    fn means(&self) -> &Array1<F>;

    /// Shows every window of pass `number` to `visit`.
    fn pass(&self, number: usize, visit: &mut Visit<'_, F>) -> Result<()>;
}

/// The records of a whole training.
pub(super) trait TrainingSet<F: Float>: Windows<F> {
    /// Rows and columns.
    fn dim(&self) -> (usize, usize);

    /// The records without the rows `held_out`, which are in ascending order; and those.
    fn divided<'s>(&'s self, held_out: &'s [usize]) -> Result<Divided<'s, F>>;

    /// The activations of the layers below a stage.
    fn activations<'s>(&'s self, below: Below<'s, F>) -> Result<Box<dyn Windows<F> + 's>>;

    /// Rows of a window, at most.
    #[cfg(feature = "serde")]
    fn window_rows(&self) -> usize;

    /// Digests of the first pass, one for each block of rows.
    #[cfg(feature = "serde")]
    fn digests(&self) -> std::borrow::Cow<'_, [u64]>;
}

/// The records to train on, and those that the epochs are validated on.
pub(super) type Divided<'s, F> = (Box<dyn TrainingSet<F> + 's>, Validation<F>);

/// Records that every epoch of early stopping is validated on.
#[derive(Debug)]
pub(super) struct Validation<F> {
    pub(super) held_out: Array2<F>,
    /// As many of the training records, if there are so many, to compare with.
    pub(super) seen: Array2<F>,
}

/// `count` of `rows` rows, evenly spaced, because the first ones may be of one class only.
pub(super) fn evenly_spaced(count: usize, rows: usize) -> Vec<usize> {
    let place = |i| (i as u128 * rows as u128 / count as u128) as usize;
    (0..count).map(place).collect()
}

/// The rows from `first` on that are not among `held_out`, which are in ascending order.
pub(super) fn rows_not_in(
    held_out: &[usize],
    first: usize,
    rows: usize,
) -> impl Iterator<Item = usize> {
    (first..first + rows).filter(|row| held_out.binary_search(row).is_err())
}

/// The activations of a layer, computed from each window of the records below it.
pub(super) struct Activations<'s, F: Float> {
    records: &'s dyn Windows<F>,
    below: Below<'s, F>,
    means: Array1<F>,
}

impl<'s, F: Float> Activations<'s, F> {
    /// Computes the means in pass 0.
    pub(super) fn of(records: &'s dyn Windows<F>, below: Below<'s, F>) -> Result<Self> {
        let mut means = ColumnMeans::new(below.units());
        records.pass(0, &mut |window| {
            means.extend(below.activations(window.values()).view());
            Ok(())
        })?;
        Ok(Self {
            records,
            below,
            means: means.means(),
        })
    }
}

impl<F: Float> Windows<F> for Activations<'_, F> {
    fn means(&self) -> &Array1<F> {
        &self.means
    }

    fn pass(&self, number: usize, visit: &mut Visit<'_, F>) -> Result<()> {
        self.records.pass(number, &mut |window| {
            visit(&Records::of(self.below.activations(window.values())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_evenly_spaced() {
        assert_eq!(evenly_spaced(3, 10), [0, 3, 6]);
        assert_eq!(evenly_spaced(4, 4), [0, 1, 2, 3]);
        assert!(evenly_spaced(0, 4).is_empty());
    }
}
