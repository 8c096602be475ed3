//! Images and their classes as a linfa dataset.

use linfa::{Dataset, Float};
use ndarray::{Array1, Array2, Ix1};

use crate::ImageShape;

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
