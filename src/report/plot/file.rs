//! Pictures as PNG files.

use std::io;
use std::path::Path;

use super::error::PlotError;
use crate::report::file::replace;
use ndarray::Array2;

/// Writes [`png`] to a file.
pub(super) fn write_png(path: &Path, picture: &Array2<u8>) -> Result<(), PlotError> {
    let bytes = png(picture).map_err(|source| unwritable(path, source))?;
    write(path, &bytes)
}

/// Puts a file of these bytes at `path`, in place of one that may be there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), PlotError> {
    replace(path, bytes).map_err(|source| unwritable(path, source))
}

fn unwritable(path: &Path, source: io::Error) -> PlotError {
    PlotError::Unwritable {
        path: path.to_path_buf(),
        source,
    }
}

/// The picture as a PNG file of 8-bit greys. It has at most `i32::MAX` pixels.
pub(in crate::report) fn png(picture: &Array2<u8>) -> io::Result<Vec<u8>> {
    let (height, width) = picture.dim();
    let pixels: Vec<u8> = picture.iter().copied().collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}
