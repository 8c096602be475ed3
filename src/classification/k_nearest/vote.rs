//! The vote of neighbours.

/// The class of most neighbours, given with the nearest first; of several the one met first.
pub(crate) fn majority(neighbors: &[usize], classes: usize) -> usize {
    let votes = count_votes(neighbors, classes);
    // `max_by_key` keeps the last of equals.
    let winner = neighbors.iter().rev().max_by_key(|&&class| votes[class]);
    winner.copied().unwrap_or_default()
}

/// How many of the neighbours are of each class.
pub(super) fn count_votes(neighbors: &[usize], classes: usize) -> Vec<usize> {
    let mut votes = vec![0; classes];
    neighbors.iter().for_each(|&class| votes[class] += 1);
    votes
}
