//! Table 2: pixels, FK, DFK and IDFK, each with a linear support vector machine and with the nearest
//! neighbour.

use std::error::Error;

use linfa::prelude::*;
use linfa_fisher::datasets::{Binarize, Split};
use linfa_fisher::fisher::{FisherKernel, LayeredScore, ScoreModel};
use linfa_fisher::metrics::{ClassAverage, roc_auc_one_vs_rest};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use rayon::prelude::*;
use serde_crate::{Deserialize, Serialize};

use crate::Lab;
use crate::classifiers::{Classifier, Verdict, verdict};
use crate::intervals::{Binomial, mean_and_deviation};
use crate::machines::pixels;
use crate::plan::Plan;
use crate::published;
use crate::recipe::Recipe;
use crate::report::{Section, Table};
use crate::sets::{Images, Set};
use crate::vectors::{Directions, Whitening, scaled};

/// What one kind of features has with one classifier, for one seed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Measured {
    pub(crate) features: String,
    pub(crate) classifier: Classifier,
    /// Of all images that were tested, in per cent.
    pub(crate) accuracy: f64,
    /// Of each fold.
    pub(crate) folds: Vec<f64>,
    pub(crate) tested: usize,
    pub(crate) auc: Option<f64>,
    /// The costs that were chosen in each fold.
    pub(crate) costs: Vec<f64>,
    /// Seconds of choice, training and prediction.
    pub(crate) seconds: f64,
}

/// Seconds that one seed of a set takes on two cores, about.
pub(crate) fn expected(set: Set, plan: &Plan) -> f64 {
    match (set, plan.quick) {
        (Set::Digits, _) | (_, true) => 15.0,
        (Set::Mnist, _) => 240.0,
        (Set::Usps | Set::UspsPooled | Set::UspsAll, _) => 70.0,
        (Set::Alphanumeric, _) => 180.0,
    }
}

/// The figures of a set for one seed, kept or measured.
pub(crate) fn measured(
    lab: &mut Lab,
    set: Set,
    seed: u64,
) -> Result<Vec<Measured>, Box<dyn Error>> {
    let recipe = Recipe::of(set, lab.plan.quick);
    let (folder, expected) = (lab.folder.clone(), expected(set, &lab.plan));
    let name = format!("table2-{}-{seed}", set.name());
    lab.ledger.item(&name, expected, &(&recipe, seed), || {
        let binarize = Binarize::new(recipe.threshold)?;
        let splits = set.splits(&folder, recipe.folds, seed)?;
        let binary = |split: Split<f32>| split.map(|part| binarize.transform(part));
        let splits: Vec<_> = splits.into_iter().map(binary).collect();
        let of_split = |split: &Split<f32>| of_split(&recipe, split, seed);
        let verdicts: Vec<_> = splits.par_iter().map(of_split).collect::<Result<_, _>>()?;
        Ok(summary(&splits, verdicts))
    })
}

/// A kind of features, a classifier and its verdict.
type Line = (&'static str, Classifier, Verdict);

fn of_split(recipe: &Recipe, split: &Split<f32>, seed: u64) -> linfa_fisher::Result<Vec<Line>> {
    let Recipe {
        set,
        training,
        size,
        idfk,
        ..
    } = recipe;
    let classifiers = classifiers(*set);
    let mut lines = Vec::new();
    let mut judge = |name, classifiers: &[Classifier], vectors: &Split<f32>| {
        for &classifier in classifiers {
            lines.push((name, classifier, verdict(classifier, vectors, seed)?));
        }
        Ok::<_, linfa_fisher::Error>(())
    };

    judge("pixels", &classifiers, &unit_length(split))?;
    let cosine = FisherKernel::new(pixels(split.train.nfeatures())?).cosine();
    for (name, kernel) in [
        ("pixels, polynomial kernel", cosine.clone().power(4)?),
        ("pixels, Gaussian kernel", cosine.gaussian(0.5)?),
    ] {
        let directions = Directions::fit(kernel, *size, &split.train)?;
        judge(
            name,
            &classifiers[..1],
            &along(&directions, split, Whitening::None)?,
        )?;
    }

    let units = set.sizes();
    let rbm = training.rbm(units.rbm, &split.train, seed)?;
    let directions = Directions::fit(FisherKernel::new(rbm).cosine(), *size, &split.train)?;
    judge(
        "FK",
        &classifiers,
        &along(&directions, split, Whitening::None)?,
    )?;
    let dbm = training.dbm(units.dbm, &split.train, seed)?;
    let directions = Directions::fit(FisherKernel::new(dbm).cosine(), *size, &split.train)?;
    judge(
        "DFK",
        &classifiers,
        &along(&directions, split, Whitening::None)?,
    )?;
    judge("IDFK", &classifiers, &along(&directions, split, *idfk)?)?;
    Ok(lines)
}

/// The linear machine of the table first.
fn classifiers(set: Set) -> Vec<Classifier> {
    let svm = match set {
        Set::Alphanumeric => Classifier::PairsSvm,
        _ => Classifier::Svm,
    };
    vec![svm, Classifier::SgdSvm, Classifier::Nearest]
}

/// Both parts along the directions.
pub(crate) fn along<M: LayeredScore<f32> + ScoreModel<f32, Model = M>>(
    directions: &Directions<M>,
    split: &Split<f32>,
    whitening: Whitening,
) -> linfa_fisher::Result<Split<f32>> {
    let factors = directions.factors(whitening);
    Ok(Split {
        train: scaled(&directions.transform(&split.train)?, &factors),
        test: scaled(&directions.transform(&split.test)?, &factors),
    })
}

/// Records divided by the root of the mean squared length of the training ones.
pub(crate) fn unit_length(split: &Split<f32>) -> Split<f32> {
    let records = &split.train.records;
    let squares = records.fold(0.0, |sum, &x| sum + f64::from(x * x));
    let factor = (records.nrows() as f64 / squares).sqrt() as f32;
    let scaled = |part: &Images| Dataset::new(&part.records * factor, part.targets.clone());
    Split {
        train: scaled(&split.train),
        test: scaled(&split.test),
    }
}

/// The verdicts of all splits, put together.
fn summary(splits: &[Split<f32>], verdicts: Vec<Vec<Line>>) -> Vec<Measured> {
    let lines = verdicts.first().map_or(0, Vec::len);
    let line = |line: usize| {
        let (features, classifier, _) = verdicts[0][line];
        let verdicts: Vec<&Verdict> = verdicts.iter().map(|lines| &lines[line].2).collect();
        let tested: Vec<usize> = splits.iter().map(|split| split.test.nsamples()).collect();
        let right = verdicts
            .iter()
            .zip(&tested)
            .map(|(v, &n)| v.accuracy * n as f64);
        Measured {
            features: features.to_owned(),
            classifier,
            accuracy: right.sum::<f64>() / tested.iter().sum::<usize>() as f64,
            folds: verdicts.iter().map(|verdict| verdict.accuracy).collect(),
            tested: tested.iter().sum(),
            auc: pooled_auc(splits, &verdicts),
            costs: verdicts
                .iter()
                .filter_map(|verdict| Some(verdict.choice?.0))
                .collect(),
            seconds: verdicts.iter().map(|verdict| verdict.seconds).sum(),
        }
    };
    (0..lines).map(line).collect()
}

/// The macro AUC of the decision values of all splits.
fn pooled_auc(splits: &[Split<f32>], verdicts: &[&Verdict]) -> Option<f64> {
    if let [verdict] = verdicts {
        return verdict.auc;
    }
    let decisions = verdicts
        .iter()
        .map(|v| v.evaluation.as_ref()?.decisions.as_ref());
    let decisions: Vec<_> = decisions.collect::<Option<_>>()?;
    let classes = &decisions.first()?.classes;
    if decisions.iter().any(|other| other.classes != *classes) {
        return None;
    }
    let values: Vec<ArrayView2<f64>> = decisions.iter().map(|d| d.values.view()).collect();
    let values: Array2<f64> = concatenate(Axis(0), &values).ok()?;
    let truth: Vec<_> = splits
        .iter()
        .map(|split| split.test.targets.view())
        .collect();
    let truth: Array1<usize> = concatenate(Axis(0), &truth).ok()?;
    roc_auc_one_vs_rest(values.view(), classes, truth.view(), ClassAverage::Macro).ok()
}

/// The table of all sets and seeds.
pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("table2", "Table 2: accuracy and area under the ROC curve");
    section.text(
        "Accuracy in per cent of test images that no choice was made by: mean and standard \
         deviation over seeds; the binomial 95 % interval of the mean for as many test images; what \
         the paper prints; macro-averaged area under the ROC curve, one class against the rest. \
         Images are binarised, those of USPS at a quarter of the grey scale, which held-out training images \
         prefer, others at half of it. The cost C of every linear machine is chosen on a stratified \
         sixth of the training images. Vectors are taken by landmarks, without min-max scaling.",
    );
    for set in lab.plan.sets.clone() {
        let seeds = lab.plan.seeds_of(set);
        let mut runs = Vec::new();
        for seed in 1..=seeds {
            runs.push(measured(lab, set, seed)?);
        }
        let mut table = Table::new(
            set.title(),
            [
                "features",
                "classifier",
                "accuracy",
                "95 % interval",
                "paper",
                "difference",
                "AUC",
                "C",
                "s",
            ],
        );
        for line in 0..runs[0].len() {
            let of_seeds: Vec<&Measured> = runs.iter().map(|run| &run[line]).collect();
            table.row(row(set, &of_seeds));
        }
        section.table(table);
        section.number(set.name(), &runs)?;
    }
    Ok(section)
}

fn row(set: Set, of_seeds: &[&Measured]) -> [String; 9] {
    let first = of_seeds[0];
    let accuracies: Vec<f64> = of_seeds.iter().map(|m| m.accuracy).collect();
    let (mean, deviation) = mean_and_deviation(&accuracies);
    let interval = Binomial {
        share: mean / 100.0,
        trials: first.tested,
    }
    .interval();
    let by_svm = first.classifier != Classifier::Nearest;
    let published = published::table2(&first.features, by_svm, set);
    let aucs: Option<Vec<f64>> = of_seeds.iter().map(|m| m.auc).collect();
    let mut costs: Vec<f64> = of_seeds.iter().flat_map(|m| m.costs.clone()).collect();
    costs.sort_by(f64::total_cmp);
    [
        first.features.clone(),
        first.classifier.title().to_owned(),
        match accuracies.len() {
            1 => format!("{mean:.2}"),
            _ => format!("{mean:.2} ± {deviation:.2}"),
        },
        format!("{:.2} to {:.2}", 100.0 * interval[0], 100.0 * interval[1]),
        published.map_or(String::new(), |(value, spread)| {
            format!("{value:.2} ± {spread:.2}")
        }),
        published.map_or(String::new(), |(value, _)| format!("{:+.2}", mean - value)),
        aucs.map_or("-".into(), |aucs| {
            format!("{:.4}", mean_and_deviation(&aucs).0)
        }),
        costs
            .get(costs.len() / 2)
            .map_or(String::new(), |median| format!("{median}")),
        format!(
            "{:.0}",
            mean_and_deviation(&of_seeds.iter().map(|m| m.seconds).collect::<Vec<_>>()).0
        ),
    ]
}
