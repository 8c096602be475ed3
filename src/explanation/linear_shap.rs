//! Exact SHAP values of linear decision functions.

use linfa::Label;
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, ArrayViewMut2, Axis, Data, Ix2};
use rayon::prelude::*;

use super::class_rows::ClassRows;
use super::error::ExplanationError;
use super::global_shap::{GlobalShap, Sums};
use crate::checks::{check_query, check_values};
use crate::numerics::columns::Extremes;
use crate::numerics::digest::number;
use crate::numerics::scalar::to_f64;
use crate::{Error, Float, Result};

/// Columns of the records that one thread sums up at a time: the sums of 16 classes stay in its
/// cache.
const COLUMNS: usize = 256;

/// The exact Shapley values of a linear decision function `f_c(x) = w_c . x + b_c`, with features
/// that are independent of each other (Lundberg & Lee 2017, corollary 1):
///
/// ```text
/// phi_jc(x) = w_jc (x_j - mean_j)
/// ```
///
/// where `mean` is that of the background. The values of all features sum up to
/// `f_c(x) - f_c(mean)`. The coefficients are those of a
/// [`LinearSvm`](crate::classification::LinearSvm) or a
/// [`RidgeClassifier`](crate::classification::RidgeClassifier).
///
/// # Example
///
/// ```
/// use linfa::traits::Fit;
/// use linfa::Dataset;
/// use linfa_fisher::classification::{DecisionFunction, RidgeClassifier};
/// use linfa_fisher::explanation::LinearShap;
/// use ndarray::{Axis, array};
///
/// let records = array![[0.0, 5.0], [1.0, 3.0], [9.0, 4.0], [8.0, 3.0]];
/// let dataset = Dataset::new(records, array!["left", "left", "right", "right"]);
/// let model = RidgeClassifier::params().fit(&dataset)?;
/// let mean = dataset.records.mean_axis(Axis(0)).unwrap();
/// let shap = LinearShap::new(model.coefficients().view(), mean.view())?;
///
/// let values = shap.values(&dataset.records, 1)?; // for "right", 4 x 2
/// let decisions = model.decision_function(&dataset.records)?;
/// let base = model.decision_function(&mean.insert_axis(Axis(0)))?[[0, 1]];
/// let rest: f64 = values.row(0).sum() - (decisions[[0, 1]] - base);
/// assert!(rest.abs() < 1e-12);
///
/// let global = shap.global(&dataset.records, model.classes(), dataset.targets.view())?;
/// assert_eq!(global.supporting(1)[1][0].feature, 0); // what tells "right" from "left"
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LinearShap<F> {
    /// `d x c`.
    coefficients: Array2<F>,
    /// `d`.
    mean: Array1<F>,
}

impl<F: Float> LinearShap<F> {
    /// Explains the decision function of these coefficients (`d x c`, a column a class) against a
    /// background of this mean (`d`), most often that of the training records.
    ///
    /// # Errors
    ///
    /// [`MeanLength`](ExplanationError::MeanLength) for a mean of another length,
    /// [`NonFiniteMean`](ExplanationError::NonFiniteMean),
    /// [`NonFiniteCoefficient`](ExplanationError::NonFiniteCoefficient).
    pub fn new(coefficients: ArrayView2<F>, mean: ArrayView1<F>) -> Result<Self> {
        let (expected, found) = (coefficients.nrows(), mean.len());
        if found != expected {
            return Err(ExplanationError::MeanLength { expected, found }.into());
        }
        check_values(
            mean.insert_axis(Axis(1)),
            |x| !x.is_finite(),
            |feature, _, value| {
                Error::Explanation(ExplanationError::NonFiniteMean { feature, value })
            },
        )?;
        check_values(
            coefficients,
            |x| !x.is_finite(),
            |feature, class, value| {
                Error::Explanation(ExplanationError::NonFiniteCoefficient {
                    feature,
                    class,
                    value,
                })
            },
        )?;
        Ok(Self {
            coefficients: coefficients.to_owned(),
            mean: mean.to_owned(),
        })
    }

    /// Number of features `d`.
    pub fn nfeatures(&self) -> usize {
        self.coefficients.nrows()
    }

    /// Number of classes `c`.
    pub fn nclasses(&self) -> usize {
        self.coefficients.ncols()
    }

    /// The value of each feature (columns) of each record (rows of `n x d`) for the class at this
    /// place, from 0, among the classes: `n x d`.
    ///
    /// # Errors
    ///
    /// [`ClassPlace`](ExplanationError::ClassPlace),
    /// [`Width`](crate::error::RecordsError::Width),
    /// [`NonFinite`](crate::error::RecordsError::NonFinite);
    /// [`NonFiniteValue`](ExplanationError::NonFiniteValue) for records so large that a value
    /// overflows.
    pub fn values<D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
        class: usize,
    ) -> Result<Array2<F>> {
        let classes = self.nclasses();
        if class >= classes {
            return Err(ExplanationError::ClassPlace { class, classes }.into());
        }
        check_query(records.view(), self.nfeatures())?;
        let values = (records - &self.mean) * self.coefficients.column(class);
        check_values(
            values.view(),
            |x| !x.is_finite(),
            |_, feature, value| {
                Error::Explanation(ExplanationError::NonFiniteValue {
                    feature,
                    class,
                    value,
                })
            },
        )?;
        Ok(values)
    }

    /// The global explanation over records (`n x d`) of the classes `truth` (`n`), where `classes`
    /// (`c`) are those of the coefficients' columns, distinct and in ascending order. Take the
    /// predicted classes in place of the true ones to explain mistakes as the model sees them.
    ///
    /// It takes one pass over the records and memory for `d x c` values, since
    /// `mean |phi_jc| = |w_jc| mean |x_j - mean_j|`, the support of a class is that of the mean of
    /// its records, and the refutation that of a bound of `x_j`. Sums are in `f64`.
    ///
    /// # Errors
    ///
    /// [`Width`], [`NonFinite`], [`TargetCount`], [`NoSamples`] for records and their classes;
    /// [`ClassCount`], [`SingleClass`], [`UnorderedClasses`] for classes that are not those of the
    /// columns; [`UnknownClass`] for a record of another class, [`AbsentClass`] for a class without
    /// records; [`NonFiniteValue`] for records so large that a mean overflows.
    ///
    /// [`Width`]: crate::error::RecordsError::Width
    /// [`NonFinite`]: crate::error::RecordsError::NonFinite
    /// [`TargetCount`]: crate::error::RecordsError::TargetCount
    /// [`NoSamples`]: crate::error::MetricError::NoSamples
    /// [`ClassCount`]: crate::error::MetricError::ClassCount
    /// [`SingleClass`]: crate::error::RecordsError::SingleClass
    /// [`UnorderedClasses`]: crate::error::MetricError::UnorderedClasses
    /// [`UnknownClass`]: crate::error::MetricError::UnknownClass
    /// [`AbsentClass`]: ExplanationError::AbsentClass
    /// [`NonFiniteValue`]: ExplanationError::NonFiniteValue
    pub fn global<L: Label, D: Data<Elem = F>>(
        &self,
        records: &ArrayBase<D, Ix2>,
        classes: &[L],
        truth: ArrayView1<L>,
    ) -> Result<GlobalShap<L>> {
        check_query(records.view(), self.nfeatures())?;
        let rows = ClassRows::new((records.nrows(), self.nclasses()), classes, truth)?;
        let deviations = self.deviations(records.view(), &rows.places);
        let (support, absolute) = deviations.view().split_at(Axis(0), self.nclasses());
        let coefficients = to_f64(&self.coefficients);
        let sums = Sums {
            support: &coefficients * &support.t(),
            absolute: coefficients.mapv(f64::abs) * absolute.t(),
            least: self.least_values(records.view(), &coefficients),
            ..Sums::zeros(coefficients.dim())
        };
        GlobalShap::new(rows, sums)
    }

    /// The least value of each feature for each class over the records, 0 if none is negative,
    /// `d x c`.
    fn least_values(&self, records: ArrayView2<F>, coefficients: &Array2<f64>) -> Array2<f64> {
        let mut extremes = Extremes::new(self.nfeatures());
        extremes.extend(records);
        let deviation = |j: usize, x: F| number(&x) - number(&self.mean[j]);
        Array2::from_shape_fn(coefficients.dim(), |(j, class)| {
            let ends = [extremes.least[j], extremes.most[j]];
            let values = ends.map(|x| coefficients[[j, class]] * deviation(j, x));
            values[0].min(values[1]).min(0.0)
        })
    }

    /// The sums of the deviations from the mean over the records of each class, and of all absolute
    /// deviations in the last row: `(c + 1) x d`.
    fn deviations(&self, records: ArrayView2<F>, places: &[usize]) -> Array2<f64> {
        let mut sums = Array2::zeros((self.nclasses() + 1, self.nfeatures()));
        let columns = sums.axis_chunks_iter_mut(Axis(1), COLUMNS).into_par_iter();
        let columns = columns.zip(records.axis_chunks_iter(Axis(1), COLUMNS));
        let columns = columns.zip(self.mean.axis_chunks_iter(Axis(0), COLUMNS));
        columns.for_each(|((sums, records), mean)| add_deviations(sums, records, mean, places));
        sums
    }
}

/// Adds the deviations of the records from the mean, one record after another.
fn add_deviations<F: Float>(
    sums: ArrayViewMut2<f64>,
    records: ArrayView2<F>,
    mean: ArrayView1<F>,
    places: &[usize],
) {
    let last = sums.nrows() - 1;
    let (mut by_class, mut absolute) = sums.split_at(Axis(0), last);
    let mut absolute = absolute.row_mut(0);
    for (record, &place) in records.rows().into_iter().zip(places) {
        let mut class = by_class.row_mut(place);
        for (j, (&x, &mean)) in record.iter().zip(mean).enumerate() {
            let deviation = number(&x) - number(&mean);
            class[j] += deviation;
            absolute[j] += deviation.abs();
        }
    }
}

#[cfg(test)]
mod tests;
