//! Ranks in folds, and the correction of many p-values.

use std::cmp::Ordering;

use ndarray::{Array1, Array2, Axis};

use crate::model_selection::fold_scores::FoldScores;

/// Holm's correction: the i-th smallest of m p-values times `m - i + 1`, at most 1 and no smaller
/// than the one before.
pub(super) fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![f64::NAN; p_values.len()];
    let mut floor = 0.0_f64;
    for (place, &pair) in order.iter().enumerate() {
        let scaled = p_values[pair] * (p_values.len() - place) as f64;
        if !scaled.is_nan() {
            floor = floor.max(scaled.min(1.0));
            corrected[pair] = floor;
        }
    }
    corrected
}

/// The mean over folds of the ranks that the scores have there, the greatest first.
pub(super) fn mean_ranks(scores: &[FoldScores]) -> Array1<f64> {
    let folds = scores[0].values().len();
    let ranks = Array2::from_shape_fn((folds, scores.len()), |(fold, place)| {
        let value = |place: usize| scores[place].values()[fold];
        let count = |ordering| {
            let places = 0..scores.len();
            places
                .filter(|&other| value(other).partial_cmp(&value(place)) == Some(ordering))
                .count()
        };
        let (better, equal) = (count(Ordering::Greater), count(Ordering::Equal));
        better as f64 + (equal as f64 + 1.0) / 2.0
    });
    ranks.sum_axis(Axis(0)) / folds as f64
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;

    /// Worked by hand; statsmodels' `multipletests(method="holm")` gives the same.
    #[test]
    fn holms_correction_is_worked_by_hand() {
        let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in corrected.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert_abs_diff_eq!(*found, expected, epsilon = 1e-15);
        }
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0]);
        assert!(holm(&[f64::NAN])[0].is_nan());
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn equals_share_their_ranks() {
        let scores = [array![0.9, 0.5], array![0.8, 0.5], array![0.8, 0.7]];
        let scores = scores.map(|values| FoldScores::new(values, 0.1));
        // ranks in the first fold: 1, 2.5, 2.5; in the second: 2.5, 2.5, 1
        assert_eq!(mean_ranks(&scores), array![1.75, 2.5, 1.75]);
    }
}
