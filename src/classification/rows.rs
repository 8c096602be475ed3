//! The training records, in memory or from a source, block by block.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use crate::checks::{check_finite, check_row_count, check_width};
use crate::error::{ClassificationError, RecordsError};
use crate::numerics::digest::{START, extended, number};
use crate::record_source::{RecordSource, SourceFault};
use crate::{Error, Float, Result};

/// Records of a block of an array, which its threads share.
const BLOCK_ROWS: usize = 4096;

/// Records that one thread takes at a time, twice: their decision values, then the sum of them by
/// their pulls. Fixed, so that sums do not depend on the number of threads.
const CHUNK_ROWS: usize = 256;

/// Takes a block of records (`rows x d`), of which the first has this number.
pub(super) type TakeRows<'a, F> = dyn FnMut(usize, ArrayView2<F>) -> Result<()> + 'a;

/// Training records (`n x d`), the same in every pass.
pub(super) trait Rows<F> {
    /// Features d.
    fn columns(&self) -> usize;

    /// Gives all records to `take`, in order.
    fn pass(&self, take: &mut TakeRows<F>) -> Result<()>;
}

impl<F: Float> Rows<F> for ArrayView2<'_, F> {
    fn columns(&self) -> usize {
        self.ncols()
    }

    fn pass(&self, take: &mut TakeRows<F>) -> Result<()> {
        let blocks = self.axis_chunks_iter(Axis(0), BLOCK_ROWS);
        let mut numbered = blocks.enumerate();
        numbered.try_for_each(|(number, block)| take(number * BLOCK_ROWS, block))
    }
}

/// What must be the same in all passes: the shape, and a digest of some values of each record.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    rows: usize,
    columns: usize,
    digest: u64,
}

/// Records of a source, checked in every pass.
pub(super) struct SourceRows<'a, S> {
    source: &'a S,
    first: Seen,
}

impl<'a, S> SourceRows<'a, S> {
    /// Reads the source once, to know how many records it has, which must be `expected`.
    pub(super) fn new<F: Float>(source: &'a S, expected: usize) -> Result<Self>
    where
        S: RecordSource<F>,
    {
        let first = read(source, None, expected, &mut |_, _| Ok(()))?;
        crate::checks::check_shape(first.rows, first.columns)?;
        Ok(Self { source, first })
    }
}

impl<F: Float, S: RecordSource<F>> Rows<F> for SourceRows<'_, S> {
    fn columns(&self) -> usize {
        self.first.columns
    }

    fn pass(&self, take: &mut TakeRows<F>) -> Result<()> {
        let columns = Some(self.first.columns);
        match read(self.source, columns, self.first.rows, take) {
            Ok(seen) if seen == self.first => Ok(()),
            Ok(_) | Err(Error::Records(RecordsError::RowCount { .. })) => {
                Err(ClassificationError::RecordsChanged.into())
            }
            Err(other) => Err(other),
        }
    }
}

/// Gives all records of a source, of which there must be `expected`, to `take` in one pass.
pub(super) fn read_once<F: Float, S: RecordSource<F>>(
    source: &S,
    expected: usize,
    take: &mut TakeRows<F>,
) -> Result<()> {
    let seen = read(source, None, expected, take)?;
    crate::checks::check_shape(seen.rows, seen.columns)
}

/// One pass over a source of `expected` records.
fn read<F: Float, S: RecordSource<F>>(
    source: &S,
    columns: Option<usize>,
    expected: usize,
    take: &mut TakeRows<F>,
) -> Result<Seen> {
    let mut seen = Seen {
        rows: 0,
        columns: columns.unwrap_or(0),
        digest: START,
    };
    let mut known = columns;
    let mut take_block = |block: Array2<F>| -> Result<()> {
        if block.nrows() == 0 {
            return Ok(());
        }
        let columns = *known.get_or_insert(block.ncols());
        check_width(block.view(), columns)?;
        let first = seen.rows;
        check_finite(block.view()).map_err(|error| {
            let rows: Vec<usize> = (first..first + block.nrows()).collect();
            error.of_rows(&rows)
        })?;
        seen.columns = columns;
        seen.rows += block.nrows();
        if seen.rows > expected {
            return check_row_count(expected, seen.rows);
        }
        seen.digest = digest(block.view(), first, seen.digest);
        take(first, block.view())
    };
    let passed = source.pass(0, &mut |block| take_block(block).map_err(SourceFault::from));
    passed.map_err(unboxed)?;
    check_row_count(expected, seen.rows)?;
    Ok(seen)
}

/// This crate's own error as it is, another one as that of an estimator.
fn unboxed(fault: SourceFault) -> Error {
    match fault.downcast::<Error>() {
        Ok(error) => *error,
        Err(fault) => ClassificationError::Source(fault).into(),
    }
}

/// Values of each record that its digest is of, at equal distances, other ones for each record.
const DIGESTED: usize = 16;

/// Goes on with a digest of records, of which the first has this number. It does not depend on the
/// blocks.
fn digest<F: Float>(block: ArrayView2<F>, first: usize, before: u64) -> u64 {
    let columns = block.ncols();
    let rows = (first..).zip(block.rows());
    rows.fold(before, |digest, (row, values)| {
        let places = 0..DIGESTED.min(columns);
        let place = |place| (row + place * columns.div_ceil(DIGESTED)) % columns;
        extended(digest, places.map(|at| number(&values[place(at)])))
    })
}

/// Applies `part` to chunks of all records, in parallel, and `merge` to the results, in order.
pub(super) fn for_each_chunk<F: Float, T: Send>(
    rows: &dyn Rows<F>,
    part: impl Fn(usize, ArrayView2<F>) -> T + Sync,
    mut merge: impl FnMut(T),
) -> Result<()> {
    rows.pass(&mut |first, block| {
        let chunks = block.nrows().div_ceil(CHUNK_ROWS);
        let of_chunk = |chunk: usize| {
            let start = chunk * CHUNK_ROWS;
            let end = block.nrows().min(start + CHUNK_ROWS);
            part(first + start, block.slice(s![start..end, ..]))
        };
        let parts: Vec<T> = (0..chunks).into_par_iter().map(of_chunk).collect();
        parts.into_iter().for_each(&mut merge);
        Ok(())
    })
}

/// `|x_i|^2 + B^2` of each record.
///
/// # Errors
///
/// [`SecondMoments`](ClassificationError::SecondMoments) unless they are finite.
pub(super) fn squares<F: Float>(records: ArrayView2<F>, scaling: f64) -> Result<Vec<F>> {
    let scaling = F::cast(scaling * scaling);
    let square = |row: ArrayView1<F>| match row.dot(&row) + scaling {
        square if square.is_finite() => Ok(square),
        _ => Err(ClassificationError::SecondMoments.into()),
    };
    records.rows().into_iter().map(square).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Ones and zeros differ in their highest bits alone.
    #[test]
    fn binary_records_are_told_apart() {
        let record =
            |bits: u16| Array2::from_shape_fn((1, 16), |(_, column)| f32::from(bits >> column & 1));
        let digests = (0..1 << 13).map(|bits| digest(record(bits).view(), 0, START));
        assert_eq!(digests.collect::<BTreeSet<u64>>().len(), 1 << 13);
    }
}
