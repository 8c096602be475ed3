//! Figure 3: which features speak for each class and which against it, and what they look like.

use std::error::Error;

use linfa::prelude::*;
use linfa_fisher::classification::{CosineDist, DecisionFunction, KNearestNeighbors, LinearSvm};
use linfa_fisher::datasets::{Binarize, Split, alphanumeric_label};
use linfa_fisher::explanation::{Attribution, GlobalShap, LinearShap, PermutationShap};
use linfa_fisher::fisher::{FisherFeatures, Information};
use linfa_fisher::report::plot::ImageGrid;
use linfa_fisher::{Dbm, ImageShape};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use serde_crate::{Deserialize, Serialize};

use super::table2;
use crate::Lab;
use crate::charts::images;
use crate::classifiers::{best_cost, validation_split};
use crate::plan::Plan;
use crate::recipe::Recipe;
use crate::report::{Section, Table};
use crate::sets::{Images, Set, rows, spread};
use crate::vectors::Whitening;

/// Features: directions of the largest eigenvalues.
const RANK: usize = 64;

/// Training images at most; a sixth of them is explained.
const IMAGES: usize = 6000;

/// Of the nearest neighbour: pairs of permutations for each image, background images, and images
/// of each class.
const PAIRS: usize = 4;
const BACKGROUND: usize = 10;
const OF_EACH_CLASS: usize = 6;

/// Hidden units whose part of a feature is drawn.
const UNITS: usize = 8;

/// The features of most support and refutation of a class.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Extremes {
    class: usize,
    /// `None` where no feature does.
    supporting: Option<Support>,
    refuting: Option<Support>,
}

/// A feature, how much it speaks for or against a class, and the standard error of that.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Support {
    feature: usize,
    value: f64,
    error: f64,
}

/// The explanations of both classifiers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Explained {
    svm: Vec<Extremes>,
    nearest: Vec<Extremes>,
    /// Largest distance of the sum of an image's values from its output less the mean.
    efficiency: f64,
    /// Filters of the supporting and the refuting features, a column each, and couplings of the
    /// hidden layers.
    pixels: [Array2<f32>; 2],
    hidden: [Array2<f32>; 2],
}

/// Seconds that a set takes on two cores, about.
pub(crate) fn expected(set: Set, plan: &Plan) -> f64 {
    table2::expected(set, plan) / 3.0 + if plan.quick { 5.0 } else { 60.0 }
}

pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("figure3", "Figure 3: global SHAP of IDFK");
    section.text(format!(
        "The feature of the largest mean SHAP value over held-out training images of each class, which \
         supports it most, and that of the most negative value for the class over all of them, which \
         refutes it most, of {RANK} features after min-max and L2 scaling. Exact for the linear support vector \
         machine (decision values, independent features); by {PAIRS} antithetic pairs of permutations with \
         {BACKGROUND} background images for the nearest neighbour by the cosine (share of votes), with the \
         standard error that sampling leaves. Below, these features of the linear machine mapped back \
         through U: a row for each class, and in it the parts of the {UNITS} hidden units whose pixels weigh \
         most; then the couplings of the hidden layers, first units down, second units across."
    ));
    for set in lab.plan.primary() {
        let explained = explained(lab, set)?;
        for (classifier, extremes) in [("linear SVM", &explained.svm), ("1-NN", &explained.nearest)]
        {
            section.table(table(&format!("{}, {classifier}", set.title()), extremes));
        }
        section.text(format!(
            "{}: SHAP values of an image sum up to its decision value less the mean but for {:.0e} at most.",
            set.title(),
            explained.efficiency
        ));
        let [_, h2] = set.sizes().dbm;
        let hidden = ImageShape::new(set.sizes().dbm[0], h2);
        for (kind, which) in [("supporting", 0), ("refuting", 1)] {
            let filters = ImageGrid::filters(explained.pixels[which].view(), set.shape())?;
            section.figure(
                format!("figure3-{}-{kind}-pixels", set.name()),
                format!(
                    "{}: {kind} features in the pixels, a row for each class in the order of the table",
                    set.title()
                ),
                images(&filters.columns(UNITS).magnification(2))?,
            );
            let couplings = ImageGrid::filters(explained.hidden[which].view(), hidden)?;
            section.figure(
                format!("figure3-{}-{kind}-hidden", set.name()),
                format!(
                    "{}: {kind} features in the hidden layers, class by class; grey is zero",
                    set.title()
                ),
                images(
                    &couplings
                        .columns(if h2 > 60 { 6 } else { 5 })
                        .magnification(2),
                )?,
            );
        }
        section.number(
            set.name(),
            &(&explained.svm, &explained.nearest, explained.efficiency),
        )?;
    }
    Ok(section)
}

fn table(caption: &str, extremes: &[Extremes]) -> Table {
    let header = [
        "class",
        "supporting",
        "value",
        "s.e.",
        "refuting",
        "value",
        "s.e.",
    ];
    let mut table = Table::new(caption, header);
    for Extremes {
        class,
        supporting,
        refuting,
    } in extremes
    {
        let cells = |support: &Option<Support>| match support {
            Some(Support {
                feature,
                value,
                error,
            }) => [
                format!("eigen-direction {}", feature + 1),
                format!("{value:+.4}"),
                format!("{error:.4}"),
            ],
            None => ["none", "", ""].map(str::to_owned),
        };
        let ([a, b, c], [d, e, f]) = (cells(supporting), cells(refuting));
        let class = alphanumeric_label(*class).map_or_else(String::new, String::from);
        table.row([class, a, b, c, d, e, f]);
    }
    table
}

fn explained(lab: &mut Lab, set: Set) -> Result<Explained, Box<dyn Error>> {
    let recipe = Recipe::of(set, lab.plan.quick);
    let (folder, expected) = (lab.folder.clone(), expected(set, &lab.plan));
    let name = format!("figure3-{}", set.name());
    let settings = (
        RANK,
        IMAGES,
        PAIRS,
        BACKGROUND,
        "spread",
        OF_EACH_CLASS,
        UNITS,
    );
    lab.ledger.item(&name, expected, &(&recipe, settings), || {
        let train = set.splits(&folder, 1, 1)?.remove(0).train;
        let train = rows(
            &train,
            &(0..train.nsamples().min(IMAGES)).collect::<Vec<_>>(),
        );
        let (train, test) =
            validation_split(&Binarize::new(recipe.threshold)?.transform(train), 7)?;
        of_images(&recipe, &Split { train, test })
    })
}

fn of_images(recipe: &Recipe, split: &Split<f32>) -> Result<Explained, Box<dyn Error>> {
    let Whitening::Of { damping, .. } = recipe.idfk else {
        return Err("IDFK is whitened".into());
    };
    let dbm = recipe
        .training
        .dbm(recipe.set.sizes().dbm, &split.train, 1)?;
    let information = Information::LowRank {
        rank: RANK,
        damping,
    };
    let features = FisherFeatures::idfk(dbm)
        .information(information)
        .fit(&split.train)?;
    let vectors = |images: &Images| -> linfa_fisher::Result<Images> {
        Ok(Dataset::new(
            features.transform(&images.records)?,
            images.targets.clone(),
        ))
    };
    let (train, test) = (vectors(&split.train)?, vectors(&split.test)?);

    let (cost, _) = best_cost(&LinearSvm::params(), &train, 1)?;
    let svm = LinearSvm::params().c(cost).fit(&train)?;
    let mean = train.records.mean_axis(Axis(0)).ok_or("no images")?;
    let shap = LinearShap::new(svm.coefficients().view(), mean.view())?;
    let of_svm = shap.global(&test.records, svm.classes(), test.targets.view())?;

    let nearest = KNearestNeighbors::params(1)
        .distance(CosineDist)
        .fit(&train)?;
    let votes = |records: ArrayView2<f32>| nearest.decision_function(&records);
    let some = few_of_each(&test, OF_EACH_CLASS);
    let background = rows(&train, &spread(train.nsamples(), BACKGROUND));
    let shap_of_votes = PermutationShap::params(PAIRS, background.records.view()).check()?;
    let of_nearest = shap_of_votes.global(
        &votes,
        &some.records,
        nearest.classes(),
        some.targets.view(),
    )?;

    let svm_extremes = extremes(&of_svm);
    let drawn = |of: fn(&Extremes) -> Option<Support>| drawn(&features, &svm_extremes, of);
    let (supporting, refuting) = (
        drawn(|extremes| extremes.supporting)?,
        drawn(|extremes| extremes.refuting)?,
    );
    Ok(Explained {
        efficiency: efficiency(&shap, &svm, &test, &mean)?,
        nearest: extremes(&of_nearest),
        pixels: [supporting.0, refuting.0],
        hidden: [supporting.1, refuting.1],
        svm: svm_extremes,
    })
}

fn extremes(global: &GlobalShap<usize>) -> Vec<Extremes> {
    let first = |found: Vec<Attribution>| {
        found.first().map(|found| Support {
            feature: found.feature,
            value: found.value,
            error: found.standard_error,
        })
    };
    let pairs = global.supporting(1).into_iter().zip(global.refuting(1));
    let pairs = global.classes().iter().zip(pairs);
    pairs
        .map(|(&class, (supporting, refuting))| Extremes {
            class,
            supporting: first(supporting),
            refuting: first(refuting),
        })
        .collect()
}

/// The first rows of each class.
fn few_of_each(vectors: &Images, most: usize) -> Images {
    let mut taken = std::collections::BTreeMap::new();
    let wanted = vectors.targets.iter().enumerate().filter(|&(_, class)| {
        let count = taken.entry(*class).or_insert(0);
        *count += 1;
        *count <= most
    });
    rows(vectors, &wanted.map(|(row, _)| row).collect::<Vec<_>>())
}

/// By how much the sums of SHAP values miss the decision values less their mean.
fn efficiency(
    shap: &LinearShap<f32>,
    svm: &LinearSvm<f32, usize>,
    vectors: &Images,
    mean: &Array1<f32>,
) -> linfa_fisher::Result<f64> {
    let decisions = svm.decision_function(&vectors.records)?;
    let base = svm.decision_function(&mean.view().insert_axis(Axis(0)))?;
    let mut most = 0.0_f64;
    for class in 0..shap.nclasses() {
        let values = shap.values(&vectors.records, class)?;
        let expected = decisions.column(class).mapv(f64::from) - f64::from(base[[0, class]]);
        let difference = values.sum_axis(Axis(1)).mapv(f64::from) - expected;
        most = difference.fold(most, |most, x| most.max(x.abs()));
    }
    Ok(most)
}

/// The pixels' and the hidden layers' parts of a feature of each class, a column each.
fn drawn(
    features: &FisherFeatures<f32, Dbm<f32>>,
    extremes: &[Extremes],
    of: impl Fn(&Extremes) -> Option<Support>,
) -> Result<(Array2<f32>, Array2<f32>), Box<dyn Error>> {
    let layout = features.layout();
    let (mut pixels, mut hidden) = (Vec::new(), Vec::new());
    for Support { feature, .. } in extremes.iter().filter_map(of) {
        let direction = features.direction(feature).ok_or("no such feature")?;
        let weights = layout.split(direction.view())?;
        pixels.push(weights[0].select(Axis(1), &heaviest(weights[0].view(), UNITS)));
        hidden.push(
            weights[1]
                .iter()
                .copied()
                .collect::<Array1<f32>>()
                .insert_axis(Axis(1)),
        );
    }
    let beside = |columns: &[Array2<f32>]| {
        concatenate(
            Axis(1),
            &columns
                .iter()
                .map(|column| column.view())
                .collect::<Vec<_>>(),
        )
    };
    Ok((beside(&pixels)?, beside(&hidden)?))
}

/// The columns of the largest norms, in their order.
fn heaviest(weights: ArrayView2<f32>, most: usize) -> Vec<usize> {
    let norm = |column: &usize| weights.column(*column).fold(0.0, |sum, x| sum + x * x);
    let mut columns: Vec<usize> = (0..weights.ncols()).collect();
    columns.sort_by(|a, b| norm(b).total_cmp(&norm(a)));
    columns.truncate(most);
    columns.sort_unstable();
    columns
}
