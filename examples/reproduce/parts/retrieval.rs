//! Retrieval: which images come first when one asks for those that are like another.

use std::error::Error;

use linfa::prelude::*;
use linfa_fisher::datasets::{Binarize, Split};
use linfa_fisher::fisher::compression::{Encoder, ProductQuantizer};
use linfa_fisher::fisher::{FisherKernel, LayeredScore, ScoreModel};
use linfa_fisher::metrics::RetrievalByClass;
use ndarray::{Array2, Axis, s};
use serde_crate::{Deserialize, Serialize};

use super::table2::{along, expected};
use crate::Lab;
use crate::charts::{Axes, Lines, Series};
use crate::machines::pixels;
use crate::recipe::Recipe;
use crate::report::{Section, Table};
use crate::sets::{Set, rows};
use crate::vectors::{Directions, Size, Whitening, unit_rows};

/// Bytes an image: four for each number that is kept, or one for each subspace of a product quantiser.
const BYTES: [usize; 8] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

/// Images that are searched, and queries, at most.
const SEARCHED: usize = 10_000;
const QUERIES: usize = 1000;

/// Mean average precision and precision at 10 of one kind of vectors of so many bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Found {
    vectors: String,
    bytes: usize,
    average_precision: f64,
    precision_at_10: f64,
}

pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("retrieval", "Retrieval and compression");
    section.text(format!(
        "Up to {SEARCHED} training images, ranked by the cosine for each of up to {QUERIES} test images. \
         Mean average precision, then precision at 10, at so many bytes an image: the leading \
         directions, four bytes for each, or all of them by a product quantiser, a byte for each of its \
         subspaces. Whitened vectors lose by each further direction, which counts as much as the first."
    ));
    for set in lab.plan.primary() {
        let found = found(lab, set)?;
        let mut kinds: Vec<&str> = found.iter().map(|found| &*found.vectors).collect();
        kinds.dedup();
        let mut table = Table::new(
            set.title(),
            [
                "vectors",
                "bytes",
                "mean average precision",
                "precision at 10",
            ],
        );
        for Found {
            vectors,
            bytes,
            average_precision,
            precision_at_10,
        } in &found
        {
            let [average, at_10] = [average_precision, precision_at_10].map(|x| format!("{x:.3}"));
            table.row([vectors.clone(), bytes.to_string(), average, at_10]);
        }
        section.table(table);
        let series = kinds.iter().map(|&kind| Series {
            name: kind.to_owned(),
            points: found
                .iter()
                .filter(|found| found.vectors == kind)
                .map(|found| (found.bytes as f64, found.average_precision))
                .collect(),
        });
        let axes = Axes {
            title: set.title(),
            x: "bytes an image",
            y: "mean average precision",
            log_x: true,
            log_y: false,
        };
        let chart = Lines {
            axes,
            series: series.collect(),
        };
        section.figure(
            format!("retrieval-{}", set.name()),
            format!("{}: mean average precision against bytes", set.title()),
            chart.picture()?,
        );
        section.number(set.name(), &found)?;
    }
    Ok(section)
}

fn found(lab: &mut Lab, set: Set) -> Result<Vec<Found>, Box<dyn Error>> {
    let recipe = Recipe::of(set, lab.plan.quick);
    let (folder, expected) = (lab.folder.clone(), expected(set, &lab.plan));
    let name = format!("retrieval-{}", set.name());
    lab.ledger.item(
        &name,
        expected,
        &(&recipe, BYTES, SEARCHED, QUERIES),
        || {
            let binarize = Binarize::new(recipe.threshold)?;
            let split = set
                .splits(&folder, 1, 1)?
                .remove(0)
                .map(|part| binarize.transform(part));
            let training = &recipe.training;
            let sizes = set.sizes();
            let rbm = training.rbm(sizes.rbm, &split.train, 1)?;
            let dbm = training.dbm(sizes.dbm, &split.train, 1)?;
            // Machines learn from all images; directions are those of the images that are searched.
            let first = |count: usize, most: usize| (0..count.min(most)).collect::<Vec<_>>();
            let split = Split {
                train: rows(&split.train, &first(split.train.nsamples(), SEARCHED)),
                test: rows(&split.test, &first(split.test.nsamples(), QUERIES)),
            };
            let size = Size {
                rank: BYTES[BYTES.len() - 1] / 4,
                ..recipe.size
            };
            let mut found = Vec::new();
            let pixels = directions(pixels(split.train.nfeatures())?, size, &split)?;
            at_all_bytes(
                "pixels",
                &along(&pixels, &split, Whitening::None)?,
                &mut found,
            )?;
            let fk = directions(rbm, size, &split)?;
            at_all_bytes("FK", &along(&fk, &split, Whitening::None)?, &mut found)?;
            let dfk = directions(dbm, size, &split)?;
            let (plain, whitened) = (
                along(&dfk, &split, Whitening::None)?,
                along(&dfk, &split, recipe.idfk)?,
            );
            at_all_bytes("DFK", &plain, &mut found)?;
            at_all_bytes("IDFK", &whitened, &mut found)?;
            quantised("DFK, quantised", &plain, &mut found)?;
            quantised("IDFK, quantised", &whitened, &mut found)?;
            Ok(found)
        },
    )
}

fn directions<M: LayeredScore<f32> + ScoreModel<f32, Model = M>>(
    machine: M,
    size: Size,
    split: &Split<f32>,
) -> linfa_fisher::Result<Directions<M>> {
    Directions::fit(FisherKernel::new(machine).cosine(), size, &split.train)
}

/// By the leading numbers.
fn at_all_bytes(
    vectors: &str,
    split: &Split<f32>,
    found: &mut Vec<Found>,
) -> linfa_fisher::Result<()> {
    let all = split.train.records.ncols();
    for bytes in BYTES.into_iter().filter(|bytes| bytes / 4 <= all) {
        let leading =
            |records: &Array2<f32>| unit_rows(records.slice(s![.., ..bytes / 4]).to_owned());
        let (images, queries) = (leading(&split.train.records), leading(&split.test.records));
        found.push(ranked(vectors, bytes, &images, &queries, split)?);
    }
    Ok(())
}

/// By what a product quantiser makes of the images; queries are left as they are.
fn quantised(
    vectors: &str,
    split: &Split<f32>,
    found: &mut Vec<Found>,
) -> linfa_fisher::Result<()> {
    let images = unit_rows(split.train.records.clone());
    let queries = unit_rows(split.test.records.clone());
    let centroids = images.nrows().min(256);
    for bytes in BYTES
        .into_iter()
        .filter(|&bytes| bytes <= images.ncols().min(512))
    {
        let quantizer = ProductQuantizer::params(bytes).centroids(centroids);
        let quantizer = quantizer.fit(&DatasetBase::from(images.view()))?;
        let decoded = quantizer.decode(quantizer.encode(images.view())?.view())?;
        found.push(ranked(vectors, bytes, &decoded, &queries, split)?);
    }
    Ok(())
}

/// Ranks all images for each query by their inner product.
fn ranked(
    vectors: &str,
    bytes: usize,
    images: &Array2<f32>,
    queries: &Array2<f32>,
    split: &Split<f32>,
) -> linfa_fisher::Result<Found> {
    const BLOCK: usize = 250;
    let mut scores = RetrievalByClass::new(10);
    let blocks = queries.axis_chunks_iter(Axis(0), BLOCK);
    for (block, truth) in blocks.zip(split.test.targets.axis_chunks_iter(Axis(0), BLOCK)) {
        let distances = -block.dot(&images.t());
        scores.add(distances.view(), truth, split.train.targets.view())?;
    }
    let overall = scores.overall();
    Ok(Found {
        vectors: vectors.to_owned(),
        bytes,
        average_precision: overall.average_precision().mean().unwrap_or_default(),
        precision_at_10: overall.precision_at_k().mean().unwrap_or_default(),
    })
}
