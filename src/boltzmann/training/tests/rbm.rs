//! Training of restricted machines.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, array};
use rand_xoshiro::Xoshiro256Plus;

use crate::Error;
use crate::boltzmann::enumeration::{self, dependent_machine};
use crate::boltzmann::likelihood::exact_log_likelihood;
use crate::boltzmann::{
    LearningRate, MachineError, Momentum, NegativePhase, Parameters, Rbm, RbmParams,
    RbmValidParams, Sparsity, TrainingError, VisibleInput, VisibleUnits,
};
use crate::checks::RecordsError;
use crate::observer::Stage;

/// The training data of 2,000 samples determine the mean log-likelihood to about 0.01.
#[test]
fn training_reaches_the_likelihood_of_the_machine_that_made_the_data() {
    let truth = dependent_machine(&[6, 3], 2.0);
    let records = enumeration::samples(&truth, 2000);
    for negative_phase in [
        NegativePhase::Persistent {
            chains: 100,
            steps: 1,
        },
        NegativePhase::ContrastiveDivergence { steps: 10 },
    ] {
        let params = Rbm::params(3)
            .epochs(1500)
            .learning_rate(LearningRate::LinearToZero { initial: 0.2 })
            .weight_decay(0.0)
            .negative_phase(negative_phase)
            .check()
            .unwrap();
        let rbm = params.fit(&DatasetBase::from(records.view())).unwrap();
        let found = enumeration::mean_log_likelihood(rbm.parameters(), &records);
        let best = enumeration::mean_log_likelihood(&truth, &records);
        assert!(
            found > best - 0.015,
            "{negative_phase:?}: {found}, truth {best}"
        );
    }
}

/// With any option, training closes more than four fifths of the gap in likelihood between
/// independent units and the machine that generated the data.
#[test]
fn every_option_raises_the_likelihood() {
    let records = dependent_records();
    let grey = records.mapv(|x| 0.02 + 0.96 * x);
    let fit = |params: RbmParams<f64, Xoshiro256Plus>, shown: &Array2<f64>, option: &str| {
        let params = params.check().unwrap();
        let rbm = params.fit(&DatasetBase::from(shown.view())).unwrap();
        let way = way_to_the_truth(&rbm, &records);
        assert!(way > 0.8, "{option}: {way}");
        rbm
    };
    let params = long_training();
    let sparsity = |cost| Sparsity {
        target: 0.5,
        cost,
        decay: 0.9,
    };
    let momentum = Momentum::Linear {
        initial: 0.1,
        last: 0.9,
        epochs: 50,
    };
    let tempered = NegativePhase::Tempered {
        chains: 50,
        temperatures: 4,
        steps: 1,
    };
    let plain = fit(params.clone(), &records, "none");
    let free = params.clone().sparsity(Some(sparsity(0.0)));
    assert_eq!(fit(free, &records, "sparsity of no cost"), plain);
    let loose = params.clone().max_norm(Some(100.0));
    assert_eq!(fit(loose, &records, "large norms"), plain);
    let binary = params.clone().visible_input(VisibleInput::RequireBinary);
    assert_eq!(fit(binary, &records, "binary records"), plain);
    let sparse = params.clone().sparsity(Some(sparsity(0.01)));
    fit(sparse, &records, "sparsity");
    fit(params.clone().centred(true), &records, "centred");
    fit(params.clone().momentum(momentum), &records, "momentum");
    let sampled = params.clone().visible_input(VisibleInput::Resampled);
    let direct = fit(params.clone(), &grey, "grey");
    assert_ne!(fit(sampled, &grey, "sampled"), direct);
    fit(params.negative_phase(tempered), &records, "tempered");
}

/// Weights far smaller than those that generated the data still raise the likelihood.
#[test]
fn bounded_norms_stay_in_bounds_and_raise_the_likelihood() {
    let records = dependent_records();
    let fit = |most| {
        let params = long_training().max_norm(most).check().unwrap();
        params.fit(&DatasetBase::from(records.view())).unwrap()
    };
    let norms = |rbm: &Rbm<f64>| {
        let columns = rbm.parameters().weights[0].columns().into_iter();
        columns.map(|w| w.dot(&w).sqrt()).collect::<Vec<f64>>()
    };
    assert!(norms(&fit(None)).iter().all(|&norm| norm > 1.0));
    let bounded = fit(Some(1.0));
    let found = norms(&bounded);
    assert!(found.iter().all(|&norm| norm < 1.0 + 1e-12), "{found:?}");
    let way = way_to_the_truth(&bounded, &records);
    assert!(way > 0.0 && way < 0.8, "{way}");
}

fn long_training() -> RbmParams<f64, Xoshiro256Plus> {
    let learning_rate = LearningRate::LinearToZero { initial: 0.2 };
    Rbm::params(3).epochs(300).learning_rate(learning_rate)
}

fn dependent_records() -> Array2<f64> {
    enumeration::samples(&dependent_machine(&[6, 3], 2.0), 2000)
}

/// Share of the gap in likelihood between independent units and the machine that generated the
/// records that training has closed.
fn way_to_the_truth(rbm: &Rbm<f64>, records: &Array2<f64>) -> f64 {
    let truth = dependent_machine(&[6, 3], 2.0);
    let best = enumeration::mean_log_likelihood(&truth, records);
    let mean = records.mean_axis(Axis(0)).unwrap();
    let independent = -mean.mapv(crate::numerics::scalar::binary_entropy).sum();
    let found = enumeration::mean_log_likelihood(rbm.parameters(), records);
    (found - independent) / (best - independent)
}

/// Two clusters and unit variance: the likelihood rises from that of independent units to
/// within a tenth of the mixture's.
#[test]
fn gaussian_units_learn_clusters() {
    let mut truth = Parameters::<f64>::of_zeros(&[4, 1]).with_visible_units(VisibleUnits::Gaussian);
    truth.weights[0] = array![[3.0], [-3.0], [2.0], [0.0]];
    truth.biases[0] = array![-1.5, 1.5, -1.0, 0.0];
    let mut rng: Xoshiro256Plus = rand::SeedableRng::seed_from_u64(3);
    let mut chains = crate::boltzmann::GibbsChains::random(&truth, 1000, &mut rng).unwrap();
    chains.advance(&truth, 100, &mut rng);
    let records = chains.states()[0].clone();
    let likelihood = |theta: &Parameters<f64>| {
        let logs = exact_log_likelihood(theta, records.view()).unwrap();
        logs.mean().unwrap()
    };
    let mut independent = truth.at_origin();
    independent.biases[0] = records.mean_axis(Axis(0)).unwrap();
    let (least, best) = (likelihood(&independent), likelihood(&truth));
    for centred in [false, true] {
        let params = Rbm::params(2)
            .epochs(100)
            .visible_units(VisibleUnits::Gaussian)
            .learning_rate(LearningRate::LinearToZero { initial: 0.02 })
            .centred(centred)
            .check()
            .unwrap();
        let rbm = params.fit(&DatasetBase::from(records.view())).unwrap();
        let found = likelihood(rbm.parameters());
        assert!(
            found - least > 0.9 * (best - least),
            "centred {centred}: {least} < {found} < {best}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let records = Array2::from_shape_fn((300, 200), |(i, j)| ((i * j) % 3 == 0) as u8 as f32);
    let params = Rbm::params(30).epochs(2).batch_size(150).check().unwrap();
    let fit = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| params.fit(&DatasetBase::from(records.view())).unwrap())
    };
    let one = fit(1);
    assert_eq!(one, fit(1));
    assert_eq!(one, fit(4));
}

#[test]
fn bad_parameters_are_named() {
    let check = |params: RbmParams<f64, _>| params.check().unwrap_err().to_string();
    assert!(matches!(
        Rbm::<f64>::params(0).check(),
        Err(Error::Machine(MachineError::InvalidHiddenUnits {
            layer: 1,
            units: 0
        }))
    ));
    assert!(check(Rbm::params(2).epochs(0)).contains("0 epochs"));
    assert!(check(Rbm::params(2).batch_size(0)).contains("batch size 0"));
    assert!(check(Rbm::params(2).momentum(1.0)).contains("momentum 1"));
    assert!(check(Rbm::params(2).weight_decay(-1.0)).contains("weight decay -1"));
    let shapes = Rbm::from_parts(
        Array2::<f64>::zeros((3, 2)),
        Array1::zeros(2),
        Array1::zeros(2),
    );
    assert!(matches!(
        shapes,
        Err(Error::Machine(MachineError::ParameterShapes { .. }))
    ));
    let nan = Rbm::from_parts(array![[f64::NAN]], Array1::zeros(1), Array1::zeros(1));
    assert!(matches!(
        nan,
        Err(Error::Machine(MachineError::NonFiniteParameters))
    ));
}

#[test]
fn bad_records_are_located() {
    let fit = |records: Array2<f64>| Rbm::params(2).fit(&DatasetBase::from(records)).unwrap_err();
    assert!(matches!(
        fit(Array2::zeros((0, 3))),
        Error::Records(RecordsError::EmptyRecords {
            rows: 0,
            columns: 3
        })
    ));
    assert!(matches!(
        fit(Array2::zeros((3, 0))),
        Error::Records(RecordsError::EmptyRecords {
            rows: 3,
            columns: 0
        })
    ));
    assert!(matches!(
        fit(array![[0.0, 1.0], [f64::NAN, 0.0]]),
        Error::Records(RecordsError::NonFinite {
            row: 1,
            column: 0,
            ..
        })
    ));
    let outside = fit(array![[0.0, 1.0], [0.0, 1.5]]);
    assert_eq!(
        outside.to_string(),
        "record [1, 1] is 1.5, expected a value in [0, 1]: scale the records, or take Gaussian visible \
         units where the model has them"
    );
}

/// Whose means are the starting biases: no learning rate is at fault.
#[test]
fn gaussian_records_beyond_all_bounds_are_an_error() {
    let records = array![[0.0, 2e13], [0.0, 2.1e13_f32]];
    let params = Rbm::params(1).visible_units(VisibleUnits::Gaussian);
    let error = params.fit(&DatasetBase::from(records)).unwrap_err();
    let huge = |error| {
        matches!(
            error,
            Error::Records(RecordsError::HugeMean { column: 1, .. })
        )
    };
    assert!(
        error
            .to_string()
            .ends_with("too large to compute with: scale the records")
    );
    assert!(huge(error));
}

#[test]
fn divergence_is_an_error_and_not_a_nan() {
    let records = Array2::from_shape_fn((20, 4), |(i, j)| ((i + j) % 2) as f32);
    let params = Rbm::params(2)
        .learning_rate(LearningRate::Constant(f32::MAX))
        .momentum(0.9);
    let result = params.fit(&DatasetBase::from(records));
    assert!(
        matches!(
            result,
            Err(Error::Training(TrainingError::Diverged {
                stage: Stage::Rbm,
                ..
            }))
        ),
        "{result:?}"
    );
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<RbmParams<f32, Xoshiro256Plus>>();
    has_autotraits::<RbmValidParams<f32, Xoshiro256Plus>>();
}
