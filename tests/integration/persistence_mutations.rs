//! Files of pipelines with anything changed: an error, or a model that predicts or returns an error.

use crate::cbor::to_cbor;
use crate::common::digits;
use linfa::Dataset;
use linfa::dataset::Pr;
use linfa_fisher::Float;
use linfa_fisher::boltzmann::{Dbm, Rbm};
use linfa_fisher::classification::{
    KNearestNeighbors, OneVsOne, OneVsOneModel, OneVsRest, OneVsRestModel, Probabilistic,
};
use linfa_fisher::fisher::{FisherFeatures, Information};
use linfa_fisher::metrics::ConfusionMatrix;
use linfa_fisher::pipeline::{Pipeline, PipelineExt};
use linfa_fisher::traits::TryPredict;
use linfa_svm::Svm;
use ndarray::{Ix1, array};
use proptest::prelude::*;
use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;
use serde_json::{Value, json};

/// A list that says it is endless: an error, not an allocation.
#[test]
fn a_length_in_a_file_is_not_believed() {
    let matrix = ConfusionMatrix::count(array![1_usize, 2].view(), array![1, 2].view());
    let file = to_cbor(&matrix);
    let list = 1 + 1 + "classes".len();
    assert_eq!(file[list], 0x82, "a list of two");
    for length in [u64::MAX, 1 << 40] {
        let mut hostile = file[..list].to_vec();
        hostile.push(0x9b);
        hostile.extend(length.to_be_bytes());
        hostile.extend(&file[list + 1..]);
        let loaded = ciborium::from_reader::<ConfusionMatrix<usize>, _>(hostile.as_slice());
        assert!(loaded.is_err());
    }
}

type Neighbors = Pipeline<FisherFeatures<f32, Dbm<f32>>, KNearestNeighbors<f32, usize>>;
type Machines = Pipeline<FisherFeatures<f32, Rbm<f32>>, OneVsOneModel<usize, Svm<f32, bool>>>;
type Probabilities =
    Pipeline<FisherFeatures<f64, Rbm<f64>>, OneVsRestModel<usize, Probabilistic<Svm<f64, Pr>>>>;

/// A few digits of three classes.
fn few<F: Float>() -> Dataset<F, usize, Ix1> {
    digits(0, 30).map_targets(|class| class % 3)
}

fn neighbors() -> Neighbors {
    let params = FisherFeatures::idfk(Dbm::params(&[2, 2]).pretraining_epochs(1).epochs(1));
    params
        .then(KNearestNeighbors::params(3))
        .fit(&few())
        .unwrap()
}

fn machines() -> Machines {
    let params = FisherFeatures::fk(Rbm::params(1).epochs(1)).rotated(true);
    let svm = Svm::<f32, bool>::params().eps(1e-2);
    params.then(OneVsOne::new(svm)).fit(&few()).unwrap()
}

fn probabilities() -> Probabilities {
    let params = FisherFeatures::fk(Rbm::params(1).epochs(1))
        .information(Information::Diagonal { damping: 0.0 });
    let svm = Svm::<f64, Pr>::params().eps(1e-3).gaussian_kernel(50.0);
    let svm = OneVsRest::new(Probabilistic::new(svm));
    params.then(svm).fit(&few()).unwrap()
}

/// Every node of a file, of long lists the first two and the last element.
fn places(tree: &Value, prefix: &str, all: &mut Vec<String>) {
    all.push(prefix.to_string());
    match tree {
        Value::Object(map) => {
            for (key, value) in map {
                places(value, &format!("{prefix}/{key}"), all);
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                if i < 2 || i + 1 == list.len() {
                    places(value, &format!("{prefix}/{i}"), all);
                }
            }
        }
        _ => {}
    }
}

/// What a hostile file has in place of a node.
fn replacements(node: &Value) -> Vec<Value> {
    let mut all = vec![
        json!(0),
        json!(1),
        json!(3),
        json!(-1),
        json!(1e-45),
        json!(1e39),
        json!(1e300),
        json!(3e38),
        json!(u64::MAX),
        json!(true),
        json!("LinearSearch"),
        json!("BallTree"),
        json!("Gaussian"),
        json!([]),
        json!({}),
        Value::Null,
    ];
    if let Value::Array(list) = node {
        let last = list.last().cloned().into_iter();
        all.push(list.iter().cloned().chain(last).collect());
        all.push(list.iter().skip(1).cloned().collect());
    }
    all
}

/// With any node replaced by anything, loading is an error or gives a model that predicts or
/// returns an error.
fn no_replacement_panics<F: Float, M>(model: &M)
where
    M: Serialize + DeserializeOwned + TryPredict<F, usize>,
{
    let records = digits::<F>(30, 36).records;
    let file = serde_json::to_value(model).unwrap();
    let mut all = Vec::new();
    places(&file, "", &mut all);
    let (mut loaded, mut refused) = (0, 0);
    for place in all {
        for replacement in replacements(file.pointer(&place).unwrap()) {
            let mut hostile = file.clone();
            *hostile.pointer_mut(&place).unwrap() = replacement;
            match serde_json::from_value::<M>(hostile) {
                Ok(model) => {
                    loaded += 1;
                    let _ = model.try_predict(&records);
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(loaded > 0 && refused > loaded, "{loaded}, {refused}");
}

#[test]
fn no_replacement_panics_in_nearest_neighbors() {
    no_replacement_panics(&neighbors());
}

#[test]
fn no_replacement_panics_in_machines() {
    no_replacement_panics(&machines());
}

#[test]
fn no_replacement_panics_in_probabilities() {
    no_replacement_panics(&probabilities());
}

#[derive(Debug, Clone)]
enum Mutation {
    Set(prop::sample::Index, u8),
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Cut(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        4 => (place(), 0_u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        1 => (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        1 => place().prop_map(Mutation::Remove),
        1 => place().prop_map(Mutation::Cut),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutations: &[Mutation]) {
    for mutation in mutations {
        if bytes.is_empty() {
            return;
        }
        let n = bytes.len();
        match mutation {
            Mutation::Set(at, byte) => bytes[at.index(n)] = *byte,
            Mutation::Flip(at, bit) => bytes[at.index(n)] ^= 1 << bit,
            Mutation::Insert(at, byte) => bytes.insert(at.index(n), *byte),
            Mutation::Remove(at) => drop(bytes.remove(at.index(n))),
            Mutation::Cut(at) => bytes.truncate(at.index(n)),
        }
    }
}

/// A mutated file is an error, or a model that predicts or returns an error.
fn is_error_or_usable<F: Float, M>(mut file: Vec<u8>, mutations: &[Mutation])
where
    M: DeserializeOwned + TryPredict<F, usize>,
{
    mutate(&mut file, mutations);
    if let Ok(model) = ciborium::from_reader::<M, _>(file.as_slice()) {
        let _ = model.try_predict(&digits::<F>(30, 33).records);
    }
}

fn files() -> &'static [Vec<u8>; 3] {
    static FILES: std::sync::OnceLock<[Vec<u8>; 3]> = std::sync::OnceLock::new();
    FILES.get_or_init(|| {
        [
            to_cbor(&neighbors()),
            to_cbor(&machines()),
            to_cbor(&probabilities()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn mutated_files_do_not_panic(mutations in prop::collection::vec(mutation(), 1..4)) {
        let [neighbors, machines, probabilities] = files().clone();
        is_error_or_usable::<_, Neighbors>(neighbors, &mutations);
        is_error_or_usable::<_, Machines>(machines, &mutations);
        is_error_or_usable::<_, Probabilities>(probabilities, &mutations);
    }
}
