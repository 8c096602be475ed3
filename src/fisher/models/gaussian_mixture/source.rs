//! A mixture as a source of scores.

use ndarray::{Array1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis};
use rand::RngCore;
use rayon::prelude::*;

use super::score::GaussianMixtureScore;
use super::spread::Spread;
use crate::checks::check_query;
use crate::fisher::layout::{ScoreBlock, ScoreLayout};
use crate::fisher::model::FisherScore;
use crate::fisher::source::{ScoreModel, itself};
use crate::observer::Observer;
use crate::{Float, Result};

/// The scores are those of weights, means and spread, whitened or not. The model makes no
/// difference between biases and other parameters, and takes any finite records.
impl<F: Float> FisherScore<F> for GaussianMixtureScore<F> {
    type Expectation = ();

    const HAS_ANALYTICAL_INFORMATION: bool = true;

    fn nvisible(&self) -> usize {
        self.descriptors().saturating_mul(self.width())
    }

    fn check_records(&self, records: ArrayView2<F>) -> Result<()> {
        check_query(records, self.nvisible())
    }

    fn layout(&self, _biases: bool) -> ScoreLayout {
        let (components, width) = self.means.dim();
        let spread = match self.spread {
            Spread::Deviations => "deviations",
            Spread::Precisions => "precisions",
        };
        ScoreLayout::new(vec![
            ScoreBlock::new("weights", components, 1),
            ScoreBlock::new("means", components, width),
            ScoreBlock::new(spread, components, width),
        ])
    }

    fn write_statistics(&self, records: ArrayView2<F>, _biases: bool, out: ArrayViewMut2<F>) {
        let deviations = self.information().mapv(F::sqrt);
        self.write_rows(records, out, |_, mut score| score *= &deviations);
    }

    fn model_statistics(&self, _: &(), _: bool, _: &mut dyn RngCore) -> Result<Array1<F>> {
        Ok(Array1::zeros(self.length()))
    }

    fn identity(&self) -> Vec<F> {
        let layout = match self.spread {
            Spread::Deviations => F::zero(),
            Spread::Precisions => F::one(),
        };
        let parameters = self.weights.iter().chain(&self.means).copied();
        let variances = self.variances().iter().copied().collect::<Vec<_>>();
        let settings = [layout, F::cast(self.descriptors())];
        parameters.chain(variances).chain(settings).collect()
    }

    fn analytical_information(&self, _biases: bool) -> Option<Array1<F>> {
        Some(self.information())
    }
}

/// A mixture is its own model.
impl<F: Float> ScoreModel<F> for GaussianMixtureScore<F> {
    type Model = Self;

    fn model(&self, records: ArrayView2<F>, _: &mut dyn Observer) -> Result<Self> {
        itself(self, records)
    }
}

impl<F: Float> GaussianMixtureScore<F> {
    /// Writes the whitened score of every record (`n x (s d)`) to its row of `out` (`n x p`), which
    /// `finish` then changes, given its number; records in parallel.
    pub(super) fn write_rows(
        &self,
        records: ArrayView2<F>,
        mut out: ArrayViewMut2<F>,
        finish: impl Fn(usize, ArrayViewMut1<F>) + Sync,
    ) {
        let rows = records.axis_iter(Axis(0)).into_par_iter();
        let scores = out.axis_iter_mut(Axis(0)).into_par_iter();
        let pairs = rows.zip(scores).enumerate();
        pairs.for_each(|(row, (record, mut score))| {
            let record = record.as_standard_layout();
            score.fill(F::zero());
            let place = score
                .as_slice_mut()
                .expect("scores are allocated in row-major order");
            let descriptors = self.descriptors_of(record.as_slice().unwrap_or_default());
            self.write_whitened(descriptors, place);
            finish(row, score);
        });
    }

    /// The descriptors of a record, `s x d`.
    fn descriptors_of<'a>(&self, record: &'a [F]) -> ArrayView2<'a, F> {
        match ArrayView2::from_shape((self.descriptors(), self.width()), record) {
            Ok(descriptors) => descriptors,
            Err(_) => unreachable!("the width of the records was checked"),
        }
    }
}
