//! The order of the scores of layered models.

use std::ops::Range;

/// Scores of one unit with more neighbours are taken apart: what their product with a matrix reads
/// again and again stays in the cache.
const MOST_COLUMNS: usize = 64;

/// The scores of one unit with some of its neighbours: `depth` numbers from `start` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// Its layer and its place there; `None` for the constant 1, whose products are the biases'
    /// statistics.
    pub(super) left: Option<(usize, usize)>,
    /// The neighbours' layer.
    pub(super) right: usize,
    /// Their places there.
    pub(super) columns: Range<usize>,
    /// The place of the first score.
    pub(super) start: usize,
}

impl Unit {
    /// All units of layers of these widths, in the order of their scores (see
    /// [`LayeredScore`](crate::fisher::LayeredScore)).
    pub(super) fn all(widths: &[usize], biases: bool) -> Vec<Self> {
        let couplings = (1..widths.len()).flat_map(|right| {
            let of_layer = 0..widths[right - 1];
            of_layer.map(move |unit| (Some((right - 1, unit)), right))
        });
        let biases = (0..widths.len())
            .filter(|_| biases)
            .map(|layer| (None, layer));
        let mut end = 0;
        let mut units = Vec::new();
        for (left, right) in couplings.chain(biases) {
            for first in (0..widths[right]).step_by(MOST_COLUMNS) {
                let columns = first..widths[right].min(first + MOST_COLUMNS);
                let start = end;
                end += columns.len();
                units.push(Self {
                    left,
                    right,
                    columns,
                    start,
                });
            }
        }
        units
    }

    /// The number of its scores.
    pub(super) fn depth(&self) -> usize {
        self.columns.len()
    }

    /// The places of its scores.
    pub(super) fn scores(&self) -> Range<usize> {
        self.start..self.start + self.depth()
    }

    /// The part of each unit of `values`, of which there are `width` for each score.
    pub(super) fn parts<'a, T>(
        units: &[Self],
        mut values: &'a mut [T],
        width: usize,
    ) -> Vec<&'a mut [T]> {
        let mut part = |unit: &Self| {
            let (part, rest) = std::mem::take(&mut values).split_at_mut(unit.depth() * width);
            values = rest;
            part
        };
        units.iter().map(&mut part).collect()
    }
}
