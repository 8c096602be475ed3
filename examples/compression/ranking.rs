//! How well the images to search are ranked.

use std::error::Error;
use std::time::Instant;

use linfa_fisher::metrics::MeanAveragePrecision;
use ndarray::{ArrayView1, Axis};

use crate::codes::Codes;
use crate::vectors::Part;

/// Queries whose distances are in memory at a time.
const BLOCK: usize = 200;

pub(crate) struct Quality {
    /// Share of queries whose nearest image is of their class.
    pub(crate) accuracy: f64,
    /// Mean average precision, 0 if no query has images of its class.
    pub(crate) precision: f64,
    /// Time of the distances and of the nearest images.
    pub(crate) seconds: f64,
}

impl Quality {
    /// That of the codes of the images of `train`, for the images of `queries`.
    pub(crate) fn of(
        codes: &dyn Codes,
        train: &Part,
        queries: &Part,
    ) -> Result<Self, Box<dyn Error>> {
        let (mut right, mut seconds) = (0, 0.0);
        let mut precision = MeanAveragePrecision::new();
        let rows = codes.queries(queries)?;
        let blocks = rows.axis_chunks_iter(Axis(0), BLOCK);
        for (rows, truth) in blocks.zip(queries.targets.axis_chunks_iter(Axis(0), BLOCK)) {
            let start = Instant::now();
            let distances = codes.distances(rows)?;
            let nearest = distances.map_axis(Axis(1), least);
            seconds += start.elapsed().as_secs_f64();
            let pairs = nearest.iter().zip(truth);
            right += pairs
                .filter(|&(&row, class)| train.targets[row] == *class)
                .count();
            precision.add(distances.view(), truth, train.targets.view())?;
        }
        Ok(Self {
            accuracy: right as f64 / queries.targets.len() as f64,
            precision: precision.mean().unwrap_or_default(),
            seconds,
        })
    }
}

/// The place of the least value, the first of equals.
fn least(values: ArrayView1<f32>) -> usize {
    let pairs = values.iter().copied().enumerate();
    let least = pairs.fold(
        (0, f32::INFINITY),
        |best, new| {
            if new.1 < best.1 { new } else { best }
        },
    );
    least.0
}
