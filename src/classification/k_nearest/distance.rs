//! Distances between records, and the spatial indices that find neighbours by them.

use linfa::Float;
use linfa_nn::CommonNearestNeighbour;
use linfa_nn::distance::{Distance, L1Dist, L2Dist, LInfDist, LpDist};
use ndarray::{Array1, ArrayView, ArrayView2, Dimension, Zip};

use crate::Result;
use crate::error::ClassificationError;

/// Greatest number of records that a tree of linfa-nn keeps in a leaf.
pub(super) const LEAF_SIZE: usize = 16;

/// A distance of linfa-nn together with the indices that find the true neighbours by it.
///
/// A linear search looks at every record, so it is right for every distance. A ball tree passes
/// over records by the triangle inequality, a k-d tree by the distance from the sides of a box:
/// with a distance that does not grow with the difference in each coordinate they miss neighbours
/// without notice. The distances must be finite for finite records.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{CosineDist, NeighborDistance};
/// use linfa_nn::{distance::L2Dist, CommonNearestNeighbour};
///
/// let tree = CommonNearestNeighbour::KdTree;
/// assert!(NeighborDistance::<f64>::admits(&L2Dist, &tree));
/// assert!(!NeighborDistance::<f64>::admits(&CosineDist, &tree));
/// ```
pub trait NeighborDistance<F: Float>: Distance<F> {
    /// Whether the index finds the true neighbours by this distance; by default only the linear
    /// search does. No distance of this crate admits linfa-nn's ball tree: of equal or sparse rows
    /// it calls itself once for each, and some thousands overflow the stack.
    fn admits(&self, index: &CommonNearestNeighbour) -> bool {
        matches!(index, CommonNearestNeighbour::LinearSearch)
    }

    /// How the order of the distances follows from inner products, by which a linear search is
    /// many times as fast; by default it does not.
    fn by_products(&self) -> Option<ByProducts> {
        None
    }

    /// Checks the distance's own parameters; by default, it has none.
    ///
    /// # Errors
    ///
    /// [`InvalidOrder`](crate::error::ClassificationError::InvalidOrder), or the implementation's
    /// own.
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// How the order of distances from a query `q` follows from inner products with the records `r`.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::{ByProducts, CosineDist, NeighborDistance};
///
/// assert_eq!(NeighborDistance::<f64>::by_products(&CosineDist), Some(ByProducts::Cosine));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ByProducts {
    /// As that of `|r|^2 / 2 - q'r`.
    Euclidean,
    /// As that of `-q'r / |r|`.
    Cosine,
}

/// Whether the index ends on any rows: see [`NeighborDistance::admits`].
fn is_safe(index: &CommonNearestNeighbour) -> bool {
    !matches!(index, CommonNearestNeighbour::BallTree)
}

/// A norm of the difference: any index that this crate admits will do.
impl<F: Float> NeighborDistance<F> for L1Dist {
    fn admits(&self, index: &CommonNearestNeighbour) -> bool {
        is_safe(index)
    }
}

/// A norm of the difference: any index that this crate admits will do.
impl<F: Float> NeighborDistance<F> for L2Dist {
    fn admits(&self, index: &CommonNearestNeighbour) -> bool {
        is_safe(index)
    }

    fn by_products(&self) -> Option<ByProducts> {
        Some(ByProducts::Euclidean)
    }
}

/// A norm of the difference: any index that this crate admits will do.
impl<F: Float> NeighborDistance<F> for LInfDist {
    fn admits(&self, index: &CommonNearestNeighbour) -> bool {
        is_safe(index)
    }
}

/// A norm of the difference, and any index that this crate admits will do, if p is at least 1.
impl<F: Float> NeighborDistance<F> for LpDist<F> {
    fn admits(&self, index: &CommonNearestNeighbour) -> bool {
        matches!(index, CommonNearestNeighbour::LinearSearch)
            || self.0 >= F::one() && is_safe(index)
    }

    /// The order p is a positive number.
    fn check(&self) -> Result<()> {
        match self.0 > F::zero() && self.0.is_finite() {
            true => Ok(()),
            false => {
                let order = self.0.to_f64().unwrap_or(f64::NAN);
                Err(ClassificationError::InvalidOrder(order).into())
            }
        }
    }
}

/// Cosine distance `1 - a . b / (|a| |b|)`, in `[0, 2]`, accumulated in `f64`.
///
/// A vector whose squared norm is 0 has no direction: it is at distance 1 from every vector, as if
/// orthogonal. Cosine distance breaks the triangle inequality, so that only a linear search finds
/// neighbours by it; in place of a tree, search rows scaled to norm 1 by `L2Dist`, which gives the
/// same order: `|a - b|^2 = 2 (1 - a . b)`.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::CosineDist;
/// use linfa_nn::distance::Distance;
/// use ndarray::array;
///
/// let (right, up, left) = (array![1.0, 0.0], array![0.0, 5.0], array![-3.0, 0.0]);
/// assert_eq!(CosineDist.distance(right.view(), up.view()), 1.0);
/// assert_eq!(CosineDist.distance(right.view(), left.view()), 2.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct CosineDist;

impl<F: Float> Distance<F> for CosineDist {
    fn distance<D: Dimension>(&self, a: ArrayView<F, D>, b: ArrayView<F, D>) -> F {
        let wide = |x: &F| x.to_f64().unwrap_or(f64::NAN);
        let (dot, a, b) = Zip::from(&a).and(&b).fold((0.0, 0.0, 0.0), |sums, a, b| {
            let (a, b) = (wide(a), wide(b));
            (sums.0 + a * b, sums.1 + a * a, sums.2 + b * b)
        });
        if a == 0.0 || b == 0.0 {
            return F::one();
        }
        F::cast(1.0 - (dot / (a.sqrt() * b.sqrt())).clamp(-1.0, 1.0))
    }
}

impl<F: Float> NeighborDistance<F> for CosineDist {
    fn by_products(&self) -> Option<ByProducts> {
        Some(ByProducts::Cosine)
    }
}

/// linfa-nn panics at a distance that is infinite or NaN. None is, if that between the corners of
/// a cube around all records is finite: the cube is as wide as the sum of the rows of a leaf can
/// be, from which a ball tree takes their centre.
///
/// Where all records are so small that even the distance of the greatest from the origin has no
/// normal number, such as a sum of squares of 1e-30 in `f32`, all rows would be equally near.
pub(super) fn check_distances<F, M>(distance: &M, records: &[ArrayView2<F>]) -> Result<()>
where
    F: Float,
    M: NeighborDistance<F>,
{
    let values = records.iter().flat_map(|records| records.iter());
    let magnitude = values.fold(F::zero(), |greatest, x| greatest.max(x.abs()));
    let columns = records.first().map_or(0, |records| records.ncols());
    let apart = |a: F, b: F| {
        let [a, b] = [a, b].map(|x| Array1::from_elem(columns, x));
        distance.rdistance(a.view(), b.view())
    };
    let (corner, zero) = (magnitude * F::cast(LEAF_SIZE), F::zero());
    let vanishes = |x: F| apart(x, zero) < F::min_positive_value();
    let size = magnitude.to_f64().unwrap_or(f64::NAN);
    if !apart(corner, -corner).is_finite() {
        Err(ClassificationError::DistanceOverflow { magnitude: size }.into())
    } else if magnitude > zero && vanishes(magnitude) && !vanishes(F::one()) {
        Err(ClassificationError::DistanceUnderflow { magnitude: size }.into())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;

    #[test]
    fn orders_are_positive() {
        for order in [-1.0, 0.0, f64::NAN, f64::INFINITY] {
            assert!(LpDist(order).check().is_err(), "{order}");
        }
        assert!(LpDist(0.5).check().is_ok());
    }

    fn cosine<F: Float>(a: Array1<F>, b: Array1<F>) -> F {
        CosineDist.distance(a.view(), b.view())
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<CosineDist>();
    }

    #[test]
    fn cosine_distance_is_worked_by_hand() {
        assert_abs_diff_eq!(cosine(array![3.0, 4.0], array![4.0, 3.0]), 0.04);
        assert_abs_diff_eq!(
            cosine(array![1.0_f32, 0.0], array![1.0, 1.0]),
            1.0 - 0.5_f32.sqrt()
        );
        assert_eq!(cosine(array![0.1, 0.2, 0.7], array![0.1, 0.2, 0.7]), 0.0);
        assert_eq!(cosine(array![0.0, 0.0], array![1.0, 1.0]), 1.0);
        assert_eq!(cosine(array![0.0, 0.0], array![0.0, 0.0]), 1.0);
    }

    #[test]
    fn large_single_precision_vectors_do_not_overflow() {
        let huge = array![f32::MAX, -f32::MAX];
        assert_eq!(cosine(huge.clone(), -huge), 2.0);
    }

    #[test]
    fn cosine_distance_breaks_the_triangle_inequality() {
        let (a, b, c) = (array![1.0, 0.0], array![1.0, 1.0], array![0.0, 1.0]);
        assert!(cosine(a.clone(), b.clone()) + cosine(b, c.clone()) < cosine(a, c));
    }

    #[test]
    fn norms_admit_every_index_but_the_ball_tree() {
        use CommonNearestNeighbour::{BallTree, KdTree, LinearSearch};
        fn admits<D: NeighborDistance<f64>>(distance: D) -> [bool; 3] {
            [LinearSearch, KdTree, BallTree].map(|index| distance.admits(&index))
        }
        assert_eq!(admits(L1Dist), [true, true, false]);
        assert_eq!(admits(L2Dist), [true, true, false]);
        assert_eq!(admits(LInfDist), [true, true, false]);
        assert_eq!(admits(LpDist(1.5)), [true, true, false]);
        assert_eq!(admits(LpDist(0.5)), [true, false, false]);
        assert_eq!(admits(CosineDist), [true, false, false]);
    }
}
