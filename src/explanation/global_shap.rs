//! Means of SHAP values over records, by class.

use linfa::Label;
use ndarray::{Array2, ArrayView1, ArrayView2};

use super::class_rows::ClassRows;
use super::error::ExplanationError;
use crate::checks::check_values;
use crate::{Error, Float, Result};

/// A feature and its support of a class.
///
/// # Example
///
/// See [`GlobalShap`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attribution {
    /// The feature, counted from 0.
    pub feature: usize,
    /// The mean SHAP value over the records of the class.
    pub support: f64,
    /// The standard error of the support, 0 if the values are exact.
    pub standard_error: f64,
}

/// A global explanation: means of the SHAP values of d features for c classes over n records.
///
/// The *support* of a class by a feature is the mean of the feature's values for the class over
/// the records of this class. Positive support speaks for the class; negative support refutes it.
///
/// Standard errors are those of sampled permutations alone: the records and the background are
/// taken as they are. Of features whose supports differ by no more than a few standard errors, the
/// order is not known.
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
/// assert_eq!((a[0].feature, a[0].support), (1, -0.5));
/// assert_eq!((b[0].feature, b[0].support), (1, -1.5));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalShap<L> {
    classes: Vec<L>,
    class_sizes: Vec<usize>,
    mean_absolute: Array2<f64>,
    support: Array2<f64>,
    standard_errors: Array2<f64>,
}

/// Sums over records (`d x c` each) that means are made of.
pub(super) struct Sums {
    /// Of the absolute values.
    pub(super) absolute: Array2<f64>,
    /// Of the values over the records of the class.
    pub(super) support: Array2<f64>,
    /// Of the squared standard errors of these values.
    pub(super) variance: Array2<f64>,
}

impl Sums {
    /// Those of no record.
    pub(super) fn zeros(shape: (usize, usize)) -> Self {
        let [absolute, support, variance] = [(); 3].map(|()| Array2::zeros(shape));
        Self {
            absolute,
            support,
            variance,
        }
    }

    /// Adds the values of a record of the class at this place, and their standard errors.
    pub(super) fn add(&mut self, class: usize, values: &Array2<f64>, errors: &Array2<f64>) {
        self.absolute.zip_mut_with(values, |sum, x| *sum += x.abs());
        let (values, errors) = (values.column(class), errors.column(class));
        let mut support = self.support.column_mut(class);
        support += &values;
        let mut variance = self.variance.column_mut(class);
        variance.zip_mut_with(&errors, |sum, error| *sum += error * error);
    }
}

impl<L: Label> GlobalShap<L> {
    /// The means of the sums over these records.
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
            standard_errors: errors,
        };
        check_finite_values(global.mean_absolute.view())?;
        check_finite_values(global.standard_errors.view())?;
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
    pub fn standard_errors(&self) -> ArrayView2<'_, f64> {
        self.standard_errors.view()
    }

    /// For each class the features of greatest positive support, at most `k`, greatest first; of
    /// equal ones the first feature.
    pub fn supporting(&self, k: usize) -> Vec<Vec<Attribution>> {
        self.greatest(k, 1.0)
    }

    /// For each class the features of greatest negative support, at most `k`, greatest in size
    /// first; of equal ones the first feature.
    pub fn refuting(&self, k: usize) -> Vec<Vec<Attribution>> {
        self.greatest(k, -1.0)
    }

    /// For each class the features of greatest support among those of this sign.
    fn greatest(&self, k: usize, sign: f64) -> Vec<Vec<Attribution>> {
        let columns = self.support.columns().into_iter();
        let columns = columns.zip(self.standard_errors.columns());
        let list = |(support, errors): (ArrayView1<f64>, ArrayView1<f64>)| {
            let attribution = |feature| Attribution {
                feature,
                support: support[feature],
                standard_error: errors[feature],
            };
            let all = (0..support.len()).map(attribution);
            let mut list: Vec<_> = all.filter(|x| sign * x.support > 0.0).collect();
            // a stable sort: of equal supports, the first feature comes first
            list.sort_by(|a, b| (sign * b.support).total_cmp(&(sign * a.support)));
            list.truncate(k);
            list
        };
        columns.map(list).collect()
    }
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
