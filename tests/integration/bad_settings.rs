//! Hyper-parameters and parts of models that cannot be: a typed error that names the value and what
//! was expected, and never a panic.

use crate::common::{digits, small_dbm, small_rbm};
use crate::faults::assert_fault;
use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};
use linfa_fisher::Error;
use linfa_fisher::boltzmann::likelihood::Ais;
use linfa_fisher::boltzmann::{
    Dbm, GibbsChains, LearningRate, NegativePhase, Parameters, Rbm, TemperedChains,
};
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::error::{
    ClassificationError, FisherError, MachineError, SelectionError, TrainingError,
};
use linfa_fisher::fisher::{FisherFeatures, Information, ModelExpectation, Scaling};
use linfa_fisher::model_selection::{StratifiedKFold, stratified_split};
use linfa_fisher::observer::Stage;
use linfa_fisher::pipeline::PipelineExt;
use ndarray::{Array1, Array2, array};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

/// The same fault from either machine, and from features of it.
macro_rules! assert_training_fault {
    (|$params:ident| $changed:expr, $variant:pat, $named:expr) => {
        let train = digits::<f64>(0, 20);
        let $params = small_rbm::<f64>();
        assert_fault!($changed.check_ref(), $variant, $named);
        assert_fault!($changed.fit(&train), $variant, $named);
        assert_fault!(FisherFeatures::fk($changed).fit(&train), $variant, $named);
        let $params = small_dbm::<f64>();
        assert_fault!($changed.check_ref(), $variant, $named);
        assert_fault!($changed.fit(&train), $variant, $named);
        let pipeline = FisherFeatures::idfk($changed).then(KNearestNeighbors::params(1));
        assert_fault!(pipeline.fit(&train), $variant, $named);
    };
}

#[test]
fn training_that_cannot_be() {
    assert_training_fault!(
        |params| params.clone().epochs(0),
        Error::Training(TrainingError::InvalidEpochs(0)),
        "0 epochs"
    );
    assert_training_fault!(
        |params| params.clone().batch_size(0),
        Error::Training(TrainingError::InvalidBatchSize(0)),
        "batch size 0"
    );
    for (rate, named) in [(0.0, "0 in"), (-0.5, "-0.5"), (f64::NAN, "NaN")] {
        assert_training_fault!(
            |params| params.clone().learning_rate(LearningRate::Constant(rate)),
            Error::Training(TrainingError::InvalidLearningRate(_)),
            named
        );
    }
    for (momentum, named) in [(1.0, "1, expected"), (-0.5, "-0.5"), (f64::NAN, "NaN")] {
        assert_training_fault!(
            |params| params.clone().momentum(momentum),
            Error::Training(TrainingError::InvalidMomentum(_)),
            named
        );
    }
    for (decay, named) in [(-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        assert_training_fault!(
            |params| params.clone().weight_decay(decay),
            Error::Training(TrainingError::InvalidWeightDecay(_)),
            named
        );
    }
    let no_chains = NegativePhase::Persistent {
        chains: 0,
        steps: 1,
    };
    assert_training_fault!(
        |params| params.clone().negative_phase(no_chains),
        Error::Machine(MachineError::InvalidChains(0)),
        "0 Markov chains"
    );
    let no_steps = NegativePhase::ContrastiveDivergence { steps: 0 };
    assert_training_fault!(
        |params| params.clone().negative_phase(no_steps),
        Error::Machine(MachineError::InvalidGibbsSteps(0)),
        "0 Gibbs steps"
    );
}

#[test]
fn layers_without_units_and_shallow_machines() {
    let train = digits::<f64>(0, 20);
    assert_fault!(
        Rbm::params(0).fit(&train),
        Error::Machine(MachineError::InvalidHiddenUnits { layer: 1, units: 0 }),
        "layer 1 has 0 units"
    );
    assert_fault!(
        Dbm::params(&[4, 0]).fit(&train),
        Error::Machine(MachineError::InvalidHiddenUnits { layer: 2, units: 0 }),
        "layer 2 has 0 units"
    );
    for depth in [0, 1] {
        assert_fault!(
            Dbm::params(&vec![4; depth]).fit(&train),
            Error::Machine(MachineError::InvalidDepth(_)),
            &format!("hidden layers, found {depth}"),
            "at least 2"
        );
    }
}

/// A rate that no machine survives ends the training with the place where it did.
#[test]
fn training_that_diverges() {
    let train = digits::<f32>(0, 50);
    let rate = LearningRate::Constant(f32::MAX);
    assert_fault!(
        small_rbm().learning_rate(rate).fit(&train),
        Error::Training(TrainingError::Diverged {
            stage: Stage::Rbm,
            epoch: 1..=3,
            batch: 1
        }),
        "RBM diverged",
        "batch 1 of epoch",
        "smaller learning rate"
    );
    assert_fault!(
        FisherFeatures::idfk(small_dbm().learning_rate(rate)).fit(&train),
        Error::Training(TrainingError::Diverged {
            stage: Stage::Pretraining { layer: 1 },
            ..
        }),
        "pretraining of layer 1 diverged"
    );
}

/// Parameters of which a sum might overflow are refused; the greatest ones allowed saturate units.
#[test]
fn machines_of_enormous_weights() {
    let parts = |weights: Array2<f32>, hidden| {
        let (visible, units) = weights.dim();
        let hidden = Array1::from_elem(units, hidden);
        Rbm::from_parts(weights, Array1::zeros(visible), hidden)
    };
    assert_fault!(
        parts(Array2::from_elem((64, 2), 3e38), 0.0),
        Error::Machine(MachineError::HugeParameters { .. }),
        "energies may overflow"
    );
    let machine = |weights, hidden| parts(weights, hidden).unwrap();
    let saturated = machine(Array2::from_elem((64, 2), 1e13), 0.0);
    let train = digits::<f32>(0, 50);
    let scores = FisherFeatures::fk(saturated).fit(&train).unwrap();
    let scores = scores.transform(&train.records).unwrap();
    assert!(scores.iter().all(|x| x.is_finite()), "{scores}");

    let opposed = Array2::from_shape_fn((64, 1), |(i, _)| [1e13, -1e13][usize::from(i >= 32)]);
    let expectation = ModelExpectation {
        burn_in: 20,
        ..Default::default()
    };
    let ones = DatasetBase::from(Array2::<f32>::ones((3, 64)));
    for information in [Information::Identity, Information::full_rank(0.1)] {
        let params = FisherFeatures::idfk(machine(opposed.clone(), -1e13))
            .information(information)
            .expectation(expectation);
        let found = params.fit(&ones).and_then(|f| f.transform(&ones.records));
        match found {
            Ok(features) => assert!(features.iter().all(|x| x.is_finite())),
            Err(
                Error::Fisher(FisherError::NonFiniteExpectation { .. })
                | Error::Fisher(FisherError::NonFiniteFeature { .. }),
            ) => {}
            Err(Error::Fisher(FisherError::NoInformation { .. })) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn information_and_scaling_that_cannot_be() {
    let train = digits::<f64>(0, 20);
    let params = || FisherFeatures::fk(small_rbm::<f64>());
    let rank_0 = Information::LowRank {
        rank: 0,
        damping: 0.0,
    };
    assert_fault!(
        params().information(rank_0).fit(&train),
        Error::Fisher(FisherError::InvalidRank(0)),
        "rank 0",
        "at least 1"
    );
    for (damping, named) in [(-0.5, "-0.5"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        assert_fault!(
            params()
                .information(Information::full_rank(damping))
                .fit(&train),
            Error::Fisher(FisherError::InvalidDamping(_)),
            named,
            "at least 0"
        );
    }
    for (exponent, named) in [(0.0, "0 of"), (1.5, "1.5"), (f64::NAN, "NaN")] {
        let scaling = Scaling::none().signed_power(exponent);
        assert_fault!(
            params().scaling(scaling).fit(&train),
            Error::Fisher(FisherError::InvalidExponent(_)),
            named,
            "(0, 1]"
        );
    }
    let expectation = |chains, samples| ModelExpectation {
        chains,
        samples,
        burn_in: 0,
    };
    assert_fault!(
        params().expectation(expectation(0, 1)).fit(&train),
        Error::Machine(MachineError::InvalidChains(0)),
        "0 Markov chains"
    );
    assert_fault!(
        params().expectation(expectation(1, 0)).fit(&train),
        Error::Fisher(FisherError::InvalidExpectationSamples(0)),
        "0 samples"
    );
}

#[test]
fn numbers_of_folds_and_neighbors() {
    let dataset = digits::<f64>(0, 20);
    for k in [0, 1, 21] {
        let named = format!("{k} folds of 20 samples");
        let folds = StratifiedKFold::new(k);
        assert_fault!(
            folds.folds(&dataset.targets),
            Error::Selection(SelectionError::Folds { samples: 20, .. }),
            &named
        );
        assert_fault!(
            folds.arrange(dataset.clone()),
            Error::Selection(SelectionError::Folds { samples: 20, .. }),
            &named
        );
    }
    let neighbors = KNearestNeighbors::<f64, usize>::params;
    assert_fault!(
        neighbors(0).fit(&dataset),
        Error::Classification(ClassificationError::InvalidNeighbors(0)),
        "0 neighbours",
        "at least 1"
    );
    assert_fault!(
        neighbors(21).fit(&dataset),
        Error::Classification(ClassificationError::Neighbors { k: 21, samples: 20 }),
        "21 neighbours of 20 samples"
    );
}

#[test]
fn parts_that_do_not_make_a_machine() {
    let parts = Rbm::<f64>::from_parts(Array2::zeros((3, 2)), Array1::zeros(3), Array1::zeros(4));
    assert_fault!(
        parts,
        Error::Machine(MachineError::ParameterShapes { .. }),
        "(3, 2)",
        "[3, 4]"
    );
    let parts = Rbm::from_parts(array![[f64::NAN]], array![0.0], array![0.0]);
    assert_fault!(
        parts,
        Error::Machine(MachineError::NonFiniteParameters),
        "NaN"
    );
    let parts = Rbm::from_parts(array![[1e20_f32]], array![0.0], array![0.0]);
    assert_fault!(
        parts,
        Error::Machine(MachineError::HugeParameters { .. }),
        "energies may overflow"
    );
    let shallow = Dbm::from_parts(vec![array![[0.0]]], vec![array![0.0], array![0.0]]);
    assert_fault!(
        shallow,
        Error::Machine(MachineError::InvalidDepth(1)),
        "a deep Boltzmann machine has at least 2 hidden layers, found 1"
    );
}

/// Numbers that no memory holds, which would abort the process.
#[test]
fn absurd_sizes_are_refused() {
    let absurd = usize::MAX / 8;
    assert_fault!(
        Parameters::<f32>::zeros(&[absurd, absurd]),
        Error::Machine(MachineError::TooLarge { numbers: None, .. }),
        "more numbers than can be addressed"
    );
    for layers in [
        &[3][..],
        &[3, 0, 2],
        &[usize::MAX],
        &[0, usize::MAX],
        &[absurd],
    ] {
        assert_fault!(
            Parameters::<f32>::zeros(layers),
            Error::Machine(MachineError::ParameterShapes { .. }),
            "at least one unit"
        );
    }
    let theta = Parameters::<f64>::zeros(&[4, 3]).unwrap();
    let mut rng = Xoshiro256Plus::seed_from_u64(42);
    let too_large = |outcome: linfa_fisher::Result<()>| {
        assert_fault!(
            outcome,
            Error::Machine(MachineError::TooLarge { .. }),
            "more than memory holds"
        );
    };
    too_large(GibbsChains::random(&theta, absurd, &mut rng).map(drop));
    too_large(TemperedChains::random(&theta, 100, absurd, &mut rng).map(drop));
    too_large(TemperedChains::random(&theta, 0, absurd, &mut rng).map(drop));
    too_large(Ais::<f64>::new(absurd, 10).map(drop));
    let digits = digits::<f32>(0, 20);
    too_large(Rbm::params(absurd).fit(&digits).map(drop));
    let chains = NegativePhase::Persistent {
        chains: absurd,
        steps: 1,
    };
    too_large(Rbm::params(4).negative_phase(chains).fit(&digits).map(drop));
}

#[test]
fn shares_that_split_nothing() {
    for (ratio, named) in [(0.0, "ratio 0"), (1.0, "ratio 1"), (f32::NAN, "NaN")] {
        let mut rng = Xoshiro256Plus::seed_from_u64(42);
        let split = stratified_split(digits::<f64>(0, 20), ratio, &mut rng);
        assert_fault!(
            split,
            Error::Selection(SelectionError::InvalidRatio { samples: 20, .. }),
            named,
            "20"
        );
    }
}
