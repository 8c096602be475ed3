//! The symmetric eigenvalue problem.

use ndarray::{Array1, Array2, Axis};

use super::scalar::inverse_scale;

/// Eigenvalues in descending order and the eigenvectors, in columns, of a symmetric matrix.
///
/// `None` if the iteration does not converge or if a value of the matrix is not finite.
pub(crate) fn symmetric_eigen(matrix: Array2<f64>) -> Option<(Array1<f64>, Array2<f64>)> {
    if matrix.is_empty() {
        return Some((Array1::zeros(0), matrix));
    }
    // where a decomposition takes something for zero, it may be in absolute terms
    let scale = inverse_scale(matrix.fold(0.0, |most, x| x.abs().max(most)));
    let (mut values, mut vectors) = eigen_ascending(matrix * scale)?;
    values /= scale;
    values.invert_axis(Axis(0));
    vectors.invert_axis(Axis(1));
    values
        .iter()
        .all(|s| s.is_finite())
        .then_some((values, vectors))
}

#[cfg(feature = "blas")]
fn eigen_ascending(matrix: Array2<f64>) -> Option<(Array1<f64>, Array2<f64>)> {
    use ndarray_linalg::{EighInto, UPLO};
    matrix.eigh_into(UPLO::Lower).ok()
}

#[cfg(not(feature = "blas"))]
fn eigen_ascending(matrix: Array2<f64>) -> Option<(Array1<f64>, Array2<f64>)> {
    use faer::diag::DiagMut;
    use faer::dyn_stack::{MemBuffer, MemStack};
    use faer::linalg::evd::{self, ComputeEigenvectors};
    use faer::{Auto, MatMut, Par, Spec};

    use super::dense::{as_faer, contiguous};

    let n = matrix.nrows();
    let matrix = contiguous(matrix.view());
    let (mut values, mut vectors) = (Array1::zeros(n), Array2::zeros((n, n)));
    let params = || Spec::new(<evd::SelfAdjointEvdParams as Auto<f64>>::auto());
    let scratch =
        evd::self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, params());
    evd::self_adjoint_evd(
        as_faer(&matrix),
        DiagMut::from_slice_mut(values.as_slice_mut()?),
        Some(MatMut::from_column_major_slice_mut(
            vectors.as_slice_mut()?,
            n,
            n,
        )),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        params(),
    )
    .ok()?;
    vectors.swap_axes(0, 1);
    Some((values, vectors))
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::array;

    use super::*;
    use crate::numerics::dense::tests::numbers;

    #[test]
    fn eigenvectors_diagonalise() {
        let a = numbers(40, 12);
        let matrix = a.t().dot(&a);
        let (values, vectors) = symmetric_eigen(matrix.clone()).unwrap();
        assert!(values.windows(2).into_iter().all(|w| w[0] >= w[1]));
        let rebuilt = vectors.dot(&Array2::from_diag(&values)).dot(&vectors.t());
        assert_abs_diff_eq!(rebuilt, matrix, epsilon = 1e-9);
        assert_abs_diff_eq!(
            vectors.t().dot(&vectors),
            Array2::<f64>::eye(12),
            epsilon = 1e-12
        );
    }

    #[test]
    fn small_matrices_have_the_same_eigenvectors() {
        let a = numbers(200, 150);
        let matrix = a.t().dot(&a);
        let (values, vectors) = symmetric_eigen(matrix.clone()).unwrap();
        let tiny = 2.0_f64.powi(-90);
        let (of_tiny, same) = symmetric_eigen(matrix * tiny).unwrap();
        assert_eq!((of_tiny / tiny, same), (values, vectors));
    }

    #[test]
    fn nothing_has_no_eigenvalues() {
        let (values, vectors) = symmetric_eigen(Array2::zeros((0, 0))).unwrap();
        assert_eq!((values.len(), vectors.dim()), (0, (0, 0)));
    }

    #[test]
    fn eigenvalues_of_a_matrix_that_is_not_finite_are_none() {
        let matrix = array![[f64::NAN, 0.0], [0.0, 1.0]];
        assert!(symmetric_eigen(matrix).is_none());
    }
}
