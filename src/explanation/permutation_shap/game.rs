//! The cooperative game that features play for the output of a model.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::checks::check_values;
use crate::error::ExplanationError;
use crate::numerics::scalar::to_f64;
use crate::{Error, Float, Result};

/// Rows that the model is asked for at a time, at least one coalition: enough for products of
/// matrices. Fixed, as a model may round otherwise for other rows beside.
const BLOCK_ROWS: usize = 1024;

/// Numbers of such a block, unless a coalition has more: 8 MiB of `f64`. Fixed.
const BLOCK_ELEMENTS: usize = 1 << 20;

/// The game of a record. A coalition `S` of features is worth the mean output of the model over
/// the background, whose features in `S` are replaced by those of the record:
/// `v(S) = mean_b f(x_S, b_rest)`.
pub(super) struct Game<'a, F, M> {
    model: &'a M,
    /// `b x d`, at least one row.
    background: ArrayView2<'a, F>,
    /// `d`.
    record: ArrayView1<'a, F>,
    /// The worth of no feature, `c`.
    base: &'a Array1<f64>,
    /// The worth of all features, `c`.
    pub(super) output: Array1<f64>,
}

impl<'a, F, O, M> Game<'a, F, M>
where
    F: Float,
    O: Float,
    M: Fn(ArrayView2<F>) -> Result<Array2<O>> + Sync,
{
    /// The game of a record of as many features as the background has, whose mean output is `base`.
    ///
    /// # Errors
    ///
    /// Those of the model; [`OutputShape`](ExplanationError::OutputShape),
    /// [`NonFiniteOutput`](ExplanationError::NonFiniteOutput).
    pub(super) fn new(
        model: &'a M,
        background: ArrayView2<'a, F>,
        base: &'a Array1<f64>,
        record: ArrayView1<'a, F>,
    ) -> Result<Self> {
        let output = outputs(model, record.insert_axis(Axis(0)), Some(base.len()))?;
        Ok(Self {
            model,
            background,
            record,
            base,
            output: output.row(0).to_owned(),
        })
    }

    /// The mean of what each feature adds in this order and in the reverse one, `d x c`.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub(super) fn antithetic(&self, mut order: Vec<usize>) -> Result<Array2<f64>> {
        let forwards = self.contributions(&order)?;
        order.reverse();
        Ok((forwards + self.contributions(&order)?) / 2.0)
    }

    /// What each feature adds when the features join in this order, `d x c`.
    fn contributions(&self, order: &[usize]) -> Result<Array2<f64>> {
        let worths = self.worths(order)?;
        let mut contributions = Array2::zeros((order.len(), self.base.len()));
        for (size, &joined) in order.iter().enumerate() {
            let added = &worths.row(size + 1) - &worths.row(size);
            contributions.row_mut(joined).assign(&added);
        }
        Ok(contributions)
    }

    /// The worths of the coalitions of the first 0, 1, ..., d features in this order,
    /// `(d + 1) x c`.
    fn worths(&self, order: &[usize]) -> Result<Array2<f64>> {
        let (d, b) = (order.len(), self.background.nrows());
        let mut worths = Array2::zeros((d + 1, self.base.len()));
        worths.row_mut(0).assign(self.base);
        worths.row_mut(d).assign(&self.output);
        let mut mixed = self.background.to_owned();
        for sizes in coalition_blocks(d, b) {
            let mut rows = Array2::zeros((sizes.len() * b, d));
            for (size, mut rows) in sizes.clone().zip(rows.axis_chunks_iter_mut(Axis(0), b)) {
                let joined = order[size - 1];
                mixed.column_mut(joined).fill(self.record[joined]);
                rows.assign(&mixed);
            }
            let outputs = outputs(self.model, rows.view(), Some(self.base.len()))?;
            for (size, outputs) in sizes.zip(outputs.axis_chunks_iter(Axis(0), b)) {
                worths.row_mut(size).assign(&mean_of_rows(outputs));
            }
        }
        Ok(worths)
    }
}

/// The sizes 1 to `d - 1` of coalitions, in ranges that make a block for the model each, where a
/// coalition takes `b` rows.
fn coalition_blocks(d: usize, b: usize) -> impl Iterator<Item = Range<usize>> {
    let rows = (BLOCK_ELEMENTS / d).min(BLOCK_ROWS);
    let coalitions = (rows / b).max(1);
    let firsts = (1..d).step_by(coalitions);
    firsts.map(move |first| first..d.min(first + coalitions))
}

/// The mean output of the model over the background, `c`.
///
/// # Errors
///
/// As [`Game::new`].
pub(super) fn mean_output<F, O, M>(model: &M, background: ArrayView2<F>) -> Result<Array1<f64>>
where
    F: Float,
    O: Float,
    M: Fn(ArrayView2<F>) -> Result<Array2<O>>,
{
    Ok(mean_of_rows(outputs(model, background, None)?.view()))
}

/// The finite outputs of the model for the rows, for the classes of other rows if they are known.
fn outputs<F, O, M>(model: &M, rows: ArrayView2<F>, classes: Option<usize>) -> Result<Array2<f64>>
where
    F: Float,
    O: Float,
    M: Fn(ArrayView2<F>) -> Result<Array2<O>>,
{
    let samples = rows.nrows();
    let outputs = model(rows)?;
    let (expected, found) = ((samples, classes.unwrap_or(outputs.ncols())), outputs.dim());
    if found != expected {
        return Err(ExplanationError::OutputShape { expected, found }.into());
    }
    check_values(
        outputs.view(),
        |x| !x.is_finite(),
        |_, class, value| Error::Explanation(ExplanationError::NonFiniteOutput { class, value }),
    )?;
    Ok(to_f64(&outputs))
}

/// The means of the columns of at least one row.
fn mean_of_rows(rows: ArrayView2<f64>) -> Array1<f64> {
    rows.sum_axis(Axis(0)) / rows.nrows() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_each_coalition_once() {
        for (d, b) in [(1, 3), (2, 3), (300, 7), (5, 5000), (3000, 100)] {
            let blocks: Vec<_> = coalition_blocks(d, b).collect();
            assert!(blocks.iter().cloned().flatten().eq(1..d));
            let fits = |block: &Range<usize>| {
                let rows = block.len() * b;
                block.len() == 1 || (rows <= BLOCK_ROWS && rows * d <= BLOCK_ELEMENTS)
            };
            assert!(blocks.iter().all(fits), "{d} features, {b} rows");
        }
    }
}
