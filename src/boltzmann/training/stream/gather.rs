//! Rows of blocks of any sizes, gathered in one array.

use ndarray::{Array2, ArrayView1};

use crate::boltzmann::training::error::TrainingError;
use crate::{Float, Result};

/// Rows that are gathered up to a number.
#[derive(Debug)]
pub(super) struct Gathered<F> {
    values: Vec<F>,
    rows: usize,
    /// Rows and columns when full.
    full: (usize, usize),
}

impl<F: Float> Gathered<F> {
    /// No rows yet; memory is taken with the first one.
    pub(super) fn new(full: (usize, usize)) -> Self {
        Self {
            values: Vec::new(),
            rows: 0,
            full,
        }
    }

    /// Appends a row.
    ///
    /// # Errors
    ///
    /// [`WindowTooLarge`](TrainingError::WindowTooLarge).
    pub(super) fn push(&mut self, row: ArrayView1<F>) -> Result<()> {
        if self.values.is_empty() {
            self.reserve()?;
        }
        match row.to_slice() {
            Some(row) => self.values.extend_from_slice(row),
            None => self.values.extend(row),
        }
        self.rows += 1;
        Ok(())
    }

    fn reserve(&mut self) -> Result<()> {
        let (rows, columns) = self.full;
        let numbers = rows.saturating_mul(columns);
        let reserved = self.values.try_reserve_exact(numbers);
        reserved.map_err(|_| TrainingError::WindowTooLarge { rows, columns }.into())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows == self.full.0
    }

    /// The rows, of which none are left.
    pub(super) fn take(&mut self) -> Array2<F> {
        let rows = std::mem::take(&mut self.rows);
        let values = std::mem::take(&mut self.values);
        match Array2::from_shape_vec((rows, self.full.1), values) {
            Ok(gathered) => gathered,
            Err(_) => unreachable!("every row has a value for each column"),
        }
    }
}
