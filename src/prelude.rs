//! What most programs with pipelines use, to be imported at once.
//!
//! It goes together with linfa's own prelude: no name stands for two things.
//!
//! # Example
//!
//! ```
//! use linfa::prelude::*;
//! use linfa_fisher::prelude::*;
//! use ndarray::array;
//!
//! let records = array![[0.0, 1.0], [0.1, 0.9], [1.0, 0.1], [0.9, 0.0]];
//! let dataset = Dataset::new(records, array!["left", "left", "right", "right"]);
//! let params = FisherFeatures::fk(Rbm::params(2).epochs(5)).then(KNearestNeighbors::params(1));
//! let model = params.fit(&dataset)?;
//! assert_eq!(model.predict(&dataset), dataset.targets);
//!
//! let report = cross_validate(&dataset, &params, &StratifiedKFold::new(2))?;
//! assert_eq!(report.predictions().len(), 4);
//! # Ok::<(), linfa_fisher::Error>(())
//! ```

#[doc(no_inline)]
pub use linfa::ParamGuard;
#[doc(no_inline)]
pub use linfa::traits::{Fit, Predict, Transformer};

#[doc(no_inline)]
pub use crate::boltzmann::{Dbm, Rbm};
#[doc(no_inline)]
pub use crate::classification::{KNearestNeighbors, LinearSvm, OneVsOne, OneVsRest};
#[doc(no_inline)]
pub use crate::fisher::{FisherFeatures, FisherKernel, LandmarkFeatures};
#[doc(no_inline)]
pub use crate::model_selection::{StratifiedKFold, cross_validate};
#[doc(no_inline)]
pub use crate::pipeline::{Pipeline, PipelineExt};
#[doc(no_inline)]
pub use crate::preprocessing::MinMaxScaler;
#[doc(no_inline)]
pub use crate::traits::{FitObserved, TryPredict};
