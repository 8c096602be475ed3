//! What is kept of the images to search, and distances of queries from it.

use std::error::Error;

use linfa_fisher::fisher::compression::Encoder;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::vectors::Part;

/// Queries whose products one thread computes at a time.
const ROWS: usize = 50;

/// What is kept of the images to search.
pub(crate) trait Codes {
    /// The numbers of the images of a part, which are compared with the codes.
    fn queries(&self, part: &Part) -> Result<Array2<f32>, Box<dyn Error>>;

    /// Distances of such numbers (`q x r`) from all codes, `q x n`.
    fn distances(&self, queries: ArrayView2<f32>) -> Result<Array2<f32>, Box<dyn Error>>;
}

/// Numbers as they are.
pub(crate) struct Numbers<G> {
    rows: Array2<f32>,
    /// Squared norms of the rows.
    squares: Array1<f32>,
    queries: G,
}

impl<G> Numbers<G> {
    pub(crate) fn new(rows: Array2<f32>, queries: G) -> Self {
        let squares = rows.map_axis(Axis(1), |row| row.dot(&row));
        Self {
            rows,
            squares,
            queries,
        }
    }
}

impl<G> Codes for Numbers<G>
where
    G: Fn(&Part) -> Result<Array2<f32>, Box<dyn Error>>,
{
    fn queries(&self, part: &Part) -> Result<Array2<f32>, Box<dyn Error>> {
        (self.queries)(part)
    }

    /// `|x|^2 - 2 q x`, the squared distance less `|q|^2`, which is the same for all rows x.
    fn distances(&self, queries: ArrayView2<f32>) -> Result<Array2<f32>, Box<dyn Error>> {
        let mut distances = Array2::zeros((queries.nrows(), self.rows.nrows()));
        let (rows, squares) = (self.rows.t(), &self.squares);
        let blocks = distances.axis_chunks_iter_mut(Axis(0), ROWS);
        let pairs = blocks
            .into_par_iter()
            .zip(queries.axis_chunks_iter(Axis(0), ROWS));
        pairs.for_each(|(mut distances, queries)| {
            distances.assign(&(squares - 2.0 * queries.dot(&rows)));
        });
        Ok(distances)
    }
}

/// Codes of an encoder of this crate.
pub(crate) struct Coded<E: Encoder, G> {
    encoder: E,
    codes: E::Codes,
    queries: G,
}

impl<E: Encoder<Element = f32>, G> Coded<E, G> {
    pub(crate) fn new(encoder: E, rows: ArrayView2<f32>, queries: G) -> linfa_fisher::Result<Self> {
        let codes = encoder.encode(rows)?;
        Ok(Self {
            encoder,
            codes,
            queries,
        })
    }
}

impl<E, G> Codes for Coded<E, G>
where
    E: Encoder<Element = f32>,
    E::Distance: Into<f64>,
    G: Fn(&Part) -> Result<Array2<f32>, Box<dyn Error>>,
{
    fn queries(&self, part: &Part) -> Result<Array2<f32>, Box<dyn Error>> {
        (self.queries)(part)
    }

    fn distances(&self, queries: ArrayView2<f32>) -> Result<Array2<f32>, Box<dyn Error>> {
        let distances = self.encoder.distances(queries, &self.codes)?;
        Ok(distances.mapv(|distance| distance.into() as f32))
    }
}
