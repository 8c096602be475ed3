//! Records in half precision.

use half::f16;
use half::slice::HalfFloatSliceExt;
use ndarray::Array2;
use rayon::prelude::*;

use super::{RecordSource, SourceFault, TakeBlock};
use crate::checks::RecordsError;
use crate::{Float, Result};

/// Values of a block, about.
const BLOCK_VALUES: usize = 1 << 22;

/// Records (`n x d`) in memory, two bytes a value: numbers of 16 bits (IEEE 754 binary16), which
/// have about three decimal digits, a relative error of at most `2^-11` from `6.1e-5` to 65,504 in
/// size, and below that an absolute one of at most `2^-25`.
///
/// A solver that reads its records in many passes, such as the
/// [primal one](crate::classification::Solver::Primal), takes half the memory with them: each pass
/// widens a block at a time.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::classification::{LinearSvm, Solver};
/// use linfa_fisher::record_source::HalfPrecision;
/// use ndarray::{Array1, Array2};
///
/// let records = Array2::from_shape_fn((20, 2), |(row, column)| (row * (column + 1)) as f32 / 8.0);
/// let targets = Array1::from_shape_fn(20, |row| row >= 10);
/// let narrow = HalfPrecision::of(&records)?;
/// assert_eq!(narrow.dim(), (20, 2));
/// let params = LinearSvm::params().solver(Solver::Primal).check()?;
/// let model = params.fit_source(&narrow, targets.view(), &mut ())?;
/// assert_eq!(model.try_predict(&records)?, targets);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HalfPrecision {
    values: Vec<f16>,
    columns: usize,
}

impl HalfPrecision {
    /// Reads a source once, in pass 0, and keeps its records in half precision.
    ///
    /// # Errors
    ///
    /// [`BeyondHalfPrecision`](RecordsError::BeyondHalfPrecision) for a value above 65,504 in size,
    /// an infinity or NaN; [`Width`](RecordsError::Width) for a block of another width than the
    /// first that has rows; [`Source`](crate::error::ClassificationError::Source) for an error of
    /// the source.
    pub fn of<F: Float, S: RecordSource<F> + ?Sized>(source: &S) -> Result<Self> {
        let mut narrow: Option<Self> = None;
        let mut fault = None;
        let read = source.pass(0, &mut |block| {
            if block.nrows() == 0 {
                return Ok(());
            }
            let columns = block.ncols();
            let kept = narrow.get_or_insert_with(|| Self {
                values: Vec::new(),
                columns,
            });
            kept.push(&block).map_err(|error| {
                let text = error.to_string();
                fault = Some(error);
                text.into()
            })
        });
        match (fault, read) {
            (Some(fault), _) => Err(fault.into()),
            (None, Err(fault)) => Err(crate::error::ClassificationError::Source(fault).into()),
            (None, Ok(())) => Ok(narrow.unwrap_or(Self {
                values: Vec::new(),
                columns: 0,
            })),
        }
    }

    /// Number of records and of their values.
    pub fn dim(&self) -> (usize, usize) {
        (self.values.len() / self.columns.max(1), self.columns)
    }

    /// Adds a block of rows.
    fn push<F: Float>(&mut self, block: &Array2<F>) -> std::result::Result<(), RecordsError> {
        if block.ncols() != self.columns {
            let (expected, found) = (self.columns, block.ncols());
            return Err(RecordsError::Width { expected, found });
        }
        let first = self.dim().0;
        for ((row, column), &value) in block.indexed_iter() {
            let value = value.to_f64().unwrap_or(f64::NAN);
            let narrow = f16::from_f64(value);
            if !narrow.is_finite() {
                let row = first + row;
                return Err(RecordsError::BeyondHalfPrecision { row, column, value });
            }
            self.values.push(narrow);
        }
        Ok(())
    }
}

impl<F: Float> RecordSource<F> for HalfPrecision {
    fn pass(
        &self,
        _number: usize,
        take: &mut TakeBlock<'_, F>,
    ) -> std::result::Result<(), SourceFault> {
        let rows = (BLOCK_VALUES / self.columns.max(1)).max(1);
        for block in self.values.chunks(rows * self.columns.max(1)) {
            let mut wide = vec![F::zero(); block.len()];
            let parts = wide
                .par_chunks_mut(self.columns)
                .zip(block.par_chunks(self.columns));
            parts.for_each_init(
                || vec![0.0_f32; self.columns],
                |single, (wide, narrow)| {
                    narrow.convert_to_f32_slice(single);
                    wide.iter_mut()
                        .zip(single)
                        .for_each(|(x, y)| *x = F::cast(*y));
                },
            );
            let dim = (block.len() / self.columns.max(1), self.columns);
            take(Array2::from_shape_vec(dim, wide)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use linfa::ParamGuard;
    use ndarray::{Array1, Axis, array, concatenate};

    use super::*;
    use crate::Error;
    use crate::classification::{LinearSvm, Solver};

    fn read<F: Float>(source: &HalfPrecision) -> Array2<F> {
        let mut blocks = Vec::new();
        source
            .pass(1, &mut |block| {
                blocks.push(block);
                Ok(())
            })
            .unwrap();
        let views: Vec<_> = blocks
            .iter()
            .map(|block: &Array2<F>| block.view())
            .collect();
        concatenate(Axis(0), &views).unwrap()
    }

    #[test]
    fn values_are_rounded_to_eleven_bits() {
        let records = Array2::from_shape_fn((700, 9), |(i, j)| {
            ((i * 31 + j * 17) % 101) as f64 / 7.0 - 6.0
        });
        let rounded = read::<f64>(&HalfPrecision::of(&records).unwrap());
        assert_eq!(rounded.dim(), records.dim());
        for (rounded, exact) in rounded.iter().zip(&records) {
            assert!((rounded - exact).abs() <= exact.abs() / 2048.0 + 2.0_f64.powi(-25));
        }
        assert_eq!(
            rounded.mapv(|x| x as f32),
            read::<f32>(&HalfPrecision::of(&records).unwrap())
        );
    }

    /// The machine is that of the rounded records.
    #[test]
    fn machines_see_the_rounded_records() {
        let records =
            Array2::from_shape_fn((300, 5), |(i, j)| ((i * 31 + j * 17) % 101) as f32 / 7.0);
        let targets = Array1::from_shape_fn(300, |row| (row * 31 % 101 > 50) as usize);
        let narrow = HalfPrecision::of(&records).unwrap();
        let params = LinearSvm::params().solver(Solver::Primal).check().unwrap();
        let fit = |model: crate::Result<_>| -> LinearSvm<f32, usize> { model.unwrap() };
        let first = fit(params.fit_source(&narrow, targets.view(), &mut ()));
        let rounded = read::<f32>(&narrow);
        let second = fit(params.fit_source(&rounded, targets.view(), &mut ()));
        let difference = first.coefficients() - second.coefficients();
        // both stop at a relative gap of 1e-3 at most, with the same steps but for other blocks
        assert!(difference.iter().all(|x| x.abs() < 1e-4), "{difference}");
    }

    #[test]
    fn values_beyond_the_range_are_named() {
        for value in [7e4, f64::NAN, f64::NEG_INFINITY] {
            let error = HalfPrecision::of(&array![[1.0, 2.0], [3.0, value]]).unwrap_err();
            assert!(matches!(
                error,
                Error::Records(RecordsError::BeyondHalfPrecision {
                    row: 1,
                    column: 1,
                    ..
                })
            ));
        }
        let widths = |_: usize| [Array2::<f64>::zeros((1, 2)), Array2::zeros((1, 3))];
        let error = HalfPrecision::of(&widths).unwrap_err();
        assert!(matches!(
            error,
            Error::Records(RecordsError::Width {
                expected: 2,
                found: 3
            })
        ));
    }

    #[test]
    fn blocks_of_no_rows_are_passed_over() {
        let blocks = |_: usize| [Array2::<f64>::zeros((0, 0)), Array2::zeros((2, 3))];
        assert_eq!(HalfPrecision::of(&blocks).unwrap().dim(), (2, 3));
        let nothing = Array2::<f64>::zeros((0, 3));
        assert_eq!(HalfPrecision::of(&nothing).unwrap().dim(), (0, 0));
    }
}
