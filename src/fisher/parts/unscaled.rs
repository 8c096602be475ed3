//! The first of two passes over the parts: bounds of the scores.

use ndarray::{Array1, ArrayView2};
use rand::Rng;

use super::bounds::ScoreBounds;
use crate::error::FisherError;
use crate::fisher::information::{Information, InformationPlan};
use crate::fisher::key::Seen;
use crate::fisher::model::FisherScore;
use crate::fisher::params::FisherFeaturesValidParams;
use crate::fisher::scaling::Scaling;
use crate::fisher::scores::Scores;
use crate::fisher::source::ScoreModel;
use crate::numerics::digest::{key, number};
use crate::{Float, Result};

/// The fit of [`FisherFeatures`](crate::fisher::FisherFeatures) on parts of the records, from
/// wherever they come, in one process or in several whose statistics are merged. It takes two
/// passes: bounds of the scores, then [moments](crate::fisher::ScoreMoments) of the
/// [scaled](super::ScaledParts) ones. The features are those of a fit on all records, but for
/// rounding.
///
/// Low-rank information of `p` scores takes `p x p` moments here, whatever its rank. For machines
/// too large for that, [`Landmarks`](crate::fisher::Landmarks) have statistics that merge, too.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::datasets;
/// use linfa_fisher::prelude::*;
/// use ndarray::Axis;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?;
/// let dbm = Dbm::params(&[6, 4]).pretraining_epochs(1).epochs(1).fit(&digits)?;
/// let parts = FisherFeatures::idfk(&dbm).check()?.in_parts(dbm.clone())?;
///
/// let mut bounds = parts.bounds();
/// for block in digits.records.axis_chunks_iter(Axis(0), 500) {
///     let mut of_block = parts.bounds(); // as another process would
///     parts.add(&mut of_block, block)?;
///     bounds.merge(&of_block)?;
/// }
/// let scaled = parts.scaled(&bounds)?;
/// let mut moments = scaled.moments()?;
/// for block in digits.records.axis_chunks_iter(Axis(0), 500) {
///     scaled.add(&mut moments, block)?;
/// }
/// let features = scaled.features(&moments)?;
/// assert_eq!(features.transform(&digits.records)?.nrows(), 1797);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct FisherParts<F, M> {
    pub(super) model: M,
    pub(super) biases: bool,
    pub(super) scaling: Scaling<F>,
    pub(super) plan: InformationPlan<F>,
    /// `E[T]`, `p`.
    pub(super) expectation: Array1<F>,
    key: u64,
}

impl<F: Float, S: ScoreModel<F>, R: Rng + Clone> FisherFeaturesValidParams<F, S, R> {
    /// The fit on parts of the records, for a trained model.
    ///
    /// # Errors
    ///
    /// [`RotatedParts`](FisherError::RotatedParts) for rotated features; those of the model's
    /// expectation, as for [`fit`](linfa::traits::Fit::fit).
    pub fn in_parts(&self, model: S::Model) -> Result<FisherParts<F, S::Model>> {
        let expectation = self.fit_expectation(&model)?;
        let takes_parts = !self.rotated || matches!(self.information, Information::LowRank { .. });
        if !takes_parts {
            return Err(FisherError::RotatedParts.into());
        }
        Ok(FisherParts {
            key: key(expectation.iter().chain(&model.identity()).map(number)),
            plan: InformationPlan {
                information: self.information,
                scaling: self.feature_scaling,
                rotated: self.rotated,
                analytical: model.analytical_information(self.biases),
            },
            biases: self.biases,
            scaling: self.scaling,
            expectation,
            model,
        })
    }
}

impl<F: Float, M: FisherScore<F>> FisherParts<F, M> {
    /// Bounds of no records yet.
    pub fn bounds(&self) -> ScoreBounds {
        ScoreBounds::new(self.key, self.expectation.len())
    }

    /// Adds records (`n x d`) to the bounds.
    ///
    /// # Errors
    ///
    /// [`OtherScores`](crate::error::FisherError::OtherScores) for bounds of the scores of another
    /// model; those of the model's [`check_records`](FisherScore::check_records);
    /// [`NonFiniteFeature`](crate::error::FisherError::NonFiniteFeature).
    pub fn add(&self, bounds: &mut ScoreBounds, records: ArrayView2<F>) -> Result<()> {
        self.check(bounds)?;
        self.model.check_records(records)?;
        let extremes = self.scores(records.view()).extremes()?;
        bounds.add(Seen::of(records), &extremes)
    }

    pub(super) fn check(&self, bounds: &ScoreBounds) -> Result<()> {
        bounds.check(self.key, self.expectation.len())
    }

    pub(super) fn key(&self) -> u64 {
        self.key
    }

    pub(super) fn scores<'a>(&'a self, records: ArrayView2<'a, F>) -> Scores<'a, F, M> {
        Scores {
            model: &self.model,
            biases: self.biases,
            expectation: &self.expectation,
            records,
        }
    }
}
