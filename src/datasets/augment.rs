//! More training images out of the ones there are: moved, turned, sheared and bent at random, one at a time.

mod elastic;
mod warp;

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Dataset, Float};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, Data, Ix1, Ix2};
use rand::Rng;
use rand_xoshiro::rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use self::elastic::Elastic;
use self::warp::{warp, Affine};
use super::error::DataError;
use super::images::shape_of;
use super::records::named;
use crate::ImageShape;

/// Which random changes are made to training images; none unless set.
///
/// An output pixel takes its value from the place in the image that the changes bring to it, interpolated between four pixels,
/// and 0 beyond the edge. Rotation and shear are about the middle of the image.
///
/// Source: P. Y. Simard, D. Steinkraus, J. C. Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document
/// Analysis", 2003.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{self, Augment};
///
/// let digits = datasets::digits::<f32>()?;
/// let augment = Augment::new().shift(1).rotation(10.0).shear(0.1).elastic(3.0, 2.0);
/// for batch in augment.stream(&digits, 42)?.batches(100) {
///     assert!(batch.records.nrows() <= 100);
/// }
/// # Ok::<(), datasets::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Augment {
    shift: usize,
    degrees: f64,
    shear: f64,
    elastic: Option<(f64, f64)>,
}

impl Augment {
    /// No changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shifts by whole pixels, up to `pixels` in either direction of both axes.
    pub fn shift(mut self, pixels: usize) -> Self {
        self.shift = pixels;
        self
    }

    /// Rotations by up to `degrees` either way, 0 to 180.
    pub fn rotation(mut self, degrees: f64) -> Self {
        self.degrees = degrees;
        self
    }

    /// Shears of up to `columns` columns a row either way, 0 to 1.
    pub fn shear(mut self, columns: f64) -> Self {
        self.shear = columns;
        self
    }

    /// Elastic distortion: each pixel is displaced by a number of [-1, 1] in either axis, smoothed by a Gaussian of standard
    /// deviation `sigma` pixels and multiplied by `alpha`. Simard et al. found 34 and 4 best for 29 x 29 pixels.
    pub fn elastic(mut self, alpha: f64, sigma: f64) -> Self {
        self.elastic = Some((alpha, sigma));
        self
    }

    /// One changed copy of each image of the dataset, in its order, made when it is asked for.
    ///
    /// The same seed gives the same copies; give each epoch a seed of its own. The shape is read from the names of the columns
    /// ([`ImageShape::of`]).
    ///
    /// # Errors
    ///
    /// [`DataError::NoImages`] when the columns are not the pixels of images, [`DataError::Augment`] when a setting is out of its
    /// range, [`DataError::TargetCount`] when there is not one target an image.
    pub fn stream<'a, F, D, T>(
        &self,
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
        seed: u64,
    ) -> Result<Augmented<'a, F>, DataError>
    where
        F: Float,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = usize>,
    {
        self.check()?;
        let shape = shape_of(dataset)?;
        let targets = dataset.targets.as_single_targets();
        if targets.len() != dataset.records.nrows() {
            return Err(DataError::TargetCount {
                found: targets.len(),
                expected: dataset.records.nrows(),
            });
        }
        Ok(Augmented {
            augment: self.clone(),
            elastic: self
                .elastic
                .map(|(alpha, sigma)| Elastic::new(shape, alpha, sigma)),
            shape,
            records: dataset.records.view(),
            targets,
            target_names: dataset.target_names().to_vec(),
            rng: Xoshiro256Plus::seed_from_u64(seed),
            row: 0,
        })
    }

    fn check(&self) -> Result<(), DataError> {
        let (alpha, sigma) = self.elastic.unwrap_or((0.0, 1.0));
        let settings = [
            ("rotation", self.degrees, 180.0),
            ("shear", self.shear, 1.0),
            ("elastic alpha", alpha, 1e6),
            ("elastic sigma", sigma, 1e6),
        ];
        for (setting, found, greatest) in settings {
            if !(0.0..=greatest).contains(&found) || (setting == "elastic sigma" && found == 0.0) {
                return Err(DataError::Augment {
                    setting,
                    found,
                    greatest,
                });
            }
        }
        Ok(())
    }

    /// A random affine change.
    fn draw(&self, shape: ImageShape, rng: &mut impl Rng) -> Affine {
        let mut between = |greatest: f64| greatest * (2.0 * rng.gen::<f64>() - 1.0);
        let angle = between(self.degrees).to_radians();
        let shear = between(self.shear);
        // Beyond its own size an image is gone, however far it is shifted.
        let mut pixels = |size: usize| {
            let most = self.shift.min(size) as i64;
            rng.gen_range(-most..=most) as f64
        };
        let shift = [pixels(shape.height), pixels(shape.width)];
        Affine::new(shape, angle, shear, shift)
    }
}

/// Iterator over changed copies of images and their classes; made by [`Augment::stream`].
///
/// It holds the dataset by reference and one image at a time.
#[derive(Debug, Clone)]
pub struct Augmented<'a, F> {
    augment: Augment,
    elastic: Option<Elastic>,
    shape: ImageShape,
    records: ArrayView2<'a, F>,
    targets: ArrayView1<'a, usize>,
    target_names: Vec<String>,
    rng: Xoshiro256Plus,
    row: usize,
}

impl<'a, F: Float> Augmented<'a, F> {
    /// The copies as datasets of `size` images, the last of fewer, with the names that the images' dataset has; a size of 0
    /// counts as 1.
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
        let affine = self.augment.draw(self.shape, &mut self.rng);
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

#[cfg(test)]
mod tests;
