//! The second pass over the parts: moments of the scaled scores.

use ndarray::{Array1, ArrayView2, s};

use super::bounds::ScoreBounds;
use super::unscaled::FisherParts;
use crate::boltzmann::check_room;
use crate::error::FisherError;
use crate::fisher::bounds::FittedBounds;
use crate::fisher::checks::check_features;
use crate::fisher::features::FisherFeatures;
use crate::fisher::information::{FittedInformation, Information};
use crate::fisher::key::Seen;
use crate::fisher::model::FisherScore;
use crate::fisher::moments::ScoreMoments;
use crate::fisher::scaling::FittedScaling;
use crate::fisher::streaming::ranges;
use crate::numerics::digest::{key, number};
use crate::numerics::scalar::to_f64;
use crate::{Float, Result};

/// The fit on parts of the records once the bounds of the scores are known, from
/// [`FisherParts::scaled`].
///
/// # Example
///
/// See [`FisherParts`].
#[derive(Debug, Clone)]
pub struct ScaledParts<F, M> {
    parts: FisherParts<F, M>,
    scaling: FittedScaling<F>,
    /// Which scores vary, if that has to be known.
    varies: Option<Array1<bool>>,
    key: u64,
    /// The records that the bounds are of.
    bounded: Seen,
}

impl<F: Float, M: FisherScore<F>> ScaledParts<F, M> {
    pub(super) fn new(parts: FisherParts<F, M>, bounds: &ScoreBounds) -> Result<Self> {
        let needed = parts.scaling.has_min_max() || parts.plan.information.needs_bounds();
        let samples = bounds.samples();
        if needed && samples == 0 {
            return Err(FisherError::NoInformation { samples }.into());
        }
        let fitted = needed.then(|| FittedBounds::new(bounds.extremes(), &parts.expectation));
        let scaling = FittedScaling::new(parts.scaling, fitted.as_ref());
        Ok(Self {
            key: scaled_key(&parts, needed.then_some(bounds)),
            bounded: bounds.seen(),
            scaling,
            varies: fitted.map(|bounds| bounds.varies),
            parts,
        })
    }

    /// Moments of no records yet.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::error::MachineError::TooLarge) if memory has no room for the moments of
    /// all pairs of scores, as low-rank information asks for, and their decomposition.
    pub fn moments(&self) -> Result<ScoreMoments> {
        let (p, columns) = self.shape();
        check_room::<f64>("moments of the scores", 4, [(p, columns)])?;
        Ok(ScoreMoments::new(self.key, p, columns == p))
    }

    /// Adds records (`n x d`) to the moments.
    ///
    /// # Errors
    ///
    /// [`OtherScores`](FisherError::OtherScores) for moments of other scores; those of the model's
    /// [`check_records`](FisherScore::check_records);
    /// [`NonFiniteFeature`](FisherError::NonFiniteFeature).
    pub fn add(&self, moments: &mut ScoreMoments, records: ArrayView2<F>) -> Result<()> {
        moments.check(self.key, self.shape())?;
        self.parts.model.check_records(records)?;
        let ranges = ranges(records.nrows(), self.parts.expectation.len());
        let scores = self.parts.scores(records.view());
        // nothing is added unless all can be
        let (p, columns) = self.shape();
        let mut added = ScoreMoments::new(self.key, p, columns == p);
        for range in ranges {
            let rows = scores.scaled_rows(range.clone(), &self.scaling)?;
            check_features(rows.view(), range.start)?;
            let seen = Seen::of(records.slice(s![range, ..]));
            added.add(seen, to_f64(&rows).view());
        }
        moments.merge(&added)
    }

    /// The features, as a fit on all records that the moments were collected of would give them,
    /// but for rounding.
    ///
    /// # Errors
    ///
    /// [`OtherScores`](FisherError::OtherScores) for moments of other scores;
    /// [`OtherRows`](FisherError::OtherRows) for moments of other records than the bounds;
    /// [`NoInformation`](FisherError::NoInformation) if no score varies;
    /// [`Decomposition`](FisherError::Decomposition); those of analytical information.
    pub fn features(self, moments: &ScoreMoments) -> Result<FisherFeatures<F, M>> {
        moments.check(self.key, self.shape())?;
        let Self {
            parts,
            scaling,
            varies,
            bounded,
            ..
        } = self;
        if parts.plan.information.needs_bounds() && moments.seen() != bounded {
            return Err(FisherError::OtherRows {
                bounds: bounded.samples,
                moments: moments.samples(),
            }
            .into());
        }
        let information = FittedInformation::of_moments(parts.plan, moments, varies.as_ref())?;
        Ok(FisherFeatures {
            biases: parts.biases,
            information,
            scaling,
            expectation: parts.expectation,
            model: parts.model,
        })
    }

    /// Shape of the products of scores that the information asks for.
    fn shape(&self) -> (usize, usize) {
        let p = self.parts.expectation.len();
        match self.parts.plan.information {
            Information::LowRank { .. } => (p, p),
            _ => (p, 1),
        }
    }
}

impl<F: Float, M: FisherScore<F>> FisherParts<F, M> {
    /// Scores that are scaled by the bounds of all records. Scalings and information that do not
    /// [ask for bounds](crate::fisher::Scaling::has_min_max) take those of no records, too.
    ///
    /// # Errors
    ///
    /// [`OtherScores`](crate::error::FisherError::OtherScores) for bounds of the scores of another
    /// model; [`NoInformation`](crate::error::FisherError::NoInformation) for bounds of no records
    /// where there must be some.
    pub fn scaled(self, bounds: &ScoreBounds) -> Result<ScaledParts<F, M>> {
        self.check(bounds)?;
        ScaledParts::new(self, bounds)
    }
}

/// Tells scaled scores from those of another model, or that are scaled in another way or by other
/// bounds, if by any.
fn scaled_key<F: Float, M: FisherScore<F>>(
    parts: &FisherParts<F, M>,
    bounds: Option<&ScoreBounds>,
) -> u64 {
    let scaling = parts.scaling;
    let settings = [
        f64::from_bits(parts.key()),
        f64::from(scaling.has_min_max()),
        f64::from(scaling.has_l2()),
        scaling.exponent().as_ref().map_or(1.0, number),
        number(&scaling.min_range()),
    ];
    let bounds = bounds.map(|bounds| bounds.least().iter().chain(bounds.most()));
    key(settings
        .into_iter()
        .chain(bounds.into_iter().flatten().copied()))
}
