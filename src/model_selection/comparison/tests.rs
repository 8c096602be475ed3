use approx::assert_abs_diff_eq;
use linfa::Dataset;
use ndarray::{Array1, Array2, array};

use super::*;
use crate::Error;
use crate::classification::KNearestNeighbors;
use crate::model_selection::{StratifiedKFold, cross_validate};

/// Two overlapping classes of 30 rows each.
fn dataset() -> Dataset<f64, usize, ndarray::Ix1> {
    let records = Array2::from_shape_fn((60, 2), |(i, j)| ((i * 7 + j * 5) % 13) as f64);
    let targets = Array1::from_shape_fn(60, |i| usize::from((i * 7) % 13 > 6) ^ (i % 9 / 8));
    Dataset::new(records, targets)
}

fn validation(k: usize, folds: usize) -> CrossValidation<usize> {
    let params = KNearestNeighbors::params(k);
    cross_validate(&dataset(), &params, &StratifiedKFold::new(folds)).unwrap()
}

fn of_values(values: &[Array1<f64>]) -> Comparison {
    let scores: Vec<_> = values
        .iter()
        .map(|values| FoldScores::new(values.clone(), 0.25))
        .collect();
    Comparison {
        metric: "accuracy".into(),
        names: (0..values.len()).map(|place| place.to_string()).collect(),
        ranks: mean_ranks(&scores),
        pairs: pairs(&scores, 0.25),
        scores,
    }
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<Comparison>();
    has_autotraits::<PairedDifference>();
}

#[test]
fn differences_are_paired() {
    let (near, far) = (validation(1, 5), validation(40, 5));
    let comparison = Comparison::new(&[("near", &near), ("far", &far)], &Metric::accuracy());
    let comparison = comparison.unwrap();
    let [pair] = comparison.pairs() else {
        panic!("{comparison}")
    };
    assert_eq!(pair.places(), (0, 1));
    let expected = near.fold_accuracies() - far.fold_accuracies();
    assert_eq!(*pair.difference().values(), expected);
    // a single pair needs no correction
    assert_eq!(pair.corrected_p_value(), pair.difference().p_value());
    assert_abs_diff_eq!(comparison.scores()[0].mean(), near.mean(), epsilon = 1e-15);
    assert_eq!(comparison.names(), ["near", "far"]);
    assert_eq!(comparison.metric(), "accuracy");
}

#[test]
fn a_pipeline_is_as_good_as_itself() {
    let (one, other) = (validation(3, 4), validation(3, 4));
    let comparison = Comparison::new(&[("one", &one), ("other", &other)], &Metric::accuracy());
    let comparison = comparison.unwrap();
    assert_eq!(*comparison.ranks(), array![1.5, 1.5]);
    assert_eq!(comparison.pairs()[0].corrected_p_value(), 1.0);
    assert_eq!(comparison.cliques(0.05), [vec![0, 1]]);
}

#[test]
fn cliques_are_runs_that_cannot_be_told_apart() {
    let noise = array![0.004, -0.003, 0.001, -0.004, 0.002, 0.0, -0.001, 0.003];
    let at = |mean: f64, scale: f64| &noise * scale + mean;
    // the first two are alike, the third is far below both
    let comparison = of_values(&[at(0.901, 1.0), at(0.9, -1.0), at(0.5, 1.0)]);
    assert_eq!(comparison.cliques(0.05), [vec![0, 1]]);
    assert_eq!(comparison.order(), [0, 1, 2]);
    // none is alike
    let comparison = of_values(&[at(0.9, 1.0), at(0.7, -1.0), at(0.5, 1.0)]);
    assert!(comparison.cliques(0.05).is_empty());
    // all are alike
    let comparison = of_values(&[at(0.9, 1.0), at(0.9, -1.0), at(0.9, 0.5)]);
    assert_eq!(comparison.cliques(0.05).concat().len(), 3);
}

#[test]
fn only_the_same_folds_can_be_compared() {
    let (four, five) = (validation(1, 4), validation(1, 5));
    let fault = |validations: &[(&str, &CrossValidation<usize>)]| {
        let comparison = Comparison::new(validations, &Metric::accuracy());
        match comparison.unwrap_err() {
            Error::Selection(fault) => fault,
            other => panic!("{other}"),
        }
    };
    assert!(matches!(fault(&[]), SelectionError::TooFewToCompare(0)));
    assert!(matches!(
        fault(&[("a", &four)]),
        SelectionError::TooFewToCompare(1)
    ));
    assert!(matches!(
        fault(&[("a", &four), ("b", &five)]),
        SelectionError::OtherFolds { first, name } if first == "a" && name == "b"
    ));
    assert!(
        matches!(fault(&[("a", &four), ("a", &four)]), SelectionError::SameName(name) if name == "a")
    );
}

#[test]
fn what_is_not_a_number_has_no_rank() {
    let report = validation(1, 4);
    let metric = Metric::new("odd", |fold| {
        Ok(if fold.fold() == 2 { f64::NAN } else { 1.0 })
    });
    let error = Comparison::new(&[("a", &report), ("b", &report)], &metric).unwrap_err();
    assert!(matches!(
        error,
        Error::Selection(SelectionError::NotANumber { name, .. }) if name == "a"
    ));
}

#[test]
fn tables_name_every_pair() {
    let noise = array![0.1, -0.1, 0.2, 0.0];
    let comparison = of_values(&[&noise + 0.5, &noise * 0.5 + 0.5, &noise * -1.0 + 0.5]);
    let text = comparison.to_string();
    for line in ["| 0 - 1 |", "| 0 - 2 |", "| 1 - 2 |"] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(cell("a|b"), "a\\|b");
}
