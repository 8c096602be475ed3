//! The variables of a MAT-file by name, kind and size.

use std::path::Path;

use linfa::Float;

use super::error::MatSetError;
use crate::datasets::error::DataError;
use crate::datasets::foreign::Foreign;
use crate::datasets::mat5::{self, MatArray, Variable};
use crate::datasets::value_range::ValueRange;

/// The content of a MAT-file, to be checked for being a dataset.
pub(in crate::datasets) struct MatSet {
    variables: Vec<Variable>,
}

impl MatSet {
    /// The variables of a file, which may hold at most `limit` bytes when decompressed.
    pub(in crate::datasets) fn of(
        bytes: &[u8],
        path: &Path,
        limit: u64,
    ) -> Result<Self, DataError> {
        Foreign::check(bytes, path)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let variables = mat5::read(bytes, limit).map_err(|fault| DataError::Mat {
            path: path.to_path_buf(),
            fault,
        })?;
        Ok(Self { variables })
    }

    /// The cells of the variable `name`.
    pub(in crate::datasets) fn cells(
        &self,
        name: &'static str,
        size: &[usize],
    ) -> Result<&[MatArray], MatSetError> {
        match self.variable(name)? {
            MatArray::Cell { dims, cells } if dims == size => Ok(cells),
            other => Err(other_array(other, name, "cell", size)),
        }
    }

    /// The numbers of the variable `name`.
    pub(in crate::datasets) fn numbers(
        &self,
        name: &'static str,
        size: &[usize],
    ) -> Result<&[f64], MatSetError> {
        numbers(self.variable(name)?, name, size)
    }

    /// The numbers of the variable `name`, whose columns are images, scaled to [0, 1].
    pub(in crate::datasets) fn pixels<F: Float>(
        &self,
        name: &'static str,
        size: &[usize],
        range: ValueRange,
    ) -> Result<Vec<F>, MatSetError> {
        let numbers = self.numbers(name, size)?.iter().enumerate();
        let scaled = |(place, &found)| match range.scaled(found) {
            Some(value) => Ok(F::cast(value)),
            None => Err(MatSetError::Pixel {
                name: format!("image {} of {name}", place / size[0] + 1),
                pixel: place % size[0],
                found,
                expected: format!("a value in [{}, {}]", range.low, range.high),
            }),
        };
        numbers.map(scaled).collect()
    }

    fn variable(&self, name: &'static str) -> Result<&MatArray, MatSetError> {
        let found = self.variables.iter().find(|v| v.name == name);
        let start = |v: &Variable| v.name.chars().take(64).collect();
        found
            .map(|v| &v.array)
            .ok_or_else(|| MatSetError::Variable {
                found: self.variables.iter().take(10).map(start).collect(),
                expected: name,
            })
    }
}

/// The numbers of an array.
pub(in crate::datasets) fn numbers<'m>(
    array: &'m MatArray,
    name: &str,
    size: &[usize],
) -> Result<&'m [f64], MatSetError> {
    match array {
        MatArray::Numeric { dims, values } if dims == size => Ok(values),
        other => Err(other_array(other, name, "numeric", size)),
    }
}

fn other_array(array: &MatArray, name: &str, kind: &str, size: &[usize]) -> MatSetError {
    let sizes: Vec<_> = size.iter().map(usize::to_string).collect();
    MatSetError::Array {
        name: name.to_string(),
        found: array.describe(),
        expected: format!("{} {kind} array", sizes.join("x")),
    }
}
