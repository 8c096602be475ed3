//! The states of some records.

use std::ops::Range;

use ndarray::{Array1, Array2, s};
use rayon::prelude::*;

use super::units::Unit;
use crate::Float;
use crate::numerics::columns::Extremes;
use crate::numerics::kernels::vectorised;
use crate::numerics::random::LANES;
use crate::numerics::scalar::all;

/// Scores of `n` records, as the states of the layers that they are products of.
pub(in crate::fisher) struct FactoredRows<'a, F> {
    /// The places of the scores.
    pub(super) units: Vec<Unit>,
    /// `units x n` for each layer.
    left: Vec<Array2<F>>,
    /// `n x units` for each layer.
    right: Vec<Array2<F>>,
    /// `E[T]`, `p`.
    pub(super) expectation: &'a Array1<F>,
}

/// The rows in which a unit is not 0, and numbers for each of its scores there.
pub(super) struct Entries<F> {
    /// Places of the rows.
    pub(super) places: Vec<u32>,
    /// `places x depth`.
    pub(super) scores: Vec<F>,
}

impl<'a, F: Float> FactoredRows<'a, F> {
    /// The scores of states (`n x units` for each layer); `None` if there are not as many as the
    /// expectation has numbers, or if they could be not finite.
    pub(in crate::fisher) fn new(
        layers: Vec<Array2<F>>,
        biases: bool,
        expectation: &'a Array1<F>,
    ) -> Option<Self> {
        let widths: Vec<_> = layers.iter().map(Array2::ncols).collect();
        let units = Unit::all(&widths, biases);
        let length = units.last().map_or(0, |unit| unit.scores().end);
        let half = F::max_value() / F::cast(2);
        let most = half.sqrt();
        let right: Vec<_> = layers.into_iter().map(row_major).collect();
        let bounded = length == expectation.len()
            && right.iter().all(|layer| within(layer.as_slice(), most))
            && within(expectation.as_slice(), half);
        bounded.then(|| Self {
            left: right
                .iter()
                .map(|layer| row_major(layer.t().to_owned()))
                .collect(),
            right,
            units,
            expectation,
        })
    }

    /// Number of rows `n`.
    pub(super) fn nrows(&self) -> usize {
        self.right.first().map_or(0, Array2::nrows)
    }

    /// The scores of a unit in those of the rows in which it is not 0; places count from the
    /// range's first row.
    pub(super) fn entries(&self, unit: &Unit, rows: Range<usize>) -> Entries<F> {
        let (first, width) = (rows.start, self.right[unit.right].ncols());
        let right = self.right[unit.right].as_slice().unwrap_or_default();
        let expectation = self.expectation.as_slice().unwrap_or_default();
        let expectation = &expectation[unit.scores()];
        let states = unit.left.map(|(layer, place)| self.left[layer].row(place));
        let states = states.as_ref().and_then(|states| states.as_slice());
        let places = match states {
            Some(states) => non_zeros(&states[rows]),
            None => (0..rows.len() as u32).collect(),
        };
        let depth = unit.depth();
        let mut scores = vec![F::zero(); places.len() * depth];
        vectorised(|| {
            for (&place, scores) in places.iter().zip(scores.chunks_exact_mut(depth)) {
                let row = first + place as usize;
                let x = states.map_or(F::one(), |states| states[row]);
                let neighbours = &right[row * width..][unit.columns.clone()];
                for ((score, &h), &e) in scores.iter_mut().zip(neighbours).zip(expectation) {
                    *score = x * h - e;
                }
            }
        });
        Entries { places, scores }
    }

    /// Takes the scores of the rows into account.
    pub(in crate::fisher) fn extend(&self, extremes: &mut Extremes<F>) {
        let Extremes { least, most } = extremes;
        let least = least.as_slice_mut().unwrap_or_default();
        let most = most.as_slice_mut().unwrap_or_default();
        let (least, most) = (
            Unit::parts(&self.units, least, 1),
            Unit::parts(&self.units, most, 1),
        );
        let parts = self.units.par_iter().zip(least).zip(most);
        parts.for_each(|((unit, least), most)| {
            let entries = self.entries(unit, 0..self.nrows());
            let mut take = |score: &[F]| {
                for ((least, most), &x) in least.iter_mut().zip(most.iter_mut()).zip(score) {
                    (*least, *most) = (least.min(x), most.max(x));
                }
            };
            entries
                .scores
                .chunks_exact(unit.depth())
                .for_each(&mut take);
            if entries.places.len() < self.nrows() {
                let resting: Vec<_> = self
                    .expectation
                    .slice(s![unit.scores()])
                    .iter()
                    .map(|&e| -e)
                    .collect();
                take(&resting);
            }
        });
    }
}

/// Whether there are values in one piece, and none is larger than `most` or no number.
fn within<F: Float>(values: Option<&[F]>, most: F) -> bool {
    values.is_some_and(|values| all(values, |x| x.abs() <= most))
}

/// The places of the values that are not 0.
fn non_zeros<F: Float>(values: &[F]) -> Vec<u32> {
    let mut places = vec![0; values.len() + LANES];
    let count = F::write_places(values, &mut places);
    places.truncate(count);
    places
}

fn row_major<F: Float>(states: Array2<F>) -> Array2<F> {
    match states.is_standard_layout() {
        true => states,
        false => states.as_standard_layout().into_owned(),
    }
}
