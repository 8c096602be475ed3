//! A ridge classifier from sums over records, which merge as those of landmarks do.

use std::error::Error;

use linfa_linalg::cholesky::SolveC;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

/// Rows that are in memory in double precision at a time.
const BLOCK: usize = 2048;

/// Sums over records (`n x r`) and their classes: all that least squares depend on.
#[derive(Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub(crate) struct Moments {
    /// The sum of `z z'`, `r x r`.
    products: Array2<f64>,
    /// The sums of `z` of each class, `r x c`.
    sums: Array2<f64>,
    /// Records of each class, `c`.
    counts: Array1<f64>,
}

impl Moments {
    /// The sums over records of the classes `0..classes`.
    pub(crate) fn of(records: ArrayView2<f32>, targets: ArrayView1<usize>, classes: usize) -> Self {
        let rank = records.ncols();
        let mut moments = Self {
            products: Array2::zeros((rank, rank)),
            sums: Array2::zeros((rank, classes)),
            counts: Array1::zeros(classes),
        };
        let blocks = records.axis_chunks_iter(Axis(0), BLOCK);
        for (block, targets) in blocks.zip(targets.axis_chunks_iter(Axis(0), BLOCK)) {
            let block = block.mapv(f64::from);
            let of_class = |(i, class)| f64::from(u8::from(targets[i] == class));
            let members = Array2::from_shape_fn((block.nrows(), classes), of_class);
            moments.products += &block.t().dot(&block);
            moments.sums += &block.t().dot(&members);
            moments.counts += &members.sum_axis(Axis(0));
        }
        moments
    }

    /// Adds the sums over other records.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.products += &other.products;
        self.sums += &other.sums;
        self.counts += &other.counts;
    }
}

/// Least squares on targets of 1 for the class and -1 for all others, with a penalty on weights.
pub(crate) struct Ridge {
    weights: Array2<f32>,
    offsets: Array1<f32>,
}

impl Ridge {
    /// The classifier with a penalty relative to the mean variance of the features.
    pub(crate) fn new(moments: &Moments, penalty: f64) -> Result<Self, Box<dyn Error>> {
        let n = moments.counts.sum();
        let offsets = (2.0 * &moments.counts - n) / n;
        let mean = moments.sums.sum_axis(Axis(1)) / n;
        let signed = 2.0 / n * &moments.sums - mean.clone().insert_axis(Axis(1));
        let centred = signed - outer(&mean, &offsets);
        let mut squares = &moments.products / n;
        let ridge = penalty * squares.diag().sum() / squares.nrows() as f64;
        squares.diag_mut().mapv_inplace(|x| x + ridge);
        Ok(Self {
            weights: squares.solvec(&centred)?.mapv(|w| w as f32),
            offsets: offsets.mapv(|b| b as f32),
        })
    }

    /// The classes of records (`n x r`).
    pub(crate) fn predict(&self, records: ArrayView2<f32>) -> Array1<usize> {
        let scores = records.dot(&self.weights) + &self.offsets;
        scores.map_axis(Axis(1), largest)
    }
}

fn outer(a: &Array1<f64>, b: &Array1<f64>) -> Array2<f64> {
    &a.view().insert_axis(Axis(1)) * &b.view().insert_axis(Axis(0))
}

/// The place of the largest value, the first of equals.
fn largest(values: ArrayView1<f32>) -> usize {
    (1..values.len()).fold(0, |best, next| {
        if values[next] > values[best] {
            next
        } else {
            best
        }
    })
}
