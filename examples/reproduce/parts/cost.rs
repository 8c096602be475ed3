//! Section 5.3: what each step costs, and how that grows.

use std::error::Error;
use std::time::Instant;

use linfa::prelude::*;
use linfa_fisher::classification::LinearSvm;
use linfa_fisher::datasets::Binarize;
use linfa_fisher::fisher::{FisherKernel, Landmarks};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use serde_crate::{Deserialize, Serialize};

use crate::Lab;
use crate::charts::{Axes, Lines, Series};
use crate::clock::peak_memory;
use crate::machines::Training;
use crate::plan::Plan;
use crate::report::{Section, Table};
use crate::sets::{Images, Set, rows};

/// What the cost depends on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Sizes {
    images: usize,
    h1: usize,
    h2: usize,
    landmarks: usize,
    rank: usize,
}

/// The steps, with what their cost should grow with.
const STEPS: [(&str, &str); 5] = [
    ("machine, 5 + 5 epochs", "n (d L1 + L1 L2)"),
    (
        "kernel of the landmarks, its factor",
        "m² (d + L1 + L2) + m³",
    ),
    (
        "kernels of all images, their products",
        "n m (d + L1 + L2) + n m²",
    ),
    ("eigenvectors, directions", "m² r to m³"),
    ("vectors of all images", "n m (d + L1 + L2 + r)"),
];

/// Seconds of each step and of the support vector machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Cost {
    sizes: Sizes,
    seconds: [f64; 5],
    svm: f64,
    /// Of the process until then, in MB.
    peak_memory: String,
}

/// Seconds that all sizes take on two cores, about.
pub(crate) fn expected(plan: &Plan) -> f64 {
    3.0 * AXES.len() as f64 * each(plan.quick)
}

fn each(quick: bool) -> f64 {
    if quick { 1.0 } else { 20.0 }
}

pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("cost", "Section 5.3: what it costs");
    let set = lab.plan.primary()[0];
    section.text(format!(
        "Seconds of each step on {} (d = {} pixels), when one size at a time is doubled: n images, L1 and \
         L2 hidden units, m landmarks, rank r. The last column is the slope of log time over log size, \
         by least squares: 1 for proportional, 2 for quadratic growth; it is below what the complexity \
         says where a fixed part still outweighs it.",
        set.title(),
        set.shape().pixels(),
    ));
    let base = base(lab.plan.quick);
    let mut table = Table::new("", ["step", "grows with", "size doubled", "s", "slope"]);
    let mut figures = Vec::new();
    let mut numbers = Vec::new();
    for (axis, size) in AXES {
        let mut costs = Vec::new();
        for doubling in -1..=1 {
            let mut sizes = base;
            *size(&mut sizes) = doubled(*size(&mut sizes), doubling);
            costs.push((*size(&mut sizes) as f64, cost(lab, set, sizes)?));
        }
        for (step, (name, grows)) in STEPS.iter().enumerate() {
            let points = || costs.iter().map(|(size, cost)| (*size, cost.seconds[step]));
            let seconds: Vec<String> = points().map(|point| short(point.1)).collect();
            table.row([
                (*name).to_owned(),
                (*grows).to_owned(),
                format!(
                    "{axis}: {}",
                    costs
                        .iter()
                        .map(|(size, _)| size.to_string())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
                seconds.join(", "),
                format!("{:.1}", slope(points())),
            ]);
        }
        let series = STEPS.iter().enumerate().map(|(step, (name, _))| Series {
            name: (*name).to_owned(),
            points: costs
                .iter()
                .map(|(size, cost)| (*size, cost.seconds[step].max(1e-6)))
                .collect(),
        });
        let axes = Axes {
            title: "",
            x: axis,
            y: "s",
            log_x: true,
            log_y: true,
        };
        let chart = Lines {
            axes,
            series: series.collect(),
        };
        figures.push((axis, chart.picture()?));
        numbers.extend(costs.into_iter().map(|(_, cost)| cost));
    }
    section.table(table);
    let middle = cost(lab, set, base)?;
    section.table(work(set, &middle));
    for (axis, picture) in figures {
        let name = format!("cost-{}", axis.split(' ').next().unwrap_or_default());
        section.figure(
            name,
            format!("Seconds of each step against {axis}"),
            picture,
        );
    }
    section.number("costs", &numbers)?;
    Ok(section)
}

/// Seconds with two digits at least.
fn short(seconds: f64) -> String {
    match seconds < 0.1 {
        true => format!("{seconds:.4}"),
        false => format!("{seconds:.2}"),
    }
}

/// A size of several.
type Size = fn(&mut Sizes) -> &mut usize;

/// What is doubled, and halved.
const AXES: [(&str, Size); 5] = [
    ("images n", |sizes| &mut sizes.images),
    ("L1", |sizes| &mut sizes.h1),
    ("L2", |sizes| &mut sizes.h2),
    ("landmarks m", |sizes| &mut sizes.landmarks),
    ("rank r", |sizes| &mut sizes.rank),
];

fn doubled(size: usize, by: i32) -> usize {
    match by {
        0.. => size << by,
        _ => size >> -by,
    }
}

fn base(quick: bool) -> Sizes {
    match quick {
        true => Sizes {
            images: 700,
            h1: 20,
            h2: 40,
            landmarks: 200,
            rank: 64,
        },
        false => Sizes {
            images: 15_000,
            h1: 100,
            h2: 200,
            landmarks: 1500,
            rank: 256,
        },
    }
}

/// The slope of log seconds over log size.
fn slope(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let logs: Vec<_> = points
        .map(|(size, seconds)| (size.ln(), seconds.max(1e-4).ln()))
        .collect();
    let n = logs.len() as f64;
    let (mx, my) = logs
        .iter()
        .fold((0.0, 0.0), |(x, y), log| (x + log.0 / n, y + log.1 / n));
    let covariance: f64 = logs.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    covariance / logs.iter().map(|(x, _)| (x - mx).powi(2)).sum::<f64>()
}

/// Floating-point operations of the steps that are matrix products, and their rate.
fn work(set: Set, cost: &Cost) -> Table {
    let Sizes {
        images,
        h1,
        h2,
        landmarks,
        rank,
    } = cost.sizes;
    let [n, m, r] = [images, landmarks, rank].map(|size| size as f64);
    let units = (set.shape().pixels() + h1 + h2) as f64;
    let flops = [
        None,
        Some(2.0 * m * m * units + m * m * m / 3.0),
        Some(2.0 * n * m * units + n * m * m),
        None,
        Some(2.0 * n * m * (units + r)),
    ];
    let caption = format!("n = {images}, L1 = {h1}, L2 = {h2}, m = {landmarks}, r = {rank}");
    let mut table = Table::new(caption, ["step", "s", "GFLOP", "GFLOP/s"]);
    for (((name, _), seconds), flops) in STEPS.iter().zip(cost.seconds).zip(flops) {
        let gflop = flops.map(|flops| flops / 1e9);
        table.row([
            (*name).to_owned(),
            short(seconds),
            gflop.map_or(String::new(), |gflop| format!("{gflop:.1}")),
            gflop.map_or(String::new(), |gflop| format!("{:.1}", gflop / seconds)),
        ]);
    }
    table.row([
        "linear SVM, C = 0.01".to_owned(),
        short(cost.svm),
        String::new(),
        String::new(),
    ]);
    let peak = format!("peak memory until then: {} MB", cost.peak_memory);
    table.row([peak, String::new(), String::new(), String::new()]);
    table
}

fn cost(lab: &mut Lab, set: Set, sizes: Sizes) -> Result<Cost, Box<dyn Error>> {
    let folder = lab.folder.clone();
    let Sizes {
        images,
        h1,
        h2,
        landmarks,
        rank,
    } = sizes;
    let name = format!("cost-{}-{images}-{h1}-{h2}-{landmarks}-{rank}", set.name());
    let each = each(lab.plan.quick);
    lab.ledger.item(&name, each, &sizes, || {
        let split = set.splits(&folder, 1, 1)?.remove(0);
        let count = split.train.nsamples().min(sizes.images);
        let train = rows(&split.train, &(0..count).collect::<Vec<_>>());
        measured(&Binarize::new(0.5)?.transform(train), sizes)
    })
}

fn measured(train: &Images, sizes: Sizes) -> Result<Cost, Box<dyn Error>> {
    let mut seconds = [0.0; 5];
    let mut start = Instant::now();
    let mut lap = |step: usize| {
        seconds[step] = start.elapsed().as_secs_f64();
        start = Instant::now();
    };
    let training = Training {
        epochs: 5,
        pretraining: 5,
        rate: 0.02,
        decay: 0.0,
    };
    let dbm = training.dbm([sizes.h1, sizes.h2], train, 1)?;
    lap(0);
    let mut rng = Xoshiro256Plus::seed_from_u64(1);
    let kernel = FisherKernel::new(dbm).cosine();
    let chosen = sizes.landmarks.min(train.nsamples());
    let landmarks = Landmarks::choose(kernel, train.records.view(), chosen, &mut rng)?;
    lap(1);
    let mut statistics = landmarks.statistics();
    for block in train.records.axis_chunks_iter(ndarray::Axis(0), 1000) {
        landmarks.add(&mut statistics, block)?;
    }
    lap(2);
    let features = landmarks.features(&statistics, sizes.rank, 1e-2)?;
    lap(3);
    let vectors = features.transform(&train.records)?;
    lap(4);
    let vectors = Dataset::new(vectors, train.targets.clone());
    LinearSvm::params().c(1e-2).fit(&vectors)?;
    let svm = start.elapsed().as_secs_f64();
    Ok(Cost {
        sizes,
        seconds,
        svm,
        peak_memory: peak_memory(),
    })
}
