//! Fewer bytes an image: choosing features, or compressing them.
//!
//! A Fisher vector has as many numbers as its model has parameters. What is kept of an image, to
//! find others like it, can be much shorter:
//!
//! | stage | keeps | bytes an image |
//! |---|---|---|
//! | [`RankCut`] | the first r whitened features, the leading eigenvectors' | `4 r` in `f32` |
//! | [`TopVariance`] | the k scores of largest variance (Zhang, Wu & Cai 2014) | `4 k` in `f32` |
//! | [`SignBits`] | whether each of d features is above a threshold | `d / 8` |
//! | [`ProductQuantizer`] | the nearest centroid in each of m subspaces (Jegou et al. 2011) | `m` |
//! | linfa-reduction's random projections | r random sums of all features | `4 r` in `f32` |
//!
//! All of them are stages of pipelines, by [`then`](crate::pipeline::PipelineExt::then), also one
//! after another: the scores of largest variance, of which one bit each is kept, are what Zhang, Wu
//! & Cai ("Compact representation for image classification: to choose or to compress?", 2014)
//! prefer to product quantisation of ordinary Fisher vectors. Ahmed & Azim ("Condensing deep Fisher
//! vectors: to choose or to compress?", 2018) find that compression serves those of Boltzmann
//! machines better than choice. The example `compression` measures both.
//!
//! Stages that make numbers hand them to any classifier. Short codes are also searched as they are:
//! an [`Encoder`] makes codes and ranks them by their distance from queries, and [`KNearestCodes`]
//! is the classifier that only keeps the codes of the training records.

mod binary_codes;
mod classifier;
mod column_moments;
mod columns;
mod encoder;
mod error;
mod neighbors;
mod product_quantizer;
mod rank_cut;
mod sign_bits;
mod top_variance;
mod transform;

pub use binary_codes::BinaryCodes;
pub use classifier::{KNearestCodes, KNearestCodesParams, KNearestCodesValidParams};
pub use column_moments::ColumnMoments;
pub use encoder::Encoder;
pub use error::CompressionError;
pub use neighbors::Neighbors;
pub(super) use neighbors::{check_neighbors, nearest_of};
pub use product_quantizer::{
    ProductQuantizer, ProductQuantizerParams, ProductQuantizerValidParams,
};
pub use rank_cut::{RankCut, RankCutParams, RankCutValidParams};
pub use sign_bits::{SignBits, SignBitsParams};
pub use top_variance::{TopVariance, TopVarianceParams, TopVarianceValidParams};
