use linfa::Dataset;
use linfa_svm::SvmParams;
use ndarray::{Array2, array};

use super::*;
use crate::ImageShape;
use crate::classification::LinearSvmParams;
use crate::error::DataError;
use crate::observer::Event;
use crate::pipeline::PipelineExt;

/// Leaves records as they are.
#[derive(Clone)]
struct Same;

impl<D: Data<Elem = f64>, T> Fit<ArrayBase<D, Ix2>, T, Error> for Same {
    type Object = Self;

    fn fit(&self, _: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self> {
        Ok(Self)
    }
}

impl<D: Data<Elem = f64>, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for Same {}

impl Transformer<ArrayView2<'_, f64>, Result<Array2<f64>>> for Same {
    fn transform(&self, records: ArrayView2<f64>) -> Result<Array2<f64>> {
        Ok(records.to_owned())
    }
}

/// Images of one row of three pixels, with ink on the left or on the right, the more the further
/// down; the last of each class is inked so much that it is no support vector.
fn strokes() -> Dataset<f64, &'static str, Ix1> {
    let records = array![
        [0.3, 0.1, 0.0],
        [0.4, 0.0, 0.1],
        [1.0, 0.0, 0.0],
        [0.0, 0.1, 0.3],
        [0.1, 0.0, 0.4],
        [0.0, 0.0, 1.0]
    ];
    let targets = array!["left", "left", "left", "right", "right", "right"];
    Dataset::new(records, targets)
        .with_weights(array![1.0, 0.5, 1.0, 1.0, 0.5, 1.0])
        .with_feature_names(ImageShape::new(1, 3).feature_names())
}

fn svm() -> LinearSvmParams<f64, &'static str> {
    LinearSvm::params().c(10.0).gap(1e-10)
}

fn images_and_features(
    rows: &[usize],
) -> (Dataset<f64, usize, Ix1>, Dataset<f64, &'static str, Ix1>) {
    let data = strokes();
    (
        numbered(&data, rows),
        select_rows(&data, data.targets.view(), rows),
    )
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<VirtualExamples<Same, SvmParams<f32, bool>, ()>>();
}

/// `f` grows with the ink on the right and falls with that on the left: rows 2 and 5, of full ink,
/// are beyond the margin.
#[test]
fn rows_within_the_margin_are_kept() {
    let data = strokes();
    let machine = svm().fit(&data).unwrap();
    assert_eq!(kept_rows(&machine, &data).unwrap(), [0, 1, 3, 4]);
}

/// On a line with a weak intercept, the class near zero has support vectors and the one far away,
/// which the intercept alone puts on its side, has none.
#[test]
fn no_class_is_lost() {
    let records = array![[0.1], [0.2], [-30.0], [-20.0]];
    let data = Dataset::new(records, array!["near", "near", "far", "far"]);
    let machine = svm().c(1.0).fit(&data).unwrap();
    assert_eq!(machine.support_vectors(&data).unwrap(), [0, 1]);
    assert_eq!(kept_rows(&machine, &data).unwrap(), [0, 1, 3]);
}

#[test]
fn copies_inherit_targets_and_weights() {
    let shifted: VirtualExamples<_, _, ()> = Same
        .then(svm())
        .virtual_examples(Augment::new().shift(1), 2);
    let kept = images_and_features(&[1, 3]);
    let examples = shifted
        .with_copies(kept, |images| Ok(images.to_owned()))
        .unwrap();
    let sides = ["left", "right"];
    assert_eq!(examples.targets.to_vec(), [sides, sides, sides].concat());
    assert_eq!(examples.weights, array![0.5, 1.0, 0.5, 1.0, 0.5, 1.0]);
    assert_eq!(examples.records.row(0), strokes().records.row(1));
    assert_eq!(examples.records.row(1), strokes().records.row(3));
    // a shift along the one row, or off it, leaves no ink where there was none of this or the next
    for (row, origin) in [(2, 1), (3, 3), (4, 1), (5, 3)] {
        let (image, original) = (examples.records.row(row), strokes());
        let original = original.records.row(origin).to_vec();
        let [a, b, c] = original[..] else {
            panic!("three pixels are expected");
        };
        let possible = [[a, b, c], [b, c, 0.0], [0.0, a, b], [0.0; 3]];
        assert!(
            possible.iter().any(|pixels| image.to_vec() == pixels),
            "{image}"
        );
    }
}

/// The losses of a row that is there twice cost as much as those of one of twice the weight.
#[test]
fn unchanged_copies_count_as_weights() {
    let data = strokes();
    let twice = Same.then(svm()).virtual_examples(Augment::new(), 1);
    let twice = twice.fit(&data).unwrap();
    let kept = select_rows(&data, data.targets.view(), &[0, 1, 3, 4]);
    let weights = kept.weights.mapv(|weight| 2.0 * weight);
    let weighted = svm().fit(&kept.with_weights(weights)).unwrap();
    let difference = twice.classifier().coefficients() - weighted.coefficients();
    // |w - w*|^2 / 2 <= gap P(w) <= gap C n
    let bound = 2.0 * (2.0 * 1e-10 * 10.0 * 8.0_f64).sqrt();
    assert!(difference.iter().all(|x| x.abs() <= bound), "{difference}");
}

#[test]
fn the_seed_determines_the_machine() {
    let fit = |seed| {
        let params = Same
            .then(svm())
            .virtual_examples(Augment::new().rotation(20.0), 3);
        params.seed(seed).clone().fit(&strokes()).unwrap()
    };
    assert_eq!(fit(1).classifier(), fit(1).classifier());
    assert_ne!(fit(1).classifier(), fit(2).classifier());
}

#[test]
fn both_trainings_are_reported() {
    let mut finished = 0;
    let params = Same
        .then(svm())
        .virtual_examples(Augment::new().shift(1), 1);
    let mut observer = |event: &Event| {
        finished += usize::from(matches!(event, Event::Finished { .. }));
    };
    let model = params.fit_observed(&strokes(), &mut observer).unwrap();
    assert_eq!(finished, 2);
    assert_eq!(
        model.classifier(),
        params.fit(&strokes()).unwrap().classifier()
    );
}

#[test]
fn faults_are_named_before_the_training() {
    let fit = |augment, copies, data: &Dataset<f64, &'static str, Ix1>| {
        let params = Same.then(svm()).virtual_examples(augment, copies);
        params.fit(data).map(drop).unwrap_err()
    };
    assert!(matches!(
        fit(Augment::new(), 0, &strokes()),
        Error::Classification(ClassificationError::InvalidCopies(0))
    ));
    assert!(matches!(
        fit(Augment::new().shear(2.0), 1, &strokes()),
        Error::Data(DataError::Augment {
            setting: "shear",
            ..
        })
    ));
    let nameless = Dataset::new(strokes().records, strokes().targets);
    assert!(matches!(
        fit(Augment::new(), 1, &nameless),
        Error::Data(DataError::NoImages { columns: 3 })
    ));
}
