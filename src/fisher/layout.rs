//! Which parameter each number of a Fisher score belongs to.

#[cfg(feature = "serde")]
use crate::Result;
#[cfg(feature = "serde")]
use crate::persistence::PersistenceError;

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
    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<ScoreLayout>();
        has_autotraits::<ScoreBlock>();
    }
}
