use super::*;
use crate::boltzmann::Rbm;
use crate::classification::{KNearestNeighbors, KNearestNeighborsParams, LinearSvm};
use crate::fisher::{FisherFeatures, Information};
use crate::model_selection::cross_validate;
use crate::numerics::random::shuffled;
use crate::pipeline::{PipelineExt, Shared};

/// Two classes of 20 rows in stripes, of which only near neighbours tell.
fn dataset() -> Dataset<f64, usize, Ix1> {
    let place = |i: usize| (i * 7) % 40;
    let records = Array2::from_shape_fn((40, 1), |(i, _)| place(i) as f64 / 39.0);
    Dataset::new(records, (0..40).map(|i| place(i) / 5 % 2).collect())
}

type Neighbors = KNearestNeighborsParams<f64, usize>;

fn neighbors(ks: &[usize]) -> Search<Neighbors, usize> {
    let set = |_: Neighbors, &k: &usize| KNearestNeighbors::params(k);
    Search::new(KNearestNeighbors::params(1)).values("k", ks.to_vec(), set)
}

fn chosen<M>(tuned: &Tuned<M>) -> Vec<&str> {
    tuned
        .choices()
        .iter()
        .map(|(_, value)| value.as_str())
        .collect()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<Search<Neighbors, usize>>();
    has_autotraits::<Tuned<KNearestNeighbors<f64, usize>>>();
    has_autotraits::<Trial>();
}

#[test]
fn the_best_setting_is_fitted_on_all_rows() {
    let tuned = neighbors(&[31, 1, 15]).fit(&dataset()).unwrap();
    assert_eq!(chosen(&tuned), ["1"]);
    let names: Vec<_> = tuned
        .trials()
        .iter()
        .map(|trial| trial.choices()[0].1.as_str())
        .collect();
    assert_eq!(names, ["31", "1", "15"]);
    assert!(tuned.trials().iter().all(|trial| trial.rows() == 40));
    assert_eq!(
        *tuned.model(),
        KNearestNeighbors::params(1).fit(&dataset()).unwrap()
    );
    let predictions = tuned.try_predict(&dataset().records).unwrap();
    assert_eq!(predictions, dataset().targets);
    assert!(
        tuned.trials()[1].to_string().starts_with("k 1, 0.85"),
        "{}",
        tuned.trials()[1]
    );
}

#[test]
fn the_first_of_equals_wins() {
    // one neighbour by two names
    let search = Search::new(KNearestNeighbors::params(9)).named_values(
        "k",
        [("one", 1), ("1", 1)],
        |_: Neighbors, &k| KNearestNeighbors::params(k),
    );
    let tuned = search.fit(&dataset()).unwrap();
    assert_eq!(chosen(&tuned), ["one"]);
}

#[test]
fn jobs_and_repetition_change_nothing() {
    let search = neighbors(&[1, 3, 5, 7]).folds(4);
    let expected = search.fit(&dataset()).unwrap();
    for jobs in [1, 2, 7] {
        assert_eq!(search.clone().jobs(jobs).fit(&dataset()).unwrap(), expected);
    }
    assert!(matches!(
        search.jobs(0).fit(&dataset()),
        Err(Error::Selection(SelectionError::Jobs))
    ));
}

#[test]
fn a_setting_that_fails_is_out() {
    let tuned = neighbors(&[0, 39, 3]).fit(&dataset()).unwrap();
    assert_eq!(chosen(&tuned), ["3"]);
    assert!(
        tuned.trials()[0]
            .scores()
            .unwrap_err()
            .contains("neighbours")
    );
    assert!(tuned.trials()[1].scores().unwrap_err().contains("39"));
    let error = neighbors(&[0, 41]).fit(&dataset()).unwrap_err();
    assert!(
        matches!(&error, Error::Selection(SelectionError::Trial { .. })),
        "{error}"
    );
    let undefined = Metric::new("none", |_| Ok(f64::NAN));
    let error = neighbors(&[1, 3])
        .metric(undefined)
        .fit(&dataset())
        .unwrap_err();
    assert!(matches!(error, Error::Selection(SelectionError::NoScore)));
    assert!(neighbors(&[1]).folds(1).fit(&dataset()).is_err());
    assert!(neighbors(&[1]).halving(1).fit(&dataset()).is_err());
    assert!(neighbors(&[]).fit(&dataset()).is_err());
}

#[test]
fn halving_gives_more_rows_to_fewer_settings() {
    let tuned = neighbors(&[9, 7, 5, 3, 1])
        .folds(2)
        .halving(2)
        .fit(&dataset())
        .unwrap();
    let rounds: Vec<_> = tuned.trials().iter().map(Trial::rows).collect();
    assert_eq!(rounds, [10, 10, 10, 10, 10, 20, 20, 20, 40, 40]);
    assert_eq!(chosen(&tuned), ["1"]);
}

#[test]
fn a_machine_is_trained_once_for_all_settings_of_later_steps() {
    let dataset = dataset();
    let machine = Shared::new(Rbm::params(3).epochs(2));
    let features = Shared::new(FisherFeatures::idfk(machine));
    let search = Search::new(features.then(LinearSvm::params()))
        .values("rank", [1, 2, 3], |params, &rank| {
            let information = Information::LowRank { rank, damping: 0.1 };
            params.map_featuriser(|shared| shared.map(|idfk| idfk.information(information)))
        })
        .values("C", [0.1, 1.0, 10.0], |params, &c| {
            params.map_classifier(|svm| svm.c(c))
        })
        .folds(4);
    let (mut epochs, mut trials) = (0, Vec::new());
    let tuned = search.fit_observed(&dataset, &mut |event: &Event| match event {
        Event::Epoch { stage, .. } if stage.to_string().contains("RBM") => epochs += 1,
        Event::Trial { done, total } => trials.push((*done, *total)),
        _ => {}
    });
    assert_eq!(trials, (1..=36).map(|done| (done, 36)).collect::<Vec<_>>());
    // two epochs for each of four folds, and for all rows
    assert_eq!(epochs, 10);
    assert_eq!(tuned.unwrap().choices().len(), 2);
}

/// Guesses the class of a row by a number of its own.
#[derive(Clone)]
struct Guess(u64);

impl Fit<Array2<f64>, Array1<usize>, Error> for Guess {
    type Object = Self;

    fn fit(&self, _: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Self> {
        Ok(self.clone())
    }
}

impl FitObserved<Array2<f64>, Array1<usize>, Error> for Guess {}

impl TryPredict<f64, usize> for Guess {
    fn try_predict<D: Data<Elem = f64>>(
        &self,
        records: &ArrayBase<D, Ix2>,
    ) -> Result<Array1<usize>> {
        let guess = |&x: &f64| {
            let mut rng = Xoshiro256Plus::seed_from_u64(x.to_bits() ^ self.0.rotate_left(32));
            rng.gen_range(0..2)
        };
        Ok(records.column(0).iter().map(guess).collect())
    }
}

#[test]
fn nested_tuning_on_random_labels_scores_at_chance() {
    let mut rng = Xoshiro256Plus::seed_from_u64(7);
    let records = Array2::from_shape_fn((100, 1), |_| rng.r#gen::<f64>());
    let labels: Array1<usize> = shuffled(100, &mut rng)
        .into_iter()
        .map(|row| row % 2)
        .collect();
    let dataset = Dataset::new(records, labels);
    let search = Search::new(Guess(0)).values("seed", 0..300, |_, &seed| Guess(seed));
    let tuned = search.fit(&dataset).unwrap();
    let means = tuned
        .trials()
        .iter()
        .map(|trial| trial.scores().unwrap().mean());
    let best = means.fold(0.0, f64::max);
    // 100 flips of a coin have a standard deviation of 0.05: the best of 300 guesses looks better
    // than chance by more than what is allowed to the nested estimate
    assert!(best > 0.62, "{best}");
    let report = cross_validate(&dataset, &search, &StratifiedKFold::new(5)).unwrap();
    assert!(
        (report.accuracy() - 0.5).abs() < 0.12,
        "{}",
        report.accuracy()
    );
    let named = |fold: &crate::model_selection::ValidatedFold<usize>| fold.choices()[0].0 == "seed";
    assert!(report.folds().iter().all(named));
}

#[test]
fn a_small_class_is_in_every_round() {
    let records = Array2::from_shape_fn((100, 1), |(i, _)| i as f64);
    let dataset = Dataset::new(records, (0..100).map(|i| usize::from(i >= 5)).collect());
    let search = Search::new(Guess(0)).values("seed", 0..9, |_, &seed| Guess(seed));
    let tuned = search.folds(2).halving(2).fit(&dataset).unwrap();
    let rows: Vec<_> = tuned.trials().iter().map(Trial::rows).collect();
    // two folds of 5 rows among 100 need 40; 9, 5, 3 settings
    assert_eq!(rows, [vec![50; 9], vec![100; 5]].concat());
}

#[test]
fn faults_keep_their_types_and_rows() {
    let mut dataset = dataset();
    dataset.records[[17, 0]] = f64::NAN;
    let error = neighbors(&[1, 3]).fit(&dataset).unwrap_err();
    let Error::Selection(SelectionError::Trial { source }) = error else {
        panic!("{error}")
    };
    let message = source.to_string();
    assert!(message.starts_with("record [17, 0] is NaN"), "{message}");
    assert!(matches!(source.downcast_ref(), Some(Error::Records(_))));
    let report = cross_validate(&dataset, &neighbors(&[1, 3]), &StratifiedKFold::new(4));
    let message = report.unwrap_err().to_string();
    assert!(message.contains("record [17, 0] is NaN"), "{message}");
}

#[test]
fn random_settings_are_repeatable() {
    let search = Search::new(KNearestNeighbors::params(1)).range("k", 1.0, 9.99, |_, k| {
        KNearestNeighbors::<f64, usize>::params(k as usize)
    });
    let search = search.random(6);
    let tuned = search.fit(&dataset()).unwrap();
    assert_eq!(tuned.trials().len(), 6);
    assert_eq!(search.fit(&dataset()).unwrap(), tuned);
    let other = search
        .with_rng(Xoshiro256Plus::seed_from_u64(1))
        .fit(&dataset())
        .unwrap();
    assert_ne!(other.trials()[0].choices(), tuned.trials()[0].choices());
}

#[test]
fn an_observer_may_stop_it() {
    struct Never;
    impl Observer for Never {
        fn should_stop(&self) -> bool {
            true
        }
    }
    let error = neighbors(&[1, 3])
        .fit_observed(&dataset(), &mut Never)
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Selection(SelectionError::Interrupted)
    ));
}
