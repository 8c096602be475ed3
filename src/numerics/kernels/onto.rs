//! What products are added to.

/// What a product is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto<'a, F> {
    /// Nothing: what the destination holds is overwritten.
    Nothing,
    /// The values of the destination.
    Destination,
    /// A row, in every row.
    Row(&'a [F]),
}

impl<F> Onto<'_, F> {
    /// Whether it is as wide as the destination.
    pub(crate) fn fits(&self, columns: usize) -> bool {
        match self {
            Self::Row(row) => row.len() == columns,
            _ => true,
        }
    }
}

/// What products can be added to, each with its values if the destination holds ones.
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
