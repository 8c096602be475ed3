//! What a product is added to.

/// What a product is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto<'a, F> {
    /// Nothing: the product overwrites the destination.
    Nothing,
    /// The destination.
    Destination,
    /// One row, which is added to every row of the product.
    Row(&'a [F]),
}

impl<F> Onto<'_, F> {
    /// Whether a row, if it is one, has as many columns as the destination.
    pub(crate) fn fits(&self, columns: usize) -> bool {
        match self {
            Self::Row(row) => row.len() == columns,
            _ => true,
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
