//! Changed copies of images, made one at a time.

use linfa::{Dataset, Float};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Ix1};
use rand_xoshiro::Xoshiro256Plus;

use super::affine::AffineRange;
use super::elastic::Elastic;
use super::warp::warp;
use crate::ImageShape;
use crate::datasets::records::named;

/// Iterator over changed copies of images and their classes; made by [`Augment::stream`].
///
/// It borrows the dataset and holds one changed image at a time.
///
/// [`Augment::stream`]: super::Augment::stream
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{self, Augment};
///
/// let digits = datasets::digits::<f32>()?;
/// let (image, class) = Augment::new().shift(1).stream(&digits, 42)?.next().unwrap();
/// assert_eq!((image.len(), class), (64, digits.targets[0]));
/// # Ok::<(), datasets::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Augmented<'a, F> {
    pub(super) affine: AffineRange,
    pub(super) elastic: Option<Elastic>,
    pub(super) shape: ImageShape,
    pub(super) records: ArrayView2<'a, F>,
    pub(super) targets: ArrayView1<'a, usize>,
    pub(super) target_names: Vec<String>,
    pub(super) rng: Xoshiro256Plus,
    pub(super) row: usize,
}

impl<'a, F: Float> Augmented<'a, F> {
    /// The copies as datasets of `size` images, the last of which may hold fewer. A size of 0
    /// counts as 1. The names of columns and targets are those of the original dataset.
    pub fn batches(mut self, size: usize) -> impl Iterator<Item = Dataset<F, usize, Ix1>> + 'a {
        std::iter::from_fn(move || self.batch(size.max(1)))
    }

    fn batch(&mut self, size: usize) -> Option<Dataset<F, usize, Ix1>> {
        let rows = size.min(self.len());
        if rows == 0 {
            return None;
        }
        let mut records = Array2::zeros((rows, self.shape.pixels()));
        let mut targets = Array1::zeros(rows);
        for ((mut record, target), (image, class)) in records
            .rows_mut()
            .into_iter()
            .zip(&mut targets)
            .zip(&mut *self)
        {
            record.assign(&image);
            *target = class;
        }
        let batch = Dataset::new(records, targets);
        let target_names = self.target_names.clone();
        Some(named(batch, self.shape.feature_names(), target_names))
    }
}

impl<F: Float> Iterator for Augmented<'_, F> {
    type Item = (Array1<F>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let class = *self.targets.get(self.row)?;
        let affine = self.affine.draw(self.shape, &mut self.rng);
        let field = self
            .elastic
            .as_ref()
            .map(|elastic| elastic.draw(&mut self.rng));
        let image = warp(self.records.row(self.row), self.shape, |pixel, at| {
            let [row, column] = affine.source(at);
            match &field {
                Some([rows, columns]) => [row + rows[pixel], column + columns[pixel]],
                None => [row, column],
            }
        });
        self.row += 1;
        Some((image, class))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.targets.len() - self.row;
        (left, Some(left))
    }
}

impl<F: Float> ExactSizeIterator for Augmented<'_, F> {}
