//! Sums over records and their classes: all that least squares depend on.

use linfa::dataset::AsSingleTargets;
use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2, aview1, s};

use crate::checks::{
    check_finite, check_target_count, check_weight_count, check_weights, check_width,
    sorted_classes,
};
use crate::classification::targets::{codes_of, weights_of};
use crate::error::{ClassificationError, RecordsError};
use crate::numerics::cholesky::Cholesky;
use crate::numerics::dense::add_gram;
#[cfg(feature = "serde")]
use crate::persistence::{check_classes, check_numbers, check_shape_of};
use crate::{Float, Result};

/// Records whose deviations from their mean are held at a time.
const BLOCK_ROWS: usize = 4096;

/// Moments of `d` features over weighted records of `c` classes: all that a
/// [`RidgeClassifier`](super::RidgeClassifier) depends on. Those of parts of the records, taken
/// apart from each other, [`merge`](Self::merge) into those of the whole (Chan, Golub & LeVeque
/// 1979: sums about each part's own mean, so that nothing cancels).
///
/// # Example
///
/// ```
/// use linfa::{Dataset, ParamGuard};
/// use linfa_fisher::classification::{RidgeClassifier, RidgeMoments};
/// use ndarray::array;
///
/// let parts = [
///     Dataset::new(array![[0.0, 0.2], [1.0, 0.9]], array![7, 9]),
///     Dataset::new(array![[0.1, 0.0], [0.8, 1.0]], array![7, 9]),
/// ];
/// let mut whole = RidgeMoments::new(vec![7, 9], 2)?;
/// for part in &parts {
///     let mut moments = RidgeMoments::new(vec![7, 9], 2)?;
///     moments.add(part)?;
///     whole.merge(&moments)?;
/// }
/// let model = RidgeClassifier::params().check()?.fit_moments(&whole)?;
/// assert_eq!(model.try_predict(&array![[0.0, 0.1], [0.9, 1.0]])?, array![7, 9]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct RidgeMoments<L> {
    classes: Vec<L>,
    /// The sum of the weights of each class, `c`.
    weights: Array1<f64>,
    /// The mean record of each class, `c x d`; zeros without records.
    means: Array2<f64>,
    /// `sum_i s_i (x_i - m)(x_i - m)'` about the mean m of all records, `d x d`, of which the lower
    /// triangle counts.
    scatter: Array2<f64>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    RidgeMoments<L> { classes, weights, means, scatter } where L: Label
}

#[cfg(feature = "serde")]
impl<L: Label> RidgeMoments<L> {
    /// Distinct classes in ascending order, and moments of each, finite; weights and squares that
    /// are not negative.
    fn check_parts(&self) -> Result<()> {
        let (classes, features) = (self.classes.len(), self.means.ncols());
        let not_negative = |x: f64| x.is_finite() && x >= 0.0;
        check_classes(&self.classes)?;
        check_shape_of("weights", self.weights.shape(), &[classes])?;
        check_shape_of("means", self.means.shape(), &[classes, features])?;
        check_shape_of("scatter", self.scatter.shape(), &[features, features])?;
        check_numbers("the weights", &self.weights, not_negative)?;
        check_numbers("the means", &self.means, f64::is_finite)?;
        check_numbers("the scatter", &self.scatter, f64::is_finite)?;
        check_numbers("the squares", &self.scatter.diag(), not_negative)
    }
}

impl<L: Label> RidgeMoments<L> {
    /// Those of no records, of `features` and of these classes, in any order.
    ///
    /// # Errors
    ///
    /// [`SingleClass`](RecordsError::SingleClass).
    pub fn new(classes: Vec<L>, features: usize) -> Result<Self> {
        let classes = sorted_classes(aview1(&classes))?;
        Ok(Self {
            weights: Array1::zeros(classes.len()),
            means: Array2::zeros((classes.len(), features)),
            scatter: Array2::zeros((features, features)),
            classes,
        })
    }

    /// The classes in ascending order.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// The sum of the records' weights; their number, if they have none.
    pub fn weight(&self) -> f64 {
        self.weights.sum()
    }

    /// The variance of each feature, `d`; NaN without records.
    pub fn variances(&self) -> Array1<f64> {
        &self.scatter.diag() / self.weight()
    }

    /// Adds the records (`n x d`) of a dataset with their weights.
    ///
    /// # Errors
    ///
    /// [`Width`](RecordsError::Width), [`NonFinite`](RecordsError::NonFinite),
    /// [`TargetCount`](RecordsError::TargetCount), [`WeightCount`](RecordsError::WeightCount),
    /// [`InvalidWeight`](RecordsError::InvalidWeight), [`NoWeight`](RecordsError::NoWeight);
    /// [`OtherClasses`](ClassificationError::OtherClasses) for a target that is none of the
    /// classes.
    pub fn add<F, D, T>(&mut self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<()>
    where
        F: Float,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        let records = dataset.records.view();
        let (targets, weights) = (dataset.targets.as_single_targets(), &dataset.weights);
        check_width(records, self.means.ncols())?;
        check_finite(records)?;
        check_target_count(records.nrows(), targets.len())?;
        check_weight_count(records.nrows(), weights.len())?;
        check_weights(weights.view())?;
        let unknown = |class: &&L| self.classes.binary_search(class).is_err();
        if let Some(class) = targets.iter().find(unknown) {
            return Err(self.others(format!("{class:?}")).into());
        }
        let codes = codes_of(targets, &self.classes);
        let weights = weights_of(weights.view(), &codes, self.classes.len(), false);
        self.add_records(records, &codes, weights.view());
        Ok(())
    }

    /// Adds records (`n x d`) by the positions of their classes and their weights.
    pub(super) fn add_records<F: Float>(
        &mut self,
        records: ArrayView2<F>,
        codes: &[u32],
        weights: ArrayView1<f64>,
    ) {
        let blocks = records.axis_chunks_iter(Axis(0), BLOCK_ROWS);
        let labels = codes
            .chunks(BLOCK_ROWS)
            .zip(weights.axis_chunks_iter(Axis(0), BLOCK_ROWS));
        for (block, (codes, weights)) in blocks.zip(labels) {
            let (of_classes, means) = self.class_means(block, codes, weights);
            if of_classes.sum() > 0.0 {
                let mean = mean_of(&of_classes, &means);
                add_gram(deviations(block, weights, &mean).view(), &mut self.scatter);
                self.unite(&of_classes, &means);
            }
        }
    }

    /// The sum of the weights of each class and its mean record.
    fn class_means<F: Float>(
        &self,
        block: ArrayView2<F>,
        codes: &[u32],
        weights: ArrayView1<f64>,
    ) -> (Array1<f64>, Array2<f64>) {
        let mut sums = Array1::zeros(self.classes.len());
        let mut means = Array2::zeros(self.means.dim());
        for ((row, &code), &weight) in block.rows().into_iter().zip(codes).zip(weights) {
            sums[code as usize] += weight;
            let mut mean = means.row_mut(code as usize);
            mean.zip_mut_with(&row, |sum, x| *sum += weight * number(*x));
        }
        for (mut mean, &sum) in means.rows_mut().into_iter().zip(&sums) {
            if sum > 0.0 {
                mean /= sum;
            }
        }
        (sums, means)
    }

    /// Adds what was collected of other records.
    ///
    /// # Errors
    ///
    /// [`OtherClasses`](ClassificationError::OtherClasses), [`Width`](RecordsError::Width).
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.classes != other.classes {
            return Err(self.others(format!("{:?}", other.classes)).into());
        }
        check_width(other.means.view(), self.means.ncols())?;
        self.scatter += &other.scatter;
        self.unite(&other.weights, &other.means);
        Ok(())
    }

    fn others(&self, found: String) -> ClassificationError {
        let expected = format!("{:?}", self.classes);
        ClassificationError::OtherClasses { expected, found }
    }

    /// `S = S1 + S2 + W1 W2 / W d d'`, where `d` is the difference of the means and `S2` has been
    /// added before.
    fn unite(&mut self, weights: &Array1<f64>, means: &Array2<f64>) {
        let (ours, theirs) = (self.weight(), weights.sum());
        if ours > 0.0 && theirs > 0.0 {
            let difference = mean_of(weights, means) - mean_of(&self.weights, &self.means);
            let factor = ours * theirs / (ours + theirs);
            for (i, mut row) in self.scatter.rows_mut().into_iter().enumerate() {
                let mut lower = row.slice_mut(s![..=i]);
                lower.scaled_add(factor * difference[i], &difference.slice(s![..=i]));
            }
        }
        for (k, mut mean) in self.means.rows_mut().into_iter().enumerate() {
            let total = self.weights[k] + weights[k];
            if total > 0.0 {
                let share = weights[k] / total;
                mean.zip_mut_with(&means.row(k), |ours, x| *ours += share * (x - *ours));
            }
        }
        self.weights += weights;
    }

    /// The weights (`d x c`) and intercepts (`c`) that are best with this penalty:
    ///
    /// ```text
    /// (S + alpha) w_k = sum_i s_i (y_ik - mean y_k) (x_i - m) = 2 W_k (m_k - m)
    /// b_k = mean y_k - w_k'm,    mean y_k = 2 W_k / W - 1
    /// ```
    pub(super) fn solve(&self, alpha: f64) -> Result<(Array2<f64>, Vec<f64>)> {
        let (total, columns) = (self.weight(), self.means.ncols());
        if total == 0.0 || columns == 0 {
            return Err(RecordsError::EmptyRecords { rows: 0, columns }.into());
        }
        let mut scatter = self.scatter.clone();
        scatter.diag_mut().mapv_inplace(|square| square + alpha);
        if !scatter.diag().iter().all(|x| x.is_finite()) {
            return Err(ClassificationError::SecondMoments.into());
        }
        let singular = ClassificationError::SingularMoments { alpha };
        let factor = Cholesky::of(scatter.view()).ok_or(singular)?;
        let mean = mean_of(&self.weights, &self.means);
        let of_classes = 2.0 * &self.weights.view().insert_axis(Axis(1));
        let right = (&self.means - &mean) * of_classes;
        let weights = factor.solve(right.t());
        let of_class =
            |(share, w): (&f64, ArrayView1<f64>)| 2.0 * share / total - 1.0 - w.dot(&mean);
        let intercepts = self.weights.iter().zip(weights.columns());
        Ok((
            weights.view().to_owned(),
            intercepts.map(of_class).collect(),
        ))
    }
}

/// The mean of all records by the weights and the means of the classes.
fn mean_of(weights: &Array1<f64>, means: &Array2<f64>) -> Array1<f64> {
    weights.dot(means) / weights.sum()
}

/// `sqrt(s_i) (x_i - m)`.
fn deviations<F: Float>(
    block: ArrayView2<F>,
    weights: ArrayView1<f64>,
    mean: &Array1<f64>,
) -> Array2<F> {
    let mut deviations = Array2::zeros(block.dim());
    let rows = deviations.rows_mut().into_iter().zip(block.rows());
    for ((mut deviation, row), weight) in rows.zip(weights) {
        let root = weight.sqrt();
        let pairs = deviation.iter_mut().zip(&row).zip(mean);
        pairs.for_each(|((deviation, x), mean)| *deviation = F::cast(root * (number(*x) - mean)));
    }
    deviations
}

fn number<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
