//! Fisher scores of records, a block of rows at a time.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, s};

use super::checks::check_features;
use super::factored::{FactoredRows, Products, Resting, ScaledRows};
use super::model::FisherScore;
use super::scaling::FittedScaling;
use super::streaming::{KERNEL_ROWS, ranges_of};
use crate::numerics::columns::Extremes;
use crate::{Float, Result};

/// The scores `E[T | v] - E[T]` of some records, which are computed whenever they are asked for.
pub(super) struct Scores<'a, F, M> {
    pub(super) model: &'a M,
    pub(super) biases: bool,
    /// `E[T]`, `p`.
    pub(super) expectation: &'a Array1<F>,
    /// `n x d`, already checked.
    pub(super) records: ArrayView2<'a, F>,
}

impl<F: Float, M: FisherScore<F>> Scores<'_, F, M> {
    /// The scores of some rows.
    ///
    /// # Errors
    ///
    /// [`NonFiniteFeature`](crate::error::FisherError::NonFiniteFeature).
    pub(super) fn rows(&self, range: Range<usize>) -> Result<Array2<F>> {
        let first = range.start;
        let mut scores = Array2::zeros((range.len(), self.expectation.len()));
        let records = self.records.slice(s![range, ..]);
        self.model
            .write_statistics(records, self.biases, scores.view_mut());
        scores -= self.expectation;
        check_features(scores.view(), first)?;
        Ok(scores)
    }

    /// Ranges of rows that are held for products at a time: of many, unless scores are written out.
    pub(super) fn product_ranges(&self) -> Vec<Range<usize>> {
        let written = match self.factored(0..0) {
            Some(_) => 0,
            None => self.expectation.len(),
        };
        ranges_of(KERNEL_ROWS, self.records.nrows(), written).collect()
    }

    /// The bounds of the scores.
    ///
    /// # Errors
    ///
    /// As [`rows`](Self::rows).
    pub(super) fn extremes(&self) -> Result<Extremes<F>> {
        let mut extremes = Extremes::new(self.expectation.len());
        for range in self.product_ranges() {
            match self.factored(range.clone()) {
                Some(rows) => rows.extend(&mut extremes),
                None => extremes.extend(self.rows(range)?.view()),
            }
        }
        Ok(extremes)
    }

    /// The scores of some rows, as products of states, if the model has such.
    pub(super) fn factored(&self, range: Range<usize>) -> Option<FactoredRows<'_, F>> {
        let records = self.records.slice(s![range, ..]);
        let layers = self.model.factors(records)?;
        FactoredRows::new(layers, self.biases, self.expectation)
    }

    /// The normalised scores of some rows, for products; `resting` is of the same model and
    /// scaling.
    ///
    /// # Errors
    ///
    /// As [`rows`](Self::rows).
    pub(super) fn products<'a>(
        &'a self,
        range: Range<usize>,
        scaling: &'a FittedScaling<F>,
        resting: &'a Resting<F>,
    ) -> Result<Products<'a, F>> {
        match self.factored(range.clone()) {
            Some(rows) => Ok(Products::Factored(ScaledRows::new(rows, scaling, resting))),
            None => self.scaled_rows(range, scaling).map(Products::Written),
        }
    }

    /// The normalised scores of some rows.
    ///
    /// # Errors
    ///
    /// As [`rows`](Self::rows).
    pub(super) fn scaled_rows(
        &self,
        range: Range<usize>,
        scaling: &FittedScaling<F>,
    ) -> Result<Array2<F>> {
        let mut rows = self.rows(range)?;
        scaling.apply(&mut rows);
        Ok(rows)
    }
}
