//! By which matrix the principal directions of features are found.

/// Size of the smallest information matrix of which few eigenvectors are found by iteration.
const LEAST_ITERATED: usize = 1536;

/// Residual of these eigenvectors, in relation to their eigenvalues. Whatever it is, the features
/// of the training records are white: it says how well the directions are those of largest
/// variance.
pub(in crate::fisher) const TOLERANCE: f64 = 1e-2;

/// Whether `rank` eigenvectors of a matrix of this size are found faster by iteration than by a
/// decomposition of the whole.
pub(in crate::fisher) fn worth_iterating(rank: usize, size: usize) -> bool {
    size >= LEAST_ITERATED && rank.saturating_mul(4) <= size
}

/// Bytes of features that may be in memory as a whole.
const LARGEST_WHOLE: usize = 1 << 27;

/// How directions of `n x p` features are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// By the `n x n` matrix of inner products.
    Gram,
    /// So many directions in the same way, of features that are in memory as a whole, by products
    /// of their own type of numbers.
    Whole(usize),
    /// By the `p x p` matrix of second moments.
    Covariance,
    /// So many leading directions, by products of the second moments that are never written out.
    Iteration(usize),
}

impl Route {
    /// The fastest way to `rank` directions from `samples` rows of `length` features of type `F`.
    pub(super) fn for_shape<F>(samples: usize, length: usize, rank: usize) -> Self {
        let bytes = (samples * size_of::<F>()).saturating_mul(length);
        let few = rank.saturating_mul(2) <= samples;
        match samples.min(length) {
            size if worth_iterating(rank, size) => Self::Iteration(rank),
            size if size == samples && few && bytes <= LARGEST_WHOLE => Self::Whole(rank),
            size if size == samples => Self::Gram,
            _ => Self::Covariance,
        }
    }

    /// Number of passes over the rows, including those for the directions; the least of them for
    /// iteration.
    pub(super) fn passes(self) -> usize {
        match self {
            Self::Gram => 2,
            Self::Covariance | Self::Whole(_) => 1,
            Self::Iteration(_) => 12,
        }
    }
}
