//! Several pipelines on the same folds: paired differences, corrected p-values, ranks.

mod ranks;

use std::fmt;

use linfa::Label;
use ndarray::Array1;

use self::ranks::{holm, mean_ranks};
use super::fold_scores::FoldScores;
use super::metric::Metric;
use super::report::CrossValidation;
use crate::Result;
use crate::error::SelectionError;

/// A comparison of cross-validations on the same folds.
///
/// A pair is compared by the differences of a metric in every fold, which is far sharper than to
/// compare two intervals, since some folds are harder than others for both. The test is the
/// corrected resampled t-test (see [`FoldScores`]), with Holm's correction for the number of pairs
/// (Holm 1979): with a probability of about 0.95 or more, none of the differences that are called
/// significant at 0.05 is due to chance. Ranks are those of the folds, averaged (Demšar 2006,
/// "Statistical Comparisons of Classifiers over Multiple Data Sets").
///
/// All of this tells how sure the folds of this one dataset make us; another dataset may rank the
/// pipelines otherwise. Its `Display` writes two tables.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::KNearestNeighbors;
/// use linfa_fisher::model_selection::{cross_validate, Comparison, Metric, StratifiedKFold};
/// # use linfa::Dataset;
/// # use ndarray::{Array1, Array2};
///
/// # let records = Array2::from_shape_fn((60, 2), |(i, j)| ((i * 7 + j * 5) % 13) as f64);
/// # let targets = Array1::from_shape_fn(60, |i| usize::from((i * 7) % 13 > 6));
/// # let dataset = Dataset::new(records, targets);
/// let folds = StratifiedKFold::new(5);
/// let near = cross_validate(&dataset, &KNearestNeighbors::params(1), &folds)?;
/// let far = cross_validate(&dataset, &KNearestNeighbors::params(40), &folds)?;
/// let comparison = Comparison::new(&[("1-NN", &near), ("40-NN", &far)], &Metric::accuracy())?;
/// println!("{comparison}");
/// assert_eq!(comparison.ranks()[0], 1.0);
/// assert!(comparison.pairs()[0].difference().mean() > 0.0);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    metric: String,
    names: Vec<String>,
    scores: Vec<FoldScores>,
    ranks: Array1<f64>,
    pairs: Vec<PairedDifference>,
}

/// The difference of two pipelines in the same folds.
///
/// # Example
///
/// See [`Comparison`].
#[derive(Debug, Clone, PartialEq)]
pub struct PairedDifference {
    first: usize,
    second: usize,
    difference: FoldScores,
    corrected_p_value: f64,
}

impl PairedDifference {
    /// Places of the two in the comparison.
    pub fn places(&self) -> (usize, usize) {
        (self.first, self.second)
    }

    /// The first one's value less the second one's in every fold; its mean, interval and p-value
    /// are those of the pair alone.
    pub fn difference(&self) -> &FoldScores {
        &self.difference
    }

    /// The p-value with Holm's correction for all pairs of the comparison; NaN for a single fold.
    pub fn corrected_p_value(&self) -> f64 {
        self.corrected_p_value
    }
}

impl Comparison {
    /// Compares what was validated, each with a name of its own, by one metric.
    ///
    /// # Errors
    ///
    /// [`TooFewToCompare`] for fewer than two, [`SameName`], [`OtherFolds`] unless all have the
    /// same folds, of which none has failed in one alone, [`Undefined`], [`NotANumber`].
    ///
    /// [`TooFewToCompare`]: SelectionError::TooFewToCompare
    /// [`SameName`]: SelectionError::SameName
    /// [`OtherFolds`]: SelectionError::OtherFolds
    /// [`Undefined`]: SelectionError::Undefined
    /// [`NotANumber`]: SelectionError::NotANumber
    pub fn new<L: Label>(
        validations: &[(&str, &CrossValidation<L>)],
        metric: &Metric<L>,
    ) -> Result<Self> {
        check_same_folds(validations)?;
        let scores = validations.iter().map(|(_, report)| report.scores(metric));
        let scores: Vec<FoldScores> = scores.collect::<Result<_>>()?;
        for (scores, (name, _)) in scores.iter().zip(validations) {
            if scores.values().iter().any(|value| value.is_nan()) {
                let (metric, name) = (metric.name().to_owned(), (*name).to_owned());
                return Err(SelectionError::NotANumber { metric, name }.into());
            }
        }
        let ratio = validations[0].1.ratio();
        Ok(Self {
            metric: metric.name().to_owned(),
            names: validations
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            ranks: mean_ranks(&scores),
            pairs: pairs(&scores, ratio),
            scores,
        })
    }

    /// Name of the metric.
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// The names, in the order given.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The values of each in all folds, in the order given.
    pub fn scores(&self) -> &[FoldScores] {
        &self.scores
    }

    /// Mean rank of each over the folds, in the order given: 1 is the best, equals share the mean
    /// of their ranks.
    pub fn ranks(&self) -> &Array1<f64> {
        &self.ranks
    }

    /// All pairs: of the first with each of the others, then of the second, and so on.
    pub fn pairs(&self) -> &[PairedDifference] {
        &self.pairs
    }

    /// Groups of pipelines that cannot be told apart at this level, in `(0, 1)`: the bars of a
    /// critical-difference diagram. Each is a run of at least two places in the order of mean
    /// ranks, no pair of which has a corrected p-value below the level, and which is no part of
    /// another.
    pub fn cliques(&self, level: f64) -> Vec<Vec<usize>> {
        let order = self.order();
        let alike = |first: usize, second: usize| {
            let (first, second) = (first.min(second), first.max(second));
            let pair = self
                .pairs
                .iter()
                .find(|pair| pair.places() == (first, second));
            pair.is_none_or(|pair| {
                pair.corrected_p_value >= level || pair.corrected_p_value.is_nan()
            })
        };
        let end_of = |start: usize| {
            let fits = |&end: &usize| (start..end).all(|place| alike(order[place], order[end]));
            (start + 1..order.len())
                .take_while(fits)
                .last()
                .unwrap_or(start)
        };
        let mut cliques: Vec<Vec<usize>> = Vec::new();
        let mut reached = 0;
        for start in 0..order.len() {
            let end = end_of(start);
            if end > start && end > reached {
                cliques.push(order[start..=end].to_vec());
                reached = end;
            }
        }
        cliques
    }

    /// The places in the order of mean ranks, the best first.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_by(|&a, &b| self.ranks[a].total_cmp(&self.ranks[b]));
        order
    }
}

/// A name as a cell of a table in Markdown.
fn cell(name: &str) -> String {
    name.replace('|', "\\|")
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| pipeline | {} | 95 % interval | mean rank |",
            self.metric
        )?;
        writeln!(f, "|---|---|---|---|")?;
        for place in self.order() {
            let (scores, (low, high)) = (&self.scores[place], self.scores[place].interval(0.95));
            let (name, mean, rank) = (cell(&self.names[place]), scores.mean(), self.ranks[place]);
            writeln!(
                f,
                "| {name} | {mean:.4} | {low:.4} to {high:.4} | {rank:.2} |"
            )?;
        }
        writeln!(
            f,
            "\n| pair | difference | 95 % interval | p | p, corrected |"
        )?;
        writeln!(f, "|---|---|---|---|---|")?;
        for pair in &self.pairs {
            let [first, second] = [pair.first, pair.second].map(|place| cell(&self.names[place]));
            let (low, high) = pair.difference.interval(0.95);
            writeln!(
                f,
                "| {first} - {second} | {:+.4} | {low:+.4} to {high:+.4} | {:.4} | {:.4} |",
                pair.difference.mean(),
                pair.difference.p_value(),
                pair.corrected_p_value,
            )?;
        }
        Ok(())
    }
}

/// At least two, each with a name of its own, and the same rows in the same folds.
fn check_same_folds<L: Label>(validations: &[(&str, &CrossValidation<L>)]) -> Result<()> {
    let [(first, reference), others @ ..] = validations else {
        return Err(SelectionError::TooFewToCompare(0).into());
    };
    if others.is_empty() {
        return Err(SelectionError::TooFewToCompare(1).into());
    }
    let folds_of = |report: &CrossValidation<L>| -> Vec<(usize, Vec<usize>)> {
        let folds = report.folds().iter();
        folds
            .map(|fold| (fold.trained(), fold.rows().to_vec()))
            .collect()
    };
    let expected = folds_of(reference);
    for (place, (name, report)) in validations.iter().enumerate() {
        if validations[..place].iter().any(|(other, _)| other == name) {
            return Err(SelectionError::SameName((*name).to_owned()).into());
        }
        if folds_of(report) != expected || report.truth() != reference.truth() {
            let (first, name) = ((*first).to_owned(), (*name).to_owned());
            return Err(SelectionError::OtherFolds { first, name }.into());
        }
    }
    Ok(())
}

/// The differences of all pairs, with Holm's correction.
fn pairs(scores: &[FoldScores], ratio: f64) -> Vec<PairedDifference> {
    let places = (0..scores.len()).flat_map(|i| (i + 1..scores.len()).map(move |j| (i, j)));
    let mut pairs: Vec<PairedDifference> = places
        .map(|(first, second)| PairedDifference {
            first,
            second,
            difference: FoldScores::new(scores[first].values() - scores[second].values(), ratio),
            corrected_p_value: f64::NAN,
        })
        .collect();
    let p_values: Vec<f64> = pairs.iter().map(|pair| pair.difference.p_value()).collect();
    for (pair, corrected) in pairs.iter_mut().zip(holm(&p_values)) {
        pair.corrected_p_value = corrected;
    }
    pairs
}

#[cfg(test)]
mod tests;
