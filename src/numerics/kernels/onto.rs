//! What a product is added to.

use faer::Accum;

/// What a product is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Onto<'a, F> {
    /// Nothing: the product overwrites the destination.
    Nothing,
    /// The destination.
    Destination,
    /// One row, which is added to every row of the product.
    Row(&'a [F]),
}

impl<F: Copy> Onto<'_, F> {
    /// Whether a row, if it is one, has as many columns as the destination.
    pub(crate) fn fits(&self, columns: usize) -> bool {
        match self {
            Self::Row(row) => row.len() == columns,
            _ => true,
        }
    }

    /// Writes the row, if it is one, to every row of `out`; whether a product is then to be added.
    pub(crate) fn start(self, out: &mut [F]) -> Accum {
        match self {
            Self::Nothing => Accum::Replace,
            Self::Destination => Accum::Add,
            Self::Row(row) => {
                out.chunks_exact_mut(row.len().max(1))
                    .for_each(|out| out.copy_from_slice(row));
                Accum::Add
            }
        }
    }
}

/// Every case, with the values that the product is added to if the destination holds ones.
#[cfg(test)]
pub(crate) fn starts<F: crate::numerics::Float>(
    shape: (usize, usize),
    row: &[F],
) -> [(Onto<'_, F>, ndarray::Array2<F>); 3] {
    use ndarray::{Array2, ArrayView1};
    let zeros = || Array2::zeros(shape);
    [
        (Onto::Nothing, zeros()),
        (Onto::Destination, Array2::ones(shape)),
        (Onto::Row(row), zeros() + ArrayView1::from(row)),
    ]
}
