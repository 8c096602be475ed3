//! NumPy's file format, version 1.0: a header in Python's syntax, then the numbers.

use std::fs;
use std::io;
use std::path::Path;

use linfa_fisher::boltzmann::Parameters;
use ndarray::{ArrayView2, Axis};

/// The header's end is padded to a multiple of this.
const ALIGNMENT: usize = 64;

/// Writes a matrix in single precision and row-major order.
pub(crate) fn write(path: &Path, matrix: ArrayView2<f32>) -> io::Result<()> {
    let (rows, columns) = matrix.dim();
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    // two bytes of length, and a line feed at the end
    let length = (bytes.len() + 2 + header.len() + 1).next_multiple_of(ALIGNMENT) - bytes.len() - 2;
    let length = u16::try_from(length).map_err(io::Error::other)?;
    bytes.extend(length.to_le_bytes());
    let width = usize::from(length) - 1;
    bytes.extend(format!("{header:<width$}\n").bytes());
    bytes.extend(matrix.iter().flat_map(|x| x.to_le_bytes()));
    fs::write(path, bytes)
}

/// Writes the weights and biases of a machine, a file a layer.
pub(crate) fn write_machine(folder: &Path, theta: &Parameters<f32>) -> io::Result<()> {
    for (layer, weights) in theta.weights().iter().enumerate() {
        write(&folder.join(format!("weights_{layer}.npy")), weights.view())?;
    }
    for (layer, biases) in theta.biases().iter().enumerate() {
        let biases = biases.view().insert_axis(Axis(0));
        write(&folder.join(format!("biases_{layer}.npy")), biases)?;
    }
    Ok(())
}
