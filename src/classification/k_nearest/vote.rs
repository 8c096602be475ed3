//! The vote of neighbours.

/// How much each neighbour's vote weighs.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::{KNearestNeighbors, VoteWeights};
/// use ndarray::array;
///
/// let dataset = Dataset::new(array![[0.0], [3.0], [4.0]], array!["a", "b", "b"]);
/// let params = KNearestNeighbors::params(3);
/// assert_eq!(params.fit(&dataset)?.predict(&array![[0.5]]), array!["b"]);
/// let params = params.weights(VoteWeights::Distance);
/// assert_eq!(params.fit(&dataset)?.predict(&array![[0.5]]), array!["a"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum VoteWeights {
    /// All the same.
    #[default]
    Uniform,
    /// The inverse of the distance; where some are at distance zero, these alone vote.
    Distance,
}

impl VoteWeights {
    /// The weights of neighbours at these distances, in ascending order.
    pub(super) fn of(self, distances: &[f64]) -> Vec<f64> {
        // in units of the least one, so that no weight is infinite
        let nearest = distances.first().copied().unwrap_or(1.0);
        let weight = |&distance: &f64| match self {
            Self::Uniform => 1.0,
            Self::Distance if nearest == 0.0 => f64::from(u8::from(distance == 0.0)),
            Self::Distance => nearest / distance,
        };
        distances.iter().map(weight).collect()
    }
}

/// The class of most neighbours, given with the nearest first; of several the one met first.
pub(crate) fn majority(neighbors: &[usize], classes: usize) -> usize {
    winner(
        neighbors,
        &votes(neighbors, &vec![1.0; neighbors.len()], classes),
    )
}

/// The class of most votes, among those of the neighbours, given with the nearest first; of several
/// the one met first.
pub(super) fn winner(neighbors: &[usize], votes: &[f64]) -> usize {
    let first = neighbors.first().copied().unwrap_or_default();
    neighbors
        .iter()
        .fold(first, |best, &class| match votes[class] > votes[best] {
            true => class,
            false => best,
        })
}

/// The sum of the weights of the neighbours of each class.
pub(super) fn votes(neighbors: &[usize], weights: &[f64], classes: usize) -> Vec<f64> {
    let mut votes = vec![0.0; classes];
    let pairs = neighbors.iter().zip(weights);
    pairs.for_each(|(&class, weight)| votes[class] += weight);
    votes
}
