//! Errors of Fisher scores, of their scaling and of the information matrix.

use crate::numerics::scalar::shown;

/// Errors of Fisher scores, of their scaling and of the information matrix.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FisherError {
    /// An estimate of the model's expectation that averages no samples.
    #[error("{0} samples of the model expectation, expected at least 1")]
    InvalidExpectationSamples(usize),
    /// Rank 0 of the information matrix.
    #[error("rank {0} of the information matrix, expected at least 1")]
    InvalidRank(usize),
    /// Another rank and damping of information that was not fitted as low-rank.
    #[error("the features' information is not of low rank, fit them with `Information::LowRank`")]
    NotLowRank,
    /// More directions than were fitted.
    #[error(
        "{rank} directions of features that were fitted with {fitted}; fit them with `Information::full_rank` to choose later"
    )]
    RankNotFitted {
        /// Directions asked for.
        rank: usize,
        /// Directions at hand.
        fitted: usize,
    },
    /// Damping that is negative or not finite.
    #[error("damping {}, expected a finite number of at least 0", shown(*.0))]
    InvalidDamping(f64),
    /// Exponent of the signed power outside `(0, 1]`.
    #[error("exponent {} of the signed power, expected a number in (0, 1]", shown(*.0))]
    InvalidExponent(f64),
    /// Floor of the ranges of min-max scaling outside `[0, 1]`.
    #[error("range floor {} of the min-max scaling, expected a number in [0, 1]", shown(*.0))]
    InvalidRangeFloor(f64),
    /// A kernel raised to the power 0, or to one above 32.
    #[error("power {0} of a kernel, expected 1 to 32")]
    InvalidPower(u32),
    /// A kernel of pixels raised to a power above 32.
    #[error("power {0} of the pixels' kernel, expected 0 to 32, where 0 leaves pixels out")]
    InvalidPixelPower(u32),
    /// A width of the Gaussian kernel that is not positive or not finite.
    #[error("width {} of the Gaussian kernel, expected a positive finite number", shown(*.0))]
    InvalidWidth(f64),
    /// No landmarks at all.
    #[error("{0} landmarks, expected at least 1")]
    InvalidLandmarks(usize),
    /// A number of landmarks that is 0 or larger than that of the records.
    #[error(
        "{landmarks} landmarks of {rows} records, expected at least 1 and at most one a record: set `.landmarks(..)`"
    )]
    LandmarkCount {
        /// Landmarks asked for.
        landmarks: usize,
        /// Records at hand.
        rows: usize,
    },
    /// Landmarks that tell nothing: there are none, or the kernel of each with itself is 0.
    #[error(
        "the kernel of each of the {rows} landmarks with itself is 0, expected some that are not"
    )]
    NoLandmarks {
        /// Landmarks at hand.
        rows: usize,
    },
    /// Statistics that were collected for other landmarks or of another model.
    #[error(
        "the statistics are of other landmarks or of another model; collect all parts by the same `Landmarks`"
    )]
    OtherLandmarks,
    /// Statistics of scores that were collected of another model, other scaling or other bounds.
    #[error(
        "the statistics are of scores of another model, scaling or bounds; collect all parts by the same `FisherParts`"
    )]
    OtherScores,
    /// Moments of other records than the bounds by which the scores were scaled.
    #[error(
        "the moments are of {moments} records, which are not the {bounds} that the bounds are of: both passes must see the same records, in any order"
    )]
    OtherRows {
        /// Records of the bounds.
        bounds: usize,
        /// Records of the moments.
        moments: usize,
    },
    /// A change of coordinates, which depends on all features at once, of features that are fitted
    /// in parts.
    #[error(
        "rotated features of parts, expected features that are not rotated, or `Information::LowRank`, whose are coordinates in any case"
    )]
    RotatedParts,
    /// A record whose kernel with itself overflows.
    #[error(
        "the kernel of record {row} with itself is {}, expected a finite number: the record or the model's parameters are too large",
        shown(*value)
    )]
    KernelOverflow {
        /// Row of the record.
        row: usize,
        /// The value found.
        value: f64,
    },
    /// No score varies, so the information matrix is zero.
    #[error("no Fisher score varies over the {samples} samples, so the information matrix is zero")]
    NoInformation {
        /// Number of samples that the matrix was estimated from.
        samples: usize,
    },
    /// Analytical information of a model that has none, as Boltzmann machines.
    #[error(
        "the model has no analytical information; take `Information::LowRank` or `Information::Diagonal`, which are estimated from the records"
    )]
    NoAnalyticalInformation,
    /// Analytical information, which is that of the scores as they are, of scaled scores.
    #[error(
        "analytical information is that of unscaled scores: scale the features, by `.feature_scaling(..)` in place of `.scaling(..)`"
    )]
    ScaledAnalytical,
    /// Min-max bounds of features instead of scores.
    #[error(
        "min-max scaling of features, expected signed power or L2 alone: scores are scaled by `.scaling(..)`"
    )]
    MinMaxFeatures,
    /// Analytical information of another length than the scores of the model.
    #[error(
        "the model's analytical information has {found} numbers, but the layout of its scores has {expected}; mend the model's `FisherScore`"
    )]
    InformationLength {
        /// Length of the layout.
        expected: usize,
        /// Length of the diagonal.
        found: usize,
    },
    /// An entry of analytical information that is not a positive finite number, or so small or
    /// large that the reciprocal of its square root is not.
    #[error(
        "entry {index} of the model's analytical information is {}, expected a positive finite number",
        shown(*value)
    )]
    InvalidInformation {
        /// Index of the score.
        index: usize,
        /// The value found.
        value: f64,
    },
    /// A vector of another length than the scores of a layout.
    #[error("a vector of {found} numbers, but the scores of the layout have {expected}")]
    ScoreLength {
        /// Length of the layout.
        expected: usize,
        /// Length of the vector.
        found: usize,
    },
    /// An expectation of another length than the scores of the model.
    #[error(
        "the model's expectation has {found} numbers, but the layout of its scores has {expected}; mend the model's `FisherScore`"
    )]
    ExpectationLength {
        /// Length of the layout.
        expected: usize,
        /// Length of the expectation.
        found: usize,
    },
    /// An expectation of the model that is NaN or infinite.
    #[error(
        "the model's expectation of statistic {index} is {value}, expected a finite number; its parameters are too large"
    )]
    NonFiniteExpectation {
        /// Index of the statistic.
        index: usize,
        /// The value found.
        value: f64,
    },
    /// A Fisher score, or a feature made of scores, that is NaN or infinite.
    #[error(
        "feature {feature} of record {row} is {value}, expected a finite number; the model's parameters or the scores are too large"
    )]
    NonFiniteFeature {
        /// Row of the record.
        row: usize,
        /// Column of the score or feature.
        feature: usize,
        /// The value found.
        value: f64,
    },
    /// An eigenvalue decomposition did not converge.
    #[error("the eigenvalue decomposition of a {size} x {size} matrix failed")]
    Decomposition {
        /// Rows of the matrix.
        size: usize,
    },
}

impl FisherError {
    /// The same fault of records of which the block that was looked at begins at row `first`.
    pub(crate) fn of_block(mut self, first: usize) -> Self {
        if let Self::KernelOverflow { row, .. } | Self::NonFiniteFeature { row, .. } = &mut self {
            *row += first;
        }
        self
    }
}
