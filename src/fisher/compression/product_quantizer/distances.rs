//! Squared distances of a row from all centroids, and the nearest of them.

use crate::Float;
use crate::numerics::kernels::vectorised;
use crate::numerics::random::LANES;

/// `|x - c_i|^2` for each of k centroids, which are the columns of `centroids` (`w x k`, row by
/// row) for a row of w numbers.
pub(super) fn squared_distances<F: Float>(row: &[F], centroids: &[F], out: &mut [F]) {
    let k = out.len();
    vectorised(|| {
        out.fill(F::zero());
        for (&x, coordinates) in row.iter().zip(centroids.chunks_exact(k)) {
            for (distance, &c) in out.iter_mut().zip(coordinates) {
                *distance += (x - c) * (x - c);
            }
        }
    });
}

/// The place of the least distance, the first of equals. The minima of as many lanes as a vector
/// has are found side by side, since one minimum would wait for the one before it.
pub(super) fn nearest<F: Float>(distances: &[F]) -> usize {
    let least = vectorised(|| {
        let mut lanes = [F::infinity(); LANES];
        let (vectors, rest) = distances.as_chunks::<LANES>();
        for vector in vectors {
            lanes
                .iter_mut()
                .zip(vector)
                .for_each(|(least, &x)| *least = if x < *least { x } else { *least });
        }
        let values = lanes.iter().chain(rest);
        values.fold(F::infinity(), |least, &x| least.min(x))
    });
    distances.iter().position(|&x| x == least).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_of_equals_is_nearest(levels in prop::collection::vec(0_u8..5, 1..70)) {
            let distances: Vec<f32> = levels.iter().map(|&x| x.into()).collect();
            let least = levels.iter().min().unwrap();
            let expected = levels.iter().position(|x| x == least).unwrap();
            prop_assert_eq!(nearest(&distances), expected);
        }
    }
}
