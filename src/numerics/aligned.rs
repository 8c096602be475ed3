//! Matrices that start at a cache line.

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::numerics::Float;

/// Bytes of a cache line.
const LINE: usize = 64;

/// A matrix in row-major order that starts at a cache line. If its rows are whole lines too, no
/// vector of them straddles two lines, which would take longer to load and store.
#[derive(Debug)]
pub(crate) struct Aligned<F> {
    /// The values, after up to a line of padding.
    values: Vec<F>,
    /// The index of the matrix's first value.
    first: usize,
    shape: (usize, usize),
}

impl<F: Float> Aligned<F> {
    pub(crate) fn zeros(shape: (usize, usize)) -> Self {
        let values = vec![F::zero(); shape.0 * shape.1 + LINE / size_of::<F>()];
        Self {
            first: values
                .as_ptr()
                .align_offset(LINE)
                .min(LINE / size_of::<F>()),
            values,
            shape,
        }
    }

    pub(crate) fn as_slice(&self) -> &[F] {
        &self.values[self.first..][..self.shape.0 * self.shape.1]
    }

    pub(crate) fn as_slice_mut(&mut self) -> &mut [F] {
        &mut self.values[self.first..][..self.shape.0 * self.shape.1]
    }

    pub(crate) fn view(&self) -> ArrayView2<'_, F> {
        match ArrayView2::from_shape(self.shape, self.as_slice()) {
            Ok(view) => view,
            Err(_) => unreachable!("there are as many values as the shape says"),
        }
    }

    pub(crate) fn view_mut(&mut self) -> ArrayViewMut2<'_, F> {
        match ArrayViewMut2::from_shape(self.shape, self.as_slice_mut()) {
            Ok(view) => view,
            Err(_) => unreachable!("there are as many values as the shape says"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_start_with_a_line() {
        for shape in [(0, 3), (1, 1), (7, 16), (100, 784)] {
            let mut matrix = Aligned::<f32>::zeros(shape);
            assert_eq!(matrix.as_slice().as_ptr() as usize % LINE, 0);
            matrix.view_mut().fill(1.0);
            assert_eq!(matrix.view().sum(), (shape.0 * shape.1) as f32);
            let matrix = Aligned::<f64>::zeros(shape);
            assert_eq!(matrix.view().dim(), shape);
            assert_eq!(matrix.as_slice().as_ptr() as usize % LINE, 0);
        }
    }
}
