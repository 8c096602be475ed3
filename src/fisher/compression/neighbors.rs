//! Exact search through codes: distances of queries from all of them, and the nearest ones.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use ndarray::{Array2, Axis, concatenate};
use rayon::prelude::*;

use crate::Result;
use crate::error::ClassificationError;

/// The k rows nearest to each of q queries, the nearest first; of equally distant ones the first
/// row.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::compression::{Encoder, SignBits};
/// use ndarray::array;
///
/// let bits = SignBits::at(array![0.0, 0.0])?;
/// let codes = bits.encode(array![[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]].view())?;
/// let neighbors = codes.nearest(&bits.encode(array![[-2.0, -3.0]].view())?, 2)?;
/// assert_eq!(neighbors.rows(), &array![[1, 2]]);
/// assert_eq!(neighbors.distances(), &array![[0, 1]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbors<D> {
    rows: Array2<usize>,
    distances: Array2<D>,
}

impl<D> Neighbors<D> {
    /// Row numbers, `q x k`.
    pub fn rows(&self) -> &Array2<usize> {
        &self.rows
    }

    /// Distances of these rows, `q x k`.
    pub fn distances(&self) -> &Array2<D> {
        &self.distances
    }
}

impl<D: Clone + Default> Neighbors<D> {
    /// Those of one block of at least one query after those of another; of no block, none.
    pub(in crate::fisher) fn stacked(k: usize, blocks: &[Self]) -> Self {
        let rows: Vec<_> = blocks.iter().map(|block| block.rows.view()).collect();
        let distances: Vec<_> = blocks.iter().map(|block| block.distances.view()).collect();
        Self {
            rows: concatenate(Axis(0), &rows).unwrap_or_else(|_| Array2::default((0, k))),
            distances: concatenate(Axis(0), &distances).unwrap_or_else(|_| Array2::default((0, k))),
        }
    }
}

/// A distance: a number that is never NaN.
pub(in crate::fisher) trait Distance:
    PartialOrd + Copy + Default + Send + Sync
{
}

impl<D: PartialOrd + Copy + Default + Send + Sync> Distance for D {}

/// Distances of `queries` queries from `rows` rows, `queries x rows`; `write` writes those of the
/// query of a number.
pub(super) fn distances_of<D: Distance>(
    queries: usize,
    rows: usize,
    write: impl Fn(usize, &mut [D]) + Sync,
) -> Array2<D> {
    let mut distances = Array2::from_elem((queries, rows), D::default());
    let outs = distances.axis_iter_mut(Axis(0)).into_par_iter();
    outs.enumerate()
        .for_each(|(query, out)| match out.into_slice() {
            Some(out) => write(query, out),
            None => unreachable!("a new matrix is in row-major order"),
        });
    distances
}

/// The nearest `k` of `rows` rows; `write` as in [`distances_of`].
///
/// # Errors
///
/// [`InvalidNeighbors`](ClassificationError::InvalidNeighbors) for none,
/// [`Neighbors`](ClassificationError::Neighbors) for more than there are rows.
pub(in crate::fisher) fn nearest_of<D: Distance>(
    (queries, rows): (usize, usize),
    k: usize,
    write: impl Fn(usize, &mut [D]) + Sync,
) -> Result<Neighbors<D>> {
    check_neighbors(k, rows)?;
    let mut neighbors = Neighbors {
        rows: Array2::zeros((queries, k)),
        distances: Array2::from_elem((queries, k), D::default()),
    };
    let places = neighbors.rows.axis_iter_mut(Axis(0)).into_par_iter();
    let places = places.zip(neighbors.distances.axis_iter_mut(Axis(0)));
    places.enumerate().for_each_init(
        || vec![D::default(); rows],
        |buffer, (query, (mut rows, mut distances))| {
            write(query, buffer);
            for (place, nearest) in least(buffer, k).into_iter().enumerate() {
                (distances[place], rows[place]) = (nearest.distance, nearest.row);
            }
        },
    );
    Ok(neighbors)
}

/// From 1 to as many neighbours as there are rows.
pub(in crate::fisher) fn check_neighbors(k: usize, samples: usize) -> Result<()> {
    match k {
        0 => Err(ClassificationError::InvalidNeighbors(k).into()),
        _ if k > samples => Err(ClassificationError::Neighbors { k, samples }.into()),
        _ => Ok(()),
    }
}

/// A row and its distance, in the order of the distance, then of the row.
struct Candidate<D> {
    distance: D,
    row: usize,
}

impl<D: Distance> Ord for Candidate<D> {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.distance.partial_cmp(&other.distance);
        order
            .unwrap_or(Ordering::Equal)
            .then(self.row.cmp(&other.row))
    }
}

impl<D: Distance> PartialOrd for Candidate<D> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<D: Distance> PartialEq for Candidate<D> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<D: Distance> Eq for Candidate<D> {}

/// The `k` least distances, in order. The heap has the largest of them on top.
fn least<D: Distance>(distances: &[D], k: usize) -> Vec<Candidate<D>> {
    let mut heap = BinaryHeap::with_capacity(k);
    for (row, &distance) in distances.iter().enumerate() {
        if heap.len() < k {
            heap.push(Candidate { distance, row });
        } else if let Some(mut most) = heap.peek_mut() {
            // rows come in ascending order: of equal distances the ones at hand stay
            if distance < most.distance {
                *most = Candidate { distance, row };
            }
        }
    }
    heap.into_sorted_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Error;

    proptest! {
        /// Against a stable sort; with many equal distances.
        #[test]
        fn the_nearest_are_the_first_of_a_stable_sort(
            distances in prop::collection::vec(0_u32..6, 1..60),
            k in 1_usize..60,
        ) {
            let k = k.min(distances.len());
            let mut order: Vec<usize> = (0..distances.len()).collect();
            order.sort_by_key(|&row| distances[row]);
            let write = |_: usize, out: &mut [u32]| out.copy_from_slice(&distances);
            let found = nearest_of((2, distances.len()), k, write).unwrap();
            for query in 0..2 {
                prop_assert_eq!(found.rows().row(query).to_vec(), order[..k].to_vec());
                let expected: Vec<u32> = order[..k].iter().map(|&row| distances[row]).collect();
                prop_assert_eq!(found.distances().row(query).to_vec(), expected);
            }
        }
    }

    #[test]
    fn bad_numbers_of_neighbours_are_errors() {
        let write = |_: usize, out: &mut [u32]| out.fill(0);
        assert!(matches!(
            nearest_of((1, 3), 0, write),
            Err(Error::Classification(
                ClassificationError::InvalidNeighbors(0)
            ))
        ));
        assert!(matches!(
            nearest_of((1, 3), 4, write),
            Err(Error::Classification(ClassificationError::Neighbors {
                k: 4,
                samples: 3
            }))
        ));
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<Neighbors<f32>>();
    }
}
