//! Metrics of predictions, scores, probabilities, rankings and clusters.
//!
//! | of | there are |
//! |---|---|
//! | predicted classes | [`ConfusionMatrix`]: accuracy, balanced accuracy, precision, recall, F1 |
//! | scores of all classes | [`roc_auc_one_vs_rest`], [`roc_auc_one_vs_one`] |
//! | | [`roc_auc_by_class`], [`top_k_accuracy`] |
//! | scores of one class | [`RocCurve`], [`PrecisionRecallCurve`] |
//! | probabilities | [`log_loss`](log_loss()), [`brier_score`], [`CalibrationCurve`] |
//! | rankings by distance | [`MeanAveragePrecision`], [`PrecisionAtK`], [`RetrievalByClass`] |
//! | clusters, classes in an embedding | [`purity`], [`silhouette_samples`], [`silhouette_score`] |
//!
//! Scores, which are decision values or probabilities, are matrices of a row for each sample and a
//! column for each class (`n x c`), with the classes in ascending order: what
//! [`DecisionFunction`](crate::classification::DecisionFunction) gives. Equal scores or distances
//! are taken together, so that the order of samples does not matter. A metric that is undefined,
//! such as the area under the curve of one class, is an error, or `None` among values by class.
//! Values are those of scikit-learn 1.9, which tests compare with stored ones.

mod auc;
mod brier;
mod calibration;
mod clustering;
mod confusion;
mod error;
mod log_loss;
mod precision_recall;
mod ranking;
mod retrieval;
mod roc;
mod scores;
mod top_k;

pub use auc::{ClassAverage, roc_auc_by_class, roc_auc_one_vs_one, roc_auc_one_vs_rest};
pub use brier::brier_score;
pub use calibration::{Bins, CalibrationCurve};
pub use clustering::{purity, silhouette_samples, silhouette_score};
pub use confusion::ConfusionMatrix;
#[cfg(feature = "report")]
pub(crate) use confusion::padding;
pub use error::MetricError;
pub use log_loss::log_loss;
pub use precision_recall::PrecisionRecallCurve;
pub use retrieval::{MeanAveragePrecision, PrecisionAtK, RetrievalByClass, RetrievalScores};
pub use roc::RocCurve;
pub(crate) use scores::{check_classes, check_samples, columns_of};
pub use top_k::top_k_accuracy;
