//! Records that training reads from a source, pass after pass, and holds a window at a time.

mod first_pass;
mod gather;
mod pass;
mod survey;

use std::sync::Arc;

use ndarray::Array1;

use self::gather::Gathered;
use self::pass::Pass;
use self::survey::Survey;
use super::hyperparams::Training;
use super::records::Records;
use super::stage::Below;
use super::windows::{
    Activations, Divided, TrainingSet, Validation, Visit, Windows, evenly_spaced, rows_not_in,
};
use crate::numerics::columns::ColumnMeans;
use crate::record_source::RecordSource;
use crate::{Float, Result};

/// The records of a source, but for those that are held out.
pub(super) struct Stream<'a, F> {
    source: &'a dyn RecordSource<F>,
    training: &'a Training<F>,
    /// Rows of a window: whole batches.
    window: usize,
    /// What the first pass has found, held-out rows included.
    survey: Arc<Survey<F>>,
    /// Rows that are held out, in ascending order.
    held_out: &'a [usize],
    means: Array1<F>,
}

impl<'a, F: Float> Stream<'a, F> {
    /// Reads the first pass, which finds the number of rows and the means and checks all values.
    pub(super) fn open(
        source: &'a dyn RecordSource<F>,
        window: usize,
        training: &'a Training<F>,
    ) -> Result<Self> {
        let survey = Survey::of(source, training)?;
        Ok(Self {
            source,
            training,
            window: whole_batches(window, training.batch_size),
            means: survey.means.clone(),
            survey: Arc::new(survey),
            held_out: &[],
        })
    }

    fn read(&self, number: usize) -> Pass<'_, F> {
        Pass {
            source: self.source,
            training: self.training,
            number,
        }
    }

    /// Number of records to train on.
    fn nrows(&self) -> usize {
        self.survey.rows - self.held_out.len()
    }
}

impl<F: Float> Windows<F> for Stream<'_, F> {
    fn means(&self) -> &Array1<F> {
        &self.means
    }

    fn pass(&self, number: usize, visit: &mut Visit<'_, F>) -> Result<()> {
        let shape = (self.window.min(self.nrows()), self.survey.columns());
        let mut window = Gathered::new(shape);
        self.read(number).again(&self.survey, &mut |first, block| {
            for row in rows_not_in(self.held_out, first, block.nrows()) {
                window.push(block.row(row - first))?;
                if window.is_full() {
                    visit(&Records::of(window.take()))?;
                }
            }
            Ok(())
        })?;
        match window.is_empty() {
            true => Ok(()),
            false => visit(&Records::of(window.take())),
        }
    }
}

impl<F: Float> TrainingSet<F> for Stream<'_, F> {
    fn dim(&self) -> (usize, usize) {
        (self.nrows(), self.survey.columns())
    }

    /// Reads pass 0 once more.
    fn divided<'s>(&'s self, held_out: &'s [usize]) -> Result<Divided<'s, F>> {
        let (columns, rest) = (self.survey.columns(), self.survey.rows - held_out.len());
        let seen = evenly_spaced(rest.min(held_out.len()), rest);
        let mut validation =
            [held_out.len(), seen.len()].map(|rows| Gathered::new((rows, columns)));
        let mut means = ColumnMeans::new(columns);
        let mut place = 0;
        self.read(0).again(&self.survey, &mut |first, block| {
            for (row, values) in (first..).zip(block.rows()) {
                if held_out.binary_search(&row).is_ok() {
                    validation[0].push(values)?;
                    continue;
                }
                if seen.binary_search(&place).is_ok() {
                    validation[1].push(values)?;
                }
                means.extend(values.insert_axis(ndarray::Axis(0)));
                place += 1;
            }
            Ok(())
        })?;
        let [held_out_rows, seen] = validation.each_mut().map(Gathered::take);
        let rest = Stream {
            source: self.source,
            training: self.training,
            window: self.window,
            survey: Arc::clone(&self.survey),
            held_out,
            means: means.means(),
        };
        let validation = Validation {
            held_out: held_out_rows,
            seen,
        };
        Ok((Box::new(rest), validation))
    }

    fn activations<'s>(&'s self, below: Below<'s, F>) -> Result<Box<dyn Windows<F> + 's>> {
        Ok(Box::new(Activations::of(self, below)?))
    }

    #[cfg(feature = "serde")]
    fn window_rows(&self) -> usize {
        self.window.min(self.nrows())
    }

    #[cfg(feature = "serde")]
    fn digests(&self) -> std::borrow::Cow<'_, [u64]> {
        self.survey.digests.as_slice().into()
    }
}

/// Rows rounded up to batches, at least one.
fn whole_batches(rows: usize, batch_size: usize) -> usize {
    let whole = rows.max(1).checked_next_multiple_of(batch_size);
    whole.unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
