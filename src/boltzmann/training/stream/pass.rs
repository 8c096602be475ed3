//! One pass over a source, and what its blocks are held to.

use ndarray::ArrayView2;

use super::survey::Survey;
use crate::boltzmann::training::digests::Digests;
use crate::boltzmann::training::error::TrainingError;
use crate::boltzmann::training::hyperparams::Training;
use crate::boltzmann::training::records::check_values;
use crate::numerics::columns::COLUMN_BLOCK;
use crate::record_source::{RecordSource, SourceFault};
use crate::{Error, Float, Result};

/// A pass that is about to be read.
#[derive(Clone, Copy)]
pub(super) struct Pass<'a, F> {
    pub(super) source: &'a dyn RecordSource<F>,
    pub(super) training: &'a Training<F>,
    /// 0 for the first look, then that of the epoch.
    pub(super) number: usize,
}

/// Called with the number of a block of the pass, or that of its first row, and its rows.
type Take<'t, F> = dyn FnMut(usize, ArrayView2<F>) -> Result<()> + 't;

impl<F: Float> Pass<'_, F> {
    /// Calls `take` with the number (from 0) of every block that has rows.
    ///
    /// # Errors
    ///
    /// That of `take`, which ends the pass; [`Source`](TrainingError::Source) if the source fails.
    pub(super) fn read(&self, take: &mut Take<'_, F>) -> Result<()> {
        let mut block = 0;
        let mut ended = Ok(());
        let outcome = self.source.pass(self.number, &mut |rows| {
            if ended.is_ok() && rows.nrows() > 0 {
                ended = take(block, rows.view());
            }
            block += 1;
            match ended {
                Ok(()) => Ok(()),
                Err(_) => Err(SourceFault::from("the reader has found a fault")),
            }
        });
        ended?;
        outcome.map_err(|source| {
            let pass = self.number;
            TrainingError::Source {
                pass,
                block,
                source,
            }
            .into()
        })
    }

    /// Calls `take` with the number (from 0) of the first row of every block, after a check that
    /// the pass is like the one surveyed.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), and
    ///
    /// - [`BlockWidth`](TrainingError::BlockWidth), [`BlockRecords`](TrainingError::BlockRecords);
    /// - [`OtherRowCount`](TrainingError::OtherRowCount);
    /// - [`OtherRows`](TrainingError::OtherRows) if the source is to repeat its values.
    pub(super) fn again(&self, survey: &Survey<F>, take: &mut Take<'_, F>) -> Result<()> {
        let mut first = 0;
        // a pass of the same number is always the same
        let alike = self.number == 0 || self.source.repeats();
        let mut digests = Digests::default();
        self.read(&mut |number, block| {
            self.check_width(number, block.ncols(), survey.columns())?;
            if first + block.nrows() > survey.rows {
                return Err(self.other_count(survey, first + block.nrows()));
            }
            if alike {
                let known = digests.complete().len();
                digests.extend(block);
                self.check_digests(survey, known, digests.complete())?;
            }
            // the digest of the last rows is not complete yet
            self.check_values(number, block)?;
            take(first, block)?;
            first += block.nrows();
            Ok(())
        })?;
        if first < survey.rows {
            return Err(self.other_count(survey, first));
        }
        match alike {
            true => self.check_digests(survey, 0, &digests.finish()),
            false => Ok(()),
        }
    }

    /// Checks the width of block `number`.
    pub(super) fn check_width(&self, number: usize, found: usize, expected: usize) -> Result<()> {
        match found == expected {
            true => Ok(()),
            false => Err(TrainingError::BlockWidth {
                pass: self.number,
                block: number,
                expected,
                found,
            }
            .into()),
        }
    }

    /// Checks that the machine can be trained on the values of block `number`.
    pub(super) fn check_values(&self, number: usize, block: ArrayView2<F>) -> Result<()> {
        check_values(block, self.training).map_err(|error| match error {
            Error::Records(fault) => TrainingError::BlockRecords {
                pass: self.number,
                block: number,
                fault,
            }
            .into(),
            other => other,
        })
    }

    fn other_count(&self, survey: &Survey<F>, found: usize) -> Error {
        TrainingError::OtherRowCount {
            pass: self.number,
            expected: survey.rows,
            found,
        }
        .into()
    }

    /// Compares digests from block `known` on with those of the first pass.
    fn check_digests(&self, survey: &Survey<F>, known: usize, found: &[u64]) -> Result<()> {
        let mut pairs = found.iter().zip(&survey.digests).skip(known);
        match pairs.position(|(found, expected)| found != expected) {
            None => Ok(()),
            Some(place) => {
                let first = (known + place) * COLUMN_BLOCK;
                Err(TrainingError::OtherRows {
                    pass: self.number,
                    first,
                    last: (first + COLUMN_BLOCK).min(survey.rows) - 1,
                }
                .into())
            }
        }
    }
}
