//! Training that goes on from a model, and training that is told to stop.

use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::Error;
use linfa_fisher::boltzmann::figures::FREE_ENERGY_GAP;
use linfa_fisher::boltzmann::likelihood::exact_log_likelihood;
use linfa_fisher::boltzmann::{
    Dbm, DbmParams, EarlyStopping, LearningRate, Metric, NegativePhase, Parameters, Rbm, RbmParams,
    VisibleUnits,
};
use linfa_fisher::error::TrainingError;
use linfa_fisher::observer::{Event, History, Observer, Stage, TerminationReason};
use ndarray::Array2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

/// Rows of two blocks of pixels, one of which is on, with a pixel of noise.
fn records() -> Array2<f64> {
    Array2::from_shape_fn((120, 8), |(i, j)| {
        let on = (i % 2 == 0) == (j < 4);
        f64::from(u8::from(on ^ (j == i * i % 11)))
    })
}

fn data() -> DatasetBase<Array2<f64>, ndarray::Array1<()>> {
    DatasetBase::from(records())
}

fn rbm(epochs: usize) -> RbmParams<f64, Xoshiro256Plus> {
    seeded_rbm(epochs, 42)
}

fn seeded_rbm(epochs: usize, seed: u64) -> RbmParams<f64, Xoshiro256Plus> {
    let params = Rbm::params_with_rng(3, Xoshiro256Plus::seed_from_u64(seed));
    let params = params.epochs(epochs).batch_size(20);
    params.learning_rate(LearningRate::Constant(0.05))
}

fn dbm(epochs: usize) -> DbmParams<f64, Xoshiro256Plus> {
    seeded_dbm(epochs, 42)
}

fn seeded_dbm(epochs: usize, seed: u64) -> DbmParams<f64, Xoshiro256Plus> {
    let params = Dbm::params_with_rng(&[3, 2], Xoshiro256Plus::seed_from_u64(seed));
    let params = params.epochs(epochs).batch_size(20);
    let params = params.pretraining_epochs(5);
    params.learning_rate(LearningRate::Constant(0.05))
}

fn likelihood(theta: &Parameters<f64>) -> f64 {
    let logs = exact_log_likelihood(theta, records().view()).unwrap();
    logs.mean().unwrap()
}

/// The median over 21 seeds. One training of so few records by persistent chains decides nothing:
/// whether it ends well depends on its chains.
fn median_of_seeds(of: impl Fn(u64) -> f64) -> f64 {
    let mut values: Vec<f64> = (0..21).map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Of what training at once has gained over a short one, the share that going on from that has.
fn share_gained([short, long, continued]: [f64; 3]) -> f64 {
    assert!(long > short + 0.5, "{short} -> {long}");
    (continued - short) / (long - short)
}

/// Continued from 5 epochs, a machine gains nine tenths at least of what as many epochs gain at
/// once: its chains and its momentum start anew.
#[test]
fn a_restricted_machine_goes_on_to_gain() {
    let share = median_of_seeds(|seed| {
        let [short, long] = [5, 100].map(|n| seeded_rbm(n, seed).fit(&data()).unwrap());
        let rest = seeded_rbm(95, seed).check().unwrap();
        let continued = rest.fit_with(short.clone(), &data()).unwrap();
        share_gained([short, long, continued].map(|model| likelihood(model.parameters())))
    });
    assert!(share > 0.9, "{share}");
}

#[test]
fn a_deep_machine_goes_on_to_gain() {
    let share = median_of_seeds(|seed| {
        let [short, long] = [5, 100].map(|n| seeded_dbm(n, seed).fit(&data()).unwrap());
        let rest = seeded_dbm(95, seed).check().unwrap();
        let continued = rest.fit_with(short.clone(), &data()).unwrap();
        share_gained([short, long, continued].map(|model| likelihood(model.parameters())))
    });
    assert!(share > 0.9, "{share}");
}

/// A model that has converged stays where it is or gains: its likelihood does not fall, whatever
/// the negative phase.
#[test]
fn a_trained_machine_does_not_lose_by_more_training() {
    let model = rbm(300).fit(&data()).unwrap();
    let before = likelihood(model.parameters());
    for negative_phase in [
        NegativePhase::ContrastiveDivergence { steps: 5 },
        NegativePhase::Persistent {
            chains: 100,
            steps: 1,
        },
        NegativePhase::Tempered {
            chains: 50,
            temperatures: 5,
            steps: 1,
        },
    ] {
        let median = median_of_seeds(|seed| {
            let schedule = LearningRate::LinearToZero { initial: 0.05 };
            let params = seeded_rbm(60, seed).learning_rate(schedule);
            let params = params.negative_phase(negative_phase).check().unwrap();
            let after = params.fit_with(model.clone(), &data()).unwrap();
            likelihood(after.parameters())
        });
        assert!(
            median > before - 0.02,
            "{negative_phase:?}: {before} -> {median}"
        );
    }
}

/// Going on starts at the model itself, not anew: one tiny step leaves it in place.
#[test]
fn going_on_starts_at_the_model() {
    let model = dbm(5).fit(&data()).unwrap();
    let params = dbm(1).learning_rate(LearningRate::Constant(1e-12));
    let mut history = History::default();
    let params = params.check().unwrap();
    let after = params
        .run(&DatasetBase::from(records().view()))
        .from(model.clone())
        .observer(&mut history)
        .train()
        .unwrap();
    let stages: Vec<Stage> = history
        .epochs()
        .iter()
        .map(|epoch| epoch.stage.clone())
        .collect();
    assert_eq!(stages, [Stage::Joint], "no pretraining");
    let pairs = model.parameters().weights().iter().flatten();
    for (before, after) in pairs.zip(after.parameters().weights().iter().flatten()) {
        assert!((before - after).abs() < 1e-10);
    }
}

#[test]
fn models_of_other_shapes_are_refused() {
    let (shallow, deep) = (rbm(1).fit(&data()).unwrap(), dbm(1).fit(&data()).unwrap());
    let other = Rbm::params(4).check().unwrap();
    match other.fit_with(shallow.clone(), &data()) {
        Err(Error::Training(TrainingError::OtherLayers { expected, found })) => {
            assert_eq!((expected, found), (vec![8, 4], vec![8, 3]));
        }
        result => panic!("{result:?}"),
    }
    let narrow = DatasetBase::from(records().slice(ndarray::s![.., ..7]).to_owned());
    let result = rbm(1).check().unwrap().fit_with(shallow.clone(), &narrow);
    assert!(matches!(
        result,
        Err(Error::Training(TrainingError::OtherLayers { .. }))
    ));
    for hidden in [&[3, 3][..], &[3, 2, 2]] {
        let other = Dbm::params(hidden).check().unwrap();
        let result = other.fit_with(deep.clone(), &data());
        assert!(matches!(
            result,
            Err(Error::Training(TrainingError::OtherLayers { .. }))
        ));
    }
    let gaussian = rbm(1).visible_units(VisibleUnits::Gaussian).check();
    let result = gaussian.unwrap().fit_with(shallow, &data());
    let expected = VisibleUnits::Gaussian;
    let found = VisibleUnits::Binary;
    match result {
        Err(Error::Training(TrainingError::OtherVisibleUnits {
            expected: e,
            found: f,
        })) => assert_eq!((e, f), (expected, found)),
        result => panic!("{result:?}"),
    }
    let gaussian = dbm(1).visible_units(VisibleUnits::Gaussian).check();
    let result = gaussian.unwrap().fit_with(deep, &data());
    assert!(matches!(
        result,
        Err(Error::Training(TrainingError::OtherVisibleUnits { .. }))
    ));
}

/// Asks to stop after some epochs.
struct StopAfter(usize);

impl Observer for StopAfter {
    fn observe(&mut self, event: &Event) {
        if let Event::Epoch { .. } = event {
            self.0 = self.0.saturating_sub(1);
        }
    }

    fn should_stop(&self) -> bool {
        self.0 == 0
    }
}

fn is_finite(theta: &Parameters<f64>) -> bool {
    let weights = theta.weights().iter().flatten();
    let biases = theta.biases().iter().flatten();
    weights.chain(biases).all(|x| x.is_finite())
}

/// In any stage: the first pretraining, the second, the joint training.
#[test]
fn a_training_that_is_told_to_stop_gives_what_it_has() {
    for epochs in [1, 5, 7, 10, 13] {
        let mut observer = (StopAfter(epochs), History::default());
        let params = dbm(20).check().unwrap();
        let model = params
            .run(&DatasetBase::from(records().view()))
            .observer(&mut observer)
            .train();
        assert!(is_finite(model.unwrap().parameters()));
        let history = observer.1;
        assert_eq!(history.epochs().len(), epochs);
        let reason = Some(TerminationReason::Interrupted);
        assert_eq!(history.termination(), reason, "after {epochs} epochs");
    }
    let mut observer = (StopAfter(4), History::default());
    let params = rbm(20).check().unwrap();
    let model = params
        .run(&DatasetBase::from(records().view()))
        .observer(&mut observer)
        .train()
        .unwrap();
    assert!(is_finite(model.parameters()));
    assert_eq!(observer.1.epochs().len(), 4);
    assert_eq!(
        observer.1.termination(),
        Some(TerminationReason::Interrupted)
    );
    // an interrupted model is one to go on from
    let mut observer = (StopAfter(2), History::default());
    let model = params
        .run(&DatasetBase::from(records().view()))
        .from(model)
        .observer(&mut observer)
        .train();
    assert!(is_finite(model.unwrap().parameters()));
    assert_eq!(
        observer.1.termination(),
        Some(TerminationReason::Interrupted)
    );
}

/// With early stopping, steps that spoil a model leave it as it is, whether training ends by itself
/// or is told to stop.
#[test]
fn the_model_itself_may_be_the_best_epoch() {
    let shallow = rbm(200).fit(&data()).unwrap();
    let deep = dbm(200).fit(&data()).unwrap();
    let early = EarlyStopping::new(Metric::ReconstructionError).patience(3);
    for stop in [1, 100] {
        let mut observer = (StopAfter(stop), History::default());
        let params = rbm(20).weight_decay(5.0).early_stopping(Some(early));
        let params = params.check().unwrap();
        let after = params
            .run(&DatasetBase::from(records().view()))
            .from(shallow.clone())
            .observer(&mut observer)
            .train();
        assert_eq!(after.unwrap(), shallow);
        let expected = match stop {
            1 => TerminationReason::Interrupted,
            _ => TerminationReason::EarlyStopped { best_epoch: 0 },
        };
        assert_eq!(observer.1.termination(), Some(expected));
        let params = dbm(20).weight_decay(5.0).early_stopping(Some(early));
        let params = params.check().unwrap();
        let mut observer = StopAfter(stop);
        let after = params
            .run(&DatasetBase::from(records().view()))
            .from(deep.clone())
            .observer(&mut observer)
            .train();
        assert_eq!(after.unwrap(), deep);
    }
}

/// Records sorted by class: the gap compares the records held out with those of all classes. Of the
/// 40 records held out of 100, `16 + k` are ones, a hypergeometric number whose standard deviation
/// is 2.4; the ones' shares of both sides differ by `k / 24`, and ones' free energy is
/// `8 logit(0.4) = -3.2` away from that of zeros.
#[test]
fn the_gap_of_free_energies_looks_at_all_training_records() {
    let records = Array2::from_shape_fn((100, 8), |(i, _)| f64::from(u8::from(i >= 60)));
    let early = EarlyStopping::new(Metric::ReconstructionError).validation_share(0.4);
    let params = rbm(1).learning_rate(LearningRate::Constant(1e-9));
    let params = params.early_stopping(Some(early)).check().unwrap();
    let mut history = History::default();
    params
        .run(&DatasetBase::from(records.view()))
        .observer(&mut history)
        .train()
        .unwrap();
    let gap = history.epochs()[0].figures.get(FREE_ENERGY_GAP).unwrap();
    assert!(gap.abs() < 0.6, "{gap}");
}

/// A source of random numbers that gives zeros only, as a file may hold one.
#[test]
fn a_constant_source_of_random_numbers_does_not_hang() {
    let zeros = rand::rngs::mock::StepRng::new(0, 0);
    let shallow = Rbm::<f64>::params_with_rng(3, zeros.clone()).epochs(2);
    let shallow = shallow.fit(&data()).unwrap();
    assert!(is_finite(shallow.parameters()));
    let deep = Dbm::<f64>::params_with_rng(&[3, 2], zeros).epochs(2);
    let deep = deep.pretraining_epochs(2).fit(&data()).unwrap();
    assert!(is_finite(deep.parameters()));
}
