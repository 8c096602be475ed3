//! Coordinates of scores along directions.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, CowArray, Ix2, s};

use crate::Float;
use crate::fisher::factored::{Products, padded};
use crate::numerics::random::LANES;

/// The map `x -> U' (x - centre)`.
pub(in crate::fisher) struct Projection<'a, F> {
    /// `U`, [`padded`].
    directions: CowArray<'a, F, Ix2>,
    /// `U' centre`, `r`.
    shift: Array1<F>,
}

impl<'a, F: Float> Projection<'a, F> {
    /// That on the `directions` (`p x r`), about `centre` (`p`).
    pub(super) fn new(directions: ArrayView2<'a, F>, centre: ArrayView1<F>) -> Self {
        let whole = directions.ncols().is_multiple_of(LANES) && directions.is_standard_layout();
        Self {
            shift: centre.dot(&directions),
            directions: match whole {
                true => directions.into(),
                false => padded(directions).into(),
            },
        }
    }

    /// The coordinates of rows of `p` numbers, `n x r`.
    pub(in crate::fisher) fn apply(&self, rows: &Products<F>) -> Array2<F> {
        let coordinates = rows.product(self.directions.view());
        coordinates.slice_move(s![.., ..self.shift.len()]) - &self.shift
    }
}
