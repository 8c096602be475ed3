//! Values of scikit-image; `README.md` says where they come from.

use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::fisher::{FisherFeatures, GaussianMixtureScore, Information, Scaling, Spread};
use linfa_fisher::{Float, Result};
use ndarray::{Array1, Array2, s};
use serde_json::Value;

fn cases() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("cases.json")).unwrap();
    file["cases"].as_array().unwrap().clone()
}

fn vector<F: Float>(values: &Value) -> Array1<F> {
    let values = values.as_array().unwrap().iter();
    values.map(|x| F::cast(x.as_f64().unwrap())).collect()
}

fn matrix<F: Float>(values: &Value) -> Array2<F> {
    let rows: Vec<Array1<F>> = values.as_array().unwrap().iter().map(vector).collect();
    let views: Vec<_> = rows.iter().map(Array1::view).collect();
    ndarray::stack(ndarray::Axis(0), &views).unwrap()
}

fn mixture<F: Float>(case: &Value) -> GaussianMixtureScore<F> {
    let (means, variances) = (matrix(&case["means"]), matrix(&case["variances"]));
    GaussianMixtureScore::new(vector(&case["weights"]), means, variances).unwrap()
}

/// The largest difference from scikit-image's numbers.
fn difference<F: Float>(found: &Array1<F>, expected: &Value) -> f64 {
    let expected = vector::<f64>(expected);
    assert_eq!(found.len(), expected.len());
    let pairs = found.iter().zip(&expected);
    let differences = pairs.map(|(x, y)| (x.to_f64().unwrap() - y).abs());
    differences.fold(0.0, |a: f64, b| if b <= a { a } else { b })
}

/// The scalings by their names in the file.
fn scalings<F: Float>() -> [(&'static str, Scaling<F>); 3] {
    let powered = Scaling::none().signed_power(F::cast(0.3)).l2(true);
    [
        ("plain", Scaling::none()),
        ("improved", Scaling::power_l2()),
        ("alpha_0.3", powered),
    ]
}

/// Largest differences of `fisher_vector` over all cases and sets.
fn largest_differences<F: Float>() -> [f64; 3] {
    let mut largest = [0.0_f64; 3];
    for case in cases() {
        let mixture = mixture::<F>(&case).spread(Spread::Precisions);
        for set in case["sets"].as_array().unwrap() {
            let descriptors = matrix::<F>(&set["descriptors"]);
            for ((name, scaling), largest) in scalings().into_iter().zip(&mut largest) {
                let found = mixture.fisher_vector(descriptors.view(), scaling).unwrap();
                *largest = largest.max(difference(&found, &set[name]));
            }
        }
    }
    largest
}

/// A power takes the rounding of a number near 0 to that power.
#[test]
fn vectors_by_precisions_are_scikit_image_s() {
    let [plain, improved, powered] = largest_differences::<f64>();
    assert!(plain < 1e-11, "{plain}");
    assert!(improved < 1e-7, "{improved}");
    assert!(powered < 1e-4, "{powered}");
    let [plain, ..] = largest_differences::<f32>();
    assert!(plain < 1e-3, "{plain}");
}

#[test]
fn vectors_by_deviations_have_the_other_sign_in_the_last_block() {
    for case in cases() {
        let mixture = mixture::<f64>(&case);
        let block = mixture.ncomponents() * (1 + mixture.width());
        for set in case["sets"].as_array().unwrap() {
            let descriptors = matrix::<f64>(&set["descriptors"]);
            let mut found = mixture
                .fisher_vector(descriptors.view(), Scaling::none())
                .unwrap();
            found.slice_mut(s![block..]).mapv_inplace(|x| -x);
            assert!(difference(&found, &set["plain"]) < 1e-11);
        }
    }
}

/// As a stage of a pipeline would make them.
#[test]
fn features_are_scikit_image_s() -> Result<()> {
    for case in cases() {
        for set in case["sets"].as_array().unwrap() {
            let descriptors = matrix::<f64>(&set["descriptors"]);
            let (count, width) = descriptors.dim();
            let mixture = mixture::<f64>(&case).spread(Spread::Precisions);
            let mixture = mixture.sets_of(count)?;
            let record = descriptors
                .into_shape_with_order((1, count * width))
                .unwrap();
            let record = DatasetBase::from(record);
            let params = FisherFeatures::params(&mixture).information(Information::Analytical);
            let plain = params.fit(&record)?.transform(&record.records)?;
            assert!(difference(&plain.row(0).to_owned(), &set["plain"]) < 1e-11);
            let params = FisherFeatures::improved_fisher_vector(&mixture);
            let improved = params.fit(&record)?.transform(&record.records)?;
            assert!(difference(&improved.row(0).to_owned(), &set["improved"]) < 1e-7);
        }
    }
    Ok(())
}
