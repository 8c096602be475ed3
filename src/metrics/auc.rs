//! Areas under the receiver operating characteristics of many classes.

use linfa::{Float, Label};
use ndarray::{ArrayView1, ArrayView2};

use super::error::MetricError;
use super::ranking::Ranking;
use super::roc::area;
use super::scores::ClassScores;
use crate::Result;
use crate::checks::sorted_classes;

/// How the areas of several classes, or pairs of classes, are averaged.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::{ClassAverage, roc_auc_one_vs_rest};
/// use ndarray::array;
///
/// let scores = array![[0.8, 0.1, 0.1], [0.3, 0.5, 0.2], [0.4, 0.4, 0.2], [0.2, 0.1, 0.7]];
/// let truth = array!["a", "b", "c", "c"];
/// let area = |average| {
///     roc_auc_one_vs_rest(scores.view(), &["a", "b", "c"], truth.view(), average)
/// };
/// assert_eq!(area(ClassAverage::Macro)?, (1.0 + 1.0 + 0.875) / 3.0);
/// assert_eq!(area(ClassAverage::Weighted)?, (1.0 + 1.0 + 2.0 * 0.875) / 4.0);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassAverage {
    /// All classes, or pairs of classes, count the same.
    Macro,
    /// Every class, or pair of classes, counts by the number of its samples.
    Weighted,
}

/// The area under the ROC curve of every class against the rest, `None` for a class without
/// samples and for the only one that has samples: an area of one class is undefined, not 0.5.
///
/// `scores` (`n x c`) are decision values or probabilities of the `classes` (`c`), distinct and in
/// ascending order, for samples of the classes `truth` (`n`): what
/// [`DecisionFunction`](crate::classification::DecisionFunction) gives. Infinite ones are taken,
/// ties are as in [`RocCurve`](super::RocCurve).
///
/// # Errors
///
/// [`TargetCount`](crate::error::RecordsError::TargetCount) and
/// [`ClassCount`](MetricError::ClassCount) for shapes that do not fit,
/// [`NoSamples`](MetricError::NoSamples),
/// [`SingleClass`](crate::error::RecordsError::SingleClass) for one column,
/// [`UnorderedClasses`](MetricError::UnorderedClasses),
/// [`UnknownClass`](MetricError::UnknownClass) for a sample of another class,
/// [`IncomparableScore`](MetricError::IncomparableScore) for NaN.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::roc_auc_by_class;
/// use ndarray::array;
///
/// let scores = array![[0.8, 0.2, 0.0], [0.3, 0.7, 0.0], [0.6, 0.4, 0.0]];
/// let truth = array!["a", "b", "b"];
/// let areas = roc_auc_by_class(scores.view(), &["a", "b", "c"], truth.view())?;
/// assert_eq!(areas, [Some(1.0), Some(1.0), None]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn roc_auc_by_class<F: Float, L: Label>(
    scores: ArrayView2<F>,
    classes: &[L],
    truth: ArrayView1<L>,
) -> Result<Vec<Option<f64>>> {
    let scores = ClassScores::new(scores, classes, truth)?;
    Ok(areas_by_class(&scores))
}

/// The average area under the ROC curves of every class against the rest.
///
/// Of a class without samples, the area is undefined. The [weighted](ClassAverage::Weighted)
/// average leaves it out; the [macro](ClassAverage::Macro) average is undefined with it. Both are
/// what scikit-learn's `roc_auc_score` with `multi_class="ovr"` does, which says NaN where this is
/// an error. The scores need not be probabilities here.
///
/// # Errors
///
/// Those of [`roc_auc_by_class`], [`SingleClass`](crate::error::RecordsError::SingleClass) if all
/// samples are of one class, [`AbsentClass`](MetricError::AbsentClass) for a class without samples
/// in the macro average.
///
/// # Example
///
/// See [`ClassAverage`].
pub fn roc_auc_one_vs_rest<F: Float, L: Label>(
    scores: ArrayView2<F>,
    classes: &[L],
    truth: ArrayView1<L>,
    average: ClassAverage,
) -> Result<f64> {
    let scores = ClassScores::new(scores, classes, truth)?;
    sorted_classes(truth)?;
    let sizes = scores.class_sizes();
    let absent = sizes.iter().position(|&size| size == 0);
    if let (ClassAverage::Macro, Some(absent)) = (average, absent) {
        let class = format!("{:?}", classes[absent]);
        return Err(MetricError::AbsentClass { class }.into());
    }
    let areas = areas_by_class(&scores).into_iter().zip(&sizes);
    Ok(mean_of(
        areas.filter_map(|(area, &size)| Some((area?, size))),
        average,
    ))
}

/// The average, over pairs of classes that have samples, of how well their samples are told apart.
///
/// Of a pair it is the mean of two areas among the samples of both classes, one by the scores of
/// either class (D. J. Hand and R. J. Till, "A simple generalisation of the area under the ROC
/// curve for multiple class classification problems", Machine Learning 45, 2001, equation 7):
///
/// ```text
/// M = 2 / (c (c - 1)) sum over i < j of (A(i | j) + A(j | i)) / 2
/// ```
///
/// The [weighted](ClassAverage::Weighted) average weights a pair by the number of its samples.
/// Classes without samples are left out, as in scikit-learn's `roc_auc_score` with
/// `multi_class="ovo"`. The scores need not be probabilities here.
///
/// # Errors
///
/// Those of [`roc_auc_by_class`], [`SingleClass`](crate::error::RecordsError::SingleClass) if all
/// samples are of one class.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::{ClassAverage, roc_auc_one_vs_one};
/// use ndarray::array;
///
/// // of three pairs of classes, only b and c are confused, by the scores of c
/// let scores = array![[0.8, 0.1, 0.1], [0.1, 0.5, 0.4], [0.2, 0.4, 0.4]];
/// let truth = array!["a", "b", "c"];
/// let area = roc_auc_one_vs_one(
///     scores.view(),
///     &["a", "b", "c"],
///     truth.view(),
///     ClassAverage::Macro,
/// )?;
/// assert_eq!(area, (1.0 + 1.0 + (1.0 + 0.5) / 2.0) / 3.0);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn roc_auc_one_vs_one<F: Float, L: Label>(
    scores: ArrayView2<F>,
    classes: &[L],
    truth: ArrayView1<L>,
    average: ClassAverage,
) -> Result<f64> {
    let scores = ClassScores::new(scores, classes, truth)?;
    sorted_classes(truth)?;
    Ok(mean_of(pairs(&scores).into_iter(), average))
}

fn areas_by_class(scores: &ClassScores) -> Vec<Option<f64>> {
    let area_of = |class: usize| {
        let positive = scores.truth.iter().map(|&truth| truth == class);
        let values = scores.values.column(class);
        area(&Ranking::of_scores(values.iter().copied(), positive))
    };
    (0..scores.classes()).map(area_of).collect()
}

/// Of every pair of classes with samples, how well they are told apart and how many samples they
/// have.
fn pairs(scores: &ClassScores) -> Vec<(f64, usize)> {
    let sizes = scores.class_sizes();
    let pairs = (0..sizes.len()).flat_map(|i| (i + 1..sizes.len()).map(move |j| (i, j)));
    let apart = |(i, j): (usize, usize)| {
        let both = area_between(scores, i, j)? + area_between(scores, j, i)?;
        Some((both / 2.0, sizes[i] + sizes[j]))
    };
    pairs.filter_map(apart).collect()
}

/// The area, by the scores of class `of`, among the samples of that class and of `other`.
fn area_between(scores: &ClassScores, of: usize, other: usize) -> Option<f64> {
    let rows = || {
        let rows = scores.rows();
        rows.filter(|&(_, class)| class == of || class == other)
    };
    let positive = rows().map(|(_, class)| class == of);
    area(&Ranking::of_scores(
        rows().map(|(row, _)| row[of]),
        positive,
    ))
}

/// The mean of areas that have numbers of samples.
fn mean_of(areas: impl Iterator<Item = (f64, usize)>, average: ClassAverage) -> f64 {
    let (sum, total) = areas.fold((0.0, 0.0), |(sum, total), (area, size)| {
        let weight = match average {
            ClassAverage::Macro => 1.0,
            ClassAverage::Weighted => size as f64,
        };
        (sum + weight * area, total + weight)
    });
    sum / total
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;
    use crate::Error;
    use crate::error::RecordsError;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<ClassAverage>();
    }

    #[test]
    fn classes_without_samples_are_left_out_or_errors() {
        let scores = array![[0.8, 0.1, 0.1], [0.3, 0.5, 0.2], [0.6, 0.3, 0.1]];
        let classes = ["a", "b", "c"];
        let areas = |truth: &Array1<&'static str>| {
            use ClassAverage::{Macro, Weighted};
            let (scores, truth) = (scores.view(), truth.view());
            [
                roc_auc_one_vs_rest(scores, &classes, truth, Macro),
                roc_auc_one_vs_rest(scores, &classes, truth, Weighted),
                roc_auc_one_vs_one(scores, &classes, truth, Macro),
                roc_auc_one_vs_one(scores, &classes, truth, Weighted),
            ]
        };
        let [undefined, rest, pairs, weighted] = areas(&array!["a", "b", "b"]);
        assert!(matches!(
            undefined,
            Err(Error::Metric(MetricError::AbsentClass { class })) if class == "\"c\""
        ));
        assert_eq!(rest.unwrap(), 1.0);
        assert_eq!(pairs.unwrap(), 1.0);
        assert_eq!(weighted.unwrap(), 1.0);
        let single = array!["b", "b", "b"];
        for area in areas(&single) {
            assert!(matches!(
                area,
                Err(Error::Records(RecordsError::SingleClass { class })) if class == "\"b\""
            ));
        }
        let undefined = roc_auc_by_class(scores.view(), &classes, single.view());
        assert_eq!(undefined.unwrap(), [None; 3]);
    }

    /// Of two classes with complementary scores, every average is the binary area.
    #[test]
    fn two_classes_have_one_area() {
        let scores = array![[-0.1_f32, 0.1], [0.4, -0.4], [0.1, -0.1], [-0.3, 0.3]];
        let truth = array![true, false, true, false];
        let curve = super::super::RocCurve::new(scores.column(1), truth.view());
        let area = curve.unwrap().area();
        for average in [ClassAverage::Macro, ClassAverage::Weighted] {
            for of in [roc_auc_one_vs_rest, roc_auc_one_vs_one] {
                let found = of(scores.view(), &[false, true], truth.view(), average);
                assert_eq!(found.unwrap(), area);
            }
        }
    }
}
