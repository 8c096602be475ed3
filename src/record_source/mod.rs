//! Records that come in blocks, pass after pass, for sets that memory does not hold.
//!
//! A [`RecordSource`] hands out its records (`n x d`) from the first to the last as often as it is
//! asked, in blocks of any number of rows. A training
//! ([`run_source`](crate::boltzmann::BoltzmannValidParams::run_source)) asks once for each epoch.
//! Sources are
//!
//! - closures from the number of a pass to an iterator of blocks;
//! - arrays, which are in memory, but show what a source of the same rows would give;
//! - records in memory in [half precision](HalfPrecision);
//! - in `datasets`: images in IDX files (`IdxSource`) and changed copies of images
//!   (`AugmentSource`);
//! - types of your own, which say how they can fail.

mod array;
mod closure;
mod half_precision;
mod into_block;
mod repeated;

use ndarray::Array2;

pub use half_precision::HalfPrecision;
pub use into_block::IntoBlock;
pub use repeated::Repeated;

/// Why a source cannot give its records: an error of any type.
pub type SourceFault = Box<dyn std::error::Error + Send + Sync>;

/// Takes the next block of rows of a pass. It fails if the one who reads has found a fault; the
/// source then returns that error.
pub type TakeBlock<'a, F> = dyn FnMut(Array2<F>) -> Result<(), SourceFault> + 'a;

/// Records (`n x d`) that can be read more than once, a block of rows at a time.
///
/// Every pass gives as many rows as the first, and a pass of the same number the same rows, so that
/// a training can be resumed. Between two numbers the values may differ if
/// [`repeats`](Self::repeats) says so, as those of images that are changed anew for every epoch.
///
/// The first pass must end: one that does not is read for ever. A later pass ends with an error at
/// the first row too many.
///
/// # Example
///
/// ```
/// use linfa_fisher::record_source::{RecordSource, SourceFault, TakeBlock};
/// use ndarray::Array2;
///
/// /// Numbers of a text, one record a line.
/// struct Lines(&'static str);
///
/// impl RecordSource<f64> for Lines {
///     fn pass(&self, _number: usize, take: &mut TakeBlock<f64>) -> Result<(), SourceFault> {
///         for line in self.0.lines() {
///             let row = line.split(' ').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
///             take(Array2::from_shape_vec((1, row.len()), row)?)?;
///         }
///         Ok(())
///     }
/// }
///
/// let count = |text| {
///     let mut rows = 0;
///     let read = Lines(text).pass(0, &mut |block| Ok(rows += block.nrows()));
///     read.map(|()| rows)
/// };
/// assert_eq!(count("0 1\n1 1\n1 0").unwrap(), 3);
/// assert_eq!(count("0 l").unwrap_err().to_string(), "invalid float literal");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no source of records of type `{F}`",
    note = "give a closure `|pass: usize|` that returns an iterator of `Array2<{F}>`, of datasets \
            or of results of them"
)]
pub trait RecordSource<F> {
    /// Gives all blocks of pass `number` to `take`, in order: `rows x d` each, of any number of
    /// rows; those of none are passed over.
    ///
    /// # Errors
    ///
    /// Any fault of the source, and that of `take`, which ends the pass.
    fn pass(&self, number: usize, take: &mut TakeBlock<'_, F>) -> Result<(), SourceFault>;

    /// Whether every pass gives the same values as the first, which is then checked. Defaults to
    /// true.
    fn repeats(&self) -> bool {
        true
    }
}
