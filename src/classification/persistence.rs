//! The check of linfa-svm's models, whose own `Deserialize` checks nothing.

use ciborium::Value;
use linfa::Float;
use linfa::dataset::Pr;
use linfa_svm::{SeparatingHyperplane, Svm};
use ndarray::arr0;
use serde_crate::de::DeserializeOwned;
use serde_crate::{Deserialize, Serialize};

use super::probabilistic::Probabilistic;
use crate::persistence::{
    Loadable, PersistenceError, check_columns, check_numbers, check_shape_of,
};
use crate::{Error, Result};

/// What a prediction depends on. linfa-svm shows a part of it only, so that it is read from what
/// the model itself would write.
#[derive(Deserialize)]
#[serde(
    crate = "serde_crate",
    bound(deserialize = "F: Float + Deserialize<'de>")
)]
struct Parts<F: Float> {
    alpha: Vec<F>,
    rho: F,
    kernel_method: Kernel<F>,
    sep_hyperplane: SeparatingHyperplane<F>,
    probability_coeffs: Option<(F, F)>,
}

/// linfa-kernel's `KernelMethod`.
#[derive(Deserialize)]
#[serde(crate = "serde_crate")]
enum Kernel<F> {
    Gaussian(F),
    Linear,
    Polynomial(F, F),
}

impl<F: Float + DeserializeOwned> Parts<F> {
    fn of<T>(svm: &Svm<F, T>) -> Result<Self>
    where
        Svm<F, T>: Serialize,
    {
        let written = Value::serialized(svm).map_err(Error::estimator)?;
        written.deserialized().map_err(Error::estimator)
    }

    fn check(&self, columns: usize) -> Result<()> {
        check_numbers(
            "the dual variables",
            &ndarray::aview1(&self.alpha),
            F::is_finite,
        )?;
        check_numbers("the offset", &arr0(self.rho), F::is_finite)?;
        self.kernel_method.check()?;
        match &self.sep_hyperplane {
            SeparatingHyperplane::Linear(normal) => {
                check_columns(normal.len(), columns)?;
                check_numbers("the hyperplane's normal", normal, F::is_finite)?;
            }
            SeparatingHyperplane::WeightedCombination(vectors) => {
                // as linfa-svm counts them
                let counts = |alpha: &&F| alpha.abs() > F::cast(100.0) * F::epsilon();
                let count = self.alpha.iter().filter(counts).count();
                check_columns(vectors.ncols(), columns)?;
                check_shape_of("support vectors", vectors.shape(), &[count, columns])?;
                check_numbers("the support vectors", vectors, F::is_finite)?;
            }
        }
        Ok(())
    }

    /// The coefficients that make probabilities of distances.
    fn check_probabilities(&self) -> Result<()> {
        let part = "the probability coefficients";
        match self.probability_coeffs {
            Some((a, b)) => check_numbers(part, &ndarray::aview1(&[a, b]), F::is_finite),
            None => Err(PersistenceError::Presence { part }.into()),
        }
    }
}

impl<F: Float> Kernel<F> {
    fn check(&self) -> Result<()> {
        let numbers = match *self {
            Self::Gaussian(width) if width > F::zero() => [width, width],
            Self::Gaussian(_) => [F::nan(); 2],
            Self::Linear => [F::zero(); 2],
            Self::Polynomial(constant, degree) => [constant, degree],
        };
        check_numbers("the kernel", &ndarray::aview1(&numbers), F::is_finite)
    }
}

/// Vectors as wide as the records, one for each dual variable that counts; finite numbers.
impl<F> Loadable for Svm<F, bool>
where
    F: Float + Serialize + DeserializeOwned,
{
    fn check_loaded(&self, columns: usize) -> Result<()> {
        Parts::of(self)?.check(columns)
    }
}

/// As without probabilities, and these can be had.
impl<F> Loadable for Svm<F, Pr>
where
    F: Float + Serialize + DeserializeOwned,
{
    fn check_loaded(&self, columns: usize) -> Result<()> {
        let parts = Parts::of(self)?;
        parts.check_probabilities()?;
        parts.check(columns)
    }
}

impl<M: Loadable> Loadable for Probabilistic<M> {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        self.inner().check_loaded(columns)
    }
}
