//! Figure 4: training accuracy of the support vector machine by stochastic gradient descent against
//! epochs, with and without the Fisher information.

use std::error::Error;

use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_fisher::classification::{LinearSvm, Loss, Schedule, Sgd, Solver};
use linfa_fisher::datasets::Binarize;
use linfa_fisher::fisher::FisherKernel;
use linfa_fisher::observer::History;
use linfa_fisher::traits::FitObserved;
use serde_crate::{Deserialize, Serialize};

use super::table2;
use crate::Lab;
use crate::charts::{Axes, Lines, Series};
use crate::plan::Plan;
use crate::recipe::Recipe;
use crate::report::{Section, Table};
use crate::sets::Set;
use crate::vectors::{Directions, Whitening, scaled};

const EPOCHS: usize = 50;

/// Costs for the unit-length vectors: the same on both sides, from weak to strong fits.
const COSTS: [f64; 3] = [1.0, 10.0, 100.0];

/// The training accuracies of each epoch, in per cent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Curve {
    features: String,
    cost: f64,
    accuracies: Vec<f64>,
}

/// Seconds that a set takes on two cores, about.
pub(crate) fn expected(set: Set, plan: &Plan) -> f64 {
    table2::expected(set, plan) / 2.0
}

pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("figure4", "Figure 4: epochs of the SGD-trained SVM");
    section.text(format!(
        "Accuracy on the training images after each of {EPOCHS} epochs of averaged stochastic gradient \
         descent on the hinge, with the same optimal schedule of rates for both, on vectors of unit \
         length on average: with the Fisher information (IDFK) and without (DFK). What whitening \
         does is to make all directions equally easy to learn; how far that carries on test images, \
         Table 2 says."
    ));
    for set in lab.plan.of_figure4() {
        let curves = curves(lab, set)?;
        section.table(table(set, &curves));
        let series = curves.iter().map(|curve| Series {
            name: format!("{}, C = {}", curve.features, curve.cost),
            points: (1..)
                .map(f64::from)
                .zip(curve.accuracies.iter().copied())
                .collect(),
        });
        let chart = Lines {
            axes: Axes {
                title: set.title(),
                x: "epoch",
                y: "training accuracy, %",
                log_x: true,
                log_y: false,
            },
            series: series.collect(),
        };
        section.figure(
            format!("figure4-{}", set.name()),
            format!("{}: training accuracy against epochs", set.title()),
            chart.picture()?,
        );
        section.number(set.name(), &curves)?;
    }
    Ok(section)
}

/// The epochs that each needs to come within half a per cent of its last accuracy.
fn table(set: Set, curves: &[Curve]) -> Table {
    let header = [
        "features",
        "C",
        "after 1 epoch",
        "after 5",
        "after 50",
        "within 0.5 % of it after",
    ];
    let mut table = Table::new(set.title(), header);
    for Curve {
        features,
        cost,
        accuracies,
    } in curves
    {
        let last = accuracies[accuracies.len() - 1];
        let near = accuracies
            .iter()
            .position(|&x| x > last - 0.5)
            .unwrap_or_default();
        table.row([
            features.clone(),
            cost.to_string(),
            format!("{:.2}", accuracies[0]),
            format!("{:.2}", accuracies[accuracies.len().min(5) - 1]),
            format!("{last:.2}"),
            format!("{} epochs", near + 1),
        ]);
    }
    table
}

fn curves(lab: &mut Lab, set: Set) -> Result<Vec<Curve>, Box<dyn Error>> {
    let recipe = Recipe::of(set, lab.plan.quick);
    let (folder, expected) = (lab.folder.clone(), expected(set, &lab.plan));
    let name = format!("figure4-{}", set.name());
    lab.ledger
        .item(&name, expected, &(&recipe, EPOCHS, COSTS), || {
            let split = set.splits(&folder, 1, 1)?.remove(0);
            let train = Binarize::new(recipe.threshold)?.transform(split.train);
            let dbm = recipe.training.dbm(set.sizes().dbm, &train, 1)?;
            let kernel = FisherKernel::new(dbm).cosine();
            let directions = Directions::fit(kernel, recipe.size, &train)?;
            let vectors = directions.transform(&train)?;
            let mut curves = Vec::new();
            for (features, whitening) in [("IDFK", recipe.idfk), ("DFK", Whitening::None)] {
                let rows = scaled(&vectors, &directions.factors(whitening));
                for cost in COSTS {
                    let sgd = Sgd::new(EPOCHS).schedule(Schedule::Optimal);
                    let params = LinearSvm::params()
                        .loss(Loss::Hinge)
                        .c(cost)
                        .solver(Solver::Sgd(sgd));
                    let mut history = History::default();
                    params.check()?.fit_observed(&rows, &mut history)?;
                    curves.push(Curve {
                        features: features.to_owned(),
                        cost,
                        accuracies: history.values("accuracy").map(|x| 100.0 * x).collect(),
                    });
                }
            }
            Ok(curves)
        })
}
