//! The best that linear support vector machines and nearest neighbours do on improved vectors of any
//! kernel of this family, with every choice made on training images.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::error::Error;

use linfa::prelude::*;
use linfa_fisher::Dbm;
use linfa_fisher::classification::{CosineDist, KNearestNeighbors, LinearSvm};
use linfa_fisher::datasets::{Augment, Split};
use linfa_fisher::fisher::FisherKernel;
use linfa_fisher::fisher::compression::KNearestCodesParams;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use serde_crate::{Deserialize, Serialize};

use crate::Lab;
use crate::classifiers::{accuracy, validation_split};
use crate::family::{Candidate, Family, Scope};
use crate::intervals::Binomial;
use crate::plan::Plan;
use crate::published::table2;
use crate::report::{Section, Table};
use crate::sets::{Images, Set, rows};
use crate::vectors::{Map, Whitening};

/// Costs that are tried; vectors have unit length on average.
const COSTS: [f64; 5] = [0.3, 1.0, 3.0, 10.0, 30.0];

/// What a candidate has on the images that it was judged by.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Trial {
    pub(crate) candidate: Candidate,
    /// Costs of the machine that finds the support vectors, and of the one that learns from their
    /// copies too.
    pub(crate) costs: [f64; 2],
    pub(crate) support_vectors: usize,
    /// In per cent, of the machine without copies, and with.
    pub(crate) plain: f64,
    pub(crate) accuracy: f64,
    /// Of the nearest neighbour by the cosine, among the images and the copies.
    pub(crate) nearest: f64,
    pub(crate) judged: usize,
}

/// The choices and what they have on test images.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Outcome {
    /// On held-out training images, of every choice in every fold.
    pub(crate) validation: Vec<Vec<Trial>>,
    /// On test images, of the candidates that the SVM and the nearest neighbour were best with.
    pub(crate) svm: Trial,
    pub(crate) nearest: Trial,
}

/// The outcomes of all folds as one.
#[derive(Debug, Serialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Summary {
    pub(crate) outcome: Outcome,
    /// What was chosen for the SVM and for the nearest neighbour, in how many folds.
    chosen: [String; 2],
}

/// Seconds that a set takes on two cores, about.
pub(crate) fn expected(set: Set, plan: &Plan) -> f64 {
    let seconds = |scope| Family::of(set, scope, plan.quick).seconds;
    Scope::ALL.into_iter().map(seconds).sum()
}

pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("best", "Beating it: the best of this family");
    section.text(
        "A linear support vector machine and the nearest neighbour on improved vectors of a Fisher \
         kernel, a power of it or its product with a power of the pixels' cosine, with virtual examples: \
         changed copies of the support vectors (DeCoste and Schölkopf 2002). The machine learns all \
         training images without their labels. The kernel and the costs are chosen on a sixth of the \
         training images. For Alphanumeric they are those that MNIST and USPS have chosen; whether its \
         images are deskewed is chosen in each fold, on two sixths of the training images. The test \
         images are classified once, with what was chosen.",
    );
    let header = [
        "set",
        "machine",
        "classifier",
        "kernel",
        "C",
        "accuracy",
        "95 % interval",
        "paper, IDFK",
    ];
    let mut table = Table::new("Test images", header);
    let mut choices = Vec::new();
    for set in lab.plan.primary() {
        for scope in Scope::ALL {
            let summary = summary(lab, set, scope)?;
            let family = Family::of(set, scope, lab.plan.quick);
            table.row(line(set, &family, true, &summary));
            table.row(line(set, &family, false, &summary));
            if !summary.outcome.validation.is_empty() {
                choices.push(validation(set, &family, &summary.outcome));
            }
            section.number(format!("{}, {}", set.name(), scope.name()), &summary)?;
        }
    }
    section.table(table);
    choices.into_iter().for_each(|table| section.table(table));
    Ok(section)
}

fn line(set: Set, family: &Family, by_svm: bool, summary: &Summary) -> [String; 8] {
    let Summary { outcome, chosen } = summary;
    let [by, beside] = chosen;
    let (trial, accuracy, chosen) = match by_svm {
        true => (&outcome.svm, outcome.svm.accuracy, by),
        false => (&outcome.nearest, outcome.nearest.nearest, beside),
    };
    let interval = Binomial {
        share: accuracy / 100.0,
        trials: trial.judged,
    };
    let [low, high] = interval.interval().map(|share| 100.0 * share);
    let published = table2("IDFK", by_svm, set);
    let [h1, h2] = family.hidden;
    [
        set.title().to_owned(),
        format!("({h1}, {h2})"),
        if by_svm { "linear SVM" } else { "1-NN" }.to_owned(),
        chosen.clone(),
        match by_svm {
            true => format!("{}, {}", trial.costs[0], trial.costs[1]),
            false => String::new(),
        },
        format!("{accuracy:.2}"),
        format!("{low:.2} to {high:.2}"),
        published.map_or(String::new(), |(value, _)| format!("{value:.2}")),
    ]
}

/// What the candidates had on held-out training images, on average over choices.
fn validation(set: Set, family: &Family, outcome: &Outcome) -> Table {
    let caption = format!("{}: held-out training images, {family}", set.title());
    let header = [
        "kernel",
        "SVM without copies",
        "SVM with copies",
        "1-NN with copies",
        "support vectors",
    ];
    let mut table = Table::new(caption, header);
    let choices = outcome.validation.len() as f64;
    for place in 0..outcome.validation[0].len() {
        let mean = |of: fn(&Trial) -> f64| {
            outcome
                .validation
                .iter()
                .map(|trials| of(&trials[place]))
                .sum::<f64>()
                / choices
        };
        table.row([
            outcome.validation[0][place].candidate.to_string(),
            format!("{:.2}", mean(|trial| trial.plain)),
            format!("{:.2}", mean(|trial| trial.accuracy)),
            format!("{:.2}", mean(|trial| trial.nearest)),
            format!("{:.0}", mean(|trial| trial.support_vectors as f64)),
        ]);
    }
    table
}

/// What a set has, kept or measured.
pub(crate) fn summary(lab: &mut Lab, set: Set, scope: Scope) -> Result<Summary, Box<dyn Error>> {
    let family = Family::of(set, scope, lab.plan.quick);
    let folder = lab.folder.clone();
    let splits = set.splits(&folder, family.folds, 1)?;
    let mut outcomes = Vec::new();
    for (fold, split) in splits.iter().enumerate() {
        let name = format!("best-{}-{}-{fold}", scope.name(), set.name());
        let expected = family.seconds / splits.len() as f64;
        outcomes.push(
            lab.ledger
                .item(&name, expected, &family, || of_split(&family, split))?,
        );
    }
    let by: [fn(&Outcome) -> &Trial; 2] = [|outcome| &outcome.svm, |outcome| &outcome.nearest];
    let candidates = |of: fn(&Outcome) -> &Trial| outcomes.iter().map(move |it| of(it).candidate);
    let chosen = by.map(|of| times(candidates(of).map(|candidate| candidate.to_string())));
    Ok(Summary {
        outcome: together(outcomes),
        chosen,
    })
}

/// Each text, with how often it comes if there are several.
fn times(texts: impl Iterator<Item = String>) -> String {
    let mut times = BTreeMap::<String, usize>::new();
    texts.for_each(|text| *times.entry(text).or_default() += 1);
    let several = times.len() > 1;
    let texts = times.into_iter().map(|(text, times)| match several {
        true => format!("{text} in {times} folds"),
        false => text,
    });
    texts.collect::<Vec<_>>().join("; ")
}

/// One outcome of those of all folds.
fn together(mut outcomes: Vec<Outcome>) -> Outcome {
    let mean = |of: fn(&Outcome) -> &Trial, value: fn(&Trial) -> f64| {
        let judged: usize = outcomes.iter().map(|outcome| of(outcome).judged).sum();
        let right = outcomes
            .iter()
            .map(|outcome| value(of(outcome)) * of(outcome).judged as f64);
        (right.sum::<f64>() / judged as f64, judged)
    };
    let (accuracy, judged) = mean(|outcome| &outcome.svm, |trial| trial.accuracy);
    let (plain, _) = mean(|outcome| &outcome.svm, |trial| trial.plain);
    let (nearest, _) = mean(|outcome| &outcome.nearest, |trial| trial.nearest);
    let validation = outcomes
        .iter_mut()
        .flat_map(|outcome| outcome.validation.drain(..))
        .collect();
    let first = outcomes.swap_remove(0);
    Outcome {
        validation,
        svm: Trial {
            accuracy,
            plain,
            judged,
            ..first.svm
        },
        nearest: Trial {
            nearest,
            judged,
            ..first.nearest
        },
    }
}

fn of_split(family: &Family, split: &Split<f32>) -> Result<Outcome, Box<dyn Error>> {
    let machines = Machines::of(family, &split.train)?;
    let whole = Judge {
        family,
        machines: &machines,
        learnt: &split.train,
        judged: &split.test,
    };
    if let (&[only], Some(costs)) = (&family.candidates[..], family.costs) {
        let only = whole.trial(only, Some(costs))?;
        return Ok(Outcome {
            validation: Vec::new(),
            svm: only.clone(),
            nearest: only,
        });
    }
    let mut validation = Vec::new();
    for seed in 1..=family.choices {
        let (learnt, held_out) = validation_split(&split.train, seed)?;
        let most = learnt.nsamples().min(family.learnt);
        let learnt = rows(&learnt, &(0..most).collect::<Vec<_>>());
        let judge = Judge {
            learnt: &learnt,
            judged: &held_out,
            ..whole
        };
        let candidates = family.candidates.iter();
        let trial = |&candidate| judge.trial(candidate, family.costs);
        validation.push(candidates.map(trial).collect::<Result<Vec<_>, _>>()?);
    }
    let for_svm = best(&validation, |trial| trial.accuracy);
    let for_nearest = best(&validation, |trial| trial.nearest);
    let svm = whole.trial(for_svm.candidate, Some(for_svm.costs))?;
    let nearest = match for_nearest.candidate == for_svm.candidate {
        true => svm.clone(),
        false => Trial {
            nearest: whole.nearest(for_nearest.candidate, for_nearest.costs[0])?,
            judged: svm.judged,
            ..for_nearest
        },
    };
    Ok(Outcome {
        validation,
        svm,
        nearest,
    })
}

/// The candidate that is best over all choices; of equal ones the first.
fn best(validation: &[Vec<Trial>], of: fn(&Trial) -> f64) -> Trial {
    let sum = |place: usize| -> f64 { validation.iter().map(|trials| of(&trials[place])).sum() };
    let better = |best, place| if sum(place) > sum(best) { place } else { best };
    validation[0][(1..validation[0].len()).fold(0, better)].clone()
}

/// A machine for each preparation of images among the candidates.
struct Machines(Vec<(bool, Dbm<f32>)>);

impl Machines {
    fn of(family: &Family, train: &Images) -> Result<Self, Box<dyn Error>> {
        let mut machines: Vec<(bool, Dbm<f32>)> = Vec::new();
        for candidate in &family.candidates {
            if machines
                .iter()
                .all(|(upright, _)| *upright != candidate.upright)
            {
                let images = candidate.prepared(train.clone())?;
                let machine = family.training.dbm(family.hidden, &images, 1)?;
                machines.push((candidate.upright, machine));
            }
        }
        Ok(Self(machines))
    }

    fn machine(&self, candidate: &Candidate) -> &Dbm<f32> {
        let found = self
            .0
            .iter()
            .find(|(upright, _)| *upright == candidate.upright);
        &found.expect("each candidate has its machine").1
    }
}

/// Images to learn from and images to judge by, as they come.
#[derive(Clone, Copy)]
struct Judge<'a> {
    family: &'a Family,
    machines: &'a Machines,
    learnt: &'a Images,
    judged: &'a Images,
}

impl Judge<'_> {
    /// What a candidate has, with given costs, or with those that are best for the images it is
    /// judged by.
    fn trial(
        &self,
        candidate: Candidate,
        costs: Option<[f64; 2]>,
    ) -> Result<Trial, Box<dyn Error>> {
        let examples = self.examples(candidate, costs.map(|costs| costs[0]))?;
        let nearest = examples.nearest()?;
        examples.learnt_with_copies(nearest, costs.map(|costs| costs[1]))
    }

    /// The accuracy of the nearest neighbour with a candidate and the cost by which the support
    /// vectors are found.
    fn nearest(&self, candidate: Candidate, cost: f64) -> Result<f64, Box<dyn Error>> {
        self.examples(candidate, Some(cost))?.nearest()
    }

    /// The support vectors of a candidate's machine and their changed copies.
    fn examples(
        &self,
        candidate: Candidate,
        cost: Option<f64>,
    ) -> Result<Examples<'_>, Box<dyn Error>> {
        let prepared = |images: &Images| candidate.prepared(images.clone());
        let kernel = FisherKernel::new(self.machines.machine(&candidate).clone())
            .cosine()
            .power(candidate.power)?
            .pixel_power(candidate.pixels)?;
        let (learnt, judged) = (prepared(self.learnt)?, prepared(self.judged)?);
        let map = match candidate.whitening {
            Whitening::None => Map::plain(kernel.clone(), self.family.landmarks.first, &learnt)?,
            whitening => Map::whitened(kernel.clone(), (self.family.size, whitening), &learnt)?,
        };
        let (cost, plain, supports) = {
            let (learnt, judged) = (map.transform(&learnt)?, map.transform(&judged)?);
            let (cost, plain, machine) = best_machine(&learnt, &judged, cost)?;
            (cost, plain, machine.support_vectors(&learnt)?)
        };
        let images = rows(self.learnt, &supports);
        let mut copies = Vec::new();
        for copy in 0..self.family.copies as u64 {
            copies.push(prepared(&changed(&images, &self.family.augment(), copy)?)?);
        }
        Ok(Examples {
            family: self.family,
            candidate,
            kernel,
            map,
            cost,
            plain,
            supports: rows(&learnt, &supports),
            copies: joined(&copies)?,
            learnt,
            judged,
        })
    }
}

/// Images, the support vectors among them, and changed copies of these, as the machine sees them.
struct Examples<'a> {
    family: &'a Family,
    candidate: Candidate,
    kernel: FisherKernel<f32, Dbm<f32>>,
    /// By which the support vectors were found, at this cost and with this accuracy.
    map: Map<Dbm<f32>>,
    cost: f64,
    plain: f64,
    learnt: Images,
    supports: Images,
    copies: Images,
    judged: Images,
}

impl Examples<'_> {
    /// The accuracy of the nearest neighbour among images and copies: by the cosine of whitened
    /// vectors, or by the kernel itself.
    fn nearest(&self) -> Result<f64, Box<dyn Error>> {
        let images = joined(&[&self.learnt, &self.copies])?;
        let judged = &self.judged;
        let predicted = match &self.map {
            Map::Whitened(..) => KNearestNeighbors::params(1)
                .distance(CosineDist)
                .fit(&self.map.transform(&images)?)?
                .try_predict(&self.map.transform(judged)?.records)?,
            Map::Plain(_) => KNearestCodesParams::new(1, self.kernel.clone())
                .fit(&images)?
                .try_predict(&judged.records)?,
        };
        Ok(accuracy(&predicted, &judged.targets))
    }

    /// The trial, once a machine has learnt the support vectors and their copies; without a cost,
    /// by fewer landmarks.
    fn learnt_with_copies(self, nearest: f64, cost: Option<f64>) -> Result<Trial, Box<dyn Error>> {
        let examples = joined(&[&self.supports, &self.copies])?;
        let landmarks = match cost {
            Some(_) => self.family.landmarks.chosen,
            None => self.family.landmarks.trial,
        };
        let map = match self.map {
            Map::Plain(_) => Map::plain(self.kernel, landmarks, &examples)?,
            whitened => whitened,
        };
        let judged = map.transform(&self.judged)?;
        let (second, accuracy, _) = best_machine(&map.transform(&examples)?, &judged, cost)?;
        Ok(Trial {
            candidate: self.candidate,
            costs: [self.cost, second],
            support_vectors: self.supports.nsamples(),
            plain: self.plain,
            accuracy,
            nearest,
            judged: judged.nsamples(),
        })
    }
}

/// A cost, the accuracy with it, and its machine.
type Judgement = (f64, f64, LinearSvm<f32, usize>);

/// The cost, given or the best for the rows that are judged, its accuracy there, and its machine.
fn best_machine(
    learnt: &Images,
    judged: &Images,
    cost: Option<f64>,
) -> linfa_fisher::Result<Judgement> {
    let costs = cost.map_or(COSTS.to_vec(), |cost| vec![cost]);
    let path = LinearSvm::params().check()?.fit_path(learnt, &costs)?;
    let mut judgements = Vec::new();
    for (machine, cost) in path.into_iter().zip(costs) {
        let share = accuracy(&machine.try_predict(&judged.records)?, &judged.targets);
        judgements.push((cost, share, machine));
    }
    let first = judgements.remove(0);
    let better = |best: Judgement, other: Judgement| if other.1 > best.1 { other } else { best };
    Ok(judgements.into_iter().fold(first, better))
}

/// A changed copy of each image.
fn changed(images: &Images, augment: &Augment, seed: u64) -> Result<Images, Box<dyn Error>> {
    let copies = augment.stream(images, 1000 + seed)?;
    let blocks: Vec<_> = copies.batches(1000).map(|batch| batch.records).collect();
    let blocks: Vec<ArrayView2<f32>> = blocks.iter().map(|block| block.view()).collect();
    let names = images.feature_names().to_vec();
    let changed = Dataset::new(concatenate(Axis(0), &blocks)?, images.targets.clone());
    Ok(changed.with_feature_names(names))
}

/// The rows of all parts.
fn joined(parts: &[impl Borrow<Images>]) -> Result<Images, Box<dyn Error>> {
    let records: Vec<_> = parts
        .iter()
        .map(|part| part.borrow().records.view())
        .collect();
    let targets: Vec<_> = parts
        .iter()
        .map(|part| part.borrow().targets.view())
        .collect();
    let records: Array2<f32> = concatenate(Axis(0), &records)?;
    let targets: Array1<usize> = concatenate(Axis(0), &targets)?;
    Ok(Dataset::new(records, targets))
}
