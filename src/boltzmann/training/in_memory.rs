//! Records in memory as what a training passes over.

use ndarray::Array1;

use super::records::Records;
use super::stage::Below;
use super::windows::{
    Divided, TrainingSet, Validation, Visit, Windows, evenly_spaced, rows_not_in,
};
use crate::numerics::scalar::select_rows;
use crate::{Float, Result};

/// Records in memory are one window.
impl<F: Float> Windows<F> for Records<'_, F> {
    fn means(&self) -> &Array1<F> {
        &self.means
    }

    fn pass(&self, _number: usize, visit: &mut Visit<'_, F>) -> Result<()> {
        visit(self)
    }
}

impl<F: Float> TrainingSet<F> for Records<'_, F> {
    fn dim(&self) -> (usize, usize) {
        self.values().dim()
    }

    fn divided<'s>(&'s self, held_out: &'s [usize]) -> Result<Divided<'s, F>> {
        let rest: Vec<usize> = rows_not_in(held_out, 0, self.nrows()).collect();
        let alike = evenly_spaced(rest.len().min(held_out.len()), rest.len());
        let rest = select_rows(self.values(), &rest);
        let validation = Validation {
            held_out: select_rows(self.values(), held_out),
            seen: select_rows(rest.view(), &alike),
        };
        Ok((Box::new(Records::of(rest)), validation))
    }

    fn activations<'s>(&'s self, below: Below<'s, F>) -> Result<Box<dyn Windows<F> + 's>> {
        Ok(Box::new(Records::of(below.activations(self.values()))))
    }

    #[cfg(feature = "serde")]
    fn window_rows(&self) -> usize {
        self.nrows()
    }

    #[cfg(feature = "serde")]
    fn digests(&self) -> std::borrow::Cow<'_, [u64]> {
        super::digests::Digests::of(self.values()).into()
    }
}
