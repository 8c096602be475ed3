//! Metrics of rankings for the queries of each class.

use std::collections::BTreeMap;

use linfa::Label;
use ndarray::{ArrayView1, ArrayView2};

use super::mean_average_precision::MeanAveragePrecision;
use super::precision_at_k::PrecisionAtK;
use super::queries::of_queries;
use crate::Result;

/// Mean average precision and precision at k of the same queries.
///
/// # Example
///
/// See [`RetrievalByClass`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetrievalScores {
    average_precision: MeanAveragePrecision,
    precision_at_k: PrecisionAtK,
}

impl RetrievalScores {
    fn new(k: usize) -> Self {
        Self {
            average_precision: MeanAveragePrecision::new(),
            precision_at_k: PrecisionAtK::new(k),
        }
    }

    fn record(&mut self, (average_precision, precision_at_k): (Option<f64>, Option<f64>)) {
        self.average_precision.record(average_precision);
        self.precision_at_k.record(precision_at_k);
    }

    /// The mean average precision.
    pub fn average_precision(&self) -> &MeanAveragePrecision {
        &self.average_precision
    }

    /// The mean precision among the k nearest rows.
    pub fn precision_at_k(&self) -> &PrecisionAtK {
        &self.precision_at_k
    }
}

/// [`MeanAveragePrecision`] and [`PrecisionAtK`] of all queries and of those of each class, from
/// one ranking for each query.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::RetrievalByClass;
/// use ndarray::array;
///
/// let targets = array!["cat", "dog", "cat"];
/// let mut scores = RetrievalByClass::new(1);
/// let distances = array![[0.1, 0.3, 0.2], [0.1, 0.3, 0.2]];
/// scores.add(distances.view(), array!["cat", "dog"].view(), targets.view())?;
/// let of = |class| scores.of_class(&class).map(|scores| scores.average_precision().mean());
/// assert_eq!(of("cat"), Some(Some(1.0)));
/// assert_eq!(of("dog"), Some(Some(1.0 / 3.0)));
/// assert_eq!(of("cow"), None); // no query of that class
/// assert_eq!(scores.overall().precision_at_k().mean(), Some(0.5));
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RetrievalByClass<L> {
    overall: RetrievalScores,
    classes: BTreeMap<L, RetrievalScores>,
}

impl<L: Label + Sync> RetrievalByClass<L> {
    /// That of no queries, with the precision among the first k rows. Whether there are so many is
    /// checked when queries are [added](Self::add).
    pub fn new(k: usize) -> Self {
        Self {
            overall: RetrievalScores::new(k),
            classes: BTreeMap::new(),
        }
    }

    /// Takes more queries into account: `distances` (`q x n`) of queries of the classes `truth`
    /// (`q`) from rows of the classes `targets` (`n`).
    ///
    /// # Errors
    ///
    /// Those of [`PrecisionAtK::add`]. All means stay as they were.
    pub fn add<D: PartialOrd + Copy + Send + Sync>(
        &mut self,
        distances: ArrayView2<D>,
        truth: ArrayView1<L>,
        targets: ArrayView1<L>,
    ) -> Result<()> {
        self.overall.precision_at_k.check(targets.len())?;
        let k = self.overall.precision_at_k.k();
        let values = of_queries(distances, truth, targets, |ranking| {
            (ranking.average_precision(), ranking.precision_at(k))
        })?;
        for (class, values) in truth.iter().zip(values) {
            self.overall.record(values);
            let of_class = self.classes.entry(class.clone());
            of_class.or_insert(RetrievalScores::new(k)).record(values);
        }
        Ok(())
    }

    /// The metrics of all queries.
    pub fn overall(&self) -> &RetrievalScores {
        &self.overall
    }

    /// The metrics of the queries of a class; `None` if there have been none.
    pub fn of_class(&self, class: &L) -> Option<&RetrievalScores> {
        self.classes.get(class)
    }

    /// The classes of the queries in ascending order, with their metrics.
    pub fn classes(&self) -> impl ExactSizeIterator<Item = (&L, &RetrievalScores)> {
        self.classes.iter()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<RetrievalScores>();
        has_autotraits::<RetrievalByClass<String>>();
    }

    /// A class among the queries alone has metrics of no query, one among the rows alone has none;
    /// the metrics of all queries are those of the plain types, bit by bit.
    #[test]
    fn all_queries_are_those_of_the_plain_types() {
        let distances = array![
            [0.1, 0.2, 0.2, 0.4],
            [0.3, 0.3, 0.1, 0.2],
            [0.5, 0.1, 0.2, 0.3]
        ];
        let (truth, targets) = (array![1_usize, 0, 7], array![1, 0, 1, 3]);
        let mut scores = RetrievalByClass::new(2);
        let mut average = MeanAveragePrecision::new();
        let mut precision = PrecisionAtK::new(2);
        for _ in 0..2 {
            let (d, q, t) = (distances.view(), truth.view(), targets.view());
            scores.add(d, q, t).unwrap();
            average.add(d, q, t).unwrap();
            precision.add(d, q, t).unwrap();
        }
        assert_eq!(*scores.overall().average_precision(), average);
        assert_eq!(*scores.overall().precision_at_k(), precision);
        let classes: Vec<usize> = scores.classes().map(|(class, _)| *class).collect();
        assert_eq!(classes, [0, 1, 7]);
        let absent = scores.of_class(&7).unwrap();
        assert_eq!(absent.average_precision().mean(), None);
        assert_eq!(absent.precision_at_k().skipped(), 2);
        assert!(scores.of_class(&3).is_none());

        let before = scores.clone();
        let unequal = scores.add(distances.view(), array![1].view(), targets.view());
        assert!(unequal.is_err());
        assert_eq!(scores, before);
    }
}
