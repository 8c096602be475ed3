//! Pipelines, and what they are worth.
//!
//! # One estimator
//!
//! A featuriser and a classifier joined by `then` are one linfa estimator: `fit` trains the
//! machine, fits the features and then the classifier, each on the training rows alone; `predict`
//! takes records. In a cross-validation every fold trains its own machine, so that no validation
//! row has been seen by anything. More stages can be put before and behind the features: a
//! [`MinMaxScaler`], and the scalers and projections of linfa-preprocessing and linfa-reduction.
//!
#![cfg_attr(feature = "datasets", doc = "```")]
#![cfg_attr(not(feature = "datasets"), doc = "```ignore")]
//! use linfa::prelude::*;
//! use linfa_fisher::datasets;
//! use linfa_fisher::prelude::*;
//!
//! # fn main() -> linfa_fisher::Result<()> {
//! let digits = datasets::digits::<f32>()?;
//! let params = FisherFeatures::fk(Rbm::params(8).epochs(2)).then(KNearestNeighbors::params(1));
//! let report = cross_validate(&digits, &params, &StratifiedKFold::new(3))?;
//! assert!(report.mean() > 0.9);
//! # Ok(())
//! # }
//! ```
//!
//! # Honest figures
//!
//! - Choose settings on training data: by a validation part of it or by an inner cross-validation,
//!   which [`Search`] does. Look at the test set once, at the end.
//! - Folds should hold all classes in equal shares: [`StratifiedKFold`] deals each class over the
//!   folds. linfa's own folds are contiguous blocks of rows, and leave out the rows that are left
//!   over.
//! - A figure needs its spread: of 10,000 test images at 99 % the figure itself is only known to
//!   0.2 points (two standard errors). The folds' standard deviation says how much one fold tells;
//!   the interval of their mean has to admit that folds share their training rows
//!   ([`FoldScores`]).
//! - Compare pipelines on the same folds, pair by pair ([`Comparison`]): some folds are harder than
//!   others for all of them.
//! - Accuracy is not all: [`metrics`](crate::metrics) has areas under ROC curves from the classes'
//!   decision values, calibration and log-loss of probabilities, precisions of rankings, and
//!   silhouettes of embeddings.
//! - Decision values become probabilities in [`Calibrated`](crate::calibration::Calibrated).
//! - Compare with the same classifier on pixels, and with a kernel on pixels: they may be enough.
//! - Look at what is wrong: `report::ValidationReport` (of the cargo feature `report`) writes
//!   several cross-validations with all of this, and the images behind every mistake, as one page.
//!
//! # Choosing hyper-parameters
//!
//! A [`Search`] is an estimator: it chooses on the rows that it is fitted on. Cross-validated, it
//! chooses anew in every fold, so that no validated row has had a say in any setting (*nested*
//! cross-validation). A machine or a stage in [`Shared`] is trained once for all settings of later
//! stages.
//!
#![cfg_attr(feature = "datasets", doc = "```")]
#![cfg_attr(not(feature = "datasets"), doc = "```ignore")]
//! use linfa_fisher::model_selection::{Comparison, CrossValidator, Metric, Search};
//! use linfa_fisher::pipeline::Shared;
//! use linfa_fisher::{datasets, prelude::*};
//!
//! # fn main() -> linfa_fisher::Result<()> {
//! let digits = datasets::digits::<f32>()?;
//! let features = Shared::new(FisherFeatures::fk(Rbm::params(8).epochs(2)));
//! let tuned = Search::new(features.then(KNearestNeighbors::params(1)))
//!     .values("k", [1, 3], |params, &k| params.map_classifier(|_| KNearestNeighbors::params(k)))
//!     .folds(3);
//!
//! let folds = StratifiedKFold::new(4);
//! let of_scores = CrossValidator::new(&folds).jobs(2).run(&digits, &tuned)?;
//! let of_pixels = cross_validate(&digits, &KNearestNeighbors::params(1), &folds)?;
//! let chosen = of_scores.folds().iter().map(|fold| fold.choices()[0].1.as_str());
//! println!("neighbours chosen: {:?}", chosen.collect::<Vec<_>>());
//! let both = [("scores", &of_scores), ("pixels", &of_pixels)];
//! println!("{}", Comparison::new(&both, &Metric::accuracy())?);
//! # Ok(())
//! # }
//! ```
//!
//! # Linear machines
//!
//! [`LinearSvm`] is what the paper puts on its vectors. Dual coordinate descent suits records in
//! memory, the primal solver more records than memory holds; both stop at a stated distance from
//! the optimum. Choose the cost C on held-out records, along a path from small to large
//! ([`fit_path`]); on thousands of whitened features of unit variance it is far below 1.
//! [`RidgeClassifier`] has a closed form and takes one pass over the records.
//!
//! [`LinearSvm`]: crate::classification::LinearSvm
//! [`RidgeClassifier`]: crate::classification::RidgeClassifier
//! [`fit_path`]: crate::classification::LinearSvmValidParams::fit_path
//!
//! # Why it decides as it does
//!
//! [`explanation`](crate::explanation) tells which features support a class and which refute it,
//! for any classifier of this section, and how to draw a feature of a Fisher vector.
//!
//! # Other estimators
//!
//! Features are arrays and datasets like any others and go on to linfa-svm, linfa-nn,
//! linfa-preprocessing, linfa-reduction or linfa-tsne. Binary classifiers become multi-class ones
//! in [`OneVsRest`] or [`OneVsOne`]; classifiers from elsewhere that only have linfa's
//! `PredictInplace`, as those of linfa-logistic, linfa-bayes, linfa-trees and linfa-ensemble, are
//! wrapped in [`Infallible`].
//!
//! [`Search`]: crate::model_selection::Search
//! [`FoldScores`]: crate::model_selection::FoldScores
//! [`Comparison`]: crate::model_selection::Comparison
//! [`Shared`]: crate::pipeline::Shared
//! [`MinMaxScaler`]: crate::preprocessing::MinMaxScaler
//! [`StratifiedKFold`]: crate::StratifiedKFold
//! [`OneVsRest`]: crate::classification::OneVsRest
//! [`OneVsOne`]: crate::classification::OneVsOne
//! [`Infallible`]: crate::traits::Infallible
