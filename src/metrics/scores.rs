//! Checks of the scores and probabilities that metrics measure, and their conversion to `f64`.

use linfa::{Float, Label};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use super::error::MetricError;
use crate::checks::{RecordsError, check_target_count, check_values};
use crate::{Error, Result};

/// Scores of every class (columns) for every sample (rows), and the column of its true class.
pub(super) struct ClassScores {
    pub(super) values: Array2<f64>,
    pub(super) truth: Vec<usize>,
}

impl ClassScores {
    /// Decision values or probabilities (`n x c`) of distinct classes in ascending order (`c`, at
    /// least 2), none of them NaN, for samples of the classes `truth` (`n`, at least 1).
    pub(super) fn new<F: Float, L: Label>(
        scores: ArrayView2<F>,
        classes: &[L],
        truth: ArrayView1<L>,
    ) -> Result<Self> {
        check_samples(scores.nrows(), truth.len())?;
        check_classes(scores.ncols(), classes)?;
        check_comparable(scores)?;
        Ok(Self {
            values: scores.mapv(wide),
            truth: columns_of(classes, truth)?,
        })
    }

    /// [`new`](Self::new), where every row is a distribution over the classes.
    pub(super) fn of_probabilities<F: Float, L: Label>(
        probabilities: ArrayView2<F>,
        classes: &[L],
        truth: ArrayView1<L>,
    ) -> Result<Self> {
        check_unit_interval(probabilities)?;
        let scores = Self::new(probabilities, classes, truth)?;
        // as far as scikit-learn goes before it warns
        let tolerance = wide(F::epsilon()).sqrt();
        let sums = scores.values.sum_axis(Axis(1));
        let wrong = |(_, sum): &(usize, &f64)| (*sum - 1.0).abs() > tolerance;
        match sums.iter().enumerate().find(wrong) {
            Some((row, &sum)) => Err(MetricError::ProbabilitySum { row, sum }.into()),
            None => Ok(scores),
        }
    }

    /// Number of classes.
    pub(super) fn classes(&self) -> usize {
        self.values.ncols()
    }

    /// Number of samples.
    pub(super) fn samples(&self) -> usize {
        self.truth.len()
    }

    /// Number of samples of each class.
    pub(super) fn class_sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.classes()];
        self.truth.iter().for_each(|&class| sizes[class] += 1);
        sizes
    }

    /// Every sample's scores and the column of its class.
    pub(super) fn rows(&self) -> impl Iterator<Item = (ArrayView1<'_, f64>, usize)> {
        self.values
            .rows()
            .into_iter()
            .zip(self.truth.iter().copied())
    }
}

/// Scores of samples (`n`, at least 1), none of them NaN, which are positive or not (`n`).
pub(super) fn binary_scores<F: Float>(
    scores: ArrayView1<F>,
    positive: ArrayView1<bool>,
) -> Result<Vec<f64>> {
    check_samples(scores.len(), positive.len())?;
    check_comparable(scores.insert_axis(Axis(1)))?;
    Ok(scores.iter().map(|&x| wide(x)).collect())
}

/// [`binary_scores`], which are probabilities.
pub(super) fn binary_probabilities<F: Float>(
    probabilities: ArrayView1<F>,
    positive: ArrayView1<bool>,
) -> Result<Vec<f64>> {
    check_unit_interval(probabilities.insert_axis(Axis(1)))?;
    binary_scores(probabilities, positive)
}

/// At least one sample, and a target for each.
pub(crate) fn check_samples(samples: usize, targets: usize) -> Result<()> {
    check_target_count(samples, targets)?;
    match samples {
        0 => Err(MetricError::NoSamples.into()),
        _ => Ok(()),
    }
}

/// From 1 to as many as there are `items`.
pub(super) fn check_k(k: usize, most: usize, items: &'static str) -> Result<()> {
    match (1..=most).contains(&k) {
        true => Ok(()),
        false => Err(MetricError::InvalidK { k, most, items }.into()),
    }
}

pub(super) fn wide<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}

/// One column a class, at least two classes, distinct and in ascending order.
pub(crate) fn check_classes<L: Label>(columns: usize, classes: &[L]) -> Result<()> {
    if columns != classes.len() {
        let classes = classes.len();
        return Err(MetricError::ClassCount { columns, classes }.into());
    }
    if let [class] = classes {
        let class = format!("{class:?}");
        return Err(RecordsError::SingleClass { class }.into());
    }
    match classes.windows(2).position(|pair| pair[0] >= pair[1]) {
        Some(before) => Err(MetricError::UnorderedClasses {
            place: before + 1,
            class: format!("{:?}", classes[before + 1]),
        }
        .into()),
        None => Ok(()),
    }
}

/// The place of every sample's class among the classes.
pub(crate) fn columns_of<L: Label>(classes: &[L], truth: ArrayView1<L>) -> Result<Vec<usize>> {
    let place = |(row, class): (usize, &L)| {
        classes.binary_search(class).map_err(|_| {
            let class = format!("{class:?}");
            Error::from(MetricError::UnknownClass { row, class })
        })
    };
    truth.iter().enumerate().map(place).collect()
}

fn check_comparable<F: Float>(scores: ArrayView2<F>) -> Result<()> {
    check_values(
        scores,
        |x| x.is_nan(),
        |row, column, _| MetricError::IncomparableScore { row, column }.into(),
    )
}

fn check_unit_interval<F: Float>(probabilities: ArrayView2<F>) -> Result<()> {
    check_values(
        probabilities,
        |x| !(F::zero()..=F::one()).contains(&x),
        |row, column, value| MetricError::InvalidProbability { row, column, value }.into(),
    )
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    fn fault(values: Array2<f64>, classes: &[usize], truth: &[usize]) -> String {
        let scores = ClassScores::new(values.view(), classes, truth.into());
        scores.err().unwrap().to_string()
    }

    #[test]
    fn bad_scores_are_errors() {
        let pair = || array![[0.1, 0.9]];
        assert!(fault(Array2::zeros((0, 2)), &[0, 1], &[]).starts_with("there are no samples"));
        assert!(fault(pair(), &[0, 1], &[0, 1]).starts_with("2 targets for 1 records"));
        assert!(fault(pair(), &[0, 1, 2], &[0]).starts_with("2 columns of scores for 3 classes"));
        assert!(fault(array![[1.0]], &[3], &[3]).starts_with("all targets are of class 3"));
        assert!(fault(pair(), &[1, 1], &[1]).starts_with("class 1 at place 1"));
        assert!(fault(pair(), &[1, 0], &[1]).starts_with("class 0 at place 1"));
        assert!(fault(pair(), &[0, 1], &[7]).starts_with("sample 0 is of class 7"));
        let nan = array![[0.0, 1.0], [0.0, f64::NAN]];
        assert!(fault(nan, &[0, 1], &[0, 1]).starts_with("score [1, 1] is not a number"));
        assert!(fault(Array2::zeros((1, 0)), &[], &[7]).starts_with("sample 0 is of class 7"));
        let infinite = array![[f64::NEG_INFINITY, f64::INFINITY]];
        assert!(ClassScores::new(infinite.view(), &[0_usize, 1], array![1].view()).is_ok());
    }

    #[test]
    fn bad_probabilities_are_errors() {
        let fault = |values: [f32; 2]| {
            let (values, truth) = (array![values], array![1_usize]);
            let scores = ClassScores::of_probabilities(values.view(), &[0, 1], truth.view());
            scores.err().map(|error| error.to_string())
        };
        let expected = "probability [0, 1] is 1.5, expected a value in [0, 1]";
        assert_eq!(fault([0.0, 1.5]).unwrap(), expected);
        assert!(
            fault([f32::NAN, 0.5])
                .unwrap()
                .starts_with("probability [0, 0] is NaN")
        );
        let expected = "the probabilities of row 0 sum up to 0.75, expected 1";
        assert_eq!(fault([0.25, 0.5]).unwrap(), expected);
        // the tolerance of `f32` is 3.5e-4
        assert_eq!(fault([0.5, 0.5003]), None);
        assert!(fault([0.5, 0.5004]).is_some());
        let one = array![0.5];
        assert!(binary_probabilities(one.view(), array![true, false].view()).is_err());
        let one = array![-0.5];
        assert!(binary_probabilities(one.view(), array![true].view()).is_err());
    }
}
