//! Matrices that start at a cache line.
//!
//! If its rows are whole lines too, no vector of such a matrix straddles two lines, which takes
//! twice as long to load and store.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use crate::numerics::Float;

/// Bytes of a cache line.
const LINE: usize = 64;

/// A matrix of zeros in row-major order that starts at a cache line.
pub(crate) fn zeros<F: Float>(shape: (usize, usize)) -> Array2<F> {
    let (size, line) = (shape.0 * shape.1, LINE / size_of::<F>());
    let values = Array1::<F>::zeros(size + line);
    let first = values.as_ptr().align_offset(LINE).min(line);
    let values = values.slice_move(s![first..first + size]);
    match values.into_shape_with_order(shape) {
        Ok(matrix) => matrix,
        Err(_) => unreachable!("there are as many values as the shape says"),
    }
}

/// The rows of matrices of equal width, one below the other, starting at a cache line.
pub(crate) fn stacked<F: Float>(matrices: &[ArrayView2<F>]) -> Array2<F> {
    let rows = matrices.iter().map(ArrayView2::nrows).sum();
    let mut stacked = zeros((rows, matrices.first().map_or(0, ArrayView2::ncols)));
    let mut rest = stacked.view_mut();
    for matrix in matrices {
        let (mut place, below) = rest.split_at(Axis(0), matrix.nrows());
        place.assign(matrix);
        rest = below;
    }
    stacked
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// Whether a matrix that has values starts at a cache line, in row-major order.
    fn is_aligned<F: Float>(matrix: &Array2<F>) -> bool {
        let starts_a_line = (matrix.as_ptr() as usize).is_multiple_of(LINE);
        matrix.is_standard_layout() && (starts_a_line || matrix.is_empty())
    }

    #[test]
    fn they_start_with_a_line() {
        for shape in [(0, 3), (1, 1), (7, 16), (100, 784)] {
            let mut matrix = zeros::<f32>(shape);
            assert!(is_aligned(&matrix));
            matrix.fill(1.0);
            assert_eq!(matrix.sum(), (shape.0 * shape.1) as f32);
            let matrix = zeros::<f64>(shape);
            assert!(is_aligned(&matrix));
            assert_eq!(matrix, Array2::<f64>::zeros(shape));
        }
    }

    #[test]
    fn rows_are_stacked_in_their_order() {
        let (one, two) = (array![[1.0, 2.0]], array![[3.0, 5.0], [4.0, 6.0]]);
        let stacked = stacked(&[one.view(), two.view(), two.t()]);
        assert!(is_aligned(&stacked));
        let expected = array![[1.0, 2.0], [3.0, 5.0], [4.0, 6.0], [3.0, 4.0], [5.0, 6.0]];
        assert_eq!(stacked, expected);
        assert_eq!(super::stacked::<f32>(&[]), Array2::<f32>::zeros((0, 0)));
    }
}
