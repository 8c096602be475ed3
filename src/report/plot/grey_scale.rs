//! Which value is drawn in which grey.

use linfa::Float;
use ndarray::{Array, Array2, ArrayView, ArrayView2, Dimension};

use super::error::PlotError;
use super::fraction::fraction;

/// How values become greys from 0, black, to 255, white.
///
/// # Example
///
/// ```
/// use linfa_fisher::report::plot::{GreyScale, ImageGrid};
/// use linfa_fisher::ImageShape;
/// use ndarray::array;
///
/// let images = array![[-1.0, 0.0, 2.0], [0.0, 0.1, -0.1]];
/// let greys = |scale| {
///     let grid = ImageGrid::new(images.view(), ImageShape::new(1, 3))?;
///     grid.columns(1).gap(0).scale(scale).grey()
/// };
/// assert_eq!(greys(GreyScale::unit())?, array![[0, 0, 255], [0, 26, 0]]);
/// assert_eq!(greys(GreyScale::ink())?, array![[255, 255, 0], [255, 230, 255]]);
/// assert_eq!(greys(GreyScale::SymmetricPerImage)?, array![[64, 128, 255], [128, 255, 0]]);
/// assert_eq!(greys(GreyScale::SymmetricOverAll)?, array![[64, 128, 255], [128, 134, 121]]);
/// # Ok::<(), linfa_fisher::report::plot::PlotError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GreyScale<F> {
    /// One scale for all images, linear between two values; values beyond an end are drawn like
    /// this end.
    Range {
        /// The value drawn black.
        black: F,
        /// The value drawn white, above or below the other.
        white: F,
    },
    /// Zero is mid-grey, and the value of each image with the greatest absolute value is white or,
    /// if it is negative, black. This shows the form of each filter, whatever its strength.
    SymmetricPerImage,
    /// Zero is mid-grey, and the value of all images with the greatest absolute value is white or,
    /// if it is negative, black. This shows which filters are strong.
    SymmetricOverAll,
}

impl<F: Float> GreyScale<F> {
    /// 0 is black and 1 is white.
    pub fn unit() -> Self {
        Self::Range {
            black: F::zero(),
            white: F::one(),
        }
    }

    /// 0 is white and 1 is black, like ink on paper.
    pub fn ink() -> Self {
        Self::Range {
            black: F::one(),
            white: F::zero(),
        }
    }

    /// The greys of images, one a row.
    pub(super) fn greys(self, images: ArrayView2<F>) -> Result<Array2<u8>, PlotError> {
        match self {
            Self::Range { black, white } => {
                let [black, white] = checked_range(black, white)?;
                Ok(images.mapv(|x| grey(number(x), black, white)))
            }
            Self::SymmetricPerImage => {
                let mut greys = Array2::zeros(images.dim());
                for (mut greys, image) in greys.rows_mut().into_iter().zip(images.rows()) {
                    greys.assign(&symmetric(image));
                }
                Ok(greys)
            }
            Self::SymmetricOverAll => Ok(symmetric(images)),
        }
    }
}

fn checked_range<F: Float>(black: F, white: F) -> Result<[f64; 2], PlotError> {
    let [black, white] = [black, white].map(number);
    match black.is_finite() && white.is_finite() && black != white {
        true => Ok([black, white]),
        false => Err(PlotError::GreyRange { black, white }),
    }
}

/// Greys from minus to plus the greatest absolute value.
fn symmetric<F: Float, D: Dimension>(values: ArrayView<F, D>) -> Array<u8, D> {
    let greatest = values.fold(0.0_f64, |most, &x| most.max(number(x).abs()));
    values.mapv(|x| grey(number(x), -greatest, greatest))
}

/// The grey of a finite value on the scale from `black` to `white`.
fn grey(value: f64, black: f64, white: f64) -> u8 {
    (255.0 * fraction(value, black, white)).round() as u8
}

pub(super) fn number<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::fraction::any_finite;
    use ndarray::array;
    use proptest::prelude::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<GreyScale<f32>>();
    }

    #[test]
    fn greys_are_linear_between_the_ends_and_clamped_beyond() {
        let levels = |black, white| {
            let scale = GreyScale::Range { black, white };
            let images = array![[-3.0_f32, -2.0, -1.0, 0.0, 2.0, 3.0]];
            scale
                .greys(images.view())
                .unwrap()
                .into_raw_vec_and_offset()
        };
        assert_eq!(levels(-2.0, 2.0).0, [0, 0, 64, 128, 255, 255]);
        assert_eq!(levels(2.0, -2.0).0, [255, 255, 191, 128, 0, 0]);
        assert_eq!(levels(2.0, 3.0).0, [0, 0, 0, 0, 0, 255]);
    }

    #[test]
    fn every_byte_keeps_its_grey() {
        let bytes = Array2::from_shape_fn((1, 256), |(_, i)| i as u8);
        let images = bytes.mapv(|byte| f32::from(byte) / 255.0);
        assert_eq!(GreyScale::unit().greys(images.view()).unwrap(), bytes);
        let negative = bytes.mapv(|byte| 255 - byte);
        assert_eq!(GreyScale::ink().greys(images.view()).unwrap(), negative);
    }

    #[test]
    fn zero_is_mid_grey_on_a_symmetric_scale() {
        let images = array![[0.0, 4.0], [-1.0, 0.0], [0.0, -0.0]];
        let each = GreyScale::SymmetricPerImage.greys(images.view()).unwrap();
        assert_eq!(each, array![[128, 255], [0, 128], [128, 128]]);
        let all = GreyScale::SymmetricOverAll.greys(images.view()).unwrap();
        assert_eq!(all, array![[128, 255], [96, 128], [128, 128]]);
    }

    #[test]
    fn the_ends_of_a_range_are_finite_and_differ() {
        for (black, white) in [(1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            let error = GreyScale::Range { black, white }
                .greys(array![[0.0]].view())
                .unwrap_err();
            let text = format!("a grey scale from {black} to {white}, expected");
            assert!(error.to_string().starts_with(&text), "{error}");
        }
    }

    proptest! {
        #[test]
        fn the_greatest_value_of_any_image_is_black_or_white(values in prop::collection::vec(any_finite(), 1..20)) {
            let images = Array2::from_shape_vec((1, values.len()), values).unwrap();
            let greys = GreyScale::SymmetricPerImage.greys(images.view()).unwrap();
            let greatest = images.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
            for (&x, &grey) in images.iter().zip(&greys) {
                match x {
                    0.0 => prop_assert_eq!(grey, 128),
                    x if x == greatest => prop_assert_eq!(grey, 255),
                    x if x == -greatest => prop_assert_eq!(grey, 0),
                    x => prop_assert_eq!(grey >= 128, x > 0.0 || grey == 128),
                }
            }
        }
    }
}
