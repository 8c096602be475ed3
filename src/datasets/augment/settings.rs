//! Which random changes are made to images.

use linfa::Float;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use ndarray::{ArrayBase, Data, Ix2};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::affine::AffineRange;
use super::elastic::Elastic;
use super::source::AugmentSource;
use super::stream::Augmented;
use crate::datasets::error::DataError;
use crate::datasets::images::shape_of;

/// The random changes that are made to training images; by default none.
///
/// Each output pixel takes its value from the place in the image that the changes move to it. The
/// value is interpolated between four pixels, and is 0 beyond the edge. Images are rotated, sheared
/// and magnified about their middle.
///
/// Source: P. Y. Simard, D. Steinkraus, J. C. Platt, "Best Practices for Convolutional Neural
/// Networks Applied to Visual Document Analysis", 2003.
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
    affine: AffineRange,
    elastic: Option<(f64, f64)>,
}

impl Augment {
    /// No changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets shifts by whole pixels, up to `pixels` in either direction of both axes.
    pub fn shift(mut self, pixels: usize) -> Self {
        self.affine.shift = pixels;
        self
    }

    /// Sets rotations by up to `degrees` in either direction, 0 to 180.
    pub fn rotation(mut self, degrees: f64) -> Self {
        self.affine.degrees = degrees;
        self
    }

    /// Sets shears of up to `columns` columns a row in either direction, 0 to 1.
    pub fn shear(mut self, columns: f64) -> Self {
        self.affine.shear = columns;
        self
    }

    /// Sets magnifications by factors from `1 - share` to `1 + share`, 0 to 0.9.
    pub fn scale(mut self, share: f64) -> Self {
        self.affine.scale = share;
        self
    }

    /// Sets elastic distortions: a field of random displacements in [-1, 1] along either axis is
    /// smoothed by a Gaussian of standard deviation `sigma` pixels and multiplied by `alpha`.
    /// Simard et al. found `sigma = 4` and `alpha = 34` best for images of 29 x 29 pixels.
    pub fn elastic(mut self, alpha: f64, sigma: f64) -> Self {
        self.elastic = Some((alpha, sigma));
        self
    }

    /// An iterator over one changed copy of each image of the dataset, in its order.
    ///
    /// A copy is made when the iterator comes to it. The same seed gives the same copies; give each
    /// epoch a seed of its own. The shape is read from the names of the columns
    /// ([`ImageShape::of`](crate::ImageShape::of)).
    ///
    /// # Errors
    ///
    /// - [`DataError::NoImages`] when the columns are not the pixels of images;
    /// - [`DataError::Augment`] when a setting is out of its range;
    /// - [`DataError::TargetCount`] when the number of targets is not the number of images.
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
            affine: self.affine,
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

    /// A source of `copies` changed copies of each image in every pass, other ones in each, for
    /// trainings of which memory does not hold the records. The same seed gives the same copies.
    ///
    /// # Errors
    ///
    /// As for [`stream`](Self::stream).
    pub fn source<'a, F, D, T>(
        &self,
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
        copies: usize,
        seed: u64,
    ) -> Result<AugmentSource<'a, F>, DataError>
    where
        F: Float,
        D: Data<Elem = F>,
        T: AsSingleTargets<Elem = usize>,
    {
        Ok(AugmentSource {
            images: self.stream(dataset, seed)?,
            copies,
            seed,
        })
    }

    fn check(&self) -> Result<(), DataError> {
        let (alpha, sigma) = self.elastic.unwrap_or((0.0, 1.0));
        let settings = [
            ("rotation", self.affine.degrees, 180.0),
            ("shear", self.affine.shear, 1.0),
            ("scale", self.affine.scale, 0.9),
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
}
