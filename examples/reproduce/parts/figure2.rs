//! Figure 2: t-SNE of IDFK beside DFK.

use std::error::Error;

use linfa::Dataset;
use linfa::ParamGuard;
use linfa::traits::{Fit, Transformer};
use linfa_fisher::classification::KNearestNeighbors;
use linfa_fisher::datasets::{Binarize, alphanumeric_label};
use linfa_fisher::fisher::FisherKernel;
use linfa_fisher::metrics::silhouette_score;
use linfa_tsne::TSneParams;
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_crate::{Deserialize, Serialize};

use super::table2;
use crate::Lab;
use crate::charts::Scatter;
use crate::plan::Plan;
use crate::recipe::Recipe;
use crate::report::{Section, Table};
use crate::sets::{Images, Set, rows, spread};
use crate::vectors::{Directions, Whitening, scaled, unit_rows};

/// Images of a picture.
const IMAGES: usize = 2000;

/// Neighbours whose classes are compared.
const K: usize = 10;

/// An embedding in the plane, and how well it keeps the classes apart.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Embedding {
    features: String,
    points: Vec<(f64, f64)>,
    classes: Vec<usize>,
    /// Of the vectors and of the points in the plane.
    silhouettes: [f64; 2],
    purities: [f64; 2],
}

/// Seconds that a set takes on two cores, about.
pub(crate) fn expected(set: Set, plan: &Plan) -> f64 {
    table2::expected(set, plan) / 2.0 + if plan.quick { 5.0 } else { 60.0 }
}

pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("figure2", "Figure 2: t-SNE of IDFK beside DFK");
    section.text(format!(
        "Up to {IMAGES} images that no machine has learnt from (of Alphanumeric: all images but those of one \
         fold, which the machine has learnt from without labels), each drawn as its class. How well \
         classes are apart is a number: the silhouette (from -1 to 1) and the share of the {K} nearest \
         neighbours that are of an image's own class, of the vectors, scaled to length 1 as Table 2's nearest \
         neighbour does, and of the points in the plane. (Whitening lengthens what varies little until it \
         counts as much as what varies most: where that is noise, all images come to be equally far \
         apart, and classes with them.)"
    ));
    let header = [
        "set",
        "features",
        "silhouette of vectors",
        "in the plane",
        "neighbours of vectors",
        "in the plane",
    ];
    let mut table = Table::new("", header);
    let mut figures = Vec::new();
    for set in lab.plan.primary() {
        let embeddings = embeddings(lab, set)?;
        for embedding in &embeddings {
            let [of_vectors, in_plane] = embedding.silhouettes;
            let [near, near_in_plane] = embedding.purities;
            table.row([
                set.title().to_owned(),
                embedding.features.clone(),
                format!("{of_vectors:.3}"),
                format!("{in_plane:.3}"),
                format!("{near:.3}"),
                format!("{near_in_plane:.3}"),
            ]);
            let title = format!("{}, {}", set.title(), embedding.features);
            let chart = Scatter {
                title: &title,
                points: &embedding.points,
                classes: &embedding.classes,
                names: &names(),
            };
            let name = format!(
                "figure2-{}-{}",
                set.name(),
                embedding.features.to_lowercase()
            );
            figures.push((name, format!("t-SNE of {title}"), chart.picture()?));
        }
        section.number(set.name(), &embeddings)?;
    }
    section.table(table);
    for (name, caption, picture) in figures {
        section.figure(name, caption, picture);
    }
    Ok(section)
}

/// Of the classes of all sets.
fn names() -> Vec<String> {
    (0..36)
        .filter_map(alphanumeric_label)
        .map(String::from)
        .collect()
}

fn embeddings(lab: &mut Lab, set: Set) -> Result<Vec<Embedding>, Box<dyn Error>> {
    let recipe = Recipe::of(set, lab.plan.quick);
    let (folder, quick) = (lab.folder.clone(), lab.plan.quick);
    let images = if quick { 300 } else { IMAGES };
    let expected = expected(set, &lab.plan);
    lab.ledger.item(
        &format!("figure2-{}", set.name()),
        expected,
        &(&recipe, images, K, "unit length"),
        || {
            let binarize = Binarize::new(recipe.threshold)?;
            let split = set
                .splits(&folder, 1, 1)?
                .remove(0)
                .map(|part| binarize.transform(part));
            let shown = if set == Set::Alphanumeric {
                &split.train
            } else {
                &split.test
            };
            let shown = rows(shown, &spread(shown.targets.len(), images));
            let dbm = recipe.training.dbm(set.sizes().dbm, &split.train, 1)?;
            let kernel = FisherKernel::new(dbm).cosine();
            let directions = Directions::fit(kernel, recipe.size, &split.train)?;
            let vectors = directions.transform(&shown)?;
            [("IDFK", recipe.idfk), ("DFK", Whitening::None)]
                .into_iter()
                .map(|(features, whitening)| {
                    embedding(features, &scaled(&vectors, &directions.factors(whitening)))
                })
                .collect()
        },
    )
}

fn embedding(features: &str, vectors: &Images) -> Result<Embedding, Box<dyn Error>> {
    let wide = unit_rows(vectors.records.clone()).mapv(f64::from);
    let rng = Xoshiro256Plus::seed_from_u64(42);
    let plane = TSneParams::embedding_size_with_rng(2, rng)
        .perplexity(30.0)
        .approx_threshold(0.5)
        .transform(wide.clone())?;
    Ok(Embedding {
        features: features.to_owned(),
        points: plane
            .rows()
            .into_iter()
            .map(|row| (row[0], row[1]))
            .collect(),
        classes: vectors.targets.to_vec(),
        silhouettes: [silhouette(&wide, vectors)?, silhouette(&plane, vectors)?],
        purities: [own_class(&wide, vectors)?, own_class(&plane, vectors)?],
    })
}

fn silhouette(points: &Array2<f64>, vectors: &Images) -> linfa_fisher::Result<f64> {
    silhouette_score(points.view(), vectors.targets.view())
}

/// The share of the nearest neighbours, the point itself left out, that are of its class.
fn own_class(points: &Array2<f64>, vectors: &Images) -> linfa_fisher::Result<f64> {
    let dataset = Dataset::new(points.clone(), vectors.targets.clone());
    let search = KNearestNeighbors::params(K + 1).check()?.fit(&dataset)?;
    let neighbors = search.neighbors(points)?;
    let targets: &Array1<usize> = &vectors.targets;
    let mut right = 0;
    for (row, near) in neighbors.rows().rows().into_iter().enumerate() {
        right += near
            .iter()
            .filter(|&&other| other != row && targets[other] == targets[row])
            .take(K)
            .count();
    }
    Ok(right as f64 / (K * targets.len()) as f64)
}
