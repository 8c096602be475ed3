//! Support vector machines of linfa-svm that end in reasonable time.

use std::any::Any;

use linfa::Float;
use linfa::dataset::Pr;
use linfa_svm::{Svm, SvmParams};

use super::Probabilistic;
use super::error::ClassificationError;
use crate::Result;

/// The tolerance of LIBSVM.
const TOLERANCE: f64 = 1e-3;

/// How many times its rounding a type of numbers can reach as a tolerance: gradients are sums of
/// thousands of products.
const REACHABLE: f64 = 100.0;

/// A binary support vector machine by linfa-svm, with a linear kernel and the upper bound `c > 0`
/// on its multipliers, that stops at LIBSVM's tolerance of 1e-3.
///
/// linfa-svm's own default of 1e-7 is below what `f32` can reach, so that its solver takes ten
/// million iterations a problem: 407 s instead of 1.1 s in one case, for the same objective to
/// seven digits.
///
/// # Example
///
/// ```
/// use linfa::{traits::{Fit, Predict}, Dataset};
/// use linfa_fisher::classification::{svm, OneVsOne};
/// use ndarray::array;
///
/// let records = array![[0.0_f32], [1.0], [3.0], [4.0], [8.0], [9.0]];
/// let dataset = Dataset::new(records, array!["a", "a", "b", "b", "c", "c"]);
/// let model = OneVsOne::new(svm(1.0).gaussian_kernel(10.0)).fit(&dataset)?;
/// assert_eq!(model.predict(&array![[0.5], [8.5]]), array!["a", "c"]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
pub fn svm<F: Float>(c: F) -> SvmParams<F, bool> {
    Svm::params().pos_neg_weights(c, c).eps(F::cast(TOLERANCE))
}

/// Checks what linfa-svm does not of the parameters of a binary classifier, if they are its own or
/// their [`Probabilistic`].
///
/// # Errors
///
/// [`ClassificationError::UnreachableTolerance`]; [`ClassificationError::InvalidCost`] for NaN and
/// infinities.
pub(super) fn check_svm(params: &dyn Any) -> Result<()> {
    check_of::<f32>(params)?;
    check_of::<f64>(params)
}

fn check_of<F: Float>(params: &dyn Any) -> Result<()> {
    check_params::<F, bool>(params)?;
    check_params::<F, Pr>(params)
}

fn check_params<F: Float, T: 'static>(params: &dyn Any) -> Result<()> {
    let plain = params.downcast_ref::<SvmParams<F, T>>();
    let wrapped = params.downcast_ref::<Probabilistic<SvmParams<F, T>>>();
    let checked = plain
        .or(wrapped.map(Probabilistic::inner))
        .and_then(|params| linfa::ParamGuard::check_ref(params).ok());
    let Some(params) = checked else {
        return Ok(());
    };
    let number = |x: F| x.to_f64().unwrap_or(f64::NAN);
    let (tolerance, least) = (
        number(params.solver_params().eps),
        REACHABLE * number(F::epsilon()),
    );
    if tolerance < least {
        return Err(ClassificationError::UnreachableTolerance { tolerance, least }.into());
    }
    let costs = params.c().map_or([F::one(); 2], |(c1, c2)| [c1, c2]);
    match costs.into_iter().find(|cost| !cost.is_finite()) {
        Some(cost) => Err(ClassificationError::InvalidCost(number(cost)).into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn refused(params: &dyn Any) -> bool {
        matches!(
            check_svm(params),
            Err(Error::Classification(
                ClassificationError::UnreachableTolerance { .. }
            ))
        )
    }

    #[test]
    fn tolerances_below_rounding_are_refused() {
        assert!(refused(&Svm::<f32, bool>::params()));
        assert!(refused(&Svm::<f32, Pr>::params()));
        assert!(refused(&Probabilistic::new(Svm::<f32, Pr>::params())));
        assert!(refused(&Svm::<f64, bool>::params().eps(1e-15)));
        assert!(!refused(&Svm::<f64, bool>::params()));
        assert!(!refused(&svm(1.0_f32)));
        assert!(!refused(&"another classifier"));
    }

    #[test]
    fn costs_that_are_no_numbers_are_refused() {
        for cost in [f32::NAN, f32::INFINITY] {
            for params in [svm(cost), svm(1.0).pos_neg_weights(1.0, cost)] {
                assert!(matches!(
                    check_svm(&params),
                    Err(Error::Classification(ClassificationError::InvalidCost(_)))
                ));
            }
        }
    }
}
