//! Changes of the images of a dataset: deskewing, another canvas, some classes only.

use linfa::dataset::{AsSingleTargets, AsTargets, DatasetBase};
use linfa::{Dataset, Float, Label};
use ndarray::{Array2, ArrayBase, ArrayView2, ArrayViewMut2, Axis, Data, Ix1, Ix2};

use super::error::DataError;
use super::interpolation::between;
use super::limits::check_pixels;
use super::records::named;
use crate::ImageShape;

/// Shears each image along its rows so that its ink stands upright, about the centre of its ink.
///
/// With the moments of the ink, the slant is `cov(row, column) / var(row)`; row r is moved by
/// `slant * (mean(row) - r)` pixels, and values between pixels are interpolated. Blank images are
/// not changed. The shape is read from the names of the columns ([`ImageShape::of`]).
///
/// Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document
/// Recognition", 1998, who deskewed their data in the same way.
///
/// # Errors
///
/// [`DataError::NoImages`] when the columns are not the pixels of images.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{self, ImageShape};
///
/// let upright = datasets::deskew(datasets::digits::<f32>()?)?;
/// println!("{}", ImageShape::DIGITS.draw(upright.records.row(1)));
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn deskew<F: Float, D: Data<Elem = F>, T: AsTargets>(
    dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
) -> Result<DatasetBase<Array2<F>, T>, DataError> {
    let shape = shape_of(&dataset)?;
    let names = dataset.target_names().to_vec();
    let mut records = dataset.records.into_owned();
    for mut row in records.rows_mut() {
        // Rows of an owned array are contiguous except in Fortran order; copying the row serves
        // both.
        let mut image = row.to_owned();
        if let Ok(pixels) = image
            .view_mut()
            .into_shape_with_order((shape.height, shape.width))
        {
            shear_upright(pixels);
        }
        row.assign(&image);
    }
    let changed = DatasetBase::new(records, dataset.targets).with_weights(dataset.weights);
    Ok(named(changed, shape.feature_names(), names))
}

fn shear_upright<F: Float>(mut image: ArrayViewMut2<F>) {
    let Some((centre, slant)) = slant(image.view()) else {
        return;
    };
    for (r, mut row) in image.rows_mut().into_iter().enumerate() {
        let shift = slant * (r as f64 - centre);
        let source = row.to_owned();
        for (c, pixel) in row.iter_mut().enumerate() {
            let at = c as f64 + shift;
            let left = at.floor();
            let value = |column: f64| match column >= 0.0 && column < source.len() as f64 {
                true => source[column as usize],
                false => F::zero(),
            };
            *pixel = between(value(left), value(left + 1.0), at - left);
        }
    }
}

/// The mean row of the ink and its slant in columns a row; `None` without ink in two rows.
fn slant<F: Float>(image: ArrayView2<F>) -> Option<(f64, f64)> {
    let [mut ink, mut rows, mut columns] = [0.0; 3];
    let [mut row_squares, mut products] = [0.0; 2];
    for ((r, c), value) in image.indexed_iter() {
        let (r, c, value) = (r as f64, c as f64, value.to_f64()?);
        ink += value;
        rows += value * r;
        columns += value * c;
        row_squares += value * r * r;
        products += value * r * c;
    }
    let (mean_row, mean_column) = (rows / ink, columns / ink);
    let variance = row_squares / ink - mean_row * mean_row;
    let slant = (products / ink - mean_row * mean_column) / variance;
    (variance > 1e-9 && slant.is_finite()).then_some((mean_row, slant))
}

/// Centres each image on a canvas of another shape: it is cropped where the canvas is smaller and
/// padded with zeros where the canvas is larger.
///
/// When the difference is odd, the extra pixel is cropped or padded at the bottom or at the right.
/// The shape is read from the names of the columns ([`ImageShape::of`]), which get new names.
///
/// # Errors
///
/// - [`DataError::NoImages`] when the columns are not the pixels of images;
/// - [`DataError::NoPixels`] or [`DataError::TooManyPixels`] when the canvas has no pixels or more
///   than 2^20.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets::{self, ImageShape};
///
/// let padded = datasets::on_canvas(datasets::digits::<f32>()?, ImageShape::new(12, 10))?;
/// assert_eq!(padded.records.ncols(), 120);
/// assert_eq!(ImageShape::of(&padded), Some(ImageShape::new(12, 10)));
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn on_canvas<F: Float, D: Data<Elem = F>, T: AsTargets>(
    dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    canvas: ImageShape,
) -> Result<DatasetBase<Array2<F>, T>, DataError> {
    let shape = shape_of(&dataset)?;
    check_pixels(canvas)?;
    let rows = offset(shape.height, canvas.height);
    let columns = offset(shape.width, canvas.width);
    let source = |pixel: usize| {
        let row = (pixel / canvas.width).checked_add_signed(rows)?;
        let column = (pixel % canvas.width).checked_add_signed(columns)?;
        (row < shape.height && column < shape.width).then_some(row * shape.width + column)
    };
    let sources: Vec<Option<usize>> = (0..canvas.pixels()).map(source).collect();
    let records = Array2::from_shape_fn(
        (dataset.records.nrows(), canvas.pixels()),
        |(row, pixel)| sources[pixel].map_or(F::zero(), |source| dataset.records[[row, source]]),
    );
    let names = dataset.target_names().to_vec();
    let changed = DatasetBase::new(records, dataset.targets).with_weights(dataset.weights);
    Ok(named(changed, canvas.feature_names(), names))
}

/// What to add to a position on the canvas to get the position in the centred image.
fn offset(image: usize, canvas: usize) -> isize {
    match image >= canvas {
        true => ((image - canvas) / 2) as isize,
        false => -(((canvas - image) / 2) as isize),
    }
}

/// The images of the given classes, in their order in the dataset, with unchanged labels.
///
/// # Errors
///
/// [`DataError::NoSuchClass`] when the dataset has no image of one of the classes.
///
/// # Example
///
/// ```
/// use linfa_fisher::datasets;
///
/// let ones_and_sevens = datasets::with_classes(&datasets::digits::<f32>()?, &[1, 7])?;
/// assert_eq!(ones_and_sevens.targets.len(), 182 + 179);
/// # Ok::<(), datasets::DataError>(())
/// ```
pub fn with_classes<F: Float, L: Label, D: Data<Elem = F>, T: AsSingleTargets<Elem = L>>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    classes: &[L],
) -> Result<Dataset<F, L, Ix1>, DataError> {
    let targets = dataset.targets.as_single_targets();
    let missing = classes
        .iter()
        .find(|&class| !targets.iter().any(|target| target == class));
    if let Some(class) = missing {
        return Err(DataError::NoSuchClass {
            class: format!("{class:?}"),
        });
    }
    let rows: Vec<usize> = (0..targets.len().min(dataset.records.nrows()))
        .filter(|&row| classes.contains(&targets[row]))
        .collect();
    let weights = rows
        .iter()
        .filter_map(|&row| dataset.weights.get(row).copied());
    let records = dataset.records.select(Axis(0), &rows);
    let chosen =
        Dataset::new(records, targets.select(Axis(0), &rows)).with_weights(weights.collect());
    let names = dataset.feature_names().to_vec();
    Ok(named(chosen, names, dataset.target_names().to_vec()))
}

/// The shape of a dataset's images.
pub(super) fn shape_of<F, D: Data<Elem = F>, T>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
) -> Result<ImageShape, DataError>
where
    F: Float,
{
    ImageShape::of(dataset)
        .filter(|shape| shape.pixels() == dataset.records.ncols() && shape.pixels() > 0)
        .ok_or(DataError::NoImages {
            columns: dataset.records.ncols(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, array};

    fn images(shape: ImageShape, records: Array2<f64>) -> Dataset<f64, usize, Ix1> {
        let targets = Array1::from_iter(0..records.nrows());
        Dataset::new(records, targets).with_feature_names(shape.feature_names())
    }

    #[test]
    fn a_slanted_line_is_set_upright() {
        let shape = ImageShape::new(5, 9);
        let slash =
            Array2::from_shape_fn((1, 45), |(_, i)| f64::from(u8::from(i % 9 == 6 - i / 9)));
        let upright = deskew(images(shape, slash)).unwrap();
        let line = "....#....\n".repeat(5);
        assert_eq!(shape.draw(upright.records.row(0)).to_string(), line);
        assert_eq!(ImageShape::of(&upright), Some(shape));
        assert_eq!(deskew(upright.clone()).unwrap(), upright);
    }

    #[test]
    fn grey_levels_stay_in_the_unit_interval() {
        let upright = deskew(crate::datasets::digits::<f32>().unwrap()).unwrap();
        assert!(upright.records.iter().all(|v| (0.0..=1.0).contains(v)));
    }

    #[test]
    fn images_without_a_slant_stay() {
        let shape = ImageShape::new(2, 2);
        let plain = images(shape, array![[0.0; 4], [0.5; 4], [1.0, 1.0, 0.0, 0.0]]);
        assert_eq!(deskew(plain.clone()).unwrap(), plain);
        let nan = images(shape, array![[f64::NAN; 4]]);
        assert!(deskew(nan).is_ok());
    }

    #[test]
    fn cropping_undoes_padding() {
        let shape = ImageShape::new(2, 3);
        let dataset = images(shape, array![[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]);
        let padded = on_canvas(dataset.clone(), ImageShape::new(3, 6)).unwrap();
        assert_eq!(
            padded.records.row(0).to_vec(),
            [
                0.0, 1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 4.0, 5.0, 6.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
                0.0, 0.0
            ]
        );
        assert_eq!(on_canvas(padded, shape).unwrap(), dataset);
        let cropped = on_canvas(dataset.clone(), ImageShape::new(4, 1)).unwrap();
        assert_eq!(cropped.records.row(0).to_vec(), [0.0, 2.0, 5.0, 0.0]);
        assert!(matches!(
            on_canvas(dataset.clone(), ImageShape::new(0, 3)),
            Err(DataError::NoPixels { .. })
        ));
        assert!(matches!(
            on_canvas(dataset, ImageShape::new(usize::MAX, 2)),
            Err(DataError::TooManyPixels { .. })
        ));
    }

    #[test]
    fn classes_keep_rows_labels_and_weights() {
        let dataset = images(ImageShape::new(1, 1), array![[0.0], [1.0], [2.0]])
            .with_weights(array![1.0, 2.0, 3.0]);
        let chosen = with_classes(&dataset, &[2, 0]).unwrap();
        assert_eq!(chosen.targets.to_vec(), [0, 2]);
        assert_eq!(chosen.records, array![[0.0], [2.0]]);
        assert_eq!(chosen.weights.to_vec(), [1.0, 3.0]);
        assert_eq!(ImageShape::of(&chosen), Some(ImageShape::new(1, 1)));
        assert!(matches!(
            with_classes(&dataset, &[0, 7]),
            Err(DataError::NoSuchClass { class }) if class == "7"
        ));
    }

    #[test]
    fn columns_without_a_shape_are_refused() {
        let dataset = Dataset::new(array![[1.0]], array![0_usize]);
        assert!(matches!(
            deskew(dataset.clone()),
            Err(DataError::NoImages { columns: 1 })
        ));
        let mut dataset = dataset.with_feature_names(vec!["pixel_0_0"]);
        dataset.records = array![[1.0, 2.0]];
        assert!(matches!(
            deskew(dataset),
            Err(DataError::NoImages { columns: 2 })
        ));
    }
}
