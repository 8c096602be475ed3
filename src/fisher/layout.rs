//! Which parameter each number of a Fisher score belongs to.

use ndarray::{Array2, ArrayView1};

use super::error::FisherError;
#[cfg(feature = "serde")]
use crate::persistence::PersistenceError;
use crate::{Float, Result};

/// The part of a Fisher score that belongs to one matrix of parameters.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::ScoreBlock;
///
/// assert_eq!(ScoreBlock::new("W1", 784, 20).dim(), (784, 20));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct ScoreBlock {
    name: String,
    rows: usize,
    columns: usize,
}

impl ScoreBlock {
    /// A block of `rows x columns` parameters, in row-major order.
    pub fn new(name: impl Into<String>, rows: usize, columns: usize) -> Self {
        Self {
            name: name.into(),
            rows,
            columns,
        }
    }

    /// Name of the parameters.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Rows and columns.
    pub fn dim(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    fn len(&self) -> usize {
        self.rows * self.columns
    }
}

/// Which parameter each number of a Fisher score belongs to.
///
/// # Example
///
/// ```
/// use linfa_fisher::fisher::{ScoreBlock, ScoreLayout};
///
/// let blocks = vec![ScoreBlock::new("W1", 784, 20), ScoreBlock::new("W2", 20, 40)];
/// let layout = ScoreLayout::new(blocks);
/// assert_eq!(layout.length(), 16_480);
/// let (block, row, column) = layout.locate(15_680 + 41).unwrap();
/// assert_eq!((block.name(), row, column), ("W2", 1, 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct ScoreLayout {
    blocks: Vec<ScoreBlock>,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    ScoreLayout { blocks }
}

#[cfg(feature = "serde")]
impl ScoreLayout {
    /// Checks that the number of parameters does not overflow.
    fn check_parts(&self) -> Result<()> {
        let length = |block: &ScoreBlock| block.rows.checked_mul(block.columns);
        let add = |sum: usize, block| length(block).and_then(|length| sum.checked_add(length));
        match self.blocks.iter().try_fold(0, add) {
            Some(_) => Ok(()),
            None => Err(PersistenceError::LayoutOverflow.into()),
        }
    }
}

impl ScoreLayout {
    /// The blocks one after another.
    pub fn new(blocks: Vec<ScoreBlock>) -> Self {
        Self { blocks }
    }

    /// The blocks in their order.
    pub fn blocks(&self) -> &[ScoreBlock] {
        &self.blocks
    }

    /// Length `p` of a score.
    pub fn length(&self) -> usize {
        self.blocks.iter().map(ScoreBlock::len).sum()
    }

    /// A name for each number of a score, as `W1[12, 3]`.
    pub(super) fn names(&self) -> Vec<String> {
        let name =
            |(block, row, column): (&ScoreBlock, _, _)| format!("{}[{row}, {column}]", block.name);
        (0..)
            .map_while(|index| self.locate(index))
            .map(name)
            .collect()
    }

    /// The numbers of a score, of a [direction](super::FisherFeatures::direction) or of any vector
    /// of length `p`, as one matrix a block: of a DBM `d x L1`, `L1 x L2` and so on.
    ///
    /// # Errors
    ///
    /// [`ScoreLength`](FisherError::ScoreLength) for a vector of another length.
    ///
    /// # Example
    ///
    /// ```
    /// use linfa_fisher::fisher::{ScoreBlock, ScoreLayout};
    /// use ndarray::{Array1, array};
    ///
    /// let blocks = vec![ScoreBlock::new("W1", 3, 2), ScoreBlock::new("W2", 2, 1)];
    /// let matrices = ScoreLayout::new(blocks).split(Array1::range(0.0, 8.0, 1.0).view())?;
    /// assert_eq!(matrices, [array![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], array![[6.0], [7.0]]]);
    /// # Ok::<(), linfa_fisher::Error>(())
    /// ```
    pub fn split<F: Float>(&self, scores: ArrayView1<F>) -> Result<Vec<Array2<F>>> {
        let (expected, found) = (self.length(), scores.len());
        if found != expected {
            return Err(FisherError::ScoreLength { expected, found }.into());
        }
        let mut offset = 0;
        let matrix = |block: &ScoreBlock| {
            let first = offset;
            offset += block.len();
            Array2::from_shape_fn(block.dim(), |(i, j)| scores[first + i * block.columns + j])
        };
        Ok(self.blocks.iter().map(matrix).collect())
    }

    /// Block, row and column of entry `index` of a score; `None` past its end.
    pub fn locate(&self, index: usize) -> Option<(&ScoreBlock, usize, usize)> {
        let mut offset = index;
        for block in &self.blocks {
            if offset < block.len() {
                return Some((block, offset / block.columns, offset % block.columns));
            }
            offset -= block.len();
        }
        None
    }
}

/// Names of features that are coordinates along `count` directions.
pub(super) fn eigen_directions(count: usize) -> Vec<String> {
    let numbers = 1..=count;
    numbers
        .map(|number| format!("eigen-direction {number}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array, s};

    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<ScoreLayout>();
        has_autotraits::<ScoreBlock>();
    }

    #[test]
    fn matrices_have_what_their_places_name() {
        let blocks = vec![ScoreBlock::new("W1", 3, 2), ScoreBlock::new("b0", 3, 1)];
        let layout = ScoreLayout::new(blocks);
        let scores = Array1::range(0.0, 18.0, 2.0);
        let matrices = layout.split(scores.view()).unwrap();
        for (index, &score) in scores.iter().enumerate() {
            let (block, row, column) = layout.locate(index).unwrap();
            let place = layout.blocks().iter().position(|x| x == block).unwrap();
            assert_eq!(matrices[place][[row, column]], score);
        }
        // also of a vector whose numbers do not lie one after another
        let strided = Array1::range(0.0, 18.0, 1.0);
        let strided = strided.slice(s![..;2]);
        assert_eq!(layout.split(strided).unwrap(), matrices);
        let error = layout.split(array![1.0, 2.0].view()).unwrap_err();
        let expected = "a vector of 2 numbers, but the scores of the layout have 9";
        assert_eq!(error.to_string(), expected);
    }
}
