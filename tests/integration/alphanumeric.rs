//! Deep Fisher vectors of the published Alphanumeric images.

#![cfg(feature = "datasets")]

use crate::common::accuracy;
use linfa::traits::Predict;
use linfa_fisher::boltzmann::Dbm;
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::datasets;
use linfa_fisher::fisher::FisherFeatures;
use linfa_fisher::model_selection::stratified_split;
use linfa_fisher::pipeline::PipelineExt;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

/// 36 classes, of which a guess finds one in 36: five standard deviations above that are 9 %. An
/// independent replication got 69 % from ten times the training, 35 training images a class and
/// a machine of (40, 80) units; half of that tells a working machine from a broken one.
#[test]
fn deep_fisher_vectors_tell_the_characters_apart() {
    let Some(folder) = datasets::data_dir() else {
        eprintln!("skipped: LINFA_FISHER_DATA does not name the folder of the real data");
        return;
    };
    let images = datasets::alphanumeric::<f32>(folder).unwrap();
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let (train, test) = stratified_split(images, 0.8, &mut rng).unwrap();
    let dbm = Dbm::params(&[20, 20]).pretraining_epochs(3).epochs(3);
    let pipeline = FisherFeatures::dfk(dbm).then(KNearestNeighbors::params(1));
    let predicted = pipeline.fit(&train).unwrap().predict(&test);
    let found = accuracy(&predicted, &test.targets);
    let n = test.targets.len() as f64;
    let chance = 1.0 / 36.0;
    assert!(found > chance + 5.0 * (chance * (1.0 - chance) / n).sqrt());
    assert!(found > 0.345, "accuracy {found}");
}
