//! How records become states of the visible units.

use ndarray::ArrayView2;

use crate::boltzmann::VisibleUnits;
use crate::boltzmann::machine::Visible;
use crate::checks::{check_binary, check_records, check_unit_interval};
use crate::numerics::random::Lanes;
use crate::{Float, Result};

/// How training presents records to the visible units.
///
/// # Example
///
#[cfg_attr(feature = "datasets", doc = "```")]
#[cfg_attr(not(feature = "datasets"), doc = "```ignore")]
/// use linfa::prelude::*;
/// use linfa_fisher::boltzmann::{VisibleInput, Rbm};
/// use linfa_fisher::{datasets, Error};
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let digits = datasets::digits::<f32>()?; // sixteen levels of grey
/// let params = Rbm::params(8).epochs(1);
/// params.clone().visible_input(VisibleInput::Resampled).fit(&digits)?;
/// let grey = params.visible_input(VisibleInput::RequireBinary).fit(&digits);
/// assert!(matches!(grey, Err(Error::Records(_))));
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
pub enum VisibleInput {
    /// As they are: binary records are states, and values in between are taken for probabilities.
    /// Records are always presented to Gaussian units as they are.
    #[default]
    AsIs,
    /// As states that are sampled anew at every presentation, with the values as the probabilities
    /// of 1 (Salakhutdinov & Murray 2008).
    Resampled,
    /// As they are, after a check that all values are 0 or 1.
    RequireBinary,
}

impl VisibleInput {
    /// Checks all values; the error is that of the first one that the units cannot take.
    pub(crate) fn check<F: Float>(
        &self,
        records: ArrayView2<F>,
        visible: VisibleUnits,
    ) -> Result<()> {
        match (visible, self) {
            (VisibleUnits::Gaussian, _) => check_records(records),
            (VisibleUnits::Binary, Self::RequireBinary) => check_binary(records),
            (VisibleUnits::Binary, _) => check_unit_interval(records),
        }
    }

    /// Turns a batch of records into the values that are presented.
    pub(crate) fn present<F: Float>(
        &self,
        batch: &mut Visible<F>,
        visible: VisibleUnits,
        random: &mut Lanes,
    ) {
        if (visible, *self) == (VisibleUnits::Binary, Self::Resampled) {
            batch.sample(random);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::boltzmann::training::records::Records;
    use crate::error::RecordsError;
    use ndarray::{Array2, array};

    #[test]
    fn samples_are_states_of_the_right_probability() {
        for every in [1, 5] {
            let grey = Array2::from_shape_fn((200, 100), |(i, j)| match (i + j) % every {
                0 => 0.25_f64,
                _ => 0.0,
            });
            let shown = |visible_input: VisibleInput, visible| {
                let records = Records::of(grey.view());
                let mut batch = records.select(&(0..200).collect::<Vec<_>>());
                visible_input.present(&mut batch, visible, &mut Lanes::new(1, 0));
                batch.to_dense()
            };
            let states = shown(VisibleInput::Resampled, VisibleUnits::Binary);
            assert!(states.iter().all(|&x| x == 0.0 || x == 1.0));
            let n = 200.0 * 100.0 / every as f64;
            let bound = 5.0 * (0.25_f64 * 0.75 / n).sqrt();
            assert!((states.sum() / n - 0.25).abs() < bound);
            assert_eq!(shown(VisibleInput::AsIs, VisibleUnits::Binary), grey);
            assert_eq!(shown(VisibleInput::Resampled, VisibleUnits::Gaussian), grey);
        }
    }

    #[test]
    fn each_kind_of_unit_has_its_range() {
        let check = |x: f64, visible_input: VisibleInput, visible| {
            visible_input.check(array![[0.0, x]].view(), visible)
        };
        let binary = VisibleUnits::Binary;
        assert!(check(0.5, VisibleInput::AsIs, binary).is_ok());
        assert!(matches!(
            check(0.5, VisibleInput::RequireBinary, binary),
            Err(Error::Records(RecordsError::NotBinary {
                row: 0,
                column: 1,
                ..
            }))
        ));
        assert!(matches!(
            check(-3.0, VisibleInput::Resampled, binary),
            Err(Error::Records(RecordsError::OutsideUnitInterval { .. }))
        ));
        assert!(check(-3.0, VisibleInput::RequireBinary, VisibleUnits::Gaussian).is_ok());
        assert!(check(f64::NAN, VisibleInput::AsIs, VisibleUnits::Gaussian).is_err());
    }
}
