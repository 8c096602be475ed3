//! From predictions that can fail to linfa's, which cannot.

use ndarray::Array1;

use crate::Result;

/// Ends `predict_inplace`, which can only panic where `try_predict` returns an error.
pub(crate) fn write_predictions<L: Clone>(predictions: Result<Array1<L>>, targets: &mut Array1<L>) {
    match predictions {
        Ok(predictions) => {
            assert_eq!(
                predictions.len(),
                targets.len(),
                "The number of data points must match the number of output targets."
            );
            targets.assign(&predictions);
        }
        Err(error) => panic!("{error}"),
    }
}
