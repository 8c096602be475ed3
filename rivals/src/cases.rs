//! Cases of the folder `cases`, as NumPy has left them.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};

/// Named matrices.
pub(crate) struct Case(BTreeMap<String, Vec<Vec<f64>>>);

impl Case {
    pub(crate) fn read(json: &str) -> Self {
        Self(serde_json::from_str(json).unwrap())
    }

    pub(crate) fn matrix(&self, name: &str) -> Array2<f64> {
        let rows = &self.0[name];
        let shape = (rows.len(), rows[0].len());
        Array2::from_shape_vec(shape, rows.concat()).unwrap()
    }

    /// The matrix `targets`, which has one column.
    pub(crate) fn targets(&self) -> Array1<usize> {
        self.matrix("targets")
            .iter()
            .map(|&it| it as usize)
            .collect()
    }
}
