//! Patches of images on a dense grid.

use linfa::DatasetBase;
use linfa::dataset::AsTargets;
use linfa::traits::{Fit, Transformer};
use ndarray::{Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2};
use rayon::prelude::*;

use super::error::PreprocessingError;
use crate::checks::{check_query, check_records, check_width, with_features};
#[cfg(feature = "serde")]
use crate::persistence::{Featuriser, Loadable, check_columns};
use crate::traits::FitObserved;
use crate::{Error, Float, ImageShape, Result};

/// Cuts images into patches, whose upper left corners lie on a grid: the descriptors of a set, as
/// [`GaussianMixtureScore`](crate::fisher::GaussianMixtureScore) pools them.
///
/// An image of `height x width` pixels has `s` patches of `d` pixels,
///
/// ```text
/// s = ((height - patch height) / step + 1) ((width - patch width) / step + 1)
/// ```
///
/// where divisions round down: what is left at the right and the lower edge is in no patch.
/// Patches come row by row of the grid, and pixels row by row of the patch. As a transformer, and
/// as the first stage of a pipeline, it puts the patches of an image end to end, `n x (s d)`;
/// [`descriptors`](Self::descriptors) puts one below the other.
///
/// # Example
///
/// From images to labels by improved Fisher vectors of patches:
///
#[cfg_attr(all(feature = "clustering", feature = "datasets"), doc = "```")]
#[cfg_attr(
    not(all(feature = "clustering", feature = "datasets")),
    doc = "```ignore"
)]
/// use linfa::prelude::*;
/// use linfa_clustering::GaussianMixtureModel;
/// use linfa_fisher::fisher::GaussianMixtureScore;
/// use linfa_fisher::preprocessing::DensePatches;
/// use linfa_fisher::{datasets, prelude::*, ImageShape};
/// use ndarray::s;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (train, test) = datasets::digits::<f64>()?.split_with_ratio(0.8);
/// let patches = DensePatches::new(ImageShape::DIGITS, ImageShape::new(4, 4), 2)?;
///
/// let x = patches.descriptors(train.records.slice(s![..200, ..]))?;
/// let full = GaussianMixtureModel::params(4).fit(&DatasetBase::from(x.clone()))?;
/// let mixture = GaussianMixtureScore::try_from(&full)?.maximised(x.view(), 10, 1e-4)?;
///
/// let vectors = FisherFeatures::improved_fisher_vector(mixture.sets_of(patches.count())?);
/// let model = patches.then(vectors).then(KNearestNeighbors::params(1)).fit(&train)?;
/// let accuracy = model.predict(&test).confusion_matrix(&test)?.accuracy();
/// assert!(accuracy > 0.8, "{accuracy}");
/// # Ok(())
/// # }
/// ```
///
/// The patches themselves:
///
/// ```
/// use linfa::traits::Transformer;
/// use linfa_fisher::preprocessing::DensePatches;
/// use linfa_fisher::ImageShape;
/// use ndarray::array;
///
/// let patches = DensePatches::new(ImageShape::new(2, 3), ImageShape::new(2, 2), 1)?;
/// let image = array![[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]];
/// assert_eq!(patches.transform(&image)?, array![[1.0, 2.0, 4.0, 5.0, 2.0, 3.0, 5.0, 6.0]]);
/// let descriptors = patches.descriptors(image.view())?;
/// assert_eq!(descriptors, array![[1.0, 2.0, 4.0, 5.0], [2.0, 3.0, 5.0, 6.0]]);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize),
    serde(crate = "serde_crate")
)]
pub struct DensePatches {
    image: ImageShape,
    patch: ImageShape,
    step: usize,
}

#[cfg(feature = "serde")]
crate::persistence::deserialize_checked! {
    DensePatches { image, patch, step } => Self::new(image, patch, step);
    where
}

impl DensePatches {
    /// Patches of images, `step` pixels apart in both directions.
    ///
    /// # Errors
    ///
    /// [`PatchShape`](crate::error::PreprocessingError::PatchShape) for patches without pixels or
    /// larger than the images, [`PatchStep`](crate::error::PreprocessingError::PatchStep) for a
    /// step of 0.
    pub fn new(image: ImageShape, patch: ImageShape, step: usize) -> Result<Self> {
        let fits = |patch, image| (1..=image).contains(&patch);
        if step == 0 {
            Err(PreprocessingError::PatchStep(step).into())
        } else if fits(patch.height, image.height) && fits(patch.width, image.width) {
            Ok(Self { image, patch, step })
        } else {
            Err(PreprocessingError::PatchShape { patch, image }.into())
        }
    }

    /// Number of patches `s` of an image.
    pub fn count(&self) -> usize {
        let (rows, columns) = self.grid();
        rows.saturating_mul(columns)
    }

    /// Number of pixels `d` of a patch.
    pub fn width(&self) -> usize {
        self.patch.pixels()
    }

    /// The patches of all images (`n x pixels`), one below the other (`(n s) x d`), to train a
    /// model of patches on.
    ///
    /// # Errors
    ///
    /// [`Width`](crate::error::RecordsError::Width) for images of another shape.
    pub fn descriptors<F: Float>(&self, images: ArrayView2<F>) -> Result<Array2<F>> {
        let patches = self.end_to_end(images)?;
        let shape = (images.nrows() * self.count(), self.width());
        match patches.into_shape_with_order(shape) {
            Ok(descriptors) => Ok(descriptors),
            Err(_) => unreachable!("every image has as many patches of as many pixels"),
        }
    }

    /// Rows and columns of the grid.
    fn grid(&self) -> (usize, usize) {
        let places = |image: usize, patch: usize| (image - patch) / self.step + 1;
        (
            places(self.image.height, self.patch.height),
            places(self.image.width, self.patch.width),
        )
    }

    /// The patches of every image, `n x (s d)`.
    fn end_to_end<F: Float>(&self, images: ArrayView2<F>) -> Result<Array2<F>> {
        check_width(images, self.image.pixels())?;
        let mut patches = Array2::zeros((images.nrows(), self.count() * self.width()));
        let places = patches.axis_iter_mut(Axis(0)).into_par_iter();
        let pairs = images.axis_iter(Axis(0)).into_par_iter().zip(places);
        pairs.for_each(|(image, mut patches)| {
            let pixels = self.pixels(image);
            let places = patches.iter_mut();
            places.zip(pixels).for_each(|(place, pixel)| *place = pixel);
        });
        Ok(patches)
    }

    /// The pixels of the patches of an image, patch by patch.
    fn pixels<F: Float>(&self, image: ArrayView1<F>) -> impl Iterator<Item = F> {
        let Self {
            image: shape,
            patch,
            step,
        } = *self;
        let (rows, columns) = self.grid();
        let corners = (0..rows).flat_map(move |r| (0..columns).map(move |c| (r * step, c * step)));
        let rows = corners.flat_map(move |(r, c)| (r..r + patch.height).map(move |r| (r, c)));
        let places = rows.flat_map(move |(r, c)| {
            let first = r * shape.width + c;
            first..first + patch.width
        });
        places.map(move |place| image[place])
    }
}

#[cfg(feature = "serde")]
impl Featuriser for DensePatches {
    fn nfeatures(&self) -> usize {
        self.count().saturating_mul(self.width())
    }
}

#[cfg(feature = "serde")]
impl Loadable for DensePatches {
    fn check_loaded(&self, columns: usize) -> Result<()> {
        check_columns(self.image.pixels(), columns)
    }
}

/// Nothing is learnt from the records (`n x pixels`), which are checked alone.
///
/// # Errors
///
/// [`EmptyRecords`], [`Width`] for images of another shape, [`NonFinite`].
///
/// [`EmptyRecords`]: crate::error::RecordsError::EmptyRecords
/// [`Width`]: crate::error::RecordsError::Width
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
impl<F: Float, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error> for DensePatches {
    type Object = Self;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Self> {
        check_records(dataset.records.view())?;
        check_width(dataset.records.view(), self.image.pixels())?;
        Ok(*self)
    }
}

/// There are no events.
impl<F: Float, D: Data<Elem = F>, T> FitObserved<ArrayBase<D, Ix2>, T, Error> for DensePatches {}

/// The patches of every image end to end, `n x (s d)`.
///
/// # Errors
///
/// [`Width`] for images of another shape, [`NonFinite`].
///
/// [`Width`]: crate::error::RecordsError::Width
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
impl<F: Float, D: Data<Elem = F>> Transformer<ArrayBase<D, Ix2>, Result<Array2<F>>>
    for DensePatches
{
    fn transform(&self, images: ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        check_query(images.view(), self.image.pixels())?;
        self.end_to_end(images.view())
    }
}

/// The patches of borrowed images.
impl<F: Float, D: Data<Elem = F>> Transformer<&ArrayBase<D, Ix2>, Result<Array2<F>>>
    for DensePatches
{
    fn transform(&self, images: &ArrayBase<D, Ix2>) -> Result<Array2<F>> {
        self.transform(images.view())
    }
}

/// A dataset of patches with the same targets, weights and names of targets.
///
/// # Errors
///
/// As for images; [`WeightCount`](crate::error::RecordsError::WeightCount) for weights of another
/// number than images.
impl<F, D, T> Transformer<DatasetBase<ArrayBase<D, Ix2>, T>, Result<DatasetBase<Array2<F>, T>>>
    for DensePatches
where
    F: Float,
    D: Data<Elem = F>,
    T: AsTargets,
{
    fn transform(
        &self,
        dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<DatasetBase<Array2<F>, T>> {
        let patches = self.transform(dataset.records.view())?;
        with_features(dataset, patches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels that are their own number.
    fn images(count: usize, shape: ImageShape) -> Array2<f32> {
        Array2::from_shape_fn((count, shape.pixels()), |(i, pixel)| {
            (1000 * i + pixel) as f32
        })
    }

    #[test]
    fn every_patch_is_where_the_grid_says() {
        let (image, patch) = (ImageShape::new(7, 9), ImageShape::new(3, 2));
        let patches = DensePatches::new(image, patch, 2).unwrap();
        assert_eq!((patches.count(), patches.width()), (3 * 4, 6));
        let images = images(3, image);
        let ends = patches.transform(&images).unwrap();
        let descriptors = patches.descriptors(images.view()).unwrap();
        for (i, r, c) in (0..36).map(|i| (i / 12, i % 12 / 4, i % 4)) {
            let number = 4 * r + c;
            for (y, x) in (0..6).map(|pixel| (pixel / 2, pixel % 2)) {
                let expected = images[[i, (2 * r + y) * 9 + 2 * c + x]];
                assert_eq!(descriptors[[12 * i + number, 2 * y + x]], expected);
                assert_eq!(ends[[i, 6 * number + 2 * y + x]], expected);
            }
        }
        let transposed = images.t().as_standard_layout().into_owned();
        assert_eq!(patches.transform(transposed.t()).unwrap(), ends);
    }

    #[test]
    fn a_patch_may_be_the_whole_image() {
        let shape = ImageShape::new(2, 3);
        let patches = DensePatches::new(shape, shape, 5).unwrap();
        assert_eq!(patches.count(), 1);
        let images = images(2, shape);
        assert_eq!(patches.transform(&images).unwrap(), images);
    }

    #[test]
    fn patches_that_do_not_fit_are_errors() {
        let image = ImageShape::new(4, 4);
        for patch in [(0, 2), (2, 0), (5, 1), (1, 5)] {
            let patch = ImageShape::new(patch.0, patch.1);
            assert!(matches!(
                DensePatches::new(image, patch, 1),
                Err(Error::Preprocessing(PreprocessingError::PatchShape { patch: found, .. })) if found == patch
            ));
        }
        assert!(matches!(
            DensePatches::new(image, image, 0),
            Err(Error::Preprocessing(PreprocessingError::PatchStep(0)))
        ));
    }

    #[test]
    fn images_of_another_shape_are_errors() {
        let image = ImageShape::new(4, 4);
        let patches = DensePatches::new(image, ImageShape::new(2, 2), 1).unwrap();
        let narrow = Array2::<f64>::zeros((2, 15));
        let width = |result: Result<Array2<f64>>| {
            matches!(
                result,
                Err(Error::Records(crate::error::RecordsError::Width {
                    expected: 16,
                    found: 15
                }))
            )
        };
        assert!(width(patches.transform(&narrow)));
        assert!(width(patches.descriptors(narrow.view())));
        assert!(patches.fit(&DatasetBase::from(narrow)).is_err());
    }

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<DensePatches>();
        has_autotraits::<PreprocessingError>();
    }
}
