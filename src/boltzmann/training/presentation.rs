//! How records become states of the visible units.

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use crate::boltzmann::VisibleUnits;
use crate::math::bernoulli;
use crate::validation::{check_binary, check_records, check_unit_interval};
use crate::{Float, Result};

/// How records are shown to a machine in training.
///
/// # Example
///
/// ```
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::{Presentation, Rbm};
/// use linfa_fisher::{datasets, Error};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?; // sixteen levels of grey
/// let params = Rbm::params(8).epochs(1);
/// params.clone().presentation(Presentation::Sampled).fit(&digits)?;
/// let grey = params.presentation(Presentation::Binary).fit(&digits);
/// assert!(matches!(grey, Err(Error::NotBinary { .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
#[non_exhaustive]
pub enum Presentation {
    /// As they are: binary records are states, values in between are taken for probabilities in
    /// place of states. Gaussian units are always shown records as they are.
    #[default]
    Direct,
    /// As states sampled anew at each presentation, values being the probabilities of 1
    /// (Salakhutdinov & Murray 2008).
    Sampled,
    /// As they are, after a check that all values are 0 or 1.
    Binary,
}

impl Presentation {
    /// The first value that cannot be shown.
    pub(super) fn check<F: Float>(
        &self,
        records: ArrayView2<F>,
        visible: VisibleUnits,
    ) -> Result<()> {
        match (visible, self) {
            (VisibleUnits::Gaussian, _) => check_records(records),
            (VisibleUnits::Binary, Self::Binary) => check_binary(records),
            (VisibleUnits::Binary, _) => check_unit_interval(records),
        }
    }

    /// A batch as it is shown.
    pub(super) fn present<F: Float, R: Rng>(
        &self,
        mut batch: Array2<F>,
        visible: VisibleUnits,
        rng: &mut R,
    ) -> Array2<F> {
        if (visible, *self) == (VisibleUnits::Binary, Self::Sampled) {
            bernoulli(batch.view_mut(), rng.gen());
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use ndarray::array;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256Plus;

    #[test]
    fn samples_are_states_of_the_right_probability() {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        let grey = Array2::from_elem((100, 100), 0.25_f64);
        let shown = Presentation::Sampled.present(grey.clone(), VisibleUnits::Binary, &mut rng);
        assert!(shown.iter().all(|&x| x == 0.0 || x == 1.0));
        let bound = 5.0 * (0.25_f64 * 0.75 / 1e4).sqrt();
        assert!((shown.mean().unwrap() - 0.25).abs() < bound);
        for (presentation, visible) in [
            (Presentation::Direct, VisibleUnits::Binary),
            (Presentation::Sampled, VisibleUnits::Gaussian),
        ] {
            assert_eq!(presentation.present(grey.clone(), visible, &mut rng), grey);
        }
    }

    #[test]
    fn each_kind_of_unit_has_its_range() {
        let check = |x: f64, presentation: Presentation, visible| {
            presentation.check(array![[0.0, x]].view(), visible)
        };
        let binary = VisibleUnits::Binary;
        assert!(check(0.5, Presentation::Direct, binary).is_ok());
        assert!(matches!(
            check(0.5, Presentation::Binary, binary),
            Err(Error::NotBinary {
                row: 0,
                column: 1,
                ..
            })
        ));
        assert!(matches!(
            check(-3.0, Presentation::Sampled, binary),
            Err(Error::OutsideUnitInterval { .. })
        ));
        assert!(check(-3.0, Presentation::Binary, VisibleUnits::Gaussian).is_ok());
        assert!(check(f64::NAN, Presentation::Direct, VisibleUnits::Gaussian).is_err());
    }
}
