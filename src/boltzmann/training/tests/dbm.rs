//! Training of deep machines.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, Axis};
use rand_xoshiro::Xoshiro256Plus;

use crate::Error;
use crate::boltzmann::enumeration::{self, dependent_machine, mean_log_likelihood};
use crate::boltzmann::{
    Dbm, DbmParams, DbmValidParams, LearningRate, MachineError, MeanField, Momentum, NegativePhase,
    Parameters, Sparsity, VisibleInput,
};
use crate::observer::Stage;

/// Although mean field and its bound are approximate, training closes more than half of the gap in
/// likelihood between independent units and the machine that generated the data.
#[test]
fn joint_training_nears_the_likelihood_of_the_machine_that_made_the_data() {
    let truth = dependent_machine(&[6, 3, 2], 2.0);
    let records = enumeration::samples(&truth, 2000);
    let params = Dbm::params(&[3, 2]).epochs(100).weight_decay(0.0);
    let dbm = params.fit(&DatasetBase::from(records.clone())).unwrap();
    let found = mean_log_likelihood(dbm.parameters(), &records);
    let best = mean_log_likelihood(&truth, &records);
    let mean = records.mean_axis(Axis(0)).unwrap();
    let independent = -mean.mapv(crate::numerics::scalar::binary_entropy).sum();
    assert!(
        found - independent > 0.5 * (best - independent),
        "{independent} < {found} < {best}"
    );
}

/// With any option and at either depth, training closes more than half of the gap in likelihood
/// between independent units and the machine that generated the data.
#[test]
fn every_option_raises_the_likelihood() {
    for hidden in [&[3, 2][..], &[3, 2, 2]] {
        let records = dependent_records(hidden);
        let grey = records.mapv(|x| 0.02 + 0.96 * x);
        let fit = |params: DbmParams<f64, Xoshiro256Plus>, shown: &Array2<f64>, option: &str| {
            let dbm = params.fit(&DatasetBase::from(shown.view())).unwrap();
            let way = way_to_the_truth(&dbm, &records);
            assert!(way > 0.5, "{option}, {hidden:?}: {way}");
            dbm
        };
        let params = many_epochs(hidden);
        let sparsity = |cost| Sparsity {
            target: 0.5,
            cost,
            decay: 0.9,
        };
        let momentum = Momentum::Step {
            initial: 0.5,
            later: 0.9,
            epoch: 20,
        };
        let tempered = NegativePhase::Tempered {
            chains: 50,
            temperatures: 4,
            steps: 2,
        };
        let plain = fit(params.clone(), &records, "none");
        let free = params.clone().sparsity(Some(sparsity(0.0)));
        assert_eq!(fit(free, &records, "sparsity of no cost"), plain);
        let loose = params.clone().max_norm(Some(100.0));
        assert_eq!(fit(loose, &records, "large norms"), plain);
        let sparse = params.clone().sparsity(Some(sparsity(0.01)));
        fit(sparse, &records, "sparsity");
        let centred = params.clone().centred(true);
        fit(centred.clone(), &records, "centred");
        fit(centred.pretraining_epochs(0), &records, "centred alone");
        fit(params.clone().momentum(momentum), &records, "momentum");
        let sampled = params.clone().visible_input(VisibleInput::Resampled);
        let direct = fit(params.clone(), &grey, "grey");
        assert_ne!(fit(sampled, &grey, "sampled"), direct);
        fit(params.negative_phase(tempered), &records, "tempered");
    }
}

/// Weights far smaller than those that generated the data still raise the likelihood.
#[test]
fn bounded_norms_stay_in_bounds_and_raise_the_likelihood() {
    for hidden in [&[3, 2][..], &[3, 2, 2]] {
        let records = dependent_records(hidden);
        let fit = |most| {
            let params = many_epochs(hidden).max_norm(most);
            params.fit(&DatasetBase::from(records.view())).unwrap()
        };
        let norms = |dbm: &Dbm<f64>| {
            let columns = dbm.parameters().weights.iter().flat_map(|w| w.columns());
            columns.map(|w| w.dot(&w).sqrt()).collect::<Vec<f64>>()
        };
        let free = norms(&fit(None));
        assert!(free.iter().any(|&norm| norm > 1.5), "{free:?}");
        let bounded = fit(Some(1.0));
        let found = norms(&bounded);
        assert!(found.iter().all(|&norm| norm < 1.0 + 1e-12), "{found:?}");
        let way = way_to_the_truth(&bounded, &records);
        assert!(way > 0.0, "{hidden:?}: {way}");
    }
}

fn many_epochs(hidden: &[usize]) -> DbmParams<f64, Xoshiro256Plus> {
    let learning_rate = LearningRate::LinearToZero { initial: 0.1 };
    Dbm::params(hidden).epochs(160).learning_rate(learning_rate)
}

fn dependent_records(hidden: &[usize]) -> Array2<f64> {
    let truth = dependent_machine(&[&[6], hidden].concat(), 2.0);
    enumeration::samples(&truth, 1000)
}

/// Share of the gap in likelihood between independent units and the machine that generated the
/// records that training has closed.
fn way_to_the_truth(dbm: &Dbm<f64>, records: &Array2<f64>) -> f64 {
    let truth = dependent_machine(&dbm.parameters().layers(), 2.0);
    let best = mean_log_likelihood(&truth, records);
    let mean = records.mean_axis(Axis(0)).unwrap();
    let independent = -mean.mapv(crate::numerics::scalar::binary_entropy).sum();
    let found = mean_log_likelihood(dbm.parameters(), records);
    (found - independent) / (best - independent)
}

#[test]
fn owned_arrays_and_views_of_both_precisions_train() {
    let records = Array2::from_shape_fn((30, 6), |(i, j)| ((i + j) % 2) as f32);
    let params = Dbm::params(&[3, 2, 2]).epochs(2);
    let owned = params.fit(&DatasetBase::from(records.clone())).unwrap();
    let view = params.fit(&DatasetBase::from(records.view())).unwrap();
    assert_eq!(owned, view);
    let wide = Dbm::params(&[3, 2])
        .epochs(2)
        .fit(&DatasetBase::from(records.mapv(f64::from)));
    assert_eq!(wide.unwrap().nhidden(), [3, 2]);
}

#[test]
fn bad_parameters_are_named() {
    assert!(matches!(
        Dbm::<f64>::params(&[4]).check(),
        Err(Error::Machine(MachineError::InvalidDepth(1)))
    ));
    assert!(matches!(
        Dbm::<f64>::params(&[4, 0]).check(),
        Err(Error::Machine(MachineError::InvalidHiddenUnits {
            layer: 2,
            units: 0
        }))
    ));
    let mean_field = MeanField {
        iterations: 0,
        tolerance: 0.0,
    };
    let params = Dbm::<f64>::params(&[4, 2]).mean_field(mean_field);
    assert!(matches!(
        params.check(),
        Err(Error::Machine(MachineError::InvalidMeanFieldIterations(0)))
    ));
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<DbmParams<f32, Xoshiro256Plus>>();
    has_autotraits::<DbmValidParams<f32, Xoshiro256Plus>>();
}

/// The RBM of a layer without epochs has learnt nothing about the bias that it shares.
#[test]
fn a_layer_without_epochs_leaves_the_bias_below_it() {
    let records = dependent_records(&[3, 2]);
    let dataset = DatasetBase::from(records);
    let params = Dbm::params(&[3, 2]).pretraining_epochs([5, 0]).epochs(1);
    let still = params.learning_rate(LearningRate::Constant(1e-300));
    let still = still.pretraining_learning_rate(LearningRate::Constant(0.1));
    let mut learnt = None;
    let mut keep = |stage: Stage, _: usize, theta: &Parameters<f64>| {
        if let Stage::Pretraining { .. } = stage {
            learnt = Some(theta.biases()[1].clone());
        }
    };
    let run = still.check().unwrap();
    let dbm = run.run(&dataset).inspect(&mut keep).train().unwrap();
    assert_eq!(Some(&dbm.parameters().biases()[1]), learnt.as_ref());
}
