//! Metrics of a fold.

use std::fmt;
use std::sync::Arc;

use linfa::Label;

use super::validated_fold::ValidatedFold;
use crate::error::SelectionError;
use crate::metrics::{ClassAverage, roc_auc_one_vs_rest, top_k_accuracy};
use crate::traits::DecisionValues;
use crate::{Error, Result};

/// What is measured of the predictions of a fold; the greater, the better.
///
/// # Example
///
/// ```
/// use linfa::Dataset;
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::model_selection::{cross_validate, Metric, StratifiedKFold};
/// use ndarray::{array, Array};
///
/// let records = Array::range(0.0, 6.0, 1.0).into_shape_with_order((6, 1)).unwrap();
/// let dataset = Dataset::new(records, array![0, 0, 0, 1, 1, 1]);
/// let report = cross_validate(&dataset, &KNearestNeighbors::params(1), &StratifiedKFold::new(3))?;
/// let first_right = Metric::new("first row", |fold| {
///     Ok(f64::from(u8::from(fold.predictions()[0] == fold.truth()[0])))
/// });
/// for metric in [Metric::accuracy(), Metric::macro_f1(), Metric::roc_auc(), first_right] {
///     println!("{}: {:.3}", metric.name(), report.scores(&metric)?.mean());
/// }
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Clone)]
pub struct Metric<L> {
    name: String,
    of: Arc<Of<L>>,
}

type Of<L> = dyn Fn(&ValidatedFold<L>) -> Result<f64> + Send + Sync;

impl<L> fmt::Debug for Metric<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Metric").field(&self.name).finish()
    }
}

impl<L> Metric<L> {
    /// A metric of your own.
    pub fn new(
        name: impl Into<String>,
        of: impl Fn(&ValidatedFold<L>) -> Result<f64> + Send + Sync + 'static,
    ) -> Self {
        let (name, of) = (name.into(), Arc::new(of));
        Self { name, of }
    }

    /// Its name, for tables.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value for a fold.
    ///
    /// # Errors
    ///
    /// [`Undefined`](SelectionError::Undefined) where the metric has no value.
    pub fn of(&self, fold: &ValidatedFold<L>) -> Result<f64> {
        (self.of)(fold).map_err(|error| {
            let (metric, fold, source) = (self.name.clone(), fold.fold(), Box::new(error));
            SelectionError::Undefined {
                metric,
                fold,
                source,
            }
            .into()
        })
    }
}

impl<L: Label + 'static> Metric<L> {
    /// Share of right predictions.
    pub fn accuracy() -> Self {
        Self::new("accuracy", |fold| Ok(fold.accuracy()))
    }

    /// Mean recall of the classes of the fold:
    /// [`ConfusionMatrix::balanced_accuracy`](crate::metrics::ConfusionMatrix::balanced_accuracy).
    pub fn balanced_accuracy() -> Self {
        let of = |fold: &ValidatedFold<L>| fold.confusion_matrix().balanced_accuracy();
        Self::new("balanced accuracy", of)
    }

    /// Mean F1 score of the classes that are in the fold or were predicted in it.
    pub fn macro_f1() -> Self {
        Self::new("macro F1", |fold| {
            Ok(fold.confusion_matrix().f1().mean().unwrap_or(f64::NAN))
        })
    }

    /// Share of rows whose class is among the k of the greatest decision values:
    /// [`top_k_accuracy`].
    pub fn top_k(k: usize) -> Self {
        Self::new(format!("top-{k} accuracy"), move |fold| {
            let DecisionValues { classes, values } = trained_on_all(fold)?;
            top_k_accuracy(values.view(), classes, fold.truth().view(), k)
        })
    }

    /// Area under the receiver operating characteristic of the decision values, one class against
    /// the rest, mean of the classes of the fold weighted by their rows: [`roc_auc_one_vs_rest`].
    pub fn roc_auc() -> Self {
        Self::new("ROC AUC", |fold| {
            let DecisionValues { classes, values } = trained_on_all(fold)?;
            let (truth, average) = (fold.truth().view(), ClassAverage::Weighted);
            roc_auc_one_vs_rest(values.view(), classes, truth, average)
        })
    }
}

/// The decision values, if they know of all classes that the fold validates.
fn trained_on_all<L: Label>(fold: &ValidatedFold<L>) -> Result<&DecisionValues<L>> {
    let decisions = fold.decisions().ok_or(SelectionError::NoDecisions)?;
    let unknown = |class: &&L| decisions.classes.binary_search(class).is_err();
    match fold.truth().iter().find(unknown) {
        Some(class) => {
            let class = format!("{class:?}");
            Err(Error::Selection(SelectionError::UntrainedClass { class }))
        }
        None => Ok(decisions),
    }
}
