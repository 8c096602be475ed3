//! What the tests of this module share, and what holds for all its classifiers.

use linfa::prelude::*;
use linfa::{Dataset, DatasetBase};
use ndarray::{Array1, Array2, Ix1, array};

use super::*;
use crate::Dbm;
use crate::boltzmann::Parameters;
use crate::boltzmann::enumeration::example_machine;
use crate::discriminative::descent::Discriminator;
use crate::discriminative::labelled::Batch;
#[cfg(feature = "serde")]
use crate::error::PersistenceError;
use crate::error::{DiscriminativeError, RecordsError, TrainingError};
use crate::numerics::random::Lanes;
use crate::observer::{Event, History, TerminationReason};
use crate::traits::FitObserved;
use crate::{Error, Float};

/// Some binary records with classes and weights.
pub(super) fn batch(rows: usize, columns: usize, classes: usize) -> Batch<f64> {
    Batch {
        inputs: Array2::from_shape_fn((rows, columns), |(i, j)| f64::from((i * 7 + j * 5) % 3 < 2)),
        codes: (0..rows).map(|row| (row * 2 % classes) as u32).collect(),
        weights: (0..rows).map(|row| 0.5 + (row % 3) as f64 / 2.0).collect(),
    }
}

/// The gradient of a step is that of minus its loss, by central differences with the same random
/// numbers.
pub(super) fn agrees_with_differences(
    discriminator: &impl Discriminator<f64>,
    theta: &Parameters<f64>,
    batch: &Batch<f64>,
) {
    let step = |theta: &Parameters<f64>| discriminator.step(theta, batch, &mut Lanes::new(5, 0));
    let expected = slopes(theta, |theta| -step(theta).loss);
    // the error of a central difference is width^2 times a third derivative, and rounding / width
    assert_close(&step(theta).gradient, &expected, 1e-8);
}

/// The derivatives of a function by each parameter, by central differences.
pub(super) fn slopes(
    theta: &Parameters<f64>,
    function: impl Fn(&Parameters<f64>) -> f64,
) -> Parameters<f64> {
    let width = 1e-5;
    let slope = |change: &dyn Fn(&mut Parameters<f64>, f64)| {
        let [mut up, mut down] = [theta.clone(), theta.clone()];
        change(&mut up, width);
        change(&mut down, -width);
        (function(&up) - function(&down)) / (2.0 * width)
    };
    let mut slopes = theta.at_origin();
    for (layer, weights) in theta.weights.iter().enumerate() {
        for (place, _) in weights.indexed_iter() {
            slopes.weights[layer][place] = slope(&|theta, by| theta.weights[layer][place] += by);
        }
    }
    for (layer, biases) in theta.biases.iter().enumerate() {
        for unit in 0..biases.len() {
            slopes.biases[layer][unit] = slope(&|theta, by| theta.biases[layer][unit] += by);
        }
    }
    slopes
}

/// Every number differs by less than the bound.
pub(super) fn assert_close(found: &Parameters<f64>, expected: &Parameters<f64>, bound: f64) {
    for (found, expected) in found.values().zip(expected.values()) {
        assert!((found - expected).abs() < bound, "{found} != {expected}");
    }
}

/// Two classes of noisy stripes.
fn stripes<F: Float>() -> Dataset<F, &'static str, Ix1> {
    let rows = 90;
    let records = Array2::from_shape_fn((rows, 12), |(i, j)| {
        let noise = (i * 31 + j * 17) % 11 == 0;
        F::cast(u8::from(((i % 3 == 0) == (j % 2 == 0)) ^ noise))
    });
    let targets = (0..rows)
        .map(|row| ["even", "odd", "odd"][row % 3])
        .collect();
    Dataset::new(records, targets)
}

fn dbm() -> Dbm<f64> {
    let params = Dbm::params(&[6, 5]).centred(true).epochs(200);
    params.fit(&stripes()).unwrap()
}

/// The accuracy on the training records.
fn accuracy<P>(params: &P) -> f64
where
    P: FitObserved<Array2<f64>, Array1<&'static str>, Error>,
    P::Object: PredictInplace<Array2<f64>, Array1<&'static str>>,
{
    let dataset = stripes();
    let predicted = params.fit(&dataset).unwrap().predict(&dataset.records);
    let right = predicted
        .iter()
        .zip(&dataset.targets)
        .filter(|(a, b)| a == b);
    right.count() as f64 / dataset.nsamples() as f64
}

#[test]
fn all_classifiers_learn() {
    assert!(accuracy(&ClassRbm::params(6).epochs(200)) > 0.95);
    assert!(accuracy(&DbmClassifier::params(dbm()).epochs(400)) > 0.95);
    for up_down in [None, Some(UpDown::default())] {
        let params = DeepBeliefNetwork::params(&[8, 6]).pretraining(|rbm| rbm.epochs(200));
        assert!(accuracy(&params.up_down(up_down).epochs(400)) > 0.95);
    }
    for likelihood in [Likelihood::Generative, Likelihood::Discriminative] {
        let params = ClassRbm::params(8).likelihood(likelihood).epochs(300);
        assert!(accuracy(&params) > 0.9, "{likelihood:?}");
    }
}

#[test]
fn probabilities_sum_to_one_and_predict() {
    let dataset = stripes::<f64>();
    let model = ClassRbm::params(4).epochs(5).fit(&dataset).unwrap();
    let probabilities = model.probabilities(&dataset.records).unwrap();
    for (row, predicted) in probabilities
        .rows()
        .into_iter()
        .zip(model.predict(&dataset))
    {
        assert!((row.sum() - 1.0).abs() < 1e-12);
        let likeliest = if row[0] >= row[1] { "even" } else { "odd" };
        assert_eq!(likeliest, predicted);
    }
}

#[test]
fn seeds_and_threads() {
    use rand::SeedableRng;
    let rng = rand_xoshiro::Xoshiro256Plus::seed_from_u64;
    let dataset = stripes::<f32>();
    let params = DeepBeliefNetwork::params(&[8, 6])
        .dropout(0.1, 0.3)
        .epochs(4);
    let params = params.up_down(Some(UpDown::default()));
    let fit = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let params = params.clone().with_rng(rng(seed));
        pool.unwrap().install(|| params.fit(&dataset).unwrap())
    };
    assert_eq!(fit(1, 1), fit(3, 1));
    assert_ne!(fit(1, 1), fit(1, 2));
}

#[test]
fn a_weight_of_two_is_a_record_twice() {
    let mut weighted = batch(6, 4, 3);
    weighted.weights = array![1.0, 2.0, 1.0, 1.0, 2.0, 1.0];
    let rows = [0, 1, 1, 2, 3, 4, 4, 5];
    let twice = Batch {
        inputs: weighted.inputs.select(ndarray::Axis(0), &rows),
        codes: rows.iter().map(|&row| weighted.codes[row]).collect(),
        weights: Array1::ones(rows.len()),
    };
    let network = network::Network {
        dropout: Dropout::default(),
    };
    let theta = example_machine(&[4, 5, 3], 0.7);
    let [first, second] = [&weighted, &twice].map(|batch| {
        let step = network.step(&theta, batch, &mut Lanes::new(1, 0));
        let count = batch.len() as f64;
        (step.loss * count, step.gradient.scaled(count))
    });
    assert!((first.0 - second.0).abs() < 1e-12);
    for (first, second) in first.1.values().zip(second.1.values()) {
        assert!((first - second).abs() < 1e-12);
    }
}

#[test]
fn early_stopping_takes_the_best_epoch() {
    let mut history = History::default();
    let params = DbmClassifier::params(dbm())
        .epochs(200)
        .early_stopping(0.3, 4);
    params.fit_observed(&stripes(), &mut history).unwrap();
    assert!(history.epochs().len() < 200);
    let Some(TerminationReason::EarlyStopped { best_epoch }) = history.termination() else {
        panic!("{:?}", history.termination());
    };
    assert_eq!(best_epoch + 4, history.epochs().len());
    let errors: Vec<_> = history.values("validation error").collect();
    let best = errors.iter().copied().fold(1.0, f64::min);
    assert_eq!(errors[best_epoch - 1], best);
}

/// With so small a rate all log-probabilities stay equal in single precision, and the first class
/// is predicted.
#[test]
fn records_that_are_held_out_are_judged_as_they_are_predicted() {
    let dataset = stripes::<f32>();
    let rate = crate::boltzmann::LearningRate::Constant(1e-20);
    let params = DeepBeliefNetwork::params(&[3])
        .learning_rate(rate)
        .epochs(1);
    let mut history = History::default();
    let params = params.early_stopping(0.9, 1);
    let model = params.fit_observed(&dataset, &mut history).unwrap();
    let predicted = model.predict(&dataset);
    assert!(predicted.iter().all(|class| *class == "even"));
    // 60 of 90 rows are odd, and 81 are held out
    let errors: Vec<_> = history.values("validation error").collect();
    assert!(
        (51.0 / 81.0..=60.0 / 81.0).contains(&errors[0]),
        "{errors:?}"
    );
}

#[test]
fn stages_are_told_apart() {
    let mut stages = Vec::new();
    let params = DeepBeliefNetwork::params(&[4, 3])
        .epochs(1)
        .pretraining(|rbm| rbm.epochs(1));
    let params = params.up_down(Some(UpDown {
        epochs: 1,
        ..UpDown::default()
    }));
    params
        .fit_observed(&stripes::<f64>(), &mut |event: &Event| {
            if let Event::Epoch { stage, .. } = event {
                stages.push(stage.to_string());
            }
        })
        .unwrap();
    let expected = [
        "pretraining of layer 1",
        "pretraining of layer 2",
        "up-down",
        "fine-tuning",
    ];
    assert_eq!(stages, expected);
}

#[test]
fn records_without_classes_are_learnt() {
    let dataset = stripes::<f64>();
    let params = ClassRbm::params(6)
        .unsupervised(0.1)
        .epochs(20)
        .check()
        .unwrap();
    let run = params.run(&dataset).unlabelled(dataset.records.view());
    assert_ne!(run.train().unwrap(), params.fit(&dataset).unwrap());
    let none = params
        .run(&dataset)
        .unlabelled(ndarray::aview2::<f64, 12>(&[]));
    assert_eq!(none.train().unwrap(), params.fit(&dataset).unwrap());
    let params = ClassRbm::params(6).check().unwrap();
    let error = params
        .run(&dataset)
        .unlabelled(dataset.records.view())
        .train()
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Discriminative(DiscriminativeError::UnlabelledWithoutWeight { rows: 90 })
    ));
}

/// Stops after some epochs of all stages.
#[cfg(feature = "serde")]
struct After(usize);

#[cfg(feature = "serde")]
impl crate::observer::Observer for After {
    fn observe(&mut self, event: &Event) {
        if let Event::Epoch { .. } = event {
            self.0 = self.0.saturating_sub(1);
        }
    }

    fn should_stop(&self) -> bool {
        self.0 == 0
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_stopped_training_goes_on_to_the_same_bits() {
    use crate::boltzmann::Checkpoint;
    use crate::observer::Observer;

    let dataset = stripes::<f64>();
    let params = DeepBeliefNetwork::params(&[6, 4])
        .pretraining(|rbm| rbm.epochs(3))
        .epochs(4);
    let params = params
        .dropout(0.1, 0.2)
        .early_stopping(0.2, 3)
        .check()
        .unwrap();
    let whole = params.fit(&dataset).unwrap();
    for epochs in [2, 5, 8] {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::in_folder(folder.path());
        let train = |observer: &mut dyn Observer| {
            let run = params.run(&dataset).checkpoint(&checkpoint);
            run.observer(observer).train().unwrap()
        };
        train(&mut After(epochs));
        assert_eq!(train(&mut ()), whole, "after {epochs}");
        // and once more from what is done
        assert_eq!(train(&mut ()), whole);
    }
}

/// Also where it is stopped between two writings.
#[cfg(feature = "serde")]
#[test]
fn checkpoints_are_written_every_few_epochs() {
    use crate::boltzmann::Checkpoint;

    let dataset = stripes::<f64>();
    let params = ClassRbm::params(3).epochs(8).check().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    let checkpoint = Checkpoint::new(&path).every(3);
    let (mut before, mut written) = (None, Vec::new());
    let mut observer = |event: &Event| {
        // as an epoch is told before its state is written, this is the state of earlier ones
        let now = std::fs::read(&path).ok();
        if let Event::Epoch { epoch, .. } = event
            && now != before
        {
            written.push(*epoch - 1);
        }
        before = now;
    };
    let run = params.run(&dataset).checkpoint(&checkpoint);
    let whole = run.observer(&mut observer).train().unwrap();
    assert_eq!(written, [3, 6]);
    let resumed = || {
        let mut epochs = None;
        let mut observer = |event: &Event| {
            if let Event::Resumed { epoch, .. } = event {
                epochs = Some(*epoch);
            }
        };
        let run = params.run(&dataset).checkpoint(&checkpoint);
        assert_eq!(run.observer(&mut observer).train().unwrap(), whole);
        epochs
    };
    assert_eq!(resumed(), Some(8));
    std::fs::remove_file(&path).unwrap();
    let mut interruption = After(5);
    let run = params.run(&dataset).checkpoint(&checkpoint);
    run.observer(&mut interruption).train().unwrap();
    assert_eq!(resumed(), Some(5));
}

/// Before any of them has learnt.
#[cfg(feature = "serde")]
#[test]
fn machines_of_a_network_do_not_share_a_checkpoint() {
    use crate::boltzmann::Checkpoint;

    let dataset = stripes::<f64>();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one");
    let params = DeepBeliefNetwork::params(&[3, 2])
        .epochs(1)
        .check()
        .unwrap();
    let checkpoint = Checkpoint::new(&path);
    let error = params
        .run(&dataset)
        .checkpoint(&checkpoint)
        .train()
        .unwrap_err();
    assert!(matches!(
        &error,
        Error::Persistence(PersistenceError::Checkpoint { fault, .. }) if fault.contains("folder")
    ));
    assert!(!path.exists());
}

/// A folder of checkpoints that other objectives have left is of no use to a training.
#[cfg(feature = "serde")]
#[test]
fn checkpoints_of_other_objectives_are_not_taken_up() {
    use crate::boltzmann::Checkpoint;

    let dataset = stripes::<f64>();
    let (few, many) = (
        dataset.records.slice(ndarray::s![..5, ..]),
        dataset.records.view(),
    );
    let params = |likelihood, unsupervised, steps| {
        let params = ClassRbm::params(4).epochs(2).likelihood(likelihood);
        let params = params.unsupervised(unsupervised).steps(steps);
        params.check().unwrap()
    };
    let (of_classes, of_both) = (Likelihood::Discriminative, Likelihood::Generative);
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::in_folder(folder.path());
    let objectives = [
        (params(of_classes, 0.1, 1), few),
        (params(of_both, 0.1, 1), few),
        (params(of_classes, 0.2, 1), few),
        (params(of_classes, 0.1, 2), few),
        (params(of_classes, 0.1, 1), many),
    ];
    for (number, (params, unlabelled)) in objectives.iter().enumerate() {
        let run = || params.run(&dataset).unlabelled(unlabelled.view());
        let expected = run().train().unwrap();
        let found = run().checkpoint(&checkpoint).train().unwrap();
        assert_eq!(found, expected, "number {number}");
        assert_eq!(folder.path().read_dir().unwrap().count(), number + 1);
    }
    let file = Checkpoint::new(folder.path().join("one"));
    let train = |params: &ClassRbmValidParams<_, _>| params.run(&dataset).checkpoint(&file).train();
    train(&params(of_classes, 0.0, 1)).unwrap();
    let error = train(&params(of_both, 0.0, 1)).unwrap_err();
    assert!(error.to_string().contains("one"), "{error}");
}

#[test]
fn bad_input_is_named() {
    let outside = Dataset::new(array![[0.0, 2.0], [1.0, 0.0]], array![1_usize, 2]);
    for error in [
        ClassRbm::params(2).fit(&outside).unwrap_err(),
        DeepBeliefNetwork::params(&[2]).fit(&outside).unwrap_err(),
    ] {
        assert!(matches!(
            error,
            Error::Records(RecordsError::OutsideUnitInterval {
                row: 0,
                column: 1,
                ..
            })
        ));
    }
    let one = Dataset::new(array![[0.0, 1.0], [1.0, 0.0]], array![1_usize, 1]);
    let error = ClassRbm::params(2).fit(&one).unwrap_err();
    assert!(matches!(
        error,
        Error::Records(RecordsError::SingleClass { .. })
    ));
    let good = Dataset::new(array![[0.0, 1.0], [1.0, 0.0]], array![1_usize, 2]);
    let params = ClassRbm::params(2).learning_rate(crate::boltzmann::LearningRate::Constant(1e300));
    assert!(matches!(
        params.fit(&good),
        Err(Error::Training(TrainingError::Diverged {
            epoch: 1,
            batch: 1,
            ..
        }))
    ));
    let error = ClassRbm::params(2)
        .early_stopping(0.1, 3)
        .fit(&good)
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Training(TrainingError::ValidationRows { records: 2, .. })
    ));
    let model = ClassRbm::params(2).fit(&good).unwrap();
    assert!(model.try_predict(&array![[1.0, f64::NAN]]).is_err());
    assert!(model.try_predict(&array![[1.0]]).is_err());
    assert_eq!(model.try_predict(&Array2::zeros((0, 2))).unwrap().len(), 0);
}

#[test]
fn binary_records_are_required_of_the_lowest_machine_alone() {
    use crate::boltzmann::VisibleInput::RequireBinary;

    let params = DeepBeliefNetwork::params(&[4, 3])
        .pretraining(|rbm| rbm.visible_input(RequireBinary).epochs(1))
        .epochs(1);
    let mut dataset = stripes::<f64>();
    assert!(params.fit(&dataset).is_ok());
    dataset.records[[3, 2]] = 0.5;
    assert!(matches!(
        params.fit(&dataset),
        Err(Error::Records(RecordsError::NotBinary {
            row: 3,
            column: 2,
            ..
        }))
    ));
}

#[test]
fn settings_out_of_range_are_named() {
    let of = |params: ClassRbmParams<f64, _>| params.check().unwrap_err().to_string();
    let hybrid = Likelihood::Hybrid { generative: -1.0 };
    assert!(of(ClassRbm::params(2).likelihood(hybrid)).contains("generative part"));
    assert!(of(ClassRbm::params(2).unsupervised(f64::NAN)).contains("without classes"));
    assert!(of(ClassRbm::params(2).steps(0)).contains("0 Gibbs steps"));
    assert!(of(ClassRbm::params(2).dropout(0.1, 0.0)).contains("without dropout"));
    assert!(of(ClassRbm::params(2).early_stopping(1.0, 2)).contains("validation share"));
    let of = |params: DeepBeliefNetworkParams<f64, _>| params.check().unwrap_err().to_string();
    assert!(of(DeepBeliefNetwork::params(&[])).contains("no hidden layer"));
    assert!(of(DeepBeliefNetwork::params(&[2, 0])).contains('2'));
    assert!(of(DeepBeliefNetwork::params(&[2]).dropout(0.0, 1.0)).contains("dropout of 1"));
    let steps = UpDown {
        steps: 0,
        ..UpDown::default()
    };
    assert!(of(DeepBeliefNetwork::params(&[2]).up_down(Some(steps))).contains("Gibbs"));
    let deep = Dbm::from_parameters(Parameters::<f64>::zeros(&[2, 2, 2, 2]).unwrap()).unwrap();
    let error = DbmClassifier::params(deep).check().unwrap_err();
    assert!(matches!(
        error,
        Error::Discriminative(DiscriminativeError::HiddenLayers(3))
    ));
}

#[test]
fn transforms_to_the_top_layer() {
    let dataset = stripes::<f32>();
    let model = DeepBeliefNetwork::params(&[4, 3])
        .epochs(2)
        .fit(&dataset)
        .unwrap();
    let transformed = model.transform(dataset).unwrap();
    assert_eq!(transformed.records.dim(), (90, 3));
    assert_eq!(transformed.feature_names(), ["h2[0]", "h2[1]", "h2[2]"]);
    let _: &DatasetBase<Array2<f32>, Array1<&str>> = &transformed;
}
