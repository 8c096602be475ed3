//! Rankings of rows that are relevant or not, in which equal distances are taken together.

use std::cmp::Ordering;

/// Rows in ascending order of their distance, each of which is relevant or not. No distance is NaN.
pub(super) struct Ranking<D>(Vec<(D, bool)>);

/// The rows of a ranking up to one distance.
#[derive(Clone, Copy)]
pub(super) struct Step<D> {
    /// The distance.
    pub(super) distance: D,
    /// Number of rows.
    pub(super) seen: usize,
    /// How many of them are relevant.
    pub(super) hits: usize,
}

impl Ranking<f64> {
    /// The ranking by descending score: the negative score is the distance.
    pub(super) fn of_scores(
        scores: impl IntoIterator<Item = f64>,
        positive: impl IntoIterator<Item = bool>,
    ) -> Self {
        let distances = scores.into_iter().map(|score| -score);
        Self::new(distances.zip(positive).collect())
    }
}

impl<D: PartialOrd + Copy> Ranking<D> {
    /// Ranks rows by their distance.
    pub(super) fn new(mut rows: Vec<(D, bool)>) -> Self {
        rows.sort_unstable_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
        Self(rows)
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of relevant rows.
    pub(super) fn relevant(&self) -> usize {
        self.0.iter().filter(|row| row.1).count()
    }

    /// One step for each distance that occurs, in ascending order.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step<D>> {
        let (mut seen, mut hits) = (0, 0);
        self.0.chunk_by(|a, b| a.0 == b.0).map(move |tied| {
            seen += tied.len();
            hits += tied.iter().filter(|row| row.1).count();
            let distance = tied[0].0;
            Step {
                distance,
                seen,
                hits,
            }
        })
    }

    /// `AP = sum over distances t of (R(t) - R(t-)) P(t)`, `None` without relevant rows.
    pub(super) fn average_precision(&self) -> Option<f64> {
        let (mut before, mut sum) = (0, 0.0);
        for step in self.steps() {
            sum += (step.hits - before) as f64 * step.hits as f64 / step.seen as f64;
            before = step.hits;
        }
        (before > 0).then(|| sum / before as f64)
    }

    /// The mean, over all orders of equally distant rows, of the share of relevant rows among the
    /// first k; `None` without relevant rows, and for fewer than k rows.
    pub(super) fn precision_at(&self, k: usize) -> Option<f64> {
        let (mut seen, mut hits) = (0, 0);
        for step in self.steps() {
            if step.seen >= k {
                let tied = (step.hits - hits) as f64 / (step.seen - seen) as f64;
                let found = hits as f64 + (k - seen) as f64 * tied;
                return (self.relevant() > 0).then(|| found / k as f64);
            }
            (seen, hits) = (step.seen, step.hits);
        }
        None
    }
}
