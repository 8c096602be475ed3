//! Images and their classes as a linfa dataset.

use linfa::{Dataset, Float};
use ndarray::{Array1, Array2, Ix1};

use crate::ImageShape;

/// Transposes an image: `stored.height` rows of `stored.width` pixels become columns.
pub(super) fn transpose<F: Float>(image: &mut [F], stored: ImageShape) {
    let rows = image.to_vec();
    for (i, pixel) in image.iter_mut().enumerate() {
        let (row, column) = (i / stored.height, i % stored.height);
        *pixel = rows[column * stored.width + row];
    }
}

/// A dataset of images with named pixels; `values` holds `shape.pixels()` values for each label.
pub(super) fn image_dataset<F: Float>(
    shape: ImageShape,
    values: Vec<F>,
    labels: Vec<usize>,
) -> Dataset<F, usize, Ix1> {
    let records = Array2::from_shape_vec((labels.len(), shape.pixels()), values)
        .expect("every image appends exactly shape.pixels() values");
    Dataset::new(records, Array1::from_vec(labels)).with_feature_names(shape.feature_names())
}
