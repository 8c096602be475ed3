//! Changes of the records of a dataset that keep its targets and its names.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase, Records};
use ndarray::{Array2, ArrayBase, Data, Ix2};

/// The dataset with other records of the same shape; targets, weights and names stay.
pub(super) fn map_records<F: Float, D: Data<Elem = F>, T: AsTargets>(
    dataset: DatasetBase<ArrayBase<D, Ix2>, T>,
    map: impl FnOnce(ArrayBase<D, Ix2>) -> Array2<F>,
) -> DatasetBase<Array2<F>, T> {
    let feature_names = dataset.feature_names().to_vec();
    let target_names = dataset.target_names().to_vec();
    let weights = dataset.weights;
    let mapped = DatasetBase::new(map(dataset.records), dataset.targets).with_weights(weights);
    named(mapped, feature_names, target_names)
}

/// The dataset with the names that fit its columns.
///
/// Other names are left out: linfa panics when the number of names is not that of the columns,
/// which happens when a user replaces the records or the targets of a dataset.
pub(super) fn named<R: Records, T: AsTargets>(
    dataset: DatasetBase<R, T>,
    feature_names: Vec<String>,
    target_names: Vec<String>,
) -> DatasetBase<R, T> {
    let features = dataset.nfeatures();
    let targets = dataset.ntargets();
    dataset
        .with_feature_names(fitting(feature_names, features))
        .with_target_names(fitting(target_names, targets))
}

fn fitting(names: Vec<String>, columns: usize) -> Vec<String> {
    if names.len() == columns {
        names
    } else {
        Vec::new()
    }
}
