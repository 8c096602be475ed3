//! Rows of bits, and their Hamming distances.

use ndarray::{Array2, ArrayView2, Axis, Zip};

use super::error::CompressionError;
use super::neighbors::{Neighbors, distances_of, nearest_of};
use crate::numerics::kernels::vectorised;
#[cfg(feature = "serde")]
use crate::persistence::{check_numbers, check_shape_of};
use crate::{Float, Result};

/// Bits in a word.
const WORD: usize = u64::BITS as usize;

/// Rows of bits, packed into words: what [`SignBits`](super::SignBits) makes of records.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::compression::{Encoder, SignBits};
/// use ndarray::array;
///
/// let bits = SignBits::at(array![0.0, 0.0, 0.0])?;
/// let mut codes = bits.encode(array![[1.0, -1.0, 2.0]].view())?;
/// assert_eq!(codes.words(), array![[0b101]]);
/// codes.append(&bits.encode(array![[-1.0, -1.0, 2.0]].view())?)?;
/// assert_eq!(codes.hamming(&codes)?, array![[0, 1], [1, 0]]);
/// assert_eq!(codes.signs::<f32>().row(0), array![1.0, -1.0, 1.0]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct BinaryCodes {
    bits: usize,
    /// `n x ceil(bits / 64)`; bits beyond the last are 0.
    words: Array2<u64>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    BinaryCodes { bits, words } where
}

#[cfg(feature = "serde")]
impl BinaryCodes {
    /// Words for all bits, and no bits but these.
    fn check_parts(&self) -> Result<()> {
        const MOST: usize = isize::MAX as usize / WORD;
        let width = self.bits.div_ceil(WORD);
        crate::checks::check_shape(1, self.bits)?;
        check_shape_of("words", self.words.shape(), &[self.nsamples(), width])?;
        let numbers = self.nsamples().max(1).checked_mul(self.bits);
        let addressable = numbers.is_some_and(|numbers| numbers <= MOST);
        check_numbers("the number of bits", &ndarray::aview0(&self.bits), |_| {
            addressable
        })?;
        let last = self.words.column(width - 1);
        let unused = last_word_mask(self.bits);
        check_numbers("the last words", &last, |word| word & !unused == 0)
    }
}

/// The bits of the last word that are used.
#[cfg(feature = "serde")]
fn last_word_mask(bits: usize) -> u64 {
    u64::MAX >> (bits.div_ceil(WORD) * WORD - bits)
}

impl BinaryCodes {
    /// Bit j of a row is set if `above(j, x)` is true of the row's number x in column j.
    pub(super) fn of<F: Float>(
        records: ArrayView2<F>,
        above: impl Fn(usize, F) -> bool + Sync,
    ) -> Self {
        let bits = records.ncols();
        let mut words = Array2::zeros((records.nrows(), bits.div_ceil(WORD)));
        Zip::from(words.axis_iter_mut(Axis(0)))
            .and(records.rows())
            .par_for_each(|mut words, row| {
                for (column, &x) in row.indexed_iter() {
                    words[column / WORD] |= u64::from(above(column, x)) << (column % WORD);
                }
            });
        Self { bits, words }
    }

    /// Number of rows n.
    pub fn nsamples(&self) -> usize {
        self.words.nrows()
    }

    /// Number of bits d of a row.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The words, `n x ceil(d / 64)`: bit j of a row is bit `j % 64` of its word `j / 64`, from the
    /// lowest; those beyond the last are 0.
    pub fn words(&self) -> ArrayView2<'_, u64> {
        self.words.view()
    }

    /// Bit `column` of a row; `None` beyond the last row or bit.
    pub fn bit(&self, row: usize, column: usize) -> Option<bool> {
        let word = self.words.get((row, column / WORD))?;
        (column < self.bits).then(|| word >> (column % WORD) & 1 == 1)
    }

    /// 1 for every bit that is set and -1 for every other one, `n x d`. Squared Euclidean distances
    /// of these are four times the Hamming distances.
    pub fn signs<F: Float>(&self) -> Array2<F> {
        Array2::from_shape_fn((self.nsamples(), self.bits), |(row, column)| {
            match self.bit(row, column) {
                Some(true) => F::one(),
                _ => -F::one(),
            }
        })
    }

    /// Adds the rows of other codes after these.
    ///
    /// # Errors
    ///
    /// [`CodeLength`](CompressionError::CodeLength) for another number of bits.
    pub fn append(&mut self, other: &Self) -> Result<()> {
        self.check_bits(other)?;
        match self.words.append(Axis(0), other.words.view()) {
            Ok(()) => Ok(()),
            Err(_) => unreachable!("rows of as many bits have as many words"),
        }
    }

    /// Hamming distances of q queries from the rows, `q x n`: in how many bits they differ.
    ///
    /// # Errors
    ///
    /// [`CodeLength`](CompressionError::CodeLength) for another number of bits.
    pub fn hamming(&self, queries: &Self) -> Result<Array2<u32>> {
        self.check_bits(queries)?;
        let (q, n) = (queries.nsamples(), self.nsamples());
        Ok(distances_of(q, n, self.distances_from(queries)))
    }

    /// The k rows of least Hamming distance to each of q queries, the nearest first; of equally
    /// distant ones the first row.
    ///
    /// # Errors
    ///
    /// [`CodeLength`](CompressionError::CodeLength) for another number of bits;
    /// [`InvalidNeighbors`](crate::error::ClassificationError::InvalidNeighbors) for `k = 0`,
    /// [`Neighbors`](crate::error::ClassificationError::Neighbors) for more than there are rows.
    pub fn nearest(&self, queries: &Self, k: usize) -> Result<Neighbors<u32>> {
        self.check_bits(queries)?;
        let shape = (queries.nsamples(), self.nsamples());
        nearest_of(shape, k, self.distances_from(queries))
    }

    /// Writes the distances of a query from all rows.
    fn distances_from(&self, queries: &Self) -> impl Fn(usize, &mut [u32]) + Sync {
        let rows = self.words.as_standard_layout();
        let queries = queries.words.as_standard_layout();
        move |query, out| {
            let query = queries.row(query);
            match (query.as_slice(), rows.as_slice()) {
                (Some(query), Some(rows)) => hamming(query, rows, out),
                _ => unreachable!("rows of words are laid out one after another"),
            }
        }
    }

    fn check_bits(&self, other: &Self) -> Result<()> {
        check_code_length(self.bits, other.bits)
    }
}

/// Codes as long as expected.
pub(super) fn check_code_length(expected: usize, found: usize) -> Result<()> {
    match found == expected {
        true => Ok(()),
        false => Err(CompressionError::CodeLength { expected, found }.into()),
    }
}

/// In how many bits each of the rows, which lie one after another, differs from the query.
fn hamming(query: &[u64], rows: &[u64], out: &mut [u32]) {
    vectorised(|| {
        for (distance, row) in out.iter_mut().zip(rows.chunks_exact(query.len())) {
            let words = row.iter().zip(query);
            *distance = words.map(|(a, b)| (a ^ b).count_ones()).sum();
        }
    });
}
