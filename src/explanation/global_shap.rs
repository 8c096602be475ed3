//! Summaries of SHAP values over records, by class.

use linfa::Label;
use ndarray::{Array2, ArrayView1, ArrayView2, Zip};

use super::class_rows::ClassRows;
use super::error::ExplanationError;
use crate::checks::check_values;
use crate::{Error, Float, Result};

/// A feature, and how it supports or refutes a class.
///
/// # Example
///
/// See [`GlobalShap`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attribution {
    /// The feature, counted from 0.
    pub feature: usize,
    /// Its support of the class, or the negative value that refutes the class.
    pub value: f64,
    /// The standard error of the value, 0 if it is exact.
    pub standard_error: f64,
}

/// A global explanation: a summary of the SHAP values of d features for c classes over n records,
/// as in Figure 3 of Ahmed, Azim, Early & Ramchurn.
///
/// - The *support* of a class by a feature is the mean of the feature's values for the class over
///   the records of this class.
/// - Its *refutation* is the most negative of the feature's values for the class over all records.
///   It is no mean, for means hide it: over the records of the class they are hardly negative in a
///   model that has learnt them, and over all others they mirror the support if it is linear.
///
/// Standard errors are those of sampled permutations alone: the records and the background are
/// taken as they are. Features that differ by no more than a few standard errors have no certain
/// order, and the extreme of sampled values is in part that of their errors.
///
/// # Example
///
/// ```
/// use linfa_fisher::explanation::LinearShap;
/// use ndarray::array;
///
/// let coefficients = array![[1.0, -1.0], [0.5, -0.5], [0.0, 0.0]]; // 3 features, 2 classes
/// let shap = LinearShap::new(coefficients.view(), array![0.0, 2.0, 0.0].view())?;
/// let records = array![[3.0, 0.0, 7.0], [1.0, 2.0, 8.0], [-2.0, 5.0, 9.0]];
/// let global = shap.global(&records, &["a", "b"], array!["a", "a", "b"].view())?;
/// assert_eq!(global.support(), array![[2.0, 2.0], [-0.5, -1.5], [0.0, 0.0]]);
/// assert_eq!(global.mean_absolute().row(0), array![2.0, 2.0]);
/// let [a, b] = &global.refuting(1)[..] else { panic!("one list a class") };
/// assert_eq!((a[0].feature, a[0].value), (0, -2.0)); // of the third record
/// assert_eq!((b[0].feature, b[0].value), (0, -3.0)); // of the first record
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalShap<L> {
    classes: Vec<L>,
    class_sizes: Vec<usize>,
    mean_absolute: Array2<f64>,
    support: Array2<f64>,
    support_errors: Array2<f64>,
    refutation: Array2<f64>,
    refutation_errors: Array2<f64>,
}

/// What is known of the values of some records, `d x c` each.
pub(super) struct Sums {
    /// The sums of the absolute values.
    pub(super) absolute: Array2<f64>,
    /// The sums of the values over the records of the class.
    pub(super) support: Array2<f64>,
    /// The sums of the squared standard errors of these values.
    pub(super) variance: Array2<f64>,
    /// The least of the values, 0 if none is negative.
    pub(super) least: Array2<f64>,
    /// The standard errors of the least values.
    pub(super) least_errors: Array2<f64>,
}

impl Sums {
    /// Those of no record.
    pub(super) fn zeros(shape: (usize, usize)) -> Self {
        let zeros = || Array2::zeros(shape);
        Self {
            absolute: zeros(),
            support: zeros(),
            variance: zeros(),
            least: zeros(),
            least_errors: zeros(),
        }
    }

    /// Adds the values of a record of the class at this place, and their standard errors.
    pub(super) fn add(&mut self, class: usize, values: &Array2<f64>, errors: &Array2<f64>) {
        self.absolute.zip_mut_with(values, |sum, x| *sum += x.abs());
        Zip::from(&mut self.least)
            .and(&mut self.least_errors)
            .and(values)
            .and(errors)
            .for_each(|least, least_error, &value, &error| {
                if value < *least {
                    (*least, *least_error) = (value, error);
                }
            });
        let (values, errors) = (values.column(class), errors.column(class));
        let mut support = self.support.column_mut(class);
        support += &values;
        let mut variance = self.variance.column_mut(class);
        variance.zip_mut_with(&errors, |sum, error| *sum += error * error);
    }
}

impl<L: Label> GlobalShap<L> {
    /// The means and extremes over these records.
    ///
    /// # Errors
    ///
    /// [`NonFiniteValue`](ExplanationError::NonFiniteValue).
    pub(super) fn new(rows: ClassRows<L>, sums: Sums) -> Result<Self> {
        let samples = rows.places.len() as f64;
        let (mut support, mut errors) = (sums.support, sums.variance);
        for (class, &size) in rows.sizes.iter().enumerate() {
            let mut support = support.column_mut(class);
            support /= size as f64;
            let mut errors = errors.column_mut(class);
            errors.mapv_inplace(|variance| variance.sqrt() / size as f64);
        }
        let global = Self {
            classes: rows.classes,
            class_sizes: rows.sizes,
            mean_absolute: sums.absolute / samples,
            support,
            support_errors: errors,
            refutation: sums.least,
            refutation_errors: sums.least_errors,
        };
        check_finite_values(global.mean_absolute.view())?;
        check_finite_values(global.support_errors.view())?;
        Ok(global)
    }
}

impl<L> GlobalShap<L> {
    /// The classes in ascending order, `c`.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// Number of records of each class, `c`, each at least 1.
    pub fn class_sizes(&self) -> &[usize] {
        &self.class_sizes
    }

    /// The mean absolute value of each feature (rows) for each class (columns) over all records,
    /// `d x c`: what is called global importance. Values that are sampled make it greater than it
    /// is by part of their standard error, since errors do not cancel in absolute values.
    pub fn mean_absolute(&self) -> ArrayView2<'_, f64> {
        self.mean_absolute.view()
    }

    /// The mean value of each feature (rows) for each class (columns) over the records of this
    /// class, `d x c`.
    pub fn support(&self) -> ArrayView2<'_, f64> {
        self.support.view()
    }

    /// The standard errors of the [`support`](Self::support), `d x c`, 0 for exact values.
    pub fn support_errors(&self) -> ArrayView2<'_, f64> {
        self.support_errors.view()
    }

    /// The most negative value of each feature (rows) for each class (columns) over all records,
    /// `d x c`, 0 if none is negative.
    pub fn refutation(&self) -> ArrayView2<'_, f64> {
        self.refutation.view()
    }

    /// The standard errors of the [`refutation`](Self::refutation), `d x c`, each that of the one
    /// value; 0 for exact values.
    pub fn refutation_errors(&self) -> ArrayView2<'_, f64> {
        self.refutation_errors.view()
    }

    /// For each class the features of greatest positive support, at most `k`, greatest first; of
    /// equal ones the first feature.
    pub fn supporting(&self, k: usize) -> Vec<Vec<Attribution>> {
        greatest(self.support(), self.support_errors(), k, 1.0)
    }

    /// For each class the features of most negative refutation, at most `k`, most negative first;
    /// of equal ones the first feature.
    pub fn refuting(&self, k: usize) -> Vec<Vec<Attribution>> {
        greatest(self.refutation(), self.refutation_errors(), k, -1.0)
    }
}

/// For each class the features of greatest value among those of this sign, at most `k`.
fn greatest(
    values: ArrayView2<f64>,
    errors: ArrayView2<f64>,
    k: usize,
    sign: f64,
) -> Vec<Vec<Attribution>> {
    let columns = values.columns().into_iter().zip(errors.columns());
    let list = |(values, errors): (ArrayView1<f64>, ArrayView1<f64>)| {
        let attribution = |feature| Attribution {
            feature,
            value: values[feature],
            standard_error: errors[feature],
        };
        let all = (0..values.len()).map(attribution);
        let mut list: Vec<_> = all.filter(|x| sign * x.value > 0.0).collect();
        // a stable sort: of equal values, the first feature comes first
        list.sort_by(|a, b| (sign * b.value).total_cmp(&(sign * a.value)));
        list.truncate(k);
        list
    };
    columns.map(list).collect()
}

/// Every one of the values (`d x c`) finite.
pub(super) fn check_finite_values<F: Float>(values: ArrayView2<F>) -> Result<()> {
    check_values(
        values,
        |x| !x.is_finite(),
        |feature, class, value| {
            Error::Explanation(ExplanationError::NonFiniteValue {
                feature,
                class,
                value,
            })
        },
    )
}
