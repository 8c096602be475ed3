//! Gaussian mixtures of image patches, from images to labels and files.

use crate::common::digits;
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict, Transformer};
use linfa_fisher::fisher::{FisherFeatures, GaussianMixtureScore, Scaling};
use linfa_fisher::model_selection::{StratifiedKFold, cross_validate};
use linfa_fisher::preprocessing::DensePatches;
use linfa_fisher::{Float, ImageShape, prelude::*};
use ndarray::{Array1, Array2, s};

fn patches() -> DensePatches {
    DensePatches::new(ImageShape::DIGITS, ImageShape::new(4, 4), 2).unwrap()
}

/// Twelve components, fitted from patches of the images on.
fn mixture<F: Float>(images: &Array2<F>) -> GaussianMixtureScore<F> {
    let descriptors = patches().descriptors(images.view()).unwrap();
    let apart = descriptors.nrows() / 12;
    let means = descriptors.slice(s![..12 * apart;apart, ..]).to_owned();
    let weights = Array1::from_elem(12, F::cast(1.0 / 12.0));
    let variances = Array2::from_elem((12, 16), F::cast(0.3));
    let start = GaussianMixtureScore::new(weights, means, variances).unwrap();
    let fitted = start.maximised(descriptors.view(), 8, F::cast(1e-2));
    fitted.unwrap().sets_of(patches().count()).unwrap()
}

#[test]
fn a_chain_from_images_to_labels_equals_its_steps() {
    let (train, test) = (digits::<f64>(0, 300), digits::<f64>(300, 400));
    let mixture = mixture(&train.records);
    let features = FisherFeatures::improved_fisher_vector(mixture.clone());
    let chain = patches().then(features).then(KNearestNeighbors::params(1));
    let model = chain.fit(&train).unwrap();
    let vectors = |images: &Array2<f64>| {
        let sets = patches().transform(images).unwrap();
        let params = FisherFeatures::improved_fisher_vector(&mixture);
        let features = params.fit(&DatasetBase::from(sets.clone())).unwrap();
        features.transform(sets).unwrap()
    };
    let train = DatasetBase::new(vectors(&train.records), train.targets);
    let neighbors = KNearestNeighbors::params(1).fit(&train).unwrap();
    let by_hand = neighbors.predict(&vectors(&test.records));
    assert_eq!(model.predict(&test.records), by_hand);
}

/// The mixture is of the same images, but without their labels. Guessing gives a tenth.
#[test]
fn vectors_of_patches_tell_digits_apart() {
    let digits = digits::<f32>(0, 500);
    let features = FisherFeatures::improved_fisher_vector(mixture(&digits.records));
    let chain = patches().then(features).then(KNearestNeighbors::params(1));
    let report = cross_validate(&digits, &chain, &StratifiedKFold::new(5)).unwrap();
    assert!(report.mean() > 0.8, "{}", report.mean());
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let images = digits::<f32>(0, 400).records;
    let compute = || {
        let mixture = mixture(&images);
        let sets = patches().transform(&images).unwrap();
        let vectors = mixture.fisher_vectors(sets.view(), Scaling::power_l2());
        let descriptors = patches().descriptors(images.view()).unwrap();
        let one = mixture.fisher_vector(descriptors.view(), Scaling::none());
        let params = FisherFeatures::improved_fisher_vector(&mixture);
        let features = params.fit(&DatasetBase::from(sets.clone())).unwrap();
        let features = features.transform(sets).unwrap();
        (mixture, vectors.unwrap(), one.unwrap(), features)
    };
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(compute)
    };
    let alone = on(1);
    for threads in [2, 5] {
        assert!(on(threads) == alone, "{threads} threads");
    }
}

#[cfg(feature = "serde")]
mod files {
    use super::*;
    use linfa_fisher::fisher::{Information, Spread};
    use linfa_fisher::pipeline::Pipeline;
    use serde_crate::Serialize;
    use serde_crate::de::DeserializeOwned;
    use serde_json::{Value, json};

    type Features = FisherFeatures<f64, GaussianMixtureScore<f64>>;

    fn through_json<T: Serialize + DeserializeOwned>(model: &T) -> T {
        serde_json::from_str(&serde_json::to_string(model).unwrap()).unwrap()
    }

    fn features() -> (Features, Array2<f64>) {
        let images = digits::<f64>(0, 100).records;
        let mixture = mixture(&images).spread(Spread::Precisions);
        let sets = patches().transform(&images).unwrap();
        let params = FisherFeatures::improved_fisher_vector(mixture);
        (params.fit(&DatasetBase::from(sets.clone())).unwrap(), sets)
    }

    #[test]
    fn features_come_back_with_the_same_bits() {
        let (features, sets) = features();
        let loaded = through_json(&features);
        assert_eq!(loaded, features);
        let transformed = features.transform(&sets).unwrap();
        assert_eq!(loaded.transform(&sets).unwrap(), transformed);
    }

    #[test]
    fn a_pipeline_of_patches_comes_back() {
        let train = digits::<f64>(0, 100);
        let features = FisherFeatures::improved_fisher_vector(mixture(&train.records));
        let chain = patches().then(features).then(KNearestNeighbors::params(1));
        let model = chain.fit(&train).unwrap();
        fn reloaded<M, K>(model: &Pipeline<M, K>) -> Pipeline<M, K>
        where
            Pipeline<M, K>: Serialize + DeserializeOwned,
        {
            through_json(model)
        }
        let predicted = model.predict(&train.records);
        assert_eq!(reloaded(&model).predict(&train.records), predicted);
    }

    #[test]
    fn a_mixture_is_not_loaded_as_one_of_another_type() {
        let (features, _) = features();
        let file = serde_json::to_string(features.model()).unwrap();
        let error = serde_json::from_str::<GaussianMixtureScore<f32>>(&file).unwrap_err();
        assert!(error.to_string().starts_with("numbers of type f64"));
    }

    #[test]
    fn faults_of_files_are_named() {
        let (features, _) = features();
        let low_rank = FisherFeatures::params(features.model().clone())
            .information(Information::full_rank(0.0))
            .fit(&DatasetBase::from(features_records()))
            .unwrap();
        let fault = |model: &Features, place: &str, value: Value| {
            let mut file = serde_json::to_value(model).unwrap();
            *file.pointer_mut(place).unwrap() = value;
            match serde_json::from_value::<Features>(file) {
                Ok(_) => panic!("{place} was not missed"),
                Err(error) => error.to_string(),
            }
        };
        for (place, value, message) in [
            (
                "/model/variances/data/17",
                json!(0.0),
                "the variance of component 1, coordinate 1, is 0",
            ),
            (
                "/model/weights/arrays/data/3",
                json!(0.0),
                "the weight of component 3 is 0",
            ),
            (
                "/model/weights/arrays/data/3",
                json!(0.9),
                "the weights sum to",
            ),
            ("/model/descriptors", json!(0), "records of 0 descriptors"),
            (
                "/information/kind/Analytical/factor/data/2",
                json!(0.0),
                "number 2 of the factors",
            ),
            (
                "/information/scaling/scaling/min_max",
                json!(true),
                "min-max scaling of features",
            ),
            (
                "/information/scaling/scaling/exponent",
                json!(2.0),
                "exponent 2",
            ),
        ] {
            let found = fault(&features, place, value);
            assert!(found.contains(message), "{place}: {found}");
        }
        let place = "/information/kind/LowRank/basis/total";
        for total in [0.0, -1.0] {
            let found = fault(&low_rank, place, json!(total));
            assert!(found.contains("the sum of the spectrum"), "{found}");
        }
    }

    fn features_records() -> Array2<f64> {
        patches().transform(digits::<f64>(0, 40).records).unwrap()
    }
}
